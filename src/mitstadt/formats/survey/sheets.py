"""Sheets of paper: keyed twice by two people who do not see each other's work, compared, released by a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mitstadt.accounts import who
from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.comments.models import Channel
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.participation import access
from mitstadt.participation.actions import codes
from mitstadt.participation.entry import sheetcodes
from mitstadt.participation.models import Module, PrintedSheet

from . import actions, queries, rules
from .models import Sheet, Survey
from .rules import Given, Pick

# Nothing of these counts yet.
UNCOUNTED = (Sheet.State.ONCE, Sheet.State.DIFFERS, Sheet.State.AGREED)
FIRST, SECOND, NEITHER = "first", "second", "neither"


def tidy(code: str) -> str:
    """The code of a sheet as it is kept: small letters, one hyphen between groups; a printed number in its one form,
    however it was typed."""
    printed = sheetcodes.tidy(code)
    if sheetcodes.is_printed(printed):
        return printed
    return "-".join(code.lower().replace("-", " ").split())[:40]


def _checked(module: Module, code: str) -> str:
    """The same. Raises DomainError (field ``sheet``) for none, a mistyped number and a sheet of another module."""
    code = tidy(code)
    if not code:
        raise DomainError(_("Bitte geben Sie die Nummer des Bogens ein."), field="sheet")
    if sheetcodes.is_mistyped(code):
        raise DomainError(_("Diese Nummer ist vertippt. Bitte vergleichen Sie sie mit dem Bogen."), field="sheet")
    if PrintedSheet.objects.filter(code=code).exclude(module=module).exists():
        raise DomainError(_("Dieser Bogen gehört zu einem anderen Modul."), field="sheet")
    return code


def key(actor: Actor, module: Module, code: str, picks: Given, *, access_code: str = "") -> Sheet:
    """What one person reads on a sheet. The first time it waits for a second person, the second time it is compared.

    `access_code` is the code of a letter that stands on the sheet; both people type it. Raises Refused, DomainError
    (fields ``sheet``, ``access_code``): a third keying, twice by the same person, another code than the first time.
    """
    require(access.can_for_others(actor, queries.verb_of(module), module, clock.now(), Channel.PAPER))
    code = _checked(module, code)
    survey = queries.survey_of(module)
    person: tuple[int | None, int | None] = (None, None)
    if access_code.strip():
        try:
            person = who.keys(codes.holder(codes.find(access_code, module.process)))
        except DomainError as error:
            raise DomainError(error.message, field="access_code") from error
    said = rules.to_json(picks)
    try:
        with transaction.atomic():
            sheet, created = Sheet.objects.get_or_create(
                survey=survey,
                code=code,
                defaults={
                    "first": said,
                    "first_by": actor.public_id,
                    "user_id": person[0],
                    "guest_id": person[1],
                    "at": clock.now(),
                    "is_example": actor.is_example,
                },
            )
            if not created:
                _second(actor, sheet, said, person)
            _record(actor, module, sheet, "key")
    except IntegrityError as error:
        raise DomainError(_("Diesen Bogen hat gerade jemand anderes eingetippt."), field="sheet") from error
    sheet.refresh_from_db()
    return sheet


def _second(actor: Actor, sheet: Sheet, said: dict[str, list[Any]], person: tuple[int | None, int | None]) -> None:
    if sheet.second_by:
        raise DomainError(_("Dieser Bogen ist schon zweimal eingetippt."), field="sheet", code="thrice")
    if sheet.first_by == actor.public_id:
        raise DomainError(_("Das zweite Mal tippt jemand anderes diesen Bogen ein."), field="sheet", code="same")
    if (sheet.user_id, sheet.guest_id) != person:
        raise DomainError(
            _("Beim ersten Mal stand hier ein anderer Code aus einem Brief. Bitte sehen Sie gemeinsam nach."),
            field="access_code",
        )
    agreed = not rules.differences(rules.from_json(sheet.first), rules.from_json(said))
    waiting = Sheet.objects.filter(pk=sheet.pk, second_by="").exclude(first_by=actor.public_id)
    if not waiting.update(
        second=said,
        second_by=actor.public_id,
        settled=sheet.first if agreed else None,
        state=Sheet.State.AGREED if agreed else Sheet.State.DIFFERS,
    ):
        raise DomainError(_("Diesen Bogen hat gerade jemand anderes eingetippt."), field="sheet")


def take_back(actor: Actor, module: Module, sheet: Sheet) -> None:
    """Withdraw what this person keyed, until the sheet is released; what the other one keyed waits for a second
    person again. Raises Refused, DomainError."""
    require(access.may_enter(actor, module.process))
    me = actor.public_id
    open_ones = Sheet.objects.filter(pk=sheet.pk, state__in=UNCOUNTED)
    once = {"state": Sheet.State.ONCE, "second": None, "second_by": "", "settled": None, "settled_by": ""}
    with transaction.atomic():
        # `second_by` as it was read: of a sheet that somebody else keys at this moment, nothing of theirs is lost
        mine = open_ones.filter(second_by=sheet.second_by)
        if sheet.first_by == me and not sheet.second_by:
            done, _kinds = mine.filter(first_by=me).delete()
        elif sheet.first_by == me:
            done = mine.filter(first_by=me).update(**{**once, "first": sheet.second, "first_by": sheet.second_by})
        else:
            done = mine.filter(second_by=me).exclude(second_by="").update(**once)
        if not done:
            raise DomainError(
                _("Zurücknehmen lässt sich nur, was Sie selbst eingetippt haben und was noch nicht zählt.")
            )
        _record(actor, module, sheet, "take_back")


def differences(sheet: Sheet) -> list[str]:
    """Keys of the questions that were read differently, in the order of the questions."""
    found = rules.differences(rules.from_json(sheet.first), rules.from_json(sheet.second or {}))
    return [question.key for question in queries.questions(sheet.survey) if question.key in found]


def settle(actor: Actor, module: Module, sheet: Sheet, choices: Mapping[str, str]) -> None:
    """Decide on each difference with the sheet in hand: the first reading, the second, or neither (then it counts as
    invalid). Raises Refused, DomainError (the key of a question as field)."""
    require(access.may_enter(actor, module.process))
    if sheet.state != Sheet.State.DIFFERS:
        raise DomainError(_("An diesem Bogen ist nichts zu klären."))
    first, second = rules.from_json(sheet.first), rules.from_json(sheet.second or {})
    settled = dict(first)
    for name in differences(sheet):
        choice = choices.get(name, "")
        if choice not in (FIRST, SECOND, NEITHER):
            raise DomainError(_("Bitte entscheiden Sie sich bei jeder Abweichung."), field=name)
        settled[name] = (
            {FIRST: first, SECOND: second}[choice].get(name, []) if choice != NEITHER else [Pick(invalid=True)]
        )
    with transaction.atomic():
        if not Sheet.objects.filter(pk=sheet.pk, state=Sheet.State.DIFFERS).update(
            settled=rules.to_json(settled), settled_by=actor.public_id, state=Sheet.State.AGREED
        ):
            raise DomainError(_("Das hat gerade jemand anderes geklärt."))
        _record(actor, module, sheet, "settle")


@dataclass(frozen=True, slots=True)
class Released:
    """How many sheets count now, how many do not because their person has answered already, and how many another person
    must release."""

    counted: int
    twice: int
    left: int


def release(actor: Actor, module: Module) -> Released:
    """Let every agreed sheet count that this person neither keyed first nor settled. Raises Refused.

    Each sheet is a transaction of its own; two people who release at once share the work. Paper and online with one
    code count once: what came first stays.
    """
    require(access.may_enter(actor, module.process))
    survey = queries.survey_of(module)
    waiting = survey.sheets.filter(state=Sheet.State.AGREED)
    mine = waiting.exclude(first_by=actor.public_id).exclude(settled_by=actor.public_id).order_by("pk")
    counted = twice = 0
    for sheet in list(mine):
        done = _count(actor, module, survey, sheet)
        counted += done is True
        twice += done is False
    return Released(counted, twice, waiting.count())


def _count(actor: Actor, module: Module, survey: Survey, sheet: Sheet) -> bool | None:
    """True: it counts; False: its person has answered already; None: somebody else released it just now."""
    person = who.behind(sheet.user_id, sheet.guest_id)
    with transaction.atomic():
        taken = Sheet.objects.filter(pk=sheet.pk, state=Sheet.State.AGREED).update(
            state=Sheet.State.RELEASED, released_by=actor.public_id, first={}, second={}, settled=None
        )
        if not taken:
            return None
        try:
            with transaction.atomic():
                actions.entered(actor, module, rules.from_json(sheet.settled or {}), Channel.PAPER, sheet.code, person)
        except DomainError as error:
            if error.code != "again":
                raise
            Sheet.objects.filter(pk=sheet.pk).update(state=Sheet.State.TWICE)
            return False
        _record(actor, module, sheet, "release")
    return True


def _record(actor: Actor, module: Module, sheet: Sheet, verb: str) -> None:
    audit.record(
        f"survey.sheet.{verb}",
        by=actor,
        obj=module.subject.public_id,
        payload={"sheet": sheet.code},
    )
