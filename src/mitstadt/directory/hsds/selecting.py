"""Which offers, places and organisations somebody asks for, on both databases; the public ones only."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
)
from django.utils import timezone

from mitstadt.directory import queries, words
from mitstadt.directory.models import Category, Location, Provider, Service, ServiceAt
from mitstadt.directory.queries import KM, Choice
from mitstadt.geo import maps

from . import extending, profile

MOST_METRES = 100_000


class Wrong(ValueError):
    """A parameter that cannot be understood; the message begins with its name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed by; what is empty does not narrow. Identifiers and moments are still text."""

    search: str = ""
    taxonomy_term_id: str = ""
    taxonomy_id: str = ""
    organization_id: str = ""
    modified_after: str = ""
    postcode: str = ""
    proximity: str = ""
    distance: int | None = None
    minimum_age: float | None = None
    maximum_age: float | None = None


# -- reading parameters -----------------------------------------------------------------------------
def identifier(text: str, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Wrong(f"{name}: not a UUID: {text[:40]!r}") from error


def moment(text: str) -> datetime:
    """A day or a moment of ISO 8601; without a zone it is local, and a plus sign may have become a space."""
    text = text.strip()
    try:
        if len(text) == 10:
            found = datetime.combine(date.fromisoformat(text), time(0))
        else:
            found = datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)$", r"+\1", text))
    except ValueError as error:
        raise Wrong(f"modified_after: neither a day nor a moment of ISO 8601: {text[:40]!r}") from error
    if not 1970 <= found.year <= 9000:
        raise Wrong(f"modified_after: no moment of our time: {text[:40]!r}")
    return found if found.tzinfo is not None else found.replace(tzinfo=timezone.get_current_timezone())


def circle(asked: Asked) -> tuple[tuple[float, float], int] | None:
    """(point, metres). HSDS: `postcode` and `proximity` in metres; or `proximity=lat,lon` and `distance` in metres."""
    if not asked.proximity:
        if asked.distance is not None:
            raise Wrong("distance: needs proximity=latitude,longitude")
        return None
    if "," in asked.proximity:
        point = _point(asked.proximity)
        if asked.distance is None:
            raise Wrong("distance: proximity=latitude,longitude needs a distance in metres")
        return point, _metres(str(asked.distance), "distance")
    if not asked.postcode:
        raise Wrong("proximity: metres need a postcode; or give proximity=latitude,longitude and distance=metres")
    if asked.distance is not None:
        raise Wrong("distance: with a postcode the metres stand in proximity")
    return centre(asked.postcode), _metres(asked.proximity, "proximity")


def _point(text: str) -> tuple[float, float]:
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError as error:
        raise Wrong(f"proximity: neither metres nor latitude,longitude: {text[:40]!r}") from error
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise Wrong(f"proximity: no point on Earth: {text[:40]!r}")
    # Rounded to about a hundred metres, as on the page: enough for a distance, too little for a house.
    return round(lat, 3), round(lon, 3)


def _metres(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_METRES):
        raise Wrong(f"{name}: metres from 1 to {MOST_METRES}, not {text[:40]!r}")
    return int(text)


def centre(postcode: str) -> tuple[float, float]:
    """An unknown postcode is refused: an empty list would say that there is nothing near it."""
    if not re.fullmatch(r"\d{5}", postcode, re.ASCII):
        raise Wrong(f"postcode: five digits, not {postcode[:40]!r}")
    found = queries.where(postcode)
    if found is None:
        raise Wrong(f"postcode: where {postcode} is, is not known here; give proximity=latitude,longitude and distance")
    return found[0]


# -- offers -----------------------------------------------------------------------------------------
def services(asked: Asked) -> tuple[QuerySet[Service], Sequence[int] | None]:
    """(the offers, their keys best first if something was searched for). Raises Wrong."""
    rows = queries.public()
    if asked.taxonomy_term_id:
        rows = rows.filter(_with_term(identifier(asked.taxonomy_term_id, "taxonomy_term_id")))
    if asked.taxonomy_id:
        rows = rows.filter(_with_taxonomy(str(identifier(asked.taxonomy_id, "taxonomy_id"))))
    if asked.organization_id:
        rows = rows.filter(provider__uuid=identifier(asked.organization_id, "organization_id"))
    if asked.modified_after:
        since = moment(asked.modified_after)
        # Of a confirmation only the day is known: whoever asks in the middle of it is told all of that day.
        rows = rows.filter(Q(changed_at__gte=since) | Q(confirmed_on__gte=timezone.localtime(since).date()))
    if asked.minimum_age is not None:
        rows = rows.filter(Q(data__max_age__isnull=True) | Q(data__max_age__gte=asked.minimum_age))
    if asked.maximum_age is not None:
        rows = rows.filter(Q(data__min_age__isnull=True) | Q(data__min_age__lte=asked.maximum_age))
    around = circle(asked)
    if around is not None:
        rows = rows.filter(pk__in=near(*around).values("service_id"))
    elif asked.postcode:
        rows = rows.filter(_covering(centre(asked.postcode)))
    return rows, queries.ranked(Choice(text=asked.search[:300])) if asked.search.strip() else None


def near(point: tuple[float, float], metres: int) -> QuerySet[ServiceAt]:
    """Places that anybody may know within the circle, measured as `queries.distance` does. A secret address has no
    point."""
    radius = metres / 1000
    narrow = max(0.01, math.cos(math.radians(point[0])))
    high, wide = radius / KM, radius / KM / narrow
    north, east = (F("lat") - point[0]) * KM, (F("lon") - point[1]) * (KM * narrow)
    return (
        public_places()
        .filter(lat__range=(point[0] - high, point[0] + high), lon__range=(point[1] - wide, point[1] + wide))
        .annotate(away=ExpressionWrapper(north * north + east * east, output_field=FloatField()))
        .filter(away__lte=radius * radius)
    )


def _covering(point: tuple[float, float]) -> Q:
    """Offers for the whole city, and those for the district in which the point lies. A protected one is always found:
    asked postcode by postcode, it would tell its district."""
    number = maps.district_number(*point)
    whole = Q(data__districts__isnull=True) | Q(protected=True)
    return whole if number is None else whole | Q(Holds("data", number, "districts"))


def public_places() -> QuerySet[ServiceAt]:
    """Offers at places that anybody may know."""
    return ServiceAt.objects.filter(
        service__in=queries.public().filter(protected=False), location__isnull=False, protected=False
    )


# -- by term ----------------------------------------------------------------------------------------
class Holds(Func):
    """Whether a list in a JSON column (below `key`, or the column itself) holds a value. For both databases."""

    output_field = BooleanField()

    def __init__(self, column: str, value: str | int, key: str = "") -> None:
        super().__init__(F(column))
        self.value, self.key = value, key

    def _column(self, compiler: Any) -> tuple[str, list[Any]]:
        sql, params = compiler.compile(self.source_expressions[0])
        return sql, list(params)

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:
        sql, params = self._column(compiler)
        path = f"$.{self.key}" if self.key else "$"
        held = f"EXISTS (SELECT 1 FROM json_each({sql}, %s) WHERE value = %s)"  # noqa: S608 - a column of ours
        return held, [*params, path, self.value]

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:
        sql, params = self._column(compiler)
        column = f"({sql}) -> %s::text" if self.key else sql
        keys = [self.key] if self.key else []
        return f"COALESCE(({column}) @> to_jsonb(%s::{self._kind}), false)", [*params, *keys, self.value]

    @property
    def _kind(self) -> str:
        return "int" if isinstance(self.value, int) else "text"


def _at(**narrowed: Any) -> Any:
    return Exists(ServiceAt.objects.filter(service=OuterRef("pk"), location__isnull=False, protected=False, **narrowed))


def _with_access(codes: Sequence[str]) -> Q:
    held = Q()
    for code in codes:
        held |= Q(Holds("location__access", code))
    there = ServiceAt.objects.filter(service=OuterRef("pk"), location__isnull=False, protected=False)
    return Q(protected=False) & Q(Exists(there.filter(held)))


def _access(code: str) -> Q:
    return _with_access(words.IMPAIRMENTS[code][1] if code in words.IMPAIRMENTS else (code,))


def _district(code: str) -> Q:
    number = int(code)
    return Q(protected=False) & (Q(Holds("data", number, "districts")) | Q(_at(location__district__number=number)))


_FIELDS: dict[str, Q] = {
    "lead": Q(data__has_key="lead"),
    "simple": Q(data__has_key="simple"),
    "protected": Q(protected=True),
    "emergency": Q(emergency=True),
    "example": Q(is_example=True),
}
_BY_TERM: dict[profile.Taxonomy, Callable[[str], Q]] = {
    profile.SITUATIONS: lambda code: Q(Holds("data", code, "situations")),
    profile.WAYS: lambda code: Q(Holds("data", code, "ways")),
    profile.COST: lambda code: Q(data__cost=code),
    profile.APPOINTMENT: lambda code: Q(data__appointment=code),
    profile.LANGUAGES: lambda code: Q(languages__contains=f"|{code}|"),
    profile.ACCESS: _access,
    profile.DISTRICTS: _district,
}
_NOTHING = Q(pk__in=())


def _with_term(key: uuid.UUID) -> Q:
    """Offers with this term or one below it; a term that is not known here has none."""
    known = profile.fixed_terms().get(str(key))
    if known is not None:
        if known.taxonomy is profile.FIELDS:
            return _FIELDS.get(known.code, _NOTHING)
        return _BY_TERM[known.taxonomy](known.code)
    for number in profile.district_names():
        if profile.term_id(profile.DISTRICTS, number) == str(key):
            return _district(str(number))
    topics = Category.objects.filter(Q(uuid=key) | Q(parent__uuid=key))
    return Q(pk__in=Service.categories.through.objects.filter(category__in=topics).values("service_id"))


def _with_taxonomy(key: str) -> Q:
    known = profile.BY_ID.get(key)
    if known is None:
        return _NOTHING
    if known is profile.TOPICS:
        return Q(pk__in=Service.categories.through.objects.values("service_id"))
    if known is profile.LANGUAGES:
        return ~Q(languages="")
    if known is profile.ACCESS:
        return _with_access(tuple(words.ACCESS))
    if known is profile.DISTRICTS:
        return Q(protected=False) & (Q(data__has_key="districts") | Q(_at(location__district__isnull=False)))
    if known in (profile.SITUATIONS, profile.WAYS):
        return Q(data__has_key=known.code)
    if known is profile.FIELDS:
        found = Q()
        for condition in _FIELDS.values():
            found |= condition
        return found
    return Q()  # costs and appointment are said of every offer


# -- with everything that a shape reads -------------------------------------------------------------
def below(rows: QuerySet[ServiceAt]) -> QuerySet[ServiceAt]:
    """Ready for `shapes.at_location_full`, but for what is joined."""
    return rows.prefetch_related(
        Prefetch("service__categories", Category.objects.select_related("parent")), *extending.rows("service__")
    )


def whole(rows: QuerySet[Service]) -> QuerySet[Service]:
    """Ready for `shapes.service_full`, in a number of queries that does not grow."""
    return rows.select_related("provider__organisation", "subject").prefetch_related(
        Prefetch("categories", Category.objects.select_related("parent")),
        Prefetch(
            "at",
            ServiceAt.objects.filter(location__isnull=False, protected=False).select_related(
                "location__district", "location__provider"
            ),
        ),
        *extending.rows(),
    )


def listed(rows: QuerySet[Service]) -> QuerySet[Service]:
    """Ready for `shapes.service_listed`."""
    return rows.select_related("provider__organisation")


def locations_of(providers: Sequence[Provider]) -> dict[int, list[Location]]:
    """Places of public offers by provider; those of protected ones are not among them. One query."""
    found: dict[int, list[Location]] = {}
    shown = public_places().values("location_id")
    rows = Location.objects.filter(provider__in=[p.pk for p in providers], pk__in=shown)
    for row in rows.select_related("provider", "district").order_by("pk"):
        found.setdefault(row.provider_id, []).append(row)
    return found
