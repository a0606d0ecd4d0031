"""`/plaetze/…`"""

from __future__ import annotations

from django.urls import path

from .views import agents, feeds, files, numbers, own, placed, provider, public

app_name = "capacity"

urlpatterns = [
    path("", public.listing, name="list"),
    path("anfragen/", public.enquire, name="enquire"),
    path("vermitteln/", public.refer, name="refer"),
    path("vermittelt/", own.referrals, name="referrals"),
    path("zahlen/", numbers.show, name="numbers"),
    path("suchauftrag/", agents.order, name="agent"),
    path("suchauftrag/<str:token>/", agents.one, name="agent_one"),
    path("mein/", own.own, name="own"),
    path("mein/<str:token>/", own.page, name="seeker"),
    path("mein/<str:token>/tun/", own.act, name="act"),
    path("melden/<str:token>/", provider.tell, name="tell"),
    path("anbieter/", provider.home, name="provider"),
    path("anbieter/datei/", files.upload, name="file"),
    path("anbieter/datei/vorlage.csv", files.template, name="file_template"),
    path("anbieter/quellen/", feeds.sources, name="feeds"),
    path("anbieter/quellen/<int:pk>/beenden/", feeds.end, name="feed_end"),
    path("anbieter/neu/", provider.edit, name="new"),
    path("anbieter/anfrage/<int:pk>/", provider.ask, name="ask"),
    path("anbieter/runden/<slug:public_id>/", placed.placed, name="placed"),
    path("anbieter/runden/<slug:public_id>/<slug:code>/frei/", placed.free, name="placed_free"),
    path("anbieter/platz/<slug:public_id>/", placed.one, name="placed_one"),
    path("anbieter/platz/<slug:public_id>/fehlt/", placed.missing, name="placed_missing"),
    path("anbieter/termin/<slug:public_id>/", provider.booked, name="booked"),
    path("anbieter/termin/<slug:public_id>/absagen/", provider.call_off, name="call_off"),
    path("anbieter/<slug:public_id>/", provider.say, name="say"),
    path("anbieter/<slug:public_id>/aendern/", provider.edit, name="edit"),
    path("<slug:public_id>/", public.capacity, name="capacity"),
    path("<slug:public_id>/buchen/", public.book, name="book"),
    path("<slug:public_id>/warten/", public.wait, name="wait"),
]
