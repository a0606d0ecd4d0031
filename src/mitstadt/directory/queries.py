"""Reads. `public()` is what page, interface, export, HSDS and map share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Case, Exists, Field, OuterRef, Q, QuerySet, When

from mitstadt.geo import maps
from mitstadt.geo import queries as geo
from mitstadt.kit import clock
from mitstadt.kit.among import among
from mitstadt.search import queries as search
from mitstadt.subjects.models import Subject

from . import access, everyday
from .everyday import NOTHING, Meant
from .models import OFFER, Category, Location, Opening, Provider, Service, ServiceAt, Urgent

SIZE = 20
MOST = 2_000  # rows that are put in order; whoever finds more is asked to say more
WIDE = 4 * MOST  # rows that are looked at for it
NEAREST = 1_000  # the same, where nothing but nearness orders them
EVERYWHERE = Q(lat__isnull=True, location__isnull=True)  # by telephone, online, or at an address that stays secret
KM = 111.195  # per degree of latitude
FAR = 64.0  # kilometres; nothing of a city is further away


def public() -> QuerySet[Service]:
    """Everything that anybody may see."""
    return Service.objects.filter(
        state=Service.State.PUBLIC, subject__published=True, subject__restricted=False
    ).exclude(status="defunct")


def shown() -> QuerySet[ServiceAt]:
    """The rows of the list."""
    return _visible(_listed())


def _listed() -> QuerySet[ServiceAt]:
    """Rows of which it is still to be asked whether they may be seen; enough for counting and for the search."""
    return ServiceAt.objects.filter(listed=True).order_by()


def _visible(rows: QuerySet[ServiceAt]) -> QuerySet[ServiceAt]:
    """Visibility is the subject's, read in the same statement."""
    return rows.filter(Exists(Subject.objects.filter(pk=OuterRef("service_id"), published=True, restricted=False)))


# -- what somebody looks for ------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Choice:
    """What a list is narrowed by; empty values do not. `point` is (lat, lon) in degrees, `radius` kilometres."""

    text: str = ""
    category: str = ""
    situation: str = ""
    district: int | None = None
    point: tuple[float, float] | None = None
    radius: float | None = None
    open_now: bool = False
    free: bool = False
    walk_in: bool = False
    wheelchair: bool = False
    language: str = ""
    provider: int | None = None


class Row(NamedTuple):
    """One offer in a list, at its nearest place. `km` and `open_until` are None where unknown."""

    service: Service
    at: ServiceAt
    places: int
    km: float | None
    open_until: datetime | None
    is_old: bool


@dataclass(frozen=True, slots=True)
class Found:
    """`total` is exact unless `more`."""

    rows: tuple[Row, ...] = ()
    total: int = 0
    more: bool = False
    meant: Meant = NOTHING
    urgent: tuple[Urgent, ...] = ()
    corrected: str = ""
    left_out: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class _Candidate(NamedTuple):
    """`is_old`: 1 where nobody confirmed it for long."""

    at: int
    service: int
    lat: float | None
    lon: float | None
    is_old: int


def find(choice: Choice, page: int = 1, size: int = SIZE) -> Found:
    """Public offers, best first, one row each. Nobody's earlier searches count: the same question, the same answer."""
    best, more, meant, hits, by_topic = _order(choice)
    start = (page - 1) * size
    shown = best[start : start + size]
    return Found(
        rows=tuple(_rows(shown)),
        total=len(best),
        more=more,
        meant=meant,
        urgent=urgent(meant),
        corrected=hits.corrected_query,
        left_out=hits.left_out if not by_topic else (),
        unknown=hits.unknown,
    )


def ranked(choice: Choice) -> list[int]:
    """Keys of what `find` finds, best first, at most `MOST`; without the rows."""
    return [one.candidate.service for one in _order(choice).best]


class _Order(NamedTuple):
    best: list[_Best]
    more: bool
    meant: Meant
    hits: search.Ranked
    by_topic: set[int]


def _order(choice: Choice) -> _Order:
    meant = everyday.meant(choice.text) if choice.text else NOTHING
    wanted = _wanted_categories(choice, meant)
    rows, most = _narrowed(_listed(), choice), MOST
    hits, by_topic = search.Ranked({}), set[int]()
    if choice.category:
        rows = rows.filter(service_id__in=_of_categories(wanted))
    elif choice.situation and not choice.text:
        by_topic = set(_of_categories(wanted))
        rows = rows.filter(service_id__in=by_topic)
    if choice.text:
        by_topic = set(_of_categories(wanted)) if wanted and not choice.category else set()
        hits, found = _said(rows, choice, by_topic)
    elif choice.point is not None:
        found, most = _near(rows, choice, choice.point), NEAREST
    else:
        found = _read(_visible(rows).order_by("service__name", "service_id"), MOST + 1)
    best = _ordered(found, choice, hits.scores, _ranks(by_topic, wanted))
    return _Order(best[:most], len(best) > most or hits.more, meant, hits, by_topic)


