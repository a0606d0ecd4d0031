"""`/beteiligung/text/<id>/`"""

from django.urls import path

from . import views

app_name = "annotation"
urlpatterns = [
    path("<slug:public_id>/", views.text, name="text"),
    path("<slug:public_id>/fassung/<int:number>/", views.version, name="version"),
    path("<slug:public_id>/anmerkungen.jsonld", views.jsonld, name="jsonld"),
    path("<slug:public_id>/vergleich/", views.compare, name="compare"),
    path("<slug:public_id>/anmerken/<int:number>/<slug:key>/", views.annotate, name="annotate"),
]
