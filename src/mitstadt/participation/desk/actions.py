"""Taking something down for somebody who calls or stands there, and the letter that brings the answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from mitstadt.accounts import rules as trust
from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor
from mitstadt.accounts.keyed import seal, unseal
from mitstadt.audit import actions as audit
from mitstadt.comments import actions as comments
from mitstadt.comments.models import Channel, Comment
from mitstadt.kit import clock
from mitstadt.kit.decision import YES, Decision, no
from mitstadt.kit.errors import DomainError, require
from mitstadt.participation import access
from mitstadt.participation.actions import codes, supports
from mitstadt.participation.entry import actions as entry
from mitstadt.participation.models import Batch, Contribution, Letter, Module
from mitstadt.subjects.models import Subject

KEEP_DAYS = 180  # an address is erased this long after it was taken down, whatever became of the question
_PURPOSE = "participation.letter"


def may(actor: Actor) -> Decision:
    """Who works at the desk: editors of any department, the coordination."""
    decision = trust.staff(actor)
    if not decision:
        return decision
    if actor.has(EDITOR) or actor.has(COORDINATOR):
        return YES
    return no(_("Am Schalter arbeiten Redaktion und Koordination."))


def take_down(
    actor: Actor,
    subject: Subject,
    text: str,
    *,
    name: str = "",
    side: str = "",
    answer: bool = False,
    address: str = "",
    key: str = "",
) -> Comment:
    """What somebody says about `subject`, in their name; with `answer` the city owes one, by post
    with an `address`. `side` where the discussion asks for it.

    Raises Refused, DomainError (fields ``text``, ``name``, ``side``, ``address``).
    """
    require(may(actor))
    address = "\n".join(" ".join(line.split()) for line in address.splitlines() if line.strip())[:400]
    if address and not answer:
        raise DomainError(_("Ein Brief geht nur hinaus, wenn um eine Antwort gebeten wird."), field="address")
    if address and address.count("\n") < 1:
        raise DomainError(_("Bitte Name, Straße und Ort in eigenen Zeilen."), field="address")
    with transaction.atomic():
        made = comments.add(
            actor, subject, text, wants_answer=answer, side=side, channel=Channel.PHONE, name=name, key=key
        )
        if address:
            Letter.objects.get_or_create(
                comment=made,
                defaults={"address": seal(_PURPOSE, address), "by": actor.public_id, "created_at": clock.now()},
            )
            _record(actor, made, "open")
    return made


def begin(actor: Actor, module: Module) -> Batch:
    """Today's pile of this person's telephone calls for a module; one per day. Raises Refused, DomainError."""
    today = clock.today()
    there = Batch.objects.filter(
        module=module, channel=Channel.PHONE, held_on=today, by=actor.public_id, file_hash=None
    )
    require(access.may_enter(actor, module.process))
    return there.first() or entry.open_batch(
        actor, module, Channel.PHONE, today, event=_("Telefon und Schalter"), source=""
    )


def support(actor: Actor, contribution: Contribution, code: str) -> bool:
    """Somebody with the code of a letter stands behind a contribution; True when it is new.

    Raises Refused, DomainError (field ``code``).
    """
    person = codes.holder(codes.find(code, contribution.process))
    return supports.enter(actor, contribution, person, channel=Channel.PHONE)


# -- letters ---------------------------------------------------------------------------------------------------
def address_of(actor: Actor, letter: Letter) -> str:
    """Where it goes; every look is in the log. Raises Refused."""
    require(may(actor))
    with transaction.atomic():
        Letter.objects.filter(pk=letter.pk, printed_at=None).update(printed_at=clock.now())
        _record(actor, letter.comment, "print")
    return unseal(_PURPOSE, letter.address)


def sent(actor: Actor, letter: Letter) -> None:
    """The letter is on its way: the address goes. Raises Refused, DomainError when there is no answer yet."""
    require(may(actor))
    if letter.comment.question.answer_id is None:
        raise DomainError(_("Es gibt noch keine Antwort, die verschickt werden kann."))
    with transaction.atomic():
        if Letter.objects.filter(pk=letter.pk, sent_at=None).update(sent_at=clock.now(), address=""):
            _record(actor, letter.comment, "send")


def purge(now: datetime | None = None) -> int:
    """Erase addresses that were taken down too long ago; how many."""
    before = (now or clock.now()) - timedelta(days=KEEP_DAYS)
    return Letter.objects.filter(created_at__lt=before).exclude(address="").update(address="")


def _record(actor: Actor, comment: Comment, verb: str) -> None:
    audit.record(
        f"participation.letter.{verb}",
        by=actor,
        obj=comment.subject.public_id,
    )


def due(letter: Letter) -> date:
    """Until when the answer is owed."""
    found: date = letter.comment.question.due_on
    return found
