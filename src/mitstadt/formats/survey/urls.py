"""`/beteiligung/umfrage/<id>/…`"""

from django.urls import path, re_path

from . import views

app_name = "survey"
urlpatterns = [
    path("<slug:public_id>/", views.survey, name="survey"),
    path("<slug:public_id>/antworten/", views.answer, name="answer"),
    path("<slug:public_id>/karte.svg", views.image, name="image"),
    path("<slug:public_id>/ergebnis/", views.result, name="result"),
    re_path(r"^(?P<public_id>[-a-zA-Z0-9_]+)/ergebnis\.(?P<form>csv|json)$", views.file, name="file"),
]
