"""`/beteiligung/treffen/…`: a module by its id, a date by its own, its live part by the code of the room."""

from django.urls import path

from . import live, views

app_name = "meeting"
urlpatterns = [
    path("live/", live.join, name="join"),
    path("live/<slug:code>/", live.room, name="live"),
    path("live/<slug:code>/fragen/", live.listing, name="live_list"),
    path("live/<slug:code>/stimme/<slug:question>/", live.vote, name="vote"),
    path("live/<slug:code>/fertig/", live.leave, name="leave"),
    path("live/<slug:code>/wand/", live.wall, name="wall"),
    path("live/<slug:code>/wand/inhalt/", live.wall_content, name="wall_content"),
    path("<slug:public_id>/", views.module, name="module"),
    path("<slug:public_id>/termine.ics", views.module_calendar, name="module_calendar"),
    path("termin/<slug:public_id>/", views.date, name="date"),
    path("termin/<slug:public_id>/termin.ics", views.date_calendar, name="date_calendar"),
]