def urgent(meant: Meant) -> tuple[Urgent, ...]:
    """The numbers for what somebody means, in its order; no query where nothing is urgent."""
    if not meant.urgent:
        return ()
    rows = {row.slug: row for row in Urgent.objects.filter(slug__in=meant.urgent)}
    return tuple(rows[slug] for slug in meant.urgent if slug in rows)


def _wanted_categories(choice: Choice, meant: Meant) -> tuple[str, ...]:
    known = everyday.sayings()
    if choice.category:
        return (choice.category, *known.children.get(choice.category, ()))
    if choice.situation:
        named = known.leads_to.get(choice.situation, ())
        return tuple(dict.fromkeys(c for slug in named for c in (slug, *known.children.get(slug, ()))))
    return meant.categories


def _of_categories(slugs: Sequence[str]) -> QuerySet[Any, Any]:
    through = Service.categories.through
    return through.objects.filter(category__slug__in=slugs).values_list("service_id", flat=True)


def _ranks(keys: set[int], slugs: Sequence[str]) -> dict[int, float]:
    """How well a topic fits: the first that was meant counts most."""
    if not keys:
        return {}
    weight = {slug: 1.5 - 0.1 * min(place, 8) for place, slug in enumerate(slugs)}
    found: dict[int, float] = {}
    through = Service.categories.through
    for key, slug in through.objects.filter(category__slug__in=slugs).values_list("service_id", "category__slug"):
        found[key] = max(found.get(key, 0.0), weight[slug])
    return found


def _narrowed(rows: QuerySet[ServiceAt], choice: Choice) -> QuerySet[ServiceAt]:
    rows, place = _filtered(rows, choice), _place(choice)
    if place is None:
        return rows
    only_near = choice.radius is not None and not (choice.text or choice.category or choice.situation)
    return rows.filter(place if only_near else place | EVERYWHERE)


def _filtered(rows: QuerySet[ServiceAt], choice: Choice) -> QuerySet[ServiceAt]:
    """What is asked of the offer itself."""
    if choice.free:
        rows = rows.filter(free=True)
    if choice.walk_in:
        rows = rows.filter(walk_in=True)
    if choice.wheelchair:
        rows = rows.filter(wheelchair=True)
    if choice.language:
        rows = rows.filter(languages__contains=f"|{choice.language}|")
    if choice.provider is not None:
        rows = rows.filter(service__provider_id=choice.provider)
    if choice.open_now:
        now = clock.now()
        rows = rows.filter(Exists(Opening.objects.filter(at=OuterRef("pk"), opens__lte=now, closes__gt=now)))
    return rows


def _place(choice: Choice) -> Q | None:
    """Where it is to be."""
    wanted = []
    if choice.district is not None:
        wanted.append(Q(district__number=choice.district))
    if choice.point is not None and choice.radius is not None:
        wanted.append(_square(choice.point, choice.radius))
    return Q(*wanted) if wanted else None


def _around(choice: Choice) -> QuerySet[Any, Any] | None:
    """Offers at the place that is asked for and everywhere; each half can be read from an index alone."""
    place = _place(choice)
    if place is None:
        return None
    rows = _filtered(_listed(), choice)
    here, everywhere = (rows.filter(where).values("service_id") for where in (place, EVERYWHERE))
    return here.union(everywhere, all=True)


def _read(rows: QuerySet[ServiceAt], limit: int) -> list[_Candidate]:
    oldest = clock.today() - timedelta(days=access.old_after())
    # A plain field: Django converts whole numbers that they are already, one by one.
    is_old = Case(When(confirmed_on__gte=oldest, then=0), default=1, output_field=Field())
    return list(map(_Candidate._make, rows.values_list("pk", "service_id", "lat", "lon", is_old)[:limit]))


def _said(rows: QuerySet[ServiceAt], choice: Choice, by_topic: set[int]) -> tuple[search.Ranked, list[_Candidate]]:
    """What the words mean, among `rows`. Where a place narrows these, the words are looked for there only, so that
    frequent ones do not hide what is near.
    """
    hits = search.ranked(choice.text, OFFER, _around(choice))
    if by_topic:  # of its own finds the search has just seen that they may be seen
        rows = _visible(rows)
    return hits, _read(rows.filter(among("service_id", set(hits.scores) | by_topic)), WIDE)


def _near(rows: QuerySet[ServiceAt], choice: Choice, point: tuple[float, float]) -> list[_Candidate]:
    """Those around a point. Where there are more than NEAREST, squares around it are read until one holds enough, so
    that a big city is not read whole; the list ends with the last full circle.
    """
    if choice.radius is None and not rows.values_list("pk")[NEAREST : NEAREST + 1]:
        return _read(_visible(rows), NEAREST)
    half = choice.radius or 1.0  # kilometres
    inside = math.pi / 4 * rows.filter(_square(point, half)).count()
    whole: list[_Candidate] = []
    for _try in range(8):
        half *= min(3.0, max(0.3, math.sqrt(1.25 * NEAREST / max(1.0, inside))))
        if half >= (choice.radius or FAR):
            break
        square = _read(_visible(rows).filter(_square(point, half)), WIDE)
        found = _circle(square, point, half)
        inside = len(found)
        if len(square) < WIDE:
            whole = found
            if inside > NEAREST:
                return found
    known = {row.at for row in whole}
    return [*whole, *(row for row in _read(_visible(rows), WIDE) if row.at not in known)]


