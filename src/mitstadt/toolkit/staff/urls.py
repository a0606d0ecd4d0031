"""`/verwaltung/methoden/…` beside the records."""

from __future__ import annotations

from django.urls import path

from . import screens

app_name = "toolkit_staff"

urlpatterns = [
    path("beginnen/", screens.begin, name="begin"),
    path("verfahren/<int:number>/", screens.process, name="process"),
    path("erfahrene/", screens.experienced, name="experienced"),
    path("vorschlaege/", screens.suggestions, name="suggestions"),
    path("austausch/", screens.exchange, name="exchange"),
    path("regeln/<slug:kind>/", screens.rules, name="rules"),
]
