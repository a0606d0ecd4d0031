"""``/verwaltung/beteiligung/text/…``"""

from __future__ import annotations

from django.urls import path

from . import staff

app_name = "annotation_staff"
urlpatterns = [
    path("<slug:public_id>/", staff.versions, name="versions"),
    path("<slug:public_id>/fortschreibung/", staff.open_revision, name="open_revision"),
    path("<slug:public_id>/entwurf/<int:pk>/", staff.draft, name="draft"),
    path("<slug:public_id>/entwurf/<int:pk>/veroeffentlichen/", staff.publish, name="publish"),
    path("<slug:public_id>/entwurf/<int:pk>/verwerfen/", staff.discard, name="discard"),
]