def _square(point: tuple[float, float], half: float) -> Q:
    """`half` kilometres in each direction."""
    lat, lon = point
    north = half / KM
    east = north / max(0.01, math.cos(math.radians(lat)))
    return Q(lat__range=(lat - north, lat + north), lon__range=(lon - east, lon + east))


def _circle(rows: Iterable[_Candidate], point: tuple[float, float], half: float) -> list[_Candidate]:
    lat, lon = point
    narrow, most = math.cos(math.radians(lat)) ** 2, (half / KM) ** 2
    return [
        row
        for row in rows
        if row.lat is not None and row.lon is not None
        and (row.lat - lat) ** 2 + (row.lon - lon) ** 2 * narrow <= most
    ]  # fmt: skip


def distance(one: tuple[float, float], lat: float, lon: float) -> float:
    """Kilometres between two points, flat: within a city the error is below a metre in a kilometre."""
    return _from(one)(lat, lon)


def _from(point: tuple[float, float]) -> Callable[[float, float], float]:
    """`distance` from one point to many."""
    here, there, narrow, hypot = *point, math.cos(math.radians(point[0])), math.hypot
    return lambda lat, lon: KM * hypot(lat - here, (lon - there) * narrow)


@dataclass(slots=True)
class _Best:
    """The nearest of an offer's places."""

    candidate: _Candidate
    km: float | None
    places: int = 1
    score: float = field(default=0.0)


def _ordered(
    found: Iterable[_Candidate], choice: Choice, text: dict[int, float], topics: dict[int, float]
) -> list[_Best]:
    """One per offer, best first: topic, words, distance; what nobody confirmed for long stands behind."""
    best: dict[int, _Best] = {}
    away = _from(choice.point) if choice.point is not None else None
    for candidate in found:
        km = None
        if away is not None and candidate.lat is not None and candidate.lon is not None:
            km = away(candidate.lat, candidate.lon)
            if choice.radius is not None and km > choice.radius:
                continue
        known = best.get(candidate.service)
        if known is None:
            best[candidate.service] = _Best(candidate, km)
            continue
        known.places += 1
        if km is not None and (known.km is None or km < known.km):
            known.candidate, known.km = candidate, km
    if choice.point is not None and not choice.text:
        return sorted(best.values(), key=lambda b: (1_000.0 if b.km is None else b.km) + 2.0 * b.candidate.is_old)
    for key, one in best.items():
        far = min(one.km, 30.0) * 0.05 if one.km is not None else (0.4 if choice.point is not None else 0.0)
        one.score = text.get(key, 0.0) * 0.8 + topics.get(key, 0.0) - far - 0.75 * one.candidate.is_old
    return sorted(best.values(), key=lambda b: -b.score)  # stable: names stay in order among equals


def _rows(shown: Sequence[_Best]) -> Iterable[Row]:
    """The full rows of one page, in three queries."""
    keys = [one.candidate.at for one in shown]
    rows = {
        row.pk: row
        for row in ServiceAt.objects.filter(pk__in=keys).select_related(
            "service__subject", "service__provider__organisation", "location", "district"
        )
    }
    until = open_until(keys)
    today = clock.today()
    for one in shown:
        row = rows.get(one.candidate.at)
        if row is not None:
            yield Row(row.service, row, one.places, one.km, until.get(row.pk), access.is_old(row.service, today))


def open_until(keys: Sequence[int]) -> dict[int, datetime]:
    """Rows that are open now, and until when."""
    now = clock.now()
    rows = Opening.objects.filter(at__in=keys, opens__lte=now, closes__gt=now).values_list("at_id", "closes")
    return dict(rows)


# -- one offer, its neighbours ----------------------------------------------------------------------
def one(slug: str) -> Service | None:
    return public().select_related("subject", "provider__organisation").filter(slug=slug).first()


def places_of(service: Service) -> list[ServiceAt]:
    return list(service.at.select_related("location", "district"))


def main_categories() -> list[Category]:
    """The topics of the first page, with those below them; one query."""
    return [category for category in Category.objects.all() if category.parent_id is None]


def providers() -> QuerySet[Provider]:
    """Those with something public."""
    return Provider.objects.filter(pk__in=public().values("provider")).select_related("organisation")


def where(text: str) -> tuple[tuple[float, float], str] | None:
    """The point somebody names: a district (number or name) or a postcode where offers are; and how it is called."""
    text = " ".join(text.split())[:80]
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) == 5:
        rows = Location.objects.filter(postcode=text, lat__isnull=False).values_list("lat", "lon")[:200]
        points = [(lat, lon) for lat, lon in rows if lat is not None and lon is not None]
        if points:
            return (sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)), text
        return None
    folded = text.casefold()
    for number, label in geo.choices():
        name = label.partition(" ")[2].casefold()
        if folded in (number, name, label.casefold()) or (len(folded) > 3 and folded in name.split("-")):
            point = maps.centre(int(number))
            return (point, label) if point is not None else None
    return None
