"""`/api/v1/offers`: what the pages of the directory find and say, for programs. For other directories: `hsds.api`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from mitstadt.kit import cache, clock
from mitstadt.kit.problems import ProblemOut

from . import access, everyday, hours, queries, words
from .models import Category, Service, ServiceAt, Urgent
from .queries import Choice

router = Router(tags=["offers"])
MOST = 100
Code = Annotated[str, Field(max_length=80)]


class OffersIn(Schema):
    """The filters of the page. Codes are those of `/api/hsds/taxonomy_terms`."""

    q: Annotated[str, Field(max_length=300, description="Everyday words in German")] = ""
    category: Annotated[Code, Field(description="Code of a topic; those below it count")] = ""
    situation: Annotated[Code, Field(description="Short name of a life situation")] = ""
    provider: Annotated[Code, Field(description="Short name of the organisation in its address")] = ""
    near: Annotated[str, Field(max_length=80, description="Postcode, or number or name of a district")] = ""
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    lon: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    radius: Annotated[float | None, Field(gt=0, le=100, allow_inf_nan=False, description="Kilometres")] = None
    language: Code = ""
    open_now: bool = False
    free: bool = False
    walk_in: bool = False
    wheelchair: bool = False
    page: Annotated[int, Field(ge=1, le=1_000)] = 1
    limit: Annotated[int, Field(ge=1, le=MOST)] = 20


class PhoneOut(Schema):
    number: str
    label: str
    languages: list[str]


class CostOut(Schema):
    """`amount` is null where only words are known."""

    label: str
    amount: float | None
    currency: str


class PlaceOut(Schema):
    """`lat`, `lon` in degrees WGS 84. `hours` as people write them; `open_until` is null while it is closed."""

    name: str
    street: str
    postcode: str
    city: str
    lat: float | None
    lon: float | None
    district: int | None
    access: list[str]
    access_note: str
    transport: str
    hours: list[str]
    hours_note: str
    open_until: datetime | None


class OfferOut(Schema):
    """`place` is the nearest of `places`, `km` how far it is from where was asked. Of a protected offer there is none.
    `is_old`: nobody confirmed it for long. `hsds` is the same offer in HSDS 3.1."""

    id: str
    slug: str
    name: str
    provider: str
    lead: str
    categories: list[str]
    status: str
    alert: str
    phones: list[PhoneOut]
    email: str
    website: str
    ways: list[str]
    languages: list[str]
    cost: str
    appointment: str
    situations: list[str]
    min_age: int | None
    max_age: int | None
    protected: bool
    emergency: bool
    confirmed_on: date | None
    is_old: bool
    is_example: bool
    url: str
    hsds: str


class FoundOut(OfferOut):
    places: int
    place: PlaceOut | None
    km: float | None


class OfferDetailOut(OfferOut):
    """`districts`: only for people who live there; empty means the whole city."""

    alternate_name: str
    description: str
    simple: str
    interpretation: str
    costs: list[CostOut]
    fees: str
    application: str
    eligibility: str
    districts: list[int]
    area: str
    documents: list[str]
    hours: list[str]
    hours_note: str
    places: list[PlaceOut]


class NumberOut(Schema):
    name: str
    number: str
    when: str
    languages: str
    chat: str


class UrgentOut(Schema):
    """Checked numbers for somebody in need now: show them before anything else."""

    title: str
    numbers: list[NumberOut]
    checked_on: date


class OffersOut(Schema):
    """`total` is a lower bound when `more` is true. `topics` and `situations`: what the words were taken to mean."""

    total: int
    more: bool
    page: int
    corrected_query: str
    topics: list[str]
    situations: list[str]
    urgent: list[UrgentOut]
    items: list[FoundOut]


@router.get("", response={200: OffersOut, 422: ProblemOut}, summary="Social offers, best first")
def offers(request: HttpRequest, response: HttpResponse, asked: Query[OffersIn]) -> dict[str, Any]:
    """The same question gives everybody the same answer. What is asked for is kept in no cache."""
    if asked.q or asked.near or asked.lat is not None:
        cache.never(response)
        response["Referrer-Policy"] = "no-referrer"
    found = queries.find(_choice(asked), asked.page, asked.limit)
    services = [row.service for row in found.rows]
    prefetch_related_objects(services, "categories")
    return {
        "total": found.total,
        "more": found.more,
        "page": asked.page,
        "corrected_query": found.corrected,
        "topics": list(found.meant.categories),
        "situations": list(found.meant.situations),
        "urgent": [_urgent(one) for one in found.urgent],
        "items": [
            {
                **_offer(row.service, row.is_old),
                "places": row.places if row.at.location is not None else 0,
                "place": _place(row.at, {row.at.pk: row.open_until} if row.open_until else {}),
                "km": round(row.km, 2) if row.km is not None else None,
            }
            for row in found.rows
        ],
    }


def _choice(asked: OffersIn) -> Choice:
    """Raises 422 with the parameter that means nothing here."""
    point, provider = None, None
    if asked.category and not Category.objects.filter(slug=asked.category).exists():
        raise HttpError(422, "category: no topic with this code")
    if asked.situation and asked.situation not in everyday.sayings().leads_to:
        raise HttpError(422, "situation: no life situation with this short name")
    if asked.language and asked.language not in words.LANGUAGES:
        raise HttpError(422, f"language: known are {', '.join(words.LANGUAGES)}")
    if asked.provider:
        found = queries.providers().filter(organisation__slug=asked.provider).first()
        if found is None:
            raise HttpError(422, "provider: no organisation with public offers has this short name")
        provider = found.pk
    if asked.near:
        place = queries.where(asked.near)
        if place is None:
            raise HttpError(422, "near: neither a postcode with offers nor a district")
        point = place[0]
    elif asked.lat is not None and asked.lon is not None:
        point = round(asked.lat, 3), round(asked.lon, 3)  # about a hundred metres, as on the page
    elif asked.lat is not None or asked.lon is not None:
        raise HttpError(422, "lat: needs lon, and the other way round")
    if asked.radius is not None and point is None:
        raise HttpError(422, "radius: needs near, or lat and lon")
    return Choice(
        text=asked.q.replace("\x00", " "), category=asked.category, situation=asked.situation, point=point,
        radius=asked.radius, open_now=asked.open_now, free=asked.free, walk_in=asked.walk_in,
        wheelchair=asked.wheelchair, language=asked.language, provider=provider,
    )  # fmt: skip


@router.get("/{slug}", response={200: OfferDetailOut, 404: ProblemOut}, summary="One social offer")
def offer(request: HttpRequest, slug: str) -> dict[str, Any]:
    """`slug` is the short name in the offer's address; it is permanent."""
    service = queries.one(slug)
    if service is None:
        raise HttpError(404, "no public offer with this short name")
    entry = service.entry
    rows = [row for row in queries.places_of(service) if row.location is not None and not service.protected]
    until = queries.open_until([row.pk for row in rows])
    return {
        **_offer(service, access.is_old(service, clock.today())),
        "alternate_name": entry.alternate_name,
        "description": entry.description,
        "simple": entry.simple,
        "interpretation": entry.interpretation,
        "costs": [{"label": c.label, "amount": c.amount, "currency": c.currency} for c in entry.costs],
        "fees": entry.fees,
        "application": entry.application,
        "eligibility": entry.eligibility,
        "districts": [] if service.protected else list(entry.districts),
        "area": "" if service.protected else entry.area,
        "documents": list(entry.documents),
        "hours": hours.lines(entry.hours),
        "hours_note": entry.hours_note,
        "places": [_place(row, until) for row in rows],
    }


