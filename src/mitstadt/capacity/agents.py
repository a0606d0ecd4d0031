"""Search agents: "tell me when a place within 3 km fits". Wishes and address are sealed; nobody needs an account.

An agent belongs to no account, guest or seeker. Its secret link is the only way to it: the page behind the link has a
button that confirms it, shows what fits, and ends it. Whoever follows links in mails (a scanner) changes nothing.
"""

from __future__ import annotations

import json
import secrets
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from mitstadt.accounts import limits
from mitstadt.accounts.keyed import keyed_hash, normal_email, seal, unseal
from mitstadt.audit import actions as audit
from mitstadt.directory import everyday
from mitstadt.directory import queries as directory
from mitstadt.directory.models import Service
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.notify import actions as notify
from mitstadt.search import analyze

from . import queries
from .models import Agent, Capacity, Changed

PURPOSE = "capacity-agent"
UNCONFIRMED = timedelta(hours=48)
LASTS = timedelta(days=183)
CHUNK = 500  # agents in one transaction
MOST_TOLD = 200  # capacities that an agent remembers


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody waits for. Empty values do not narrow; `point` is (lat, lon) in degrees, `radius` km, `age` years.

    `words` are the stems of what was typed, `categories` the topics that were meant or chosen: one of the two must fit.
    """

    email: str
    token: str
    language: str = "de"
    kind: str = ""
    text: str = ""
    words: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    place: str = ""
    point: tuple[float, float] | None = None
    radius: float | None = None
    age: int | None = None


def hash_of(token: str) -> str:
    return keyed_hash(PURPOSE, token)


def wish_of(agent: Agent) -> Wish | None:
    """What is sealed in it; None when another key sealed it."""
    text = unseal(PURPOSE, agent.sealed)
    return _read(text) if text else None


def _read(text: str) -> Wish:
    data: dict[str, Any] = json.loads(text)
    point = data["point"]
    data["point"] = (point[0], point[1]) if point else None
    data["words"], data["categories"] = tuple(data["words"]), tuple(data["categories"])
    return Wish(**data)


def link_of(wish: Wish) -> str:
    """The German path of the agent's own page."""
    return f"/plaetze/suchauftrag/{wish.token}/"


# -- ordering, confirming, ending -------------------------------------------------------------------
def order(
    email: str,
    *,
    kind: str = "",
    text: str = "",
    category: str = "",
    place: str = "",
    point: tuple[float, float] | None = None,
    radius: float | None = None,
    age: int | None = None,
    language: str = "de",
    client: str = "",
) -> Agent:
    """Keep a wish and mail the link that confirms it. The answer is the same for every address.

    Raises DomainError (field ``email``; code ``too_many`` above 5 an address or 20 a client and hour; field ``text``
    when nothing narrows the search).
    """
    address = normal_email(email)
    try:
        validate_email(address)
    except ValidationError as error:
        raise DomainError(_("Bitte geben Sie eine vollständige E-Mail-Adresse an."), field="email") from error
    if not (kind or text.strip() or category):
        raise DomainError(_("Bitte sagen Sie, was Sie suchen: eine Art, ein Thema oder ein paar Worte."), field="text")
    limits.require("agent-mail", address, times=5, seconds=3600)
    if client:
        limits.require("agent-client", client, times=20, seconds=3600)
    now, token = clock.now(), secrets.token_urlsafe(24)
    wish = Wish(
        email=address,
        token=token,
        language=language[:8],
        kind=kind,
        text=text.strip()[:200],
        words=_stems(text),
        categories=_topics(text, category),
        place=place[:80],
        point=point,
        radius=radius if point is not None else None,
        age=age,
    )
    with transaction.atomic():
        agent = Agent.objects.create(
            token_hash=hash_of(token), sealed=_seal(wish), created_at=now, ends_at=now + UNCONFIRMED
        )
        with override(wish.language):
            notify.mail(
                address,
                title=_("Bitte bestätigen Sie"),
                text=_(
                    "Jemand hat mit dieser Adresse einen Auftrag angelegt. Waren Sie das? Dann öffnen Sie den Link und "
                    "drücken Sie den Knopf. Sonst tun Sie nichts: Nach 48 Stunden ist alles gelöscht."
                ),
                key=f"agent-confirm:{agent.pk}",
                path=link_of(wish),
                language=wish.language,
            )
    return agent


def _seal(wish: Wish) -> str:
    return seal(PURPOSE, json.dumps(asdict(wish), ensure_ascii=False))


