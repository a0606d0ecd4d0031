"""Writing, correcting and withdrawing summaries: decide, change, record and tell in one transaction."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.comments.actions.answering import label_of
from mitstadt.comments.rules import clean
from mitstadt.kit import cache, clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying
from mitstadt.participation import access
from mitstadt.participation.actions import structure
from mitstadt.participation.models import Module

from . import queries, rules
from .models import Ended, Summary


def write(
    actor: Actor,
    module: Module,
    text: str,
    *,
    covers_until: date | None = None,
    seen: str | None = None,
    is_example: bool = False,
) -> Summary:
    """Pin a summary; the one that stood is replaced and stays readable. Followers hear of it once.

    `covers_until` is the last day whose contributions it reads, today without one. `seen` is the public id of the
    summary that the writer saw standing ("" for none): if another one stands meanwhile, nothing is written. Raises
    Refused, DomainError (field ``text`` or ``covers_until``; code ``stale``).
    """
    _may(actor, module)
    if not access.visible(module.process):
        raise DomainError(_("Dieses Verfahren ist nicht veröffentlicht."), code="unpublished")
    text = checked_text(text)
    day = checked_day(module, covers_until or clock.today())
    return _put(actor, module, text, day, Ended.REPLACED, "", seen, is_example)


def correct(actor: Actor, summary: Summary, text: str, reason: str) -> Summary:
    """Correct the summary that stands: the earlier wording stays readable with the reason, and nobody is told again.

    Raises Refused, DomainError (field ``text`` or ``reason``; code ``stale``).
    """
    _may(actor, summary.module)
    text, reason = checked_text(text), checked_reason(reason)
    if text == summary.text:
        raise DomainError(_("Am Text hat sich nichts geändert."), field="text", code="same")
    return _put(
        actor,
        summary.module,
        text,
        summary.covers_until,
        Ended.CORRECTED,
        reason,
        summary.public_id,
        summary.is_example,
    )


def withdraw(actor: Actor, summary: Summary, reason: str, *, erase: bool = False) -> Summary:
    """Take the summary that stands from the top. It stays readable with the reason, unless `erase` takes its text away
    for good (private details stood in it), and that of the wordings which it corrected.

    Raises Refused, DomainError (field ``reason``; code ``stale``).
    """
    _may(actor, summary.module)
    reason = checked_reason(reason)
    with transaction.atomic():
        _end(summary, Ended.WITHDRAWN, reason)
        if erase:
            _erase(summary)
        _record(actor, "withdraw", summary, {"reason": reason, "erased": erase})
        _changed(summary.module)
    return Summary.objects.get(pk=summary.pk)


def _put(
    actor: Actor,
    module: Module,
    text: str,
    day: date,
    ended: Ended,
    reason: str,
    seen: str | None,
    is_example: bool,
) -> Summary:
    """The new one on top; constraints keep that only one stands when two people write at once."""
    try:
        with transaction.atomic():
            before = queries.standing(module)
            if seen is not None and (before.public_id if before is not None else "") != seen:
                raise _stale()
            if before is not None:
                _end(before, ended, reason)
            last = Summary.objects.filter(module=module).aggregate(n=Max("number"))["n"] or 0
            made = Summary.objects.create(
                module=module,
                number=last + 1,
                text=text,
                label=label_of(actor, module.process.department_id)[:300],
                covers_until=day,
                covers=queries.until(module, day).count(),
                written_at=clock.now(),
                is_example=is_example or actor.is_example,
            )
            verb = "correct" if ended == Ended.CORRECTED else "write"
            _record(actor, verb, made, {"covers_until": day.isoformat(), **({"reason": reason} if reason else {})})
            _changed(module)
            if ended != Ended.CORRECTED:
                _tell(made, actor.public_id)
    except IntegrityError as error:
        raise _stale() from error
    return made


def _end(summary: Summary, ended: Ended, reason: str) -> None:
    there = Summary.objects.filter(pk=summary.pk, ended_at__isnull=True)
    if not there.update(ended=ended, ended_at=clock.now(), reason=reason):
        raise _stale()


def _erase(summary: Summary) -> None:
    """The text of this one and of every wording that was corrected into it."""
    numbers = []
    rows = Summary.objects.filter(module=summary.module, number__lt=summary.number).order_by("-number")
    for number, ended in rows.values_list("number", "ended"):
        if ended != Ended.CORRECTED:
            break
        numbers.append(number)
    gone = Summary.objects.filter(module=summary.module, number__in=[summary.number, *numbers])
    gone.update(text="", ended=Ended.WITHDRAWN)


def _stale() -> DomainError:
    return DomainError(
        _(
            "Inzwischen hat jemand anderes die Zusammenfassung geändert. "
            "Ihr Text ist nicht verloren, er steht noch hier."
        ),
        code="stale",
    )


# -- checking ----------------------------------------------------------------------------------------------
def _may(actor: Actor, module: Module) -> None:
    require(access.may_moderate(actor, module.process))
    require(access.not_frozen(module.process))


def checked_text(text: str) -> str:
    """Raises DomainError (field ``text``)."""
    text = clean(text)
    if not text:
        raise DomainError(_("Bitte schreiben Sie die Zusammenfassung."), field="text", code="empty")
    if len(text) > rules.TEXT_LIMIT:
        raise DomainError(
            _("Die Zusammenfassung hat %(length)s Zeichen, möglich sind %(limit)s. Bitte kürzen Sie sie.")
            % {"length": f"{len(text):,}".replace(",", "."), "limit": f"{rules.TEXT_LIMIT:,}".replace(",", ".")},
            field="text",
            code="too_long",
        )
    return text


def checked_reason(reason: str) -> str:
    """Raises DomainError (field ``reason``)."""
    reason = " ".join(clean(reason).split())
    if not reason:
        raise DomainError(_("Bitte nennen Sie den Grund, alle lesen ihn."), field="reason", code="empty")
    if len(reason) > rules.REASON_LIMIT:
        raise DomainError(_("Bitte kürzen Sie den Grund auf 300 Zeichen."), field="reason", code="too_long")
    return reason


def checked_day(module: Module, day: date) -> date:
    """Raises DomainError (field ``covers_until``)."""
    problem = rules.day_problem(day, clock.today(), timezone.localdate(queries.begun(module)))
    if problem == "future":
        raise DomainError(_("Der Stand kann nicht in der Zukunft liegen."), field="covers_until", code=problem)
    if problem:
        raise DomainError(_("An diesem Tag gab es das Gespräch noch nicht."), field="covers_until", code=problem)
    return day


# -- what follows ------------------------------------------------------------------------------------------
def _changed(module: Module) -> None:
    structure.index_module(module)
    cache.bump()


def _tell(summary: Summary, actor_public_id: str) -> None:
    """One happening for those who follow the debate, its process or its district; each hears of it once.

    The event does not quote the text: what is corrected or withdrawn later leaves nothing behind in feeds and mails.
    """
    module, process = summary.module, summary.module.process
    name = f"debate:summary:{summary.public_id}"
    title = Saying(gettext_noop("Die Moderation hat zusammengefasst: %(title)s"), {"title": module.title})
    text = Saying(
        gettext_noop("Stand: %(day)s. Beiträge bis dahin: %(n)s."),
        {"day": f"{summary.covers_until:%d.%m.%Y}", "n": str(summary.covers)},
    )
    topics = [f"process:{process.number}", *(f"district:{d.number}" for d in process.districts.all())]
    for place, subject in (("module", module.subject), ("process", process.subject)):
        notify.notify(
            "participation.debate.summary",
            subject=subject,
            actor_public_id=actor_public_id,
            title=title,
            text=text,
            path=module.subject.path,
            source=module.subject,
            topics=topics if place == "process" else [],
            key=f"{name}:{place}",
            once=name,
        )


def _record(actor: Actor, verb: str, summary: Summary, payload: dict[str, Any]) -> None:
    audit.record(
        f"participation.debate.summary.{verb}",
        actor=actor.public_id,
        actor_label=label_of(actor, summary.module.process.department_id)[:160],
        obj=summary.module.subject.public_id,
        payload={"summary": summary.public_id, "number": summary.number, **payload},
    )
