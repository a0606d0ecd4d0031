"""Offers for tests."""

from __future__ import annotations

from typing import Any

from mitstadt.directory import actions, copies, demo, hours
from mitstadt.directory.entries import Entry, Phone, Place
from mitstadt.directory.models import Category, Provider, Service
from mitstadt.kit import clock
from mitstadt.organisations.models import Membership


def entry(name: str = "Schuldnerberatung", provider: str = "Beispielhilfe e.V.", **fields: Any) -> Entry:
    shape: dict[str, Any] = {
        "lead": "Wir ordnen Ihre Briefe.",
        "phones": (Phone("089 000 77"),),
        "cost": "free",
        "appointment": "none",
        "languages": ("de", "tr"),
        "places": (Place(street="Hauptstraße 1", postcode="80331", city="München", lat=48.137, lon=11.575),),
        "hours": hours.parse("Mo-Fr 9-12"),
    }
    return Entry(name=name, provider=provider, **{**shape, **fields})


def offer(name: str = "Schuldnerberatung", provider: str = "Beispielhilfe e.V.", **fields: Any) -> Service:
    saving = {key: fields.pop(key) for key in ("confirmed", "publish", "source", "source_id") if key in fields}
    return actions.save_entry(entry(name, provider, **fields), actor=None, **saving)


def put(service: Service, **fields: Any) -> None:
    """Set columns of an offer directly, as time or another program would have; its copies follow."""
    Service.objects.filter(pk=service.pk).update(**fields)
    copies.write_one(service.pk)


def everyday() -> None:
    demo.load_everyday()


def topic(slug: str) -> Category:
    return Category.objects.get(slug=slug)


def member(user: Any, service: Service, *, verified: bool = True) -> Provider:
    """Make `user` a member of the organisation behind an offer."""
    provider = service.provider
    Membership.objects.create(user=user, organisation=provider.organisation, role=Membership.Role.MEMBER)
    if verified:
        Provider.objects.filter(pk=provider.pk).update(verified_at=clock.now(), verified_by="Sozialreferat")
        provider.refresh_from_db()
    return provider