def _offer(service: Service, is_old: bool) -> dict[str, Any]:
    entry = service.entry
    base = settings.MITSTADT_BASE_URL.rstrip("/")
    return {
        "id": service.subject.public_id,
        "slug": service.slug,
        "name": service.name,
        "provider": entry.provider,
        "lead": entry.lead,
        "categories": [category.slug for category in service.categories.all()],
        "status": service.status,
        "alert": entry.alert,
        "phones": [{"number": p.number, "label": p.label, "languages": list(p.languages)} for p in entry.phones],
        "email": entry.email,
        "website": entry.url,
        "ways": list(entry.ways),
        "languages": list(entry.languages),
        "cost": entry.cost,
        "appointment": entry.appointment,
        "situations": list(entry.situations),
        "min_age": entry.min_age,
        "max_age": entry.max_age,
        "protected": service.protected,
        "emergency": service.emergency,
        "confirmed_on": service.confirmed_on,
        "is_old": is_old,
        "is_example": service.is_example,
        "url": base + service.get_absolute_url(),
        "hsds": f"{base}/api/hsds/services/{service.uuid}",
    }


def _place(row: ServiceAt, until: Mapping[int, datetime]) -> dict[str, Any] | None:
    location = row.location
    if location is None or row.protected:
        return None
    return {
        "name": location.name,
        "street": location.street,
        "postcode": location.postcode,
        "city": location.city,
        "lat": row.lat,
        "lon": row.lon,
        "district": row.district.number if row.district is not None else None,
        "access": location.access,
        "access_note": location.access_note,
        "transport": location.transport,
        "hours": _lines(row.hours),
        "hours_note": row.hours_note,
        "open_until": until.get(row.pk),
    }


def _lines(rules: Sequence[Any]) -> list[str]:
    return hours.lines(hours.Hours.from_json(rule) for rule in rules)


def _urgent(found: Urgent) -> dict[str, Any]:
    names = NumberOut.model_fields
    return {
        "title": found.title,
        "numbers": [{name: str(number.get(name, "")) for name in names} for number in found.numbers],
        "checked_on": found.checked_on,
    }
