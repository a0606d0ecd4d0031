"""Topics and everyday sentences for every city, and the invented offers of the demo city."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from mitstadt.accounts.models import User
from mitstadt.geo import maps
from mitstadt.kit import clock, yamls
from mitstadt.kit.city import current
from mitstadt.organisations import actions as organisations
from mitstadt.organisations.models import Membership, Organisation

from . import actions, copies, hours
from .entries import Cost, Entry, Phone, Place
from .models import Category, Notice, Provider, Report, Service, Situation, Urgent

EVERYDAY = Path(__file__).parent / "data" / "everyday.yaml"
SOURCE = "demo"


def load() -> str:
    """Again changes nothing: what is there stays as staff left it."""
    load_everyday()
    path = current().folder / "content" / "offers.yaml"
    if not path.is_file() or not settings.MITSTADT_DEMO:
        return "no offers"
    if Service.objects.filter(source=SOURCE).exists():
        return f"{Service.objects.count()} offers"
    data = _read(path)
    with transaction.atomic():
        names = _providers(data["providers"])
        known = {c.slug: c for c in Category.objects.all()}
        for number, row in enumerate(_rows(data)):
            service = actions.save_entry(
                _entry(row, names), actor=None, confirmed=False, source=SOURCE, source_id=str(number),
                is_example=True, known=known,
            )  # fmt: skip
            confirmed = clock.today() - timedelta(days=int(row.get("days", 100)))
            Service.objects.filter(pk=service.pk).update(confirmed_on=confirmed, confirmed_by=str(service.provider))
            copies.write_one(service.pk)
        _notices(names)
        _reports()
    return f"{Service.objects.count()} offers"


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yamls.read(path)
    return found


def load_everyday() -> None:
    """Topics, situations and numbers in need, once; afterwards they are the staff's."""
    if Category.objects.exists():
        return
    data = _read(EVERYDAY)
    with transaction.atomic():
        order = 0
        for main in data["categories"]:
            parent = _category(main, None, order)
            for child in main.get("children", ()):
                order += 1
                _category(child, parent, order)
            order += 1
        known = {c.slug: c for c in Category.objects.all()}
        for order, row in enumerate(data["situations"]):
            situation = Situation.objects.create(
                slug=row["slug"], title=row["title"], title_en=row.get("en", ""), phrases="\n".join(row["words"]),
                shown=row.get("shown", False), order=order,
            )  # fmt: skip
            for slug in row["to"]:
                situation.categories.add(known[slug])
        here = current().folder / "content" / "urgent.yaml"
        own = _read(here) if here.is_file() else {}
        for order, row in enumerate(data["urgent"]):
            Urgent.objects.create(
                slug=row["slug"], title=row["title"], title_en=row.get("en", ""), phrases="\n".join(row["words"]),
                numbers=[*row["numbers"], *own.get(row["slug"], ())], sentences=row.get("sentences", []), order=order,
                checked_on=date(2026, 11, 20), source="Seiten der Träger",
            )  # fmt: skip


def _category(row: dict[str, Any], parent: Category | None, order: int) -> Category:
    return Category.objects.create(
        slug=row["slug"], name=row["name"], name_en=row.get("en", ""), description=row.get("about", ""),
        description_en=row.get("about_en", ""), synonyms="\n".join(row["words"]), parent=parent, order=order,
    )  # fmt: skip


