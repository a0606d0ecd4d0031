from __future__ import annotations

from django.urls import path

from . import feeds, views

app_name = "notify"

urlpatterns = [
    path("konto/nachrichten/", views.inbox, name="inbox"),
    path("konto/nachrichten/gelesen/", views.mark_read, name="mark_read"),
    path("konto/nachrichten/abos/", views.follows, name="follows"),
    path("konto/nachrichten/abos/takt/", views.change_cadence, name="change_cadence"),
    path("konto/nachrichten/abos/beenden/", views.stop, name="stop"),
    path("folgen/", views.follow_topic, name="follow_topic"),
    path("folgen/<slug:public_id>/", views.follow_subject, name="follow_subject"),
    path("abmelden/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("feeds/neu/", feeds.newest, name="feed_new"),
    path("feeds/gegenstand/<slug:public_id>/", feeds.of_subject, name="feed_subject"),
    path("feeds/thema/<path:topic>/", feeds.of_topic, name="feed_topic"),
]
