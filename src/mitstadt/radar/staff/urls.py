from django.urls import path

from . import views

app_name = "radar_staff"
urlpatterns = [
    path("massnahmen/", views.index, name="measures"),
    path("massnahmen/sammel/", views.bulk, name="bulk"),
    path("massnahmen/zuruecknehmen/", views.undo, name="undo"),
    path("massnahmen/export/", views.export, name="export"),
    path("massnahmen/<int:number>/stand/", views.report, name="report"),
]