def _providers(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Code → name. The demo's citizen is a member of those marked so, so that somebody can try their pages."""
    names = {}
    now = clock.now()
    for row in rows:
        names[row["code"]] = row["name"]
        organisation = organisations.ensure_organisation(row["code"], row["name"], kind=Organisation.Kind.PROVIDER)
        Provider.objects.get_or_create(
            organisation=organisation,
            defaults={
                "description": row.get("about", ""), "email": row.get("email", ""), "contact": row.get("contact", ""),
                "contact_phone": row.get("contact_phone", ""), "is_example": True, "changed_at": now,
                "verified_at": now if row.get("verified") else None,
                "verified_by": "Sozialreferat, Redaktion" if row.get("verified") else "",
            },
        )  # fmt: skip
    helper = User.objects.filter(is_example=True, memberships__isnull=True).order_by("pk").first()
    if helper is not None:
        for mine in Organisation.objects.filter(code__in=[row["code"] for row in rows if row.get("member")]):
            organisations.grant_by_system(helper, mine, Membership.Role.MEMBER)
    return names


def _rows(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from data["offers"]
    from mitstadt.geo.models import District

    names = dict(District.objects.values_list("number", "name"))
    for family in data["families"]:
        for place, (number, street, postcode) in enumerate(family["at"]):
            district = names.get(number, "").split("-")[0]
            yield {
                **family,
                "name": family["name"].format(district=district),
                "district": number,
                "street": street,
                "postcode": postcode,
                "phone": f"089 000 2{number:02d}{place}",
                "days": family.get("days", 15 + 9 * place),
            }


def _entry(row: dict[str, Any], names: dict[str, str]) -> Entry:
    places: tuple[Place, ...] = ()
    if row.get("street"):
        lat, lon = _point(row["district"], row["street"])
        places = (
            Place(
                street=row["street"], postcode=row["postcode"], city=current().short_name, lat=lat, lon=lon,
                access=tuple(row.get("access", ())), transport=row.get("transport", ""),
            ),
        )  # fmt: skip
    return Entry(
        name=row["name"],
        provider=names.get(row["provider"], row["provider"]),
        lead=row["lead"],
        simple=row.get("simple", ""),
        categories=tuple(row["topics"]),
        phones=(Phone(row["phone"], row.get("phone_label", "")),),
        ways=tuple(row.get("ways", ("visit", "phone"))),
        languages=tuple(row.get("languages", ())),
        interpretation=row.get("interpretation", ""),
        cost=row["cost"],
        costs=tuple(Cost(label, amount) for label, amount in row.get("costs", ())),
        appointment=row["appointment"],
        min_age=row.get("min_age"),
        max_age=row.get("max_age"),
        situations=tuple(row.get("situations", ())),
        area=row.get("area", ""),
        documents=tuple(row.get("documents", ())),
        protected=row.get("protected", False),
        emergency=row.get("emergency", False),
        places=places,
        hours=hours.parse(row.get("hours", "")),
        hours_note=row.get("hours_note", ""),
    )


def _point(district: int, street: str) -> tuple[float | None, float | None]:
    """Somewhere in the district, always the same for the same street."""
    centre = maps.centre(district)
    if centre is None:
        return None, None
    spread = hashlib.sha256(street.encode()).digest()
    for step in range(4):
        lat = centre[0] + (spread[0] - 128) / 128 * 0.009 / (step + 1)
        lon = centre[1] + (spread[1] - 128) / 128 * 0.013 / (step + 1)
        if maps.district_number(lat, lon) == district:
            return round(lat, 5), round(lon, 5)
    return round(centre[0], 5), round(centre[1], 5)


def _notices(names: dict[str, str]) -> None:
    now, today = clock.now(), clock.today()
    rows = (
        ("LICHTBLICK", "room", "Gruppenraum abends frei", "40 Quadratmeter, Stühle, Beamer, ohne Stufen. Montag und "
         "Mittwoch ab 18 Uhr, kostenlos für Selbsthilfegruppen.", None),
        ("ANKOMMEN", "request", "Wer übersetzt Tigrinya?", "Für unsere Asylberatung suchen wir jemanden für zwei "
         "Vormittage im Monat, mit Aufwandsentschädigung.", None),
        ("BRUECKE", "offer", "Fachabend Medien und Spielsucht", "Wir kommen gern in Ihr Team, mit zwei Fällen.",
         None),
        ("ISARWIESE", "date", "Runder Tisch Kurzzeitpflege", "Alle Häuser, die Gäste auf Zeit aufnehmen, einmal im "
         "Quartal. Diesmal: was wir in der Ferienzeit anders machen.", today + timedelta(days=19)),
    )  # fmt: skip
    for code, kind, title, text, day in rows:
        provider = Provider.objects.filter(organisation__name=names[code]).first()
        if provider is not None:
            Notice.objects.create(
                provider=provider, kind=kind, title=title, text=text, day=day, until=today + timedelta(days=60),
                created_at=now,
            )  # fmt: skip


def _reports() -> None:
    service = Service.objects.filter(name="Wohnberatung – sicher zu Hause").first()
    if service is not None:
        Report.objects.create(
            service=service, text="Unter der Nummer hebt seit zwei Wochen niemand ab.", at=clock.now()
        )
