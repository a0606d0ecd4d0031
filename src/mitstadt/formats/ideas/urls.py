"""`/beteiligung/ideen/<id>/`; the id of a module, or of an idea."""

from django.urls import path

from . import proposing, shared_views, views

app_name = "ideas"
urlpatterns = [
    path("<slug:public_id>/", views.ideas, name="ideas"),
    path("<slug:public_id>/vorschlagen/", proposing.propose, name="propose"),
    path("<slug:public_id>/aehnlich/", proposing.similar, name="similar"),
    path("<slug:public_id>/karte.svg", proposing.image, name="image"),
    path("<slug:public_id>/unterstuetzen/", views.support, name="support"),
    path("<slug:public_id>/bild/<int:place>.jpg", views.picture, name="picture"),
    path("<slug:public_id>/zusammenlegen/", shared_views.merge, name="merge"),
    path("<slug:public_id>/zusammenlegen/<slug:merge_id>/", shared_views.merge_answer, name="merge_answer"),
    path("<slug:public_id>/mitnehmen/", shared_views.carry, name="carry"),
    path("<slug:public_id>/mitschreiben/", shared_views.co_authors, name="together"),
    path("<slug:public_id>/mitschreiben/<slug:token>/", shared_views.join, name="join"),
]
