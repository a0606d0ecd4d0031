from __future__ import annotations

from django.urls import path

from . import views

app_name = "ratings"

urlpatterns = [path("bewerten/<slug:public_id>/", views.rate, name="rate")]
