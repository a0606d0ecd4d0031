from django.urls import path

from . import views

app_name = "kit"

urlpatterns = [
    path("stil/", views.style_guide, name="style"),
]
