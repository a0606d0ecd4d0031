"""Entering what came by other channels, one thing after the other, and taking the last one back."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.who import Who
from mitstadt.audit import actions as audit
from mitstadt.comments import actions as comments
from mitstadt.comments.models import Channel, Comment
from mitstadt.kit import cache, clock
from mitstadt.kit.decision import no
from mitstadt.kit.errors import DomainError, Refused, require
from mitstadt.participation import access, queries, registry
from mitstadt.participation.actions import codes, contributions
from mitstadt.participation.models import Batch, Contribution, Entered, Kind, Module, PrintedSheet, Source

from . import pictures, sheetcodes

# What a contribution brings along that shall be answered.
ANSWERED = (
    "subject__comment__subject",
    "subject__comment__about",
    "subject__comment__parent__subject",
)
EARLIEST_DAYS = 400  # nothing is entered a year later by mistake of the pen


def open_batch(
    actor: Actor,
    module: Module,
    channel: str,
    held_on: date,
    *,
    event: str = "",
    source: str = "",
    file_name: str = "",
    file_hash: str | None = None,
) -> Batch:
    """Begin to enter a pile of sheets, a workshop, a day on the telephone.

    Raises Refused, or DomainError (fields ``module``, ``channel``, ``held_on``; code ``twice`` for a file that was
    taken over into this module before).
    """
    require(access.may_enter(actor, module.process))
    found = registry.find(module.format)
    if found is None or found.entry is None:
        raise DomainError(_("Zu diesem Modul lässt sich nichts eintragen."), field="module")
    check_channel(module, channel)
    check_day(held_on)
    if (clock.today() - held_on).days > EARLIEST_DAYS:
        raise DomainError(_("Dieser Tag liegt mehr als ein Jahr zurück."), field="held_on")
    try:
        with transaction.atomic():
            batch = Batch.objects.create(
                process=module.process,
                module=module,
                channel=channel,
                held_on=held_on,
                event=" ".join(event.split())[:200],
                source=" ".join(source.split())[:200],
                by=actor.public_id,
                file_name=file_name[:200],
                file_hash=file_hash,
                created_at=clock.now(),
            )
            _record(actor, batch, "open", {"channel": channel})
    except IntegrityError as error:
        raise DomainError(_("Diese Datei ist hier schon einmal eingelesen worden."), code="twice") from error
    return batch


def check_channel(module: Module, channel: str) -> None:
    """Raises DomainError (field ``channel``) for a way on which nothing can be entered into `module`."""
    if channel not in (Channel.PAPER, Channel.PHONE, Channel.EVENT):
        raise DomainError(_("Bitte wählen Sie, auf welchem Weg es kam."), field="channel")
    entry = registry.get(module.format).entry
    if entry is not None and entry.sheets and channel == Channel.PAPER:
        raise DomainError(
            _("Papier zu diesem Modul tippen zwei Menschen unabhängig ein; hier geht es nur einfach."), field="channel"
        )


def check_day(held_on: date) -> None:
    """Raises DomainError (field ``held_on``) for a day to come."""
    if held_on > clock.today():
        raise DomainError(_("Dieser Tag kommt erst noch."), field="held_on")


def _record(actor: Actor, batch: Batch, verb: str, payload: dict[str, Any]) -> None:
    audit.record(
        f"participation.batch.{verb}",
        by=actor,
        obj=batch.module.subject.public_id,
        payload={"batch": batch.pk, **payload},
    )


def enter(
    actor: Actor,
    batch: Batch,
    data: dict[str, Any],
    *,
    sheet: str = "",
    code: str = "",
    key: str = "",
    channel: str = "",
    held_on: date | None = None,
    answers: Contribution | None = None,
) -> Entered:
    """Write one contribution that came by the batch's channel. `data` is what the format's entry form cleaned.

    A row of a list may have its own `channel` and day (`held_on`). With `answers` it is a reply to that contribution
    of the module (loaded with `ANSWERED`) and `data` is what `ReplyForm` cleaned.

    `code` is the access code that stands on the sheet: whoever it belongs to is the author, online and on paper the
    same one. A `sheet` that was printed with a code is entered once. The same `key` gives the same entry. Raises
    Refused (who, when), DomainError (field ``sheet``) and those of the format.
    """
    module = queries.module_of(batch.module_id)
    assert module is not None
    require(access.may_enter(actor, module.process))
    found = registry.get(module.format)
    assert found.entry is not None
    stored_key = hashlib.sha256(f"{actor.public_id}:{key}".encode()).hexdigest() if key else None
    if stored_key and (known := Entered.objects.filter(key=stored_key).first()):
        return known
    person = codes.holder(codes.find(code, module.process)) if code.strip() else None
    sheet = sheetcodes.tidy(sheet)[:40]
    if sheetcodes.is_mistyped(sheet):
        raise DomainError(_("Diese Nummer ist vertippt. Bitte vergleichen Sie sie mit dem Bogen."), field="sheet")
    try:
        with transaction.atomic(), contributions.collected() as made:
            if sheet:
                _use(module, sheet)
            if answers is None:
                said = found.entry.save(actor, module, data, channel or batch.channel, sheet, person)
            else:
                said = _reply(actor, answers, data, channel or batch.channel, person)
            for contribution in made:
                if sheet and not contribution.sheet:
                    type(contribution).objects.filter(pk=contribution.pk).update(sheet=sheet)
            return Entered.objects.create(
                batch=batch,
                contribution=made[0] if made else None,
                ref=said.ref if isinstance(said, registry.Said) else "",
                sheet=sheet,
                said=said[:300],
                held_on=held_on,
                with_code=person is not None,
                key=stored_key,
                by=actor.public_id,
                at=clock.now(),
            )
    except IntegrityError:
        known = Entered.objects.filter(key=stored_key).first() if stored_key else None  # the same form, twice at once
        if known is None:
            raise
        return known


def _reply(actor: Actor, target: Contribution, data: dict[str, Any], channel: str, person: Who | None) -> str:
    """Below a comment as its answer (indented once, as the house does it), below anything else as a comment."""
    comment = target.subject.comment if target.kind == Kind.COMMENT else None
    made = comments.add(
        actor,
        comment.about if comment is not None else target.subject,
        data["text"],
        parent=comment,
        side=data["side"],
        channel=channel,
        name=data["name"],
        person=person,
    )
    return made.subject.title


def _use(module: Module, sheet: str) -> None:
    """A printed form is entered once. Raises DomainError (field ``sheet``)."""
    printed = PrintedSheet.objects.filter(code=sheet)
    if printed.filter(module=module, used_at=None).update(used_at=clock.now()) or not printed.exists():
        return
    if printed.filter(module=module).exists():
        raise DomainError(_("Dieser Bogen ist schon eingetragen."), field="sheet", code="used")
    raise DomainError(_("Dieser Bogen gehört zu einem anderen Modul."), field="sheet")


def undo(actor: Actor, batch: Batch) -> Entered:
    """Take back the last thing that this person entered into the batch. Raises DomainError when there is none, or
    when somebody has answered it already."""
    require(access.may_enter(actor, batch.process))
    last = undoable(batch).filter(by=actor.public_id).first()
    if last is None:
        raise DomainError(_("Hier ist nichts mehr, das Sie zurücknehmen können."))
    with transaction.atomic():
        if kept := kept_because(batch.module, last):
            raise Refused(no(str(kept.label)))
        if not take_back(actor, batch, last):
            raise DomainError(_("Das wurde gerade schon zurückgenommen."))
    return last


def undoable(batch: Batch) -> QuerySet[Entered]:
    """What was entered into a batch and not taken back, the last first, with what taking back needs."""
    return (
        Entered.objects.select_related(
            "contribution__assessment",
            "contribution__subject__comment__subject",
            "contribution__subject__comment__about",
        )
        .filter(batch=batch, undone_at=None)
        .order_by("-pk")
    )


def kept_because(module: Module, entered: Entered) -> Entered.Kept | None:
    """Why it has to stay; None when nobody has had anything to do with it yet. `entered` comes from `undoable`."""
    found, entry = entered.contribution, registry.get(module.format).entry
    if entry is not None and entry.undo is not None and not entered.ref:
        return Entered.Kept.OTHER
    if found is None:
        return None if entered.ref else Entered.Kept.OTHER
    if found.assessment.decision:
        return Entered.Kept.ANSWERED
    if found.support_count:
        return Entered.Kept.SUPPORTED
    if found.subject.rating_count:
        return Entered.Kept.RATED
    if found.merged_into_id is not None or found.merged_from.exists():
        return Entered.Kept.MERGED
    if found.kind == Kind.COMMENT:
        comment = found.subject.comment
        talked = bool(comment.reply_count) or Comment.objects.filter(mentions=comment.pk, removed_at=None).exists()
    else:
        talked = bool(found.subject.comment_count)
    return Entered.Kept.TALKED if talked else None


def take_back(actor: Actor, batch: Batch, entered: Entered) -> bool:
    """Undo one thing inside a transaction; False when somebody else did just now. Its sheet can be entered again."""
    if not Entered.objects.filter(pk=entered.pk, undone_at=None).update(undone_at=clock.now()):
        return False
    if entered.sheet:
        PrintedSheet.objects.filter(module=batch.module_id, code=entered.sheet).update(used_at=None)
    entry, found = registry.get(batch.module.format).entry, entered.contribution
    if entered.ref and entry is not None and entry.undo is not None:
        entry.undo(actor, batch.module, entered.ref)
    elif found is not None and found.kind == Kind.COMMENT:
        comments.take_back_entered(actor, found.subject.comment)
    elif found is not None:
        contributions.blank(found)
    _record(actor, batch, "undo", {"contribution": found.subject.public_id} if found is not None else {})
    return True


# -- photographs --------------------------------------------------------------------------------------------
def attach(actor: Actor, batch: Batch, upload: bytes, words: str) -> Source:
    """Keep a photograph that the batch was read from. Raises Refused or DomainError (fields ``picture``, ``words``)."""
    require(access.may_enter(actor, batch.process))
    words = " ".join(words.split())
    if not words:
        raise DomainError(_("Bitte sagen Sie in einem Satz, was zu sehen ist."), field="words")
    picture = pictures.checked(upload)
    try:
        with transaction.atomic():
            source = Source.objects.create(
                batch=batch,
                words=words[:300],
                data=picture.data,
                width=picture.width,
                height=picture.height,
                digest=picture.digest,
                by=actor.public_id,
                at=clock.now(),
            )
            _record(actor, batch, "attach", {"source": source.public_id})
    except IntegrityError as error:
        raise DomainError(_("Dieses Bild ist hier schon angehängt."), field="picture") from error
    return source


def release(actor: Actor, source: Source, shown: bool) -> None:
    """Let everybody see a photograph, or no longer. Whoever answers for the process decides. Raises Refused."""
    require(access.may_manage(actor, source.batch.process))
    with transaction.atomic():
        if Source.objects.filter(pk=source.pk).exclude(released=shown).update(released=shown):
            _record(actor, source.batch, "release" if shown else "hide", {"source": source.public_id})
    cache.bump()


def remove(actor: Actor, source: Source) -> None:
    """Delete a photograph for good. Raises Refused."""
    require(access.may_enter(actor, source.batch.process))
    with transaction.atomic():
        _record(actor, source.batch, "detach", {"source": source.public_id})
        source.delete()
    cache.bump()
