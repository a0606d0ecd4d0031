"""`/beteiligung/…`. The number of a process and the id of everything else are permanent.

Each format brings its addresses below its own word: ``/beteiligung/ideen/<id>/``.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from . import registry
from .views import codes, contributions, flat, outcome, papers, processes, report, sources, tablet

app_name = "participation"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", processes.processes, name="processes"),
    path("kalender/", processes.calendar, name="calendar"),
    path("kalender.ics", processes.ics, name="ics"),
    path("code/", codes.enter, name="code"),
    path("code/beenden/", codes.leave, name="code_leave"),
    path("beitrag/<slug:public_id>/", contributions.detail, name="contribution"),
    path("beitrag/<slug:public_id>/bearbeiten/", contributions.own, name="own"),
    path("beitrag/<slug:public_id>/zurueckziehen/", contributions.withdraw, name="withdraw"),
    path("quelle/<slug:public_id>.jpg", sources.picture, name="source"),
    path("bogen/<slug:public_id>.pdf", papers.form, name="paper_form"),
    path("tablet/", tablet.begin, name="tablet"),
    path("tablet/schreiben/", tablet.write, name="tablet_write"),
    path("tablet/karte.svg", tablet.image, name="tablet_image"),
    path("tablet/danke/", tablet.thanks, name="tablet_thanks"),
    path("tablet/einrichten/<str:secret>/", tablet.pair, name="tablet_pair"),
    path("viertelblatt/", papers.leaflets, name="leaflets"),
    path("viertelblatt/<int:district>/<str:month>.pdf", papers.leaflet, name="leaflet"),
    path("p-<int:number>/", processes.process, name="by_number"),
    path("p-<int:number>-<slug:slug>/", processes.process, name="process"),
    path("p-<int:number>-<slug:slug>/ergebnis/", outcome.result, name="result"),
    path("p-<int:number>-<slug:slug>/archiv/", papers.archive, name="archive"),
    path("p-<int:number>-<slug:slug>/archiv/<int:version>.zip", papers.package, name="package"),
    path("p-<int:number>-<slug:slug>/beitraege.csv", flat.flat, {"suffix": "csv"}, name="flat_csv"),
    path("p-<int:number>-<slug:slug>/beitraege.json", flat.flat, {"suffix": "json"}, name="flat_json"),
    path("p-<int:number>-<slug:slug>/bericht/", report.report, name="report"),
    path("p-<int:number>-<slug:slug>/bericht.pdf", report.as_pdf, name="report_pdf"),
    path("p-<int:number>-<slug:slug>/bericht.docx", report.as_word, name="report_word"),
]


def of_formats() -> list[URLResolver]:
    """The addresses of every installed format; project/urls.py mounts them beside these."""
    return [path(f"{found.path}/", include(found.urls)) for found in registry.all_formats()]
