"""`/verwaltung/angebote/…`"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from . import imports, screens

app_name = "directory_staff"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", screens.listing, name="list"),
    path("neu/", screens.new, name="new"),
    path("entwuerfe/", screens.changes, name="changes"),
    path("entwuerfe/<slug:public_id>/", screens.change, name="change"),
    path("hinweise/", screens.reports, name="reports"),
    path("anbieter/", screens.providers, name="providers"),
    path("gesucht/", screens.demand, name="demand"),
    path("import/", include(imports.urlpatterns)),
    path("eintrag/<slug:slug>/", screens.entry, name="entry"),
    path("eintrag/<slug:slug>/<slug:verb>/", screens.act, name="act"),
]
