"""``/verwaltung/beteiligung/treffen/…``"""

from __future__ import annotations

from django.urls import path

from . import staff, staff_live

app_name = "meeting_staff"
urlpatterns = [
    path("<slug:public_id>/", staff.dates, name="dates"),
    path("<slug:public_id>/neu/", staff.new, name="new"),
    path("termin/<slug:public_id>/", staff.date, name="date"),
    path("termin/<slug:public_id>/aendern/", staff.change, name="change"),
    path("termin/<slug:public_id>/absagen/", staff.call_off, name="call_off"),
    path("termin/<slug:public_id>/entfernen/", staff.remove, name="remove"),
    path("termin/<slug:public_id>/zaehlen/", staff.count, name="count"),
    path("termin/<slug:public_id>/protokoll/", staff.minutes, name="minutes"),
    path("termin/<slug:public_id>/live/", staff_live.room, name="live"),
    path("termin/<slug:public_id>/live/fragen/", staff_live.listing, name="live_list"),
    path("termin/<slug:public_id>/live/<slug:question>/", staff_live.moderate, name="moderate"),
    path("termin/<slug:public_id>/fragen/", staff_live.answers, name="answers"),
]
