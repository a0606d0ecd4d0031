"""`/api/v1/capacities`: what is free, each figure with its age; and saying so with a provider's token."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from mitstadt.accounts import tokens
from mitstadt.directory import components as offers
from mitstadt.directory import queries as directory
from mitstadt.kit import clock
from mitstadt.kit.errors import require
from mitstadt.kit.problems import ProblemOut

from . import permissions, queries, rules
from .actions import telling
from .adapters import fhir
from .models import Capacity, Kind, Slot, Way

router = Router(tags=["capacities"])


class CapacityPlaceOut(Schema):
    """Of a secret address there is none. `lat`, `lon` in degrees (WGS 84)."""

    address: str
    district: int | None
    lat: float | None
    lon: float | None


class CapacityOut(Schema):
    """`state`: free, few, full, waitlist, assessment, unknown. `age`: fresh within `interval_hours` after `updated_at`,
    grey up to twice of it, then unknown; `free` is null where nobody said, and where the figure is too old to say it.

    `way`: book, enquire, round, link, call. `updated_at` is null where nobody ever said, and for appointments that
    are booked here, which are counted at the moment of the answer.
    """

    id: str
    service: str
    name: str
    provider: str
    title: str
    kind: str
    way: str
    state: str
    age: str
    free: int | None
    total: int | None
    updated_at: datetime | None
    interval_hours: int
    has_waiting_list: bool
    needs_assessment: bool
    free_from: date | None
    min_age: int | None
    max_age: int | None
    place: CapacityPlaceOut | None
    km: float | None
    link: str
    is_example: bool
    url: str


class CapacitiesOut(Schema):
    total: int
    items: list[CapacityOut]


class CapacitiesIn(Schema):
    kind: str = Field("", description="appointment, day_care, nursing, shelter, course or other")
    q: str = Field("", max_length=200, description="words, also everyday ones")
    near: str = Field("", max_length=80, description="`48.137,11.575`, a postcode or a district")
    radius: float | None = Field(None, gt=0, le=100, description="kilometres around `near`")
    free: bool = Field(False, description="only what is free now")
    age: int | None = Field(None, ge=0, le=130, description="years")
    limit: int = Field(100, ge=1, le=500)
    offset: int = Field(0, ge=0, le=10_000)


class SlotOut(Schema):
    id: str
    starts_at: datetime
    ends_at: datetime
    free: int


class SlotsOut(Schema):
    capacity: str
    items: list[SlotOut]


class SaidIn(Schema):
    """What is not sent stays as it is; `{}` says that everything still holds."""

    free: int | None = Field(None, ge=0, le=telling.MOST)
    total: int | None = Field(None, ge=0, le=telling.MOST)
    free_from: date | None = None
    has_waiting_list: bool | None = None
    needs_assessment: bool | None = None


def _point(near: str) -> tuple[float, float] | None:
    if not near:
        return None
    parts = near.split(",")
    if len(parts) == 2:
        try:
            lat, lon = float(parts[0]), float(parts[1])
        except ValueError:
            lat = lon = 999.0
        if -90 <= lat <= 90 and -180 <= lon <= 180:
            return lat, lon
    found = directory.where(near)
    if found is None:
        raise HttpError(422, gettext("near: Diesen Ort kennen wir nicht."))
    return found[0]


@router.get("", response={200: CapacitiesOut, 422: ProblemOut}, summary="What is free")
def capacities(request: HttpRequest, response: HttpResponse, asked: Query[CapacitiesIn]) -> dict[str, Any]:
    """Free ones first, then the nearer. What is asked for is kept in no cache."""
    if asked.q or asked.near:
        offers.unseen(response)
    if asked.kind and asked.kind not in Kind.values:
        raise HttpError(422, gettext("kind: „%(value)s“ gibt es nicht.") % {"value": asked.kind[:40]})
    point = _point(asked.near)
    if asked.radius is not None and point is None:
        raise HttpError(422, gettext("radius: Von wo aus? Bitte geben Sie near an."))
    rows = queries.rows(queries.Choice(asked.kind, asked.q, point, asked.radius, asked.free, asked.age))
    return {"total": len(rows), "items": [_out(row) for row in rows[asked.offset : asked.offset + asked.limit]]}


def _one(public_id: str) -> Capacity:
    found = queries.one(public_id)
    if found is None:
        raise HttpError(404, gettext("Das gibt es nicht, oder es ist nicht öffentlich."))
    return found


@router.get("/{capacity}", response={200: CapacityOut, 404: ProblemOut}, summary="One capacity")
def one(request: HttpRequest, capacity: str) -> dict[str, Any]:
    """`capacity` is its id."""
    return _out(queries.row_of(_one(capacity)))


@router.put(
    "/{capacity}",
    response={200: CapacityOut, 401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 422: ProblemOut},
    auth=tokens.bearer("capacities"),
    summary="Say what is free",
)
def say(request: HttpRequest, capacity: str, sent: SaidIn) -> dict[str, Any]:
    """With the token of a member of its verified provider. Appointments that are booked here are counted, not said."""
    actor = request.auth  # type: ignore[attr-defined]
    found = Capacity.objects.select_related("service__provider__organisation").filter(public_id=capacity).first()
    if found is None:
        raise HttpError(404, gettext("Das gibt es nicht, oder es ist nicht öffentlich."))
    require(permissions.may_say(actor, found))
    if found.way == Way.BOOK and sent.free is not None:
        raise HttpError(422, gettext("free: Was hier gebucht wird, wird gezählt."))
    by = str(found.service.provider)
    if sent.free is None and found.free is None:
        telling.unchanged(found, by=by, channel="api", actor=actor)  # says that a figure is missing
    telling.say(found, telling.Said(**sent.dict()), by=by, channel="api", actor=actor)
    found = queries.public().filter(pk=found.pk).first() or found
    return _out(queries.row_of(found))


@router.get("/{capacity}/slots", response={200: SlotsOut, 404: ProblemOut}, summary="Coming times with a free seat")
def slots(request: HttpRequest, capacity: str) -> dict[str, Any]:
    """The soonest first, at most 500."""
    found = _one(capacity)
    return {"capacity": found.public_id, "items": [_slot(slot) for slot in _open(found)]}


def _open(capacity: Capacity) -> list[Slot]:
    """What another system says is shown only as long as it is not too old."""
    if capacity.way != Way.BOOK and queries.row_of(capacity).age is rules.Age.UNKNOWN:
        return []
    return queries.open_slots(capacity, 500)


def _slot(slot: Slot) -> dict[str, Any]:
    return {
        "id": slot.public_id,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "free": slot.seats - slot.taken - slot.held,
    }


@router.get("/{capacity}/slots.fhir", response={200: Any, 404: ProblemOut}, summary="The same as a FHIR R4 bundle")
def slots_fhir(request: HttpRequest, capacity: str) -> HttpResponse:
    """A searchset of `Slot` with status free, for systems of practices and clinics."""
    found = _one(capacity)
    bundle = fhir.bundle(found, _open(found), settings.MITSTADT_BASE_URL.rstrip("/"), clock.now())
    return JsonResponse(bundle, content_type="application/fhir+json")


def _out(row: queries.Row) -> dict[str, Any]:
    capacity, at = row.capacity, row.capacity.at
    service = capacity.service
    place = None
    if at is not None and at.location is not None and not service.protected:
        place = {
            "address": at.location.address,
            "district": at.district.number if at.district is not None else None,
            "lat": at.lat,
            "lon": at.lon,
        }
    booked = capacity.way == Way.BOOK
    return {
        "id": capacity.public_id,
        "service": str(service.uuid),
        "name": service.name,
        "provider": service.provider.organisation.name,
        "title": capacity.title,
        "kind": capacity.kind,
        "way": capacity.way,
        "state": row.light.value,
        "age": row.age.value,
        "free": None if row.light is rules.Light.UNKNOWN else row.free,
        "total": capacity.total,
        "updated_at": None if booked else capacity.updated_at,
        "interval_hours": capacity.interval_hours,
        "has_waiting_list": capacity.has_waiting_list,
        "needs_assessment": capacity.needs_assessment,
        "free_from": capacity.free_from,
        "min_age": capacity.min_age,
        "max_age": capacity.max_age,
        "place": place,
        "km": round(row.km, 2) if row.km is not None else None,
        "link": capacity.link,
        "is_example": capacity.is_example,
        "url": settings.MITSTADT_BASE_URL.rstrip("/") + capacity.get_absolute_url(),
    }
