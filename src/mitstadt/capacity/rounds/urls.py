"""`/plaetze/runden/…`"""

from __future__ import annotations

from django.urls import path

from . import family, views

app_name = "rounds"

_OWN = "mein/<str:token>/<slug:public_id>/"

urlpatterns = [
    path("", views.rounds, name="list"),
    path("<slug:public_id>/", views.one, name="round"),
    path("<slug:public_id>/anmelden/", family.apply, name="apply"),
    path("<slug:public_id>/ergebnis.json", views.summary, name="summary"),
    path(_OWN, family.own, name="own"),
    path(f"{_OWN}kind/", family.add, name="add"),
    path(f"{_OWN}kind/<slug:reference>/", family.edit, name="edit"),
    path(f"{_OWN}kind/<slug:reference>/entfernen/", family.remove, name="remove"),
    path(f"{_OWN}zusammen/", family.together, name="together"),
    path(f"{_OWN}zurueckziehen/", family.withdraw, name="withdraw"),
    path(f"{_OWN}bescheid/<slug:reference>/", family.notice, name="notice"),
    path(f"{_OWN}bescheid/<slug:reference>.txt", family.notice_text, name="notice_text"),
    path(f"{_OWN}platz/<slug:place>/annehmen/", family.accept, name="accept"),
    path(f"{_OWN}platz/<slug:place>/ablehnen/", family.decline, name="decline"),
    path(f"{_OWN}fall/<slug:reference>.json", family.case, name="case"),
]
