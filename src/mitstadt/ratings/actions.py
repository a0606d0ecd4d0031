"""Rating, changing a rating, withdrawing it. The totals move in the same transaction, each by one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mitstadt.accounts import guests, limits
from mitstadt.accounts import rules as trust
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.personal import Person
from mitstadt.audit import actions as audit
from mitstadt.kit import clock
from mitstadt.kit.decision import Decision, no
from mitstadt.kit.errors import DomainError, require
from mitstadt.subjects import actions as subjects
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Subject

from .models import SCALES, VALUES, Origin, Rating, RatingTotal

PURPOSE = "ratings.rate"
SOMEBODY = Actor(guest_id=0, trust=trust.EMAIL)
Values = dict[str, int | None]


def decide(actor: Actor, subject: Subject) -> Decision:
    """May `actor` rate `subject` now?"""
    if not subject.published:
        return no(_("Das ist noch nicht veröffentlicht, deshalb kann man es noch nicht bewerten."))
    if subject.restricted:
        return no(_("Das ist zurzeit ausgeblendet, deshalb kann man es nicht bewerten."))
    try:
        decision = kinds.can(actor, "rate", subject, clock.now())
    except KeyError:
        return no(_("Das lässt sich nicht bewerten."))
    return decision and trust.need(actor, trust.EMAIL)


def checked(values: Mapping[str, Any]) -> Values:
    """The three scales, each 1 to 5 or None. Raises DomainError for anything else, and when all are left out."""
    found: Values = {}
    for scale in SCALES:
        value = values.get(scale)
        if value is not None and (isinstance(value, bool) or value not in VALUES):
            raise DomainError(_("Bitte wählen Sie eine Zahl von 1 bis 5."), field=scale)
        found[scale] = value
    if not any(found.values()):
        raise DomainError(_("Bitte wählen Sie wenigstens auf einer der drei Skalen eine Zahl."), code="empty")
    return found


def rate(
    actor: Actor,
    subject: Subject,
    *,
    importance: int | None = None,
    benefit: int | None = None,
    satisfaction: int | None = None,
    is_example: bool = False,
) -> Rating:
    """Rate `subject` with `importance`, `benefit`, `satisfaction` (1 to 5 or None), or change what one chose before.

    Raises Refused, DomainError (field of the scale; code ``too_many``).
    """
    chosen = checked({"importance": importance, "benefit": benefit, "satisfaction": satisfaction})
    require(decide(actor, subject))
    if not is_example and not actor.is_staff:
        limits.require("ratings.rate", actor.public_id, times=60, seconds=3600)
    for _attempt in range(20):
        with transaction.atomic():
            known = _own(actor, subject)
            before = _values(known) if known is not None else None
            changed = _change(known, chosen) if known is not None else _create(actor, subject, chosen, is_example)
            if changed is not None:
                audit.record("ratings.rating.set", actor=actor.public_id, obj=subject.public_id)
                _count(changed.about_id, changed.origin, before=before, after=chosen)
                return changed
        # somebody else changed the same rating between reading and writing: read again
    raise DomainError(_("Ihre Bewertung wurde gerade an anderer Stelle geändert. Bitte noch einmal."), code="stale")


def withdraw(actor: Actor, subject: Subject) -> bool:
    """Take one's rating back; False when there was none."""
    for _attempt in range(20):
        with transaction.atomic():
            known = _own(actor, subject)
            if known is None:
                return False
            if Rating.objects.filter(pk=known.pk, version=known.version).delete()[0]:
                audit.record("ratings.rating.withdraw", actor=actor.public_id, obj=subject.public_id)
                _count(known.about_id, known.origin, before=_values(known), after=None)
                return True
    raise DomainError(_("Ihre Bewertung wurde gerade an anderer Stelle geändert. Bitte noch einmal."), code="stale")


def _own(actor: Actor, subject: Subject) -> Rating | None:
    if actor.user_id is None and actor.guest_id is None:
        return None
    who = Q(user_id=actor.user_id) if actor.user_id is not None else Q(guest_id=actor.guest_id)
    return Rating.objects.filter(who, about=subject).first()


def _values(rating: Rating) -> Values:
    return {scale: getattr(rating, scale) for scale in SCALES}


def _change(known: Rating, chosen: Values) -> Rating | None:
    """Only if nobody changed it since it was read; then exactly its old values leave the totals."""
    now = clock.now()
    same = Rating.objects.filter(pk=known.pk, version=known.version)
    if not same.update(**chosen, version=F("version") + 1, changed_at=now):
        return None
    for scale, value in chosen.items():
        setattr(known, scale, value)
    known.version += 1
    known.changed_at = now
    return known


