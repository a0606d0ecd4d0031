from __future__ import annotations

from django.urls import path

from . import views

app_name = "moderation"

urlpatterns = [
    path("melden/gegenstand/<slug:public_id>/", views.report, name="report"),
    path("melden/", views.find, name="find"),
    path("melden/<slug:code>/", views.receipt, name="receipt"),
    path("konto/moderation/", views.own, name="own"),
    path("konto/moderation/<slug:public_id>/", views.statement, name="statement"),
    path("moderation/", views.log, name="log"),
    path("moderation/feed/", views.log_feed, name="log_feed"),
    path("moderation/begruendung/<str:token>/", views.guest_statement, name="guest_statement"),
]
