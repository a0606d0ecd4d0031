"""The screens of places in the back office: menu entry and addresses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import staff


class PlacesMenuItem(MenuItem):
    """Shown to editors and coordination; the screens check again."""

    def is_shown(self, request: HttpRequest) -> bool:
        return staff.may_enter(request.actor)  # type: ignore[attr-defined]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def admin_urls() -> list[Any]:
    return [
        path("plaetze/", staff.offers, name="booking_offers"),
        path("plaetze/<slug:public_id>/", staff.offer, name="booking_offer"),
        path("plaetze/<slug:public_id>/eintragen/", staff.enter, name="booking_enter"),
        path("plaetze/<slug:public_id>/nachricht/", staff.message, name="booking_message"),
        path("plaetze/<slug:public_id>/absagen/", staff.call_off, name="booking_call_off"),
        path("plaetze/<slug:public_id>/liste/", staff.attendance, name="booking_attendance"),
        path("plaetze/<slug:public_id>/buchungen.csv", staff.export, name="booking_export"),
        path("plaetze/<slug:public_id>/karte/<slug:booking>/", staff.ticket, name="booking_staff_ticket"),
    ]


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def menu_item() -> PlacesMenuItem:
    return PlacesMenuItem(_("Plätze"), reverse("booking_offers"), icon_name="group", order=210)
