"""`/radar/…`. Addresses are promises; the measure's own address follows its permanent number."""

from __future__ import annotations

from django.urls import path

from .views import compare, districts, embed, files, measure, radar, table

app_name = "radar"

urlpatterns = [
    path("", radar.radar, name="radar"),
    path("karte/", radar.card, name="card"),
    path("drucken/", radar.paper, name="print"),
    path("tabelle/", table.table, name="table"),
    path("bild.svg", files.svg, name="svg"),
    path("bild.png", files.png, name="png"),
    path("daten.csv", files.csv_file, name="csv"),
    path("daten.json", files.json_file, name="json"),
    path("einbetten/", embed.embed, name="embed"),
    path("einbetten/anleitung/", embed.snippet, name="snippet"),
    path("vergleich/", compare.compare, name="compare"),
    path("bezirke/", districts.districts, name="districts"),
    path("kriterien/", measure.criteria_page, name="criteria"),
    path("massnahme/<slug:slug>/", measure.by_slug, name="by_slug"),
    path("m-<int:number>/", measure.measure, name="by_number"),
    path("m-<int:number>-<slug:slug>/", measure.measure, name="measure"),
]
