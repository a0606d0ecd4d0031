"""`/beteiligung/treffen/…`: a module by its id, a date by its own."""

from django.urls import path

from . import views

app_name = "meeting"
urlpatterns = [
    path("<slug:public_id>/", views.module, name="module"),
    path("<slug:public_id>/termine.ics", views.module_calendar, name="module_calendar"),
    path("termin/<slug:public_id>/", views.date, name="date"),
    path("termin/<slug:public_id>/termin.ics", views.date_calendar, name="date_calendar"),
]
