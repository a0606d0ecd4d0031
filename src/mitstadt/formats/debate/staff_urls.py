"""``/verwaltung/beteiligung/debatte/…``"""

from __future__ import annotations

from django.urls import path

from . import staff

app_name = "debate_staff"
urlpatterns = [
    path("<slug:public_id>/", staff.summaries, name="summaries"),
    path("zusammenfassung/<slug:public_id>/aendern/", staff.correct, name="correct"),
    path("zusammenfassung/<slug:public_id>/zurueckziehen/", staff.withdraw, name="withdraw"),
]
