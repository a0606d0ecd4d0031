"""`/beteiligung/ideen/<id>/`; the id of a module, or of an idea."""

from django.urls import path

from . import views

app_name = "ideas"
urlpatterns = [
    path("<slug:public_id>/", views.ideas, name="ideas"),
    path("<slug:public_id>/vorschlagen/", views.propose, name="propose"),
    path("<slug:public_id>/aehnlich/", views.similar, name="similar"),
    path("<slug:public_id>/karte.svg", views.image, name="image"),
    path("<slug:public_id>/unterstuetzen/", views.support, name="support"),
    path("<slug:public_id>/bild/<int:place>.jpg", views.picture, name="picture"),
]
