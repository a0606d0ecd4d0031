from django.urls import path

from . import imports, views

app_name = "radar_staff"
urlpatterns = [
    path("massnahmen/", views.index, name="measures"),
    path("massnahmen/sammel/", views.bulk, name="bulk"),
    path("massnahmen/zuruecknehmen/", views.undo, name="undo"),
    path("massnahmen/export/", views.export, name="export"),
    path("einlesen/", imports.index, name="imports"),
    path("einlesen/vorlage.<str:form>", imports.template, name="template"),
    path("einlesen/strategie.<str:form>", imports.export, name="strategy_export"),
    path("einlesen/<slug:public_id>/", imports.detail, name="import"),
    path("einlesen/<slug:public_id>/zuordnen/", imports.remap, name="remap"),
    path("einlesen/<slug:public_id>/entscheiden/", imports.decide, name="decide"),
    path("massnahmen/<int:number>/stand/", views.report, name="report"),
]
