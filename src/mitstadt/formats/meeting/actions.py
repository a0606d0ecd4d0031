"""Writing. One verb each, one transaction: decide, change, record, tell. Places themselves belong to the room booking.

A moved or cancelled date loses nobody: whoever has a place keeps it and is told by mail with the new calendar file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.who import Who
from mitstadt.audit import actions as audit
from mitstadt.booking import actions as booking
from mitstadt.booking.actions.telling import of_all
from mitstadt.booking.models import Booking, Places
from mitstadt.comments.rules import excerpt
from mitstadt.kit import cache, clock, jobs
from mitstadt.kit.errors import DomainError, require
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying
from mitstadt.participation import access as processes
from mitstadt.participation import rules as stages
from mitstadt.participation.models import Module
from mitstadt.search import actions as search
from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Subject

from . import queries
from .models import MEETING, Access, Meeting, path_of

LONGEST = {"text": 5_000, "agenda": 5_000, "access_text": 2_000, "minutes": 50_000, "result": 10_000}
SHORT = {"title": 200, "venue": 120, "address": 150, "link": 300}
FIELDS = frozenset({"starts_at", "ends_at", "access", "district_id", *SHORT, "text", "agenda", "access_text"})
MOVING = ("starts_at", "ends_at", "venue", "address", "link")
REASON_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Registration:
    """How people reserve a place. `seats` None is without a limit; `closes_at` None until it begins."""

    seats: int | None = None
    max_persons: int = 2
    closes_at: datetime | None = None
    has_waiting_list: bool = True
    note_question: str = ""
    needs_asked: tuple[str, ...] = ()


def add(
    actor: Actor, module: Module, *, registration: Registration | None = None, is_example: bool = False, **fields: Any
) -> Meeting:
    """A new date of `module`; with `registration` its places can be reserved. Followers hear of it once it is public.

    `fields` are those of `FIELDS`. Raises Refused, or DomainError (a field of the date or of its registration).
    """
    _may(actor, module)
    values = checked({"title": module.title, **fields})
    district_id = values.pop("district_id", module.subject.district_id)
    now = clock.now()
    with transaction.atomic():
        subject = subjects.create(
            MEETING,
            values["title"],
            "",
            published=module.subject.published,
            district_id=district_id,
            is_example=is_example or module.process.is_example,
        )
        subject.path = path_of(subject)
        Subject.objects.filter(pk=subject.pk).update(path=subject.path)
        made = Meeting.objects.create(
            subject=subject,
            module=module,
            created_at=now,
            changed_at=now,
            is_example=subject.is_example,
            **values,
        )
        if registration is not None:
            _open(actor, made, registration)
        _record(actor, "add", made, {"title": made.title, "starts_at": made.starts_at.isoformat()})
        index(made)
        if subject.published and made.ends_at > now:
            tell_new(made, actor.public_id)
        cache.bump()
    return made


def change(
    actor: Actor,
    meeting: Meeting,
    *,
    revision: int | None = None,
    registration: Registration | None = None,
    reason: str = "",
    **fields: Any,
) -> Meeting:
    """Change a date. Whoever has a place keeps it and hears of another time or place, with `reason`; followers too.

    Registration that was opened once stays open: without `registration` only its time and place follow. Raises
    Refused, or DomainError (a field; ``stale`` when somebody else changed it since `revision`).
    """
    _may(actor, meeting.module)
    if meeting.cancelled_at is not None:
        raise DomainError(_("Dieser Termin ist abgesagt und lässt sich nicht mehr ändern."), code="cancelled")
    before = {name: getattr(meeting, name) for name in MOVING}
    values = checked({**{name: getattr(meeting, name) for name in ("title", *MOVING)}, **fields})
    district_id = values.pop("district_id", meeting.subject.district_id)
    reason = _reason(reason)
    moved = any(values[name] != before[name] for name in MOVING)
    now = clock.now()
    if moved and meeting.ends_at > now:
        values |= {"moved_at": now, "moved_from": words_of(meeting), "move_reason": reason, "moves": meeting.moves + 1}
    with transaction.atomic():
        rows = Meeting.objects.filter(pk=meeting.pk, cancelled_at__isnull=True)
        if revision is not None:
            rows = rows.filter(revision=revision)
        if not rows.update(revision=F("revision") + 1, changed_at=now, **values):
            raise DomainError(
                _("Jemand anderes hat diesen Termin inzwischen geändert. Ihr Text steht noch hier."), code="stale"
            )
        told = moved and meeting.ends_at > now
        for name, value in values.items():
            setattr(meeting, name, value)
        meeting.revision = Meeting.objects.values_list("revision", flat=True).get(pk=meeting.pk)
        meeting.changed_at = now
        subjects.mirror(meeting.subject, title=meeting.title, published=meeting.subject.published)
        Subject.objects.filter(pk=meeting.pk).update(district_id=district_id)
        _follow_places(actor, meeting, registration)
        payload = {name: str(before[name]) for name in MOVING if before[name] != getattr(meeting, name)}
        _record(actor, "change", meeting, {"was": payload})
        index(meeting)
        if told:
            jobs.enqueue(
                "mitstadt.formats.meeting.jobs.tell_moved",
                meeting.pk,
                meeting.moves,
                key=f"meeting.moved:{meeting.pk}:{meeting.moves}",
            )
        cache.bump()
    return meeting


def call_off(actor: Actor, meeting: Meeting, reason: str) -> Meeting:
    """Cancel a date: it stays to be read, everybody with a place and every follower is told `reason`. Again changes
    nothing. Raises Refused, DomainError (field ``reason``, and when it is over)."""
    require(processes.may_manage(actor, meeting.module.process))
    reason = _reason(reason)
    if not reason:
        raise DomainError(_("Bitte nennen Sie den Grund, alle lesen ihn."), field="reason")
    now = clock.now()
    if meeting.ends_at <= now:
        raise DomainError(_("Das ist schon vorbei."), code="over")
    with transaction.atomic():
        rows = Meeting.objects.filter(pk=meeting.pk, cancelled_at__isnull=True)
        if not rows.update(cancelled_at=now, cancel_reason=reason, changed_at=now, revision=F("revision") + 1):
            meeting.refresh_from_db()
            return meeting
        meeting.cancelled_at, meeting.cancel_reason, meeting.changed_at = now, reason, now
        meeting.revision += 1
        places = queries.places(meeting)
        if places is not None:
            booking.cancel_all(actor, places, reason)
        _record(actor, "call_off", meeting, {"reason": reason})
        jobs.enqueue(
            "mitstadt.formats.meeting.jobs.tell_called_off", meeting.pk, key=f"meeting.called_off:{meeting.pk}"
        )
        cache.bump()
    return meeting


def remove(actor: Actor, meeting: Meeting) -> None:
    """Take away a date that was entered by mistake; only while nobody reserved and nothing happened there."""
    _may(actor, meeting.module)
    with transaction.atomic():
        places = queries.places(meeting)
        if places is not None and Booking.objects.filter(places=places).exists():
            raise DomainError(_("Hier hat schon jemand reserviert. Sagen Sie den Termin ab, dann hören es alle."))
        if meeting.minutes_at is not None or meeting.walk_ins:
            raise DomainError(_("Von diesem Termin gibt es schon ein Protokoll oder Besuche. Er bleibt stehen."))
        subject = meeting.subject
        _record(actor, "remove", meeting, {"title": meeting.title})
        try:
            meeting.delete()
        except ProtectedError as error:
            raise DomainError(_("Von diesem Termin gibt es schon Fragen. Er bleibt stehen.")) from error
        if places is not None:
            places.delete()
        search.remove(subject)
        subjects.mirror(subject, title=subject.title, published=False)
        cache.bump()


def write_minutes(actor: Actor, meeting: Meeting, minutes: str, result: str, *, publish: bool) -> Meeting:
    """Keep minutes and results as a draft, or publish them: those who came and those who follow hear of it once,
    however often they are corrected later. Raises Refused, DomainError (field ``minutes``)."""
    _may(actor, meeting.module)
    values = checked_texts({"minutes": minutes, "result": result})
    if publish and not any(values.values()):
        raise DomainError(_("Bitte schreiben Sie, was herauskam, bevor Sie es veröffentlichen."), field="result")
    if publish and clock.now() < meeting.starts_at:
        raise DomainError(_("Der Termin hat noch nicht begonnen."), field="minutes")
    now = clock.now()
    with transaction.atomic():
        first = publish and bool(
            Meeting.objects.filter(pk=meeting.pk, minutes_at__isnull=True).update(minutes_at=now, changed_at=now)
        )
        Meeting.objects.filter(pk=meeting.pk).update(changed_at=now, revision=F("revision") + 1, **values)
        meeting.refresh_from_db()
        _record(actor, "minutes", meeting, {"published": publish, "length": len(values["minutes"])})
        index(meeting)
        if first:
            _tell(
                meeting,
                "minutes",
                Saying(gettext_noop("Was herauskam: %(title)s"), {"title": meeting.title}),
                excerpt(meeting.result or meeting.minutes, 300),
                actor.public_id,
                recipients=queries.people_of(meeting),
            )
        cache.bump()
    return meeting


def hide_minutes(actor: Actor, meeting: Meeting) -> Meeting:
    """Take minutes back into a draft; publishing them again tells nobody a second time."""
    _may(actor, meeting.module)
    with transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(minutes_at=None, changed_at=clock.now())
        meeting.minutes_at = None
        _record(actor, "minutes.hide", meeting, {})
        index(meeting)
        cache.bump()
    return meeting


def count_walk_in(actor: Actor, meeting: Meeting, by: int) -> int:
    """Count somebody who came without having reserved and gives no name (1), or take one back (-1).

    Returns the number. Raises Refused, DomainError before the day itself, when it was cancelled, and below zero.
    """
    require(processes.may_enter(actor, meeting.module.process))
    not_archived(meeting.module)
    if by not in (1, -1):
        raise ValueError(by)
    if clock.today() < timezone.localdate(meeting.starts_at):
        raise DomainError(_("Wer da war, lässt sich erst am Tag selbst eintragen."), code="early")
    if meeting.cancelled_at is not None:
        raise DomainError(_("Dieser Termin ist abgesagt."), code="cancelled")
    with transaction.atomic():
        rows = Meeting.objects.filter(pk=meeting.pk)
        if by < 0:
            rows = rows.filter(walk_ins__gt=0)
        if not rows.update(walk_ins=F("walk_ins") + by):
            raise DomainError(_("Da ist niemand, den man zurücknehmen kann."))
        meeting.refresh_from_db(fields=["walk_ins"])
        _record(actor, "walk_in", meeting, {"by": by})
    return meeting.walk_ins


def show(module: Module, shown: bool) -> None:
    """Publication of a process carries over to its dates."""
    Subject.objects.filter(meeting__module=module).update(published=shown)


# -- checking ----------------------------------------------------------------------------------------------
def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored. Raises DomainError with the field that is wrong."""
    unknown = set(fields) - FIELDS
    if unknown:
        raise ValueError(f"meeting: {sorted(unknown)}")
    found = dict(fields)
    for name, limit in SHORT.items():
        if name in found:
            found[name] = " ".join(found[name].split())
            if len(found[name]) > limit:
                raise DomainError(_("Bitte kürzen Sie das auf %(n)d Zeichen.") % {"n": limit}, field=name)
    found |= checked_texts({name: found[name] for name in LONGEST if name in found})
    if not found.get("title"):
        raise DomainError(_("Bitte geben Sie dem Termin einen Titel."), field="title")
    if found["ends_at"] <= found["starts_at"]:
        raise DomainError(_("Das Ende liegt vor dem Beginn."), field="ends_at")
    if not (found.get("venue") or found.get("link")):
        raise DomainError(_("Bitte nennen Sie einen Ort oder eine Adresse im Netz."), field="venue")
    if found.get("link") and not found["link"].startswith("https://"):
        raise DomainError(_("Die Adresse im Netz beginnt mit https://."), field="link")
    if "access" in found:
        asked = list(found["access"])
        if not set(asked) <= set(Access.values):
            raise DomainError(_("Diese Angabe gibt es nicht in der Liste."), field="access")
        found["access"] = [code for code in Access.values if code in asked]
    return found


