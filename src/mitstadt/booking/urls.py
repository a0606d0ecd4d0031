from __future__ import annotations

from django.urls import path

from . import views

app_name = "booking"

urlpatterns = [
    path("platz/buchung/<slug:code>/", views.manage, name="manage"),
    path("platz/buchung/<slug:code>/karte/", views.ticket, name="ticket"),
    path("platz/buchung/<slug:code>/termin.ics", views.calendar_file, name="calendar"),
    path("platz/<slug:public_id>/", views.book, name="book"),
    path("konto/plaetze/", views.mine, name="mine"),
]
