"""Reads: how many places are free, who comes, what is mine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor
from mitstadt.kit import clock
from mitstadt.subjects.models import Subject

from . import rules
from .models import Booking, Channel, Need, Places, State

COLUMNS = (
    "public_id", "about_id", "label", "location", "seats", "taken", "waiting", "has_waiting_list", "waiting_limit",
    "opens_at", "closes_at", "starts_at", "ends_at", "cancelled_at", "cancel_reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlacesState:
    """What everybody may know about one offer. `phase` as in `rules.Window`; `waiting` counts bookings."""

    public_id: str
    about_id: int
    label: str
    location: str
    seats: int | None
    taken: int
    waiting: int
    has_waiting_list: bool
    waiting_limit: int | None
    opens_at: datetime | None
    closes_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    phase: str

    @property
    def free(self) -> int | None:
        return rules.free(self.seats, self.taken)

    @property
    def is_full(self) -> bool:
        return self.free == 0

    @property
    def can_wait(self) -> bool:
        return self.has_waiting_list and (self.waiting_limit is None or self.waiting < self.waiting_limit)

    @property
    def next_change(self) -> datetime | None:
        """When a page that shows this is not true any more."""
        now = clock.now()
        moments = [
            m for m in (self.opens_at, self.closes_at, self.starts_at, self.ends_at) if m is not None and m > now
        ]
        return min(moments, default=None)


def public() -> QuerySet[Places]:
    """Places of what anybody may see: shared by page, API and open data."""
    return Places.objects.filter(about__published=True, about__restricted=False)


def state_of(subjects: Iterable[Subject | int]) -> dict[int, list[PlacesState]]:
    """The places of many subjects (or their keys), by key, in the order of their beginning. One query."""
    keys = [s if isinstance(s, int) else s.pk for s in subjects]
    found: dict[int, list[PlacesState]] = {key: [] for key in keys}
    now = clock.now()
    for row in Places.objects.filter(about__in=keys).order_by("starts_at", "pk").values_list(*COLUMNS):
        found[row[1]].append(_state(row, now))
    return found


def state(places: Places) -> PlacesState:
    """The same of an offer that is loaded."""
    return _state(tuple(getattr(places, name) for name in COLUMNS), clock.now())


def _state(row: tuple[Any, ...], now: datetime) -> PlacesState:
    values = dict(zip(COLUMNS, row, strict=True))
    window = rules.Window(
        values["opens_at"], values["closes_at"], values["starts_at"], values["ends_at"], bool(values["cancelled_at"])
    )
    return PlacesState(**values, phase=window.phase(now))


def by_code(code: str) -> Booking | None:
    """The booking behind a code, with its places and subject; None for an unknown or erased one."""
    rows = Booking.objects.select_related("places__about").filter(erased_at__isnull=True)
    return rows.filter(code=rules.read_code(code)).first()


def ahead_of(booking: Booking) -> int:
    """How many bookings stand before this one on the waiting list."""
    return Booking.objects.filter(places_id=booking.places_id, state=State.WAITING, pk__lt=booking.pk).count()


def mine(actor: Actor) -> tuple[list[Booking], list[Booking]]:
    """What is still to come, soonest first, and what was or was given back, newest first (at most 50). Two queries."""
    if actor.user_id is None:
        return [], []
    rows = Booking.objects.filter(user_id=actor.user_id).select_related("places__about")
    over = Q(places__ends_at__lt=clock.now()) | Q(state=State.CANCELLED)
    return list(rows.exclude(over).order_by("places__starts_at", "pk")), list(rows.filter(over).order_by("-pk")[:50])


# -- staff -------------------------------------------------------------------------------------------
def offers_for(actor: Actor, shown: str, text: str = "") -> QuerySet[Places]:
    """Offers whose bookings `actor` manages; `shown` is ``kommend`` or ``vorbei``."""
    rows = Places.objects.select_related("about", "department")
    if not actor.has(COORDINATOR):
        rows = rows.filter(department__in={g.organisation_id for g in actor.grants if g.role == EDITOR})
    for word in text.split()[:5]:
        rows = rows.filter(Q(about__title__icontains=word) | Q(label__icontains=word))
    over = Q(ends_at__lt=clock.now()) | Q(ends_at__isnull=True, starts_at__lt=clock.now())
    return (
        rows.filter(over).order_by("-starts_at", "-pk")
        if shown == "vorbei"
        else rows.exclude(over).order_by("starts_at", "pk")
    )


FILTERS = {
    "alle": Q(),
    "reserviert": Q(state=State.BOOKED),
    "da": Q(state=State.ATTENDED),
    "fehlt": Q(state=State.NO_SHOW),
    "warteliste": Q(state=State.WAITING),
    "abgesagt": Q(state=State.CANCELLED),
}


def bookings_of(places: Places, shown: str = "alle", text: str = "") -> QuerySet[Booking]:
    """Bookings of one offer in the order in which they were made, with the person."""
    rows = places.bookings.filter(FILTERS[shown]).select_related("user", "guest").order_by("pk")
    words = text.split()[:5]
    for word in words:
        found = Q(name__icontains=word) | Q(user__pseudonym__icontains=word) | Q(phone__icontains=word)
        rows = rows.filter(found | Q(code__startswith=rules.read_code(word) or "-"))
    return rows


@dataclass(frozen=True, slots=True)
class Totals:
    """`by_state` counts bookings and persons; `needs` how often each is needed by people with a place."""

    by_state: dict[str, tuple[int, int]]
    needs: list[tuple[str, int]]


def totals(places: Places) -> Totals:
    """Two queries."""
    rows = places.bookings.order_by().values_list("state").annotate(Count("pk"), Sum("persons"))
    by_state = {state: (bookings, persons) for state, bookings, persons in rows}
    holding = places.bookings.filter(state__in=(State.BOOKED, State.ATTENDED)).values_list("needs", flat=True)
    counted = Counter(need for needs in holding for need in needs)
    return Totals(by_state, [(str(Need(need).label), number) for need, number in counted.most_common() if need in Need])


def person_of(booking: Booking) -> str:
    """What staff call the person: the name given, else the public name, else "Gast". "" when it was erased."""
    if booking.erased_at is not None:
        return _("(gelöscht)")
    if booking.name:
        return booking.name
    if booking.user is not None:
        return booking.user.pseudonym or _("Person mit Konto")
    if booking.guest is not None:
        return booking.guest.pseudonym or _("Gast")
    return ""


def needs_of(booking: Booking) -> list[str]:
    """The needs as words."""
    return [str(Need(need).label) for need in booking.needs if need in Need]


def unreachable(places: Places) -> list[Booking]:
    """People with a place or a turn whom no mail reaches: staff call them."""
    return list(
        places.bookings.filter(user__isnull=True, guest__isnull=True, erased_at__isnull=True)
        .filter(state__in=(State.BOOKED, State.WAITING))
        .order_by("name")
    )


def channel_label(channel: str) -> str:
    return str(Channel(channel).label)
