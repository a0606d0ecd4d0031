from django.urls import path, re_path

from . import views

app_name = "opendata"
urlpatterns = [
    path("", views.index, name="index"),
    path("katalog.<str:suffix>", views.catalog, name="catalogue"),
    re_path(r"^(?P<slug>[a-z0-9-]+)\.(?P<suffix>csv|json|geojson)$", views.download, name="download"),
    path("<slug:slug>/", views.detail, name="detail"),
]
