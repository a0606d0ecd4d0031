"""`/angebote/…`. Short names of offers, topics and providers are permanent."""

from __future__ import annotations

from django.urls import path

from .views import own, public

app_name = "directory"

urlpatterns = [
    path("", public.offers, name="offers"),
    path("karte/", public.city_map, name="map"),
    path("jetzt-hilfe/", public.urgent, name="urgent"),
    path("merkzettel/", public.notepad, name="notepad"),
    path("thema/<slug:slug>/", public.category, name="category"),
    path("anbieter/<slug:slug>/", public.provider, name="provider"),
    path("meine/", own.mine, name="mine"),
    path("meine/neu/<slug:slug>/", own.new, name="new"),
    path("meine/<slug:slug>/", own.edit, name="edit"),
    path("meine/<slug:slug>/bestaetigen/", own.confirm, name="confirm"),
    path("bestaetigen/<str:token>/", own.still_true, name="still_true"),
    path("netzwerk/", own.network, name="network"),
    path("netzwerk/<slug:public_id>/schliessen/", own.close_notice, name="close_notice"),
    path("<slug:slug>/", public.offer, name="offer"),
    path("<slug:slug>/hinweis/", public.report, name="report"),
]