def checked_texts(texts: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, text in texts.items():
        found[name] = text.replace("\r\n", "\n").strip()
        if len(found[name]) > LONGEST[name]:
            raise DomainError(
                _("Bitte kürzen Sie den Text auf %(n)s Zeichen.") % {"n": f"{LONGEST[name]:,}".replace(",", ".")},
                field=name,
            )
    return found


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if len(reason) > REASON_LIMIT:
        raise DomainError(_("Bitte kürzen Sie den Grund auf 300 Zeichen."), field="reason")
    return reason


def _may(actor: Actor, module: Module) -> None:
    require(processes.may_manage(actor, module.process))
    not_archived(module)


def not_archived(module: Module) -> None:
    """Raises DomainError for a process that is frozen."""
    if module.process.stage == stages.ARCHIVED:
        raise DomainError(_("Ein archiviertes Verfahren ist eingefroren."), code="archived")


def words_of(meeting: Meeting) -> str:
    """When and where, as it is kept for readers of a moved date: ``03.12.2026, 18:00, Rathaus``."""
    return f"{timezone.localtime(meeting.starts_at):%d.%m.%Y, %H:%M}, {meeting.place}"


# -- places --------------------------------------------------------------------------------------------------
def _open(actor: Actor, meeting: Meeting, wish: Registration) -> Places:
    if wish.closes_at is not None and wish.closes_at > meeting.starts_at:
        raise DomainError(_("Die Anmeldung endet spätestens, wenn es beginnt."), field="closes_at")
    return booking.open_places(
        meeting.subject,
        seats=wish.seats,
        location=meeting.place[:300],
        closes_at=wish.closes_at,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        has_waiting_list=wish.has_waiting_list,
        max_persons=wish.max_persons,
        note_question=wish.note_question,
        needs_asked=wish.needs_asked,
        actor_public_id=actor.public_id,
        is_example=meeting.is_example,
    )


def _follow_places(actor: Actor, meeting: Meeting, wish: Registration | None) -> None:
    """Time and place of the offer follow the date; without a wish everything else of it stays."""
    if wish is not None:
        _open(actor, meeting, wish)
        return
    places = queries.places(meeting)
    if places is None:
        return
    values: dict[str, Any] = {
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "location": meeting.place[:300],
    }
    if places.closes_at is not None and places.starts_at is not None:  # as long before the beginning as it was
        values["closes_at"] = min(meeting.starts_at, meeting.starts_at - (places.starts_at - places.closes_at))
    booking.change_places(places, actor_public_id=actor.public_id, **values)


# -- telling -------------------------------------------------------------------------------------------------
def tell_new(meeting: Meeting, actor_public_id: str = "") -> None:
    """Followers hear of a new date."""
    saying = Saying(
        gettext_noop("Neuer Termin am %(day)s: %(title)s"),
        {"day": f"{timezone.localtime(meeting.starts_at):%d.%m.%Y, %H:%M}", "title": meeting.title},
    )
    _tell(meeting, "new", saying, meeting.place, actor_public_id)


def tell_moved(meeting: Meeting) -> None:
    """Followers hear of another time or place; those with a place were told by the places' own letter."""
    saying = Saying(
        gettext_noop("Verlegt auf %(day)s: %(title)s"),
        {"day": f"{timezone.localtime(meeting.starts_at):%d.%m.%Y, %H:%M}", "title": meeting.title},
    )
    text = Saying(
        gettext_noop("Ort: %(place)s. Vorher: %(was)s. %(reason)s"),
        {"place": meeting.place, "was": meeting.moved_from, "reason": meeting.move_reason},
    )
    places = queries.places(meeting)
    once = of_all(places, "moved", f":{meeting.moves}") if places is not None else ""
    _tell(meeting, f"moved:{meeting.moves}", saying, text, once=once)


def tell_called_off(meeting: Meeting) -> None:
    """Followers hear that it does not take place."""
    places = queries.places(meeting)
    once = of_all(places, "called_off") if places is not None else ""
    saying = Saying(gettext_noop("Abgesagt: %(title)s"), {"title": meeting.title})
    _tell(meeting, "called_off", saying, meeting.cancel_reason, once=once)


def _tell(
    meeting: Meeting,
    what: str,
    title: Saying,
    text: str | Saying,
    actor_public_id: str = "",
    *,
    once: str = "",
    recipients: Iterable[Who] = (),
) -> None:
    """One happening for those who follow the date, its module, its process or its district; each hears of it once."""
    process = meeting.module.process
    if not meeting.subject.published or not process.subject.is_public:
        return
    name = f"meeting:{meeting.pk}:{what}"
    topics = [f"process:{process.number}", *(f"district:{d.number}" for d in process.districts.all())]
    for place, subject in (("date", meeting.subject), ("module", meeting.module.subject), ("process", process.subject)):
        notify.notify(
            f"participation.meeting.{what.partition(':')[0]}",
            subject=subject,
            actor_public_id=actor_public_id,
            title=title,
            text=text,
            path=meeting.subject.path,
            source=meeting.subject,
            topics=topics if place == "process" else [],
            recipients=list(recipients) if place == "date" else [],
            key=f"{name}:{place}",
            once=once or name,
        )


def index(meeting: Meeting) -> None:
    """Tell the search what there is to find."""
    search.index(meeting.subject, title=meeting.title, text=search_text(meeting))


def search_text(meeting: Meeting) -> str:
    """What a date is found by; minutes once they are public."""
    parts = [meeting.text, meeting.agenda, meeting.venue, meeting.address, meeting.access_text]
    if meeting.minutes_at is not None:
        parts += [meeting.result, meeting.minutes]
    return "\n".join(filter(None, parts))


def _record(actor: Actor, verb: str, meeting: Meeting, payload: dict[str, Any]) -> None:
    audit.record(
        f"participation.meeting.{verb}",
        by=actor,
        obj=meeting.subject.public_id,
        payload={"process": meeting.module.process.subject.public_id, **payload},
    )


__all__ = ["Registration", "add", "call_off", "change", "count_walk_in", "hide_minutes", "remove", "write_minutes"]
