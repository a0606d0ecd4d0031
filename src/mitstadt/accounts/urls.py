"""Addresses below /konto/. What is not named here answers allauth (login/, signup/, password/…, 2fa/…)."""

from __future__ import annotations

from django.urls import include, path

from .views import demo, guest, leaving, profile, tokens, trust

own = [
    path("", profile.home, name="home"),
    path("profil/", profile.edit, name="profile"),
    path("sicherheit/", profile.security, name="security"),
    path("sicherheit/abmelden/", profile.end_everywhere, name="end_everywhere"),
    path("sicherheit/zweiter-faktor/", profile.second_factor, name="second_factor"),
    path("zugaenge/", tokens.tokens_page, name="tokens"),
    path("daten/", leaving.what_we_know, name="data"),
    path("daten/export/", leaving.export, name="export"),
    path("loeschen/", leaving.delete, name="delete"),
    path("geloescht/", leaving.gone, name="gone"),
    path("nachweis/", trust.ways, name="proof"),
    path("nachweis/brief/", trust.letter, name="letter"),
    path("nachweis/schalter/", trust.counter, name="counter"),
    path("post/", guest.check_mail, name="check_mail"),
    path("bestaetigen/<str:token>/", guest.confirm, name="confirm"),
    path("gast/", guest.rights, name="guest"),
    path("gast/daten/<str:token>/", guest.download, name="guest_download"),
    path("gast/vergessen/", guest.gone, name="guest_gone"),
    path("demo/<slug:role>/", demo.sign_in, name="demo"),
]

urlpatterns = [
    path("", include((own, "accounts"))),
    path("", include("allauth.urls")),
]
