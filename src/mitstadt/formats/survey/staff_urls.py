"""``/verwaltung/beteiligung/umfrage/…``"""

from __future__ import annotations

from django.urls import path

from . import staff

app_name = "survey_staff"
urlpatterns = [
    path("<slug:public_id>/", staff.questions, name="questions"),
    path("<slug:public_id>/vorlage/", staff.preset, name="preset"),
    path("<slug:public_id>/neu/", staff.question, name="new"),
    path("<slug:public_id>/frage/<slug:key>/", staff.question, name="question"),
    path("<slug:public_id>/frage/<slug:key>/ordnen/", staff.arrange, name="arrange"),
    path("<slug:public_id>/ergebnis/", staff.result, name="result"),
    path("<slug:public_id>/datei/<int:pk>/", staff.upload, name="upload"),
    path("<slug:public_id>/papier/", staff.paper, name="paper"),
    path("<slug:public_id>/papier/freigabe/", staff.release, name="release"),
    path("<slug:public_id>/papier/<int:pk>/zuruecknehmen/", staff.take_back, name="take_back"),
    path("<slug:public_id>/papier/<int:pk>/", staff.differences, name="differences"),
]
