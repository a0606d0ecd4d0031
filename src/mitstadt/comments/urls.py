from __future__ import annotations

from django.urls import path

from . import outcomes, views

app_name = "comments"

urlpatterns = [
    path("mitreden/<slug:public_id>/", views.add, name="add"),
    path("kommentar/<slug:public_id>/", views.thread, name="thread"),
    path("kommentar/<slug:public_id>/aendern/", views.own, name="own"),
    path("kommentar/<slug:public_id>/zurueckziehen/", views.withdraw, name="withdraw"),
    path("was-daraus-wurde/", outcomes.page, name="outcomes"),
    path("was-daraus-wurde/feed.atom", outcomes.feed, name="outcomes_feed"),
]
