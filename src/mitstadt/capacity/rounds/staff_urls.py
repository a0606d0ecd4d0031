"""`/verwaltung/plaetze/runden/…`"""

from __future__ import annotations

from django.urls import path

from . import staff

app_name = "rounds_staff"

urlpatterns = [
    path("", staff.rounds, name="list"),
    path("neu/", staff.new, name="new"),
    path("<slug:public_id>/", staff.one, name="round"),
    path("<slug:public_id>/regeln/", staff.rules, name="rules"),
    path("<slug:public_id>/angebot/", staff.programme, name="programme_new"),
    path("<slug:public_id>/angebot/<int:pk>/", staff.programme, name="programme"),
    path("<slug:public_id>/angebot/<int:pk>/entfernen/", staff.programme_remove, name="programme_remove"),
    path("<slug:public_id>/anmeldungen/", staff.applications, name="applications"),
    path("<slug:public_id>/anmeldungen/<slug:reference>/lesen/", staff.look, name="look"),
    path("<slug:public_id>/datei/<slug:kind>.json", staff.file, name="file"),
    path("<slug:public_id>/schritt/<slug:verb>/", staff.step, name="step"),
]
