"""`/beteiligung/debatte/<id>/`"""

from django.urls import path

from . import views

app_name = "debate"
urlpatterns = [path("<slug:public_id>/", views.debate, name="debate")]