def _create(actor: Actor, subject: Subject, chosen: Values, is_example: bool) -> Rating | None:
    now = clock.now()
    made = Rating(
        about=subject,
        user_id=actor.user_id,
        guest_id=actor.guest_id if actor.user_id is None else None,
        origin=Origin.ACCOUNT if actor.user_id is not None else Origin.EMAIL,
        created_at=now,
        changed_at=now,
        is_example=is_example or actor.is_example,
        **chosen,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # the same person's other click was quicker
        return None
    return made


def _count(about_id: int, origin: str, *, before: Values | None, after: Values | None) -> None:
    """Move the totals of one subject and origin: one statement, then the subject's counter. Last in its transaction."""
    moves: dict[str, int] = {}
    for values, by in ((before, -1), (after, 1)):
        for scale, value in (values or {}).items():
            if value is not None:
                moves[f"{scale}_{value}"] = moves.get(f"{scale}_{value}", 0) + by
    people = (after is not None) - (before is not None)
    moves["ratings"] = people
    changes = {name: F(name) + by for name, by in moves.items() if by}
    if changes:
        subjects.queue(about_id)
    if changes and not RatingTotal.objects.filter(about_id=about_id, origin=origin).update(**changes):
        RatingTotal.objects.bulk_create([RatingTotal(about_id=about_id, origin=origin)], ignore_conflicts=True)
        RatingTotal.objects.filter(about_id=about_id, origin=origin).update(**changes)
    if people:
        subjects.count(about_id, "rating_count", people)


# -- guests ------------------------------------------------------------------------------------------
def request_from_guest(subject: Subject, email: str, values: Mapping[str, Any], *, client: str = "") -> None:
    """Somebody without an account rates: it counts when the address is confirmed. Raises what `rate` raises, and
    DomainError (field ``email``)."""
    chosen = checked(values)
    require(decide(SOMEBODY, subject))
    payload = {"subject": subject.public_id, "title": subject.title, "values": chosen}
    guests.request_confirmation(email, PURPOSE, payload, get_language() or "de", client=client)


def request_withdrawal(subject: Subject, email: str, *, client: str = "") -> None:
    """Somebody without an account takes the rating of their address back, after confirming the address."""
    payload = {"subject": subject.public_id, "title": subject.title, "values": {}}
    guests.request_confirmation(email, PURPOSE, payload, get_language() or "de", client=client)


def confirmed(actor: Actor, payload: dict[str, Any]) -> str:
    """A guest opened the link: now it counts, or replaces what the same address chose before."""
    subject = Subject.objects.filter(public_id=payload["subject"]).first()
    if subject is None:
        raise DomainError(_("Was Sie bewertet haben, gibt es nicht mehr."), code="gone")
    values = payload["values"]
    if any(values.values()):
        rate(actor, subject, **values)
    else:
        withdraw(actor, subject)
    return f"{subject.path}#bewertung"


def describe(payload: dict[str, Any]) -> str:
    """What a guest is about to confirm."""
    if not any(payload["values"].values()):
        return _("Ihre Bewertung von „%(title)s“ zurückziehen") % {"title": payload["title"]}
    return _("Ihre Bewertung von „%(title)s“") % {"title": payload["title"]}


# -- leaving -----------------------------------------------------------------------------------------
def forget(person: Person, keep_without_name: bool) -> int:
    """An account or guest goes: ratings stay without a name, or go and leave the totals."""
    own = Rating.objects.filter(person.owns("user", "guest"))
    if keep_without_name:
        return own.update(user=None, guest=None)
    touched = 0
    with transaction.atomic():
        for rating in own.order_by("about_id"):
            if Rating.objects.filter(pk=rating.pk, version=rating.version).delete()[0]:
                _count(rating.about_id, rating.origin, before=_values(rating), after=None)
                touched += 1
    return touched


def recount(subject: Subject) -> bool:
    """Set the totals anew from the ratings; True when they were wrong. For operators, after an accident."""
    with transaction.atomic():
        empty = [RatingTotal(about=subject, origin=origin) for origin in sorted(Origin.values)]
        RatingTotal.objects.bulk_create(empty, ignore_conflicts=True)
        RatingTotal.objects.filter(about=subject).update(ratings=F("ratings"))  # writers of this subject wait
        wrong = False
        for origin in Origin.values:
            truth = {"ratings": 0} | {f"{scale}_{value}": 0 for scale in SCALES for value in VALUES}
            for row in Rating.objects.filter(about=subject, origin=origin).values(*SCALES):
                truth["ratings"] += 1
                for scale, value in row.items():
                    if value is not None:
                        truth[f"{scale}_{value}"] += 1
            found = RatingTotal.objects.filter(about=subject, origin=origin)
            row_now = found.values(*truth).first()
            if row_now is not None and row_now != truth:
                found.update(**truth)
                wrong = True
    return wrong


def minimum() -> int:
    """Below this number of votes no median is shown."""
    return int(settings.MITSTADT_RATING_MINIMUM)
