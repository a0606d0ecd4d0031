"""The two addresses of allauth's provider, answered by the strict adapter."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("online-id/<slug:provider_id>/login/", views.login, name="openid_connect_login"),
    path("online-id/<slug:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
]