def _stems(text: str) -> tuple[str, ...]:
    found = [token.joined for token in analyze.tokens(analyze.clean(text[:200]))]
    return tuple(dict.fromkeys(analyze.stem(word) for word in found if not analyze.is_stop(word)))


def _topics(text: str, category: str) -> tuple[str, ...]:
    """The chosen topic with those below it, else what everyday words mean."""
    if category:
        return (category, *everyday.sayings().children.get(category, ()))
    return everyday.meant(text).categories if text.strip() else ()


def by_token(token: str) -> Agent | None:
    return Agent.objects.filter(token_hash=hash_of(token[:64]), ends_at__gt=clock.now()).first()


def confirm(agent: Agent) -> bool:
    """From now on it looks, for six months; False when it did before or its time is over."""
    now = clock.now()
    with transaction.atomic():
        moved = Agent.objects.filter(pk=agent.pk, confirmed_at=None, ends_at__gt=now).update(
            confirmed_at=now, ends_at=now + LASTS
        )
        if moved:
            audit.record("capacity.agent.confirm")
    return bool(moved)


def end(agent: Agent) -> None:
    """Nothing of it stays."""
    with transaction.atomic():
        if Agent.objects.filter(pk=agent.pk).delete()[0]:
            audit.record("capacity.agent.end")


# -- what fits ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Place:
    """A free capacity, ready to be compared."""

    pk: int
    kind: str
    low: int
    high: int
    lat: float | None
    lon: float | None
    words: frozenset[str]
    categories: frozenset[str]


class _Board:
    """Free capacities by kind, those with a place ordered by latitude: an agent looks at a narrow band only."""

    def __init__(self, rows: Iterable[queries.Row]) -> None:
        found = list(rows)
        topics = _categories({row.capacity.service_id for row in found})
        self.placed: dict[str, list[_Place]] = defaultdict(list)
        self.everywhere: dict[str, list[_Place]] = defaultdict(list)
        for row in found:
            place = _place(row.capacity, topics.get(row.capacity.service_id, frozenset()))
            target = self.everywhere if place.lat is None else self.placed
            for kind in (place.kind, ""):
                target[kind].append(place)
        for places in self.placed.values():
            places.sort(key=lambda p: p.lat or 0.0)
        self.lats = {kind: [p.lat or 0.0 for p in places] for kind, places in self.placed.items()}

    def fitting(self, wish: Wish) -> list[int]:
        """Keys of the capacities that a wish is about. What has no place (by telephone, secret address) is nowhere
        far."""
        placed = self.placed.get(wish.kind, [])
        if wish.point is not None and wish.radius is not None:
            lats, north = self.lats.get(wish.kind, []), wish.radius / directory.KM
            low, high = bisect_left(lats, wish.point[0] - north), bisect_right(lats, wish.point[0] + north)
            placed = placed[low:high]
        found = [place.pk for place in placed if _fits(wish, place)]
        return found + [place.pk for place in self.everywhere.get(wish.kind, []) if _fits(wish, place)]


def _fits(wish: Wish, place: _Place) -> bool:
    if wish.age is not None and not place.low <= wish.age <= place.high:
        return False
    if (wish.words or wish.categories) and not (
        (wish.words and place.words.issuperset(wish.words)) or not place.categories.isdisjoint(wish.categories)
    ):
        return False
    if wish.point is None or wish.radius is None or place.lat is None or place.lon is None:
        return True
    return directory.distance(wish.point, place.lat, place.lon) <= wish.radius


def _place(capacity: Capacity, categories: frozenset[str]) -> _Place:
    at = capacity.at
    text = f"{capacity.title} {capacity.note} {capacity.service.name} {capacity.service.data.get('lead', '')}"
    return _Place(
        pk=capacity.pk or 0,
        kind=capacity.kind,
        low=capacity.min_age if capacity.min_age is not None else 0,
        high=capacity.max_age if capacity.max_age is not None else 200,
        lat=at.lat if at is not None else None,
        lon=at.lon if at is not None else None,
        words=frozenset(
            form
            for token in analyze.tokens(analyze.clean(text))
            for form in (analyze.stem(token.joined), *(analyze.stem(piece) for piece in token.pieces))
        ),
        categories=categories,
    )


def _categories(services: set[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = Service.categories.through.objects.filter(service__in=services).values_list("service_id", "category__slug")
    for service, slug in rows:
        found[service].add(slug)
    return {service: frozenset(slugs) for service, slugs in found.items()}


def _rows(ids: Sequence[int]) -> list[queries.Row]:
    """These capacities as anybody sees them now; those that are not public any more are left out."""
    rows: list[queries.Row] = []
    for start in range(0, len(ids), CHUNK):
        rows += queries.rows_of(list(queries.public().filter(pk__in=ids[start : start + CHUNK])))
    return rows


def fitting(wish: Wish) -> list[queries.Row]:
    """What fits and is free at this moment, for the agent's own page."""
    rows = queries.rows(queries.Choice(kind=wish.kind, point=wish.point, only_free=True))
    fits = set(_Board(rows).fitting(wish))
    return [row for row in rows if row.capacity.pk in fits]


# -- the worker's work ------------------------------------------------------------------------------
def changed(capacity: Capacity, *, anew: bool = False) -> None:
    """A figure moved, up or down; call it inside the transaction. The worker looks within a minute, at all together.

    `anew`: nothing was free until now. Places that are booked or kept for somebody leave no trace here, so this is how
    an agent that was told once hears of them again.
    """
    Changed.objects.create(capacity=capacity, anew=anew)


def periodic() -> None:
    """Everything that moved since the last look, in one go."""
    rows = list(Changed.objects.order_by("pk").values_list("pk", "capacity_id", "anew")[:20_000])
    if not rows:
        return
    evaluate(sorted({key for _pk, key, _anew in rows}), anew={key for _pk, key, anew in rows if anew})
    keys = [pk for pk, _key, _anew in rows]
    for start in range(0, len(keys), CHUNK):
        Changed.objects.filter(pk__in=keys[start : start + CHUNK]).delete()


def evaluate(capacity_ids: Sequence[int], anew: Set[int] = frozenset()) -> int:
    """Compare these capacities as they are now with every confirmed agent. Returns how many agents were told.

    An agent gets one mail a run, and hears of a capacity once until nothing was free there (as seen now, or among those
    `anew`). Mail and memory are written in one transaction, so running twice tells nobody twice.
    """
    ids = set(capacity_ids)
    rows = [row for row in _rows(sorted(ids)) if row.light in queries.FREE]
    free = {row.capacity.pk for row in rows}
    board, gone, told = _Board(rows), (ids - free) | anew, 0
    now = clock.now()
    agents = Agent.objects.filter(confirmed_at__isnull=False, ends_at__gt=now).order_by("pk")
    last = 0
    while chunk := list(agents.filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        told += _evaluate(chunk, board, gone)
    return told


def _evaluate(agents: list[Agent], board: _Board, gone: set[int]) -> int:
    """A chunk of agents, in one transaction: compared first, then written."""
    matches: dict[int, tuple[Wish, list[int]]] = {}
    for agent in agents:
        wish = wish_of(agent)
        if wish is not None and (found := board.fitting(wish)):
            matches[agent.pk] = (wish, found)
    concerned = [a.pk for a in agents if a.pk in matches or not gone.isdisjoint(a.told)]
    if not concerned:
        return 0
    now = clock.now()
    letters, moved = [], []
    with transaction.atomic():
        # Read again and held: somebody may have ended theirs meanwhile, another worker may have told them.
        for agent in Agent.objects.select_for_update().filter(pk__in=concerned).order_by("pk"):
            before = [pk for pk in agent.told if pk not in gone]
            known = set(before)
            wish, found = matches.get(agent.pk, (None, []))
            fresh = [pk for pk in found if pk not in known]
            if wish is not None and fresh:
                letters.append(_letter(agent, wish, len(fresh), now.isoformat()))
                agent.told_at = now
            if fresh or len(before) != len(agent.told):
                agent.told = [*before, *fresh][-MOST_TOLD:]
                moved.append(agent)
        # Every one of these rows exists and is held, so this only ever updates; one statement for all of them.
        Agent.objects.bulk_create(
            moved, update_conflicts=True, unique_fields=["id"], update_fields=["told", "told_at"], batch_size=100
        )
        notify.mail_all(letters)
    return len(letters)


def _letter(agent: Agent, wish: Wish, count: int, run: str) -> notify.Letter:
    """The subject says nothing, and the text no more than that there is something: somebody else may read along."""
    with override(wish.language):
        text = ngettext(
            "Zu Ihrem Auftrag passt jetzt %(n)s freier Platz. Der Link zeigt ihn; dort beenden Sie den Auftrag auch.",
            "Zu Ihrem Auftrag passen jetzt %(n)s freie Plätze. Der Link zeigt sie; dort beenden Sie den Auftrag auch.",
            count,
        ) % {"n": count}
        title = _("Nachricht für Sie")
    return notify.Letter(
        address=wish.email, title=title, text=text, key=f"agent:{agent.pk}:{run}", path=link_of(wish),
        language=wish.language,
    )  # fmt: skip
