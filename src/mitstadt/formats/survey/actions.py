"""Answering: once per person, whichever way it comes, replaceable while it runs unless the survey is anonymous."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mitstadt.accounts import guests, limits
from mitstadt.accounts.actor import NOBODY, Actor
from mitstadt.accounts.personal import Person
from mitstadt.audit import actions as audit
from mitstadt.comments.models import Channel
from mitstadt.comments.permissions import SOMEBODY
from mitstadt.kit import cache, clock
from mitstadt.kit.decision import Decision
from mitstadt.kit.errors import DomainError, require
from mitstadt.kit.ids import new_id
from mitstadt.notify import actions as notify
from mitstadt.participation import access
from mitstadt.participation import queries as participation
from mitstadt.participation.actions import contributions
from mitstadt.participation.models import Kind, Module
from mitstadt.participation.samples import INSTALLATION

from . import identity, queries, rules
from .forms import condition_of
from .identity import Voter
from .models import Answer, Question, QuestionKind, Response, Survey, Turn, Upload, WaitingFile
from .rules import Given
from .uploads import File

PURPOSE = "survey.answer"
MOST_WAITING = 200  # files of one survey that wait for their confirmation
PER_HOUR = 300  # answers of one network address without any proof: a school class behind one connection is no flood


def may(actor: Actor, module: Module, now: datetime) -> Decision:
    """May this person answer now? Nobody in particular may where an anonymous survey is open to all."""
    verb = queries.verb_of(module)
    if actor.is_somebody:
        return access.can(actor, verb, module, now)
    return access.can(NOBODY if queries.is_anonymous(module) else SOMEBODY, verb, module, now)


def answer(
    actor: Actor,
    module: Module,
    voter: Voter,
    picks: Given,
    *,
    channel: str = Channel.ONLINE,
    sheet: str = "",
    files: Mapping[str, File] | None = None,
    client: str = "",
    is_example: bool = False,
) -> Response:
    """Store what somebody answered. A second time replaces the first, in an anonymous survey it is refused.

    With another `channel` than ``online`` staff enter it for the `voter`. Raises Refused (who, when) and DomainError
    (code ``again``; field of a question that is not answered as its rules say).
    """
    now = clock.now()
    online = channel == Channel.ONLINE
    require(may(actor, module, now) if online else access.can_for_others(actor, verb_of(module), module, now, channel))
    if voter.person is None and voter.token and client and not is_example:
        limits.require("survey.answer", client, times=PER_HOUR, seconds=3600)
    return _store(actor, module, voter, picks, channel, sheet, files or {}, is_example)


def store_example(module: Module, voter: Voter, picks: Given) -> Response:
    """An invented answer of the demo city; nobody is behind it."""
    return _store(INSTALLATION, module, voter, picks, Channel.ONLINE, "", {}, True)


def _store(
    actor: Actor,
    module: Module,
    voter: Voter,
    picks: Given,
    channel: str,
    sheet: str,
    files: Mapping[str, File],
    is_example: bool,
) -> Response:
    now = clock.now()
    online = channel == Channel.ONLINE
    survey = queries.survey_of(module)
    anonymous = queries.is_anonymous(module)
    try:
        with transaction.atomic():
            _freeze(survey, now)
            questions = queries.questions(survey)
            _check(questions, picks, strict=online)
            turn = _turn(survey, voter)
            old = Response.objects.filter(turn=turn).first() if not anonymous else None
            if old is not None:
                _empty(old)
            made = old or Response.objects.create(
                survey=survey,
                turn=None if anonymous else turn,
                user_id=None if anonymous else voter.user_id,
                guest_id=None if anonymous else voter.guest_id,
                channel=channel,
                proof=voter.proof,
                sheet=sheet[:40],
                at=_day(now) if anonymous else now,
                is_example=is_example or actor.is_example,
            )
            _write(actor, module, made, questions, picks, files, anonymous or actor is INSTALLATION, voter)
            audit.record(
                "survey.response.change" if old is not None else "survey.response.add",
                actor="" if anonymous and online else actor.public_id,
                actor_label="" if online else actor.label[:160],
                obj=module.subject.public_id,
                payload={"channel": channel, "sheet": sheet[:40]},
            )
            if old is None:
                Survey.objects.filter(pk=survey.pk).update(responses=F("responses") + 1)
    except IntegrityError as error:
        if not Turn.objects.filter(survey=survey, voter=voter.hash).exists():
            raise
        raise DomainError(_("Diese Antwort ist gerade schon angekommen."), code="again") from error
    if module.settings.get("results") == "live":
        cache.bump()
    return made


verb_of = queries.verb_of


def _day(now: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(now), time(12)))


def _freeze(survey: Survey, now: datetime) -> None:
    """The first answer settles the rules: from then on no question changes."""
    if survey.frozen_at is None:
        Survey.objects.filter(pk=survey.pk, frozen_at=None).update(frozen_at=now)


def _turn(survey: Survey, voter: Voter) -> Turn:
    """Take one's turn. Raises DomainError (code ``again``) if an anonymous answer has been given already."""
    turn, created = Turn.objects.get_or_create(survey=survey, voter=voter.hash)
    if not created and not Response.objects.filter(turn=turn).exists():
        raise DomainError(
            _("Sie haben hier schon anonym geantwortet. Ändern geht nicht: Niemand weiß, welche Antwort Ihre ist."),
            code="again",
        )
    return turn


def _check(questions: list[Question], picks: Given, *, strict: bool) -> None:
    """What the form has checked, once more against the questions as they stand now; programs come here too."""
    known = {question.key: question for question in questions}
    asked = rules.asked([(question.key, condition_of(question)) for question in questions], picks)
    for key, said in picks.items():
        question = known.get(key)
        if question is None or (strict and key not in asked):
            raise DomainError(_("Diese Frage gibt es hier nicht mehr. Bitte laden Sie die Seite neu."), field=key)
        options = {str(value) for value, _words in question.options}
        rows = {str(value) for value, _words in question.rows}
        for pick in said:
            wrong = (
                (pick.value and pick.value not in options)
                or (pick.row and pick.row not in rows)
                or (
                    question.kind == QuestionKind.SCALE
                    and not pick.invalid
                    and not 1 <= (pick.number or 0) <= question.steps
                )
                or (pick.invalid and strict)
            )
            if wrong:
                raise DomainError(
                    _("Diese Antwort gibt es bei „%(question)s“ nicht.") % {"question": question.text}, key
                )
    for question in questions:
        if strict and question.required and question.key in asked and not picks.get(question.key):
            raise DomainError(
                _("Bitte beantworten Sie diese Frage: %(question)s") % {"question": question.text}, question.key
            )


def _empty(response: Response) -> None:
    """What was answered before goes; texts that became contributions are taken back."""
    for found in response.answers.filter(contribution__isnull=False).select_related("contribution__subject"):
        assert found.contribution is not None
        contributions.blank(found.contribution)
    response.answers.all().delete()


def _write(
    actor: Actor,
    module: Module,
    response: Response,
    questions: list[Question],
    picks: Given,
    files: Mapping[str, File],
    nameless: bool,
    voter: Voter,
) -> None:
    for question in questions:
        for pick in picks.get(question.key, ()):
            made = Answer.objects.create(
                response=response,
                question=question,
                row=pick.row,
                value=pick.value,
                number=pick.number,
                text="" if question.kind == QuestionKind.TEXT else pick.text,
                geometry=pick.geometry,
                invalid=pick.invalid,
            )
            if question.kind == QuestionKind.TEXT and pick.text:
                made.contribution = contributions.add(
                    actor,
                    module,
                    Kind.ANSWER,
                    verb_of(module),
                    text=pick.text,
                    needs_title=False,
                    public=question.public,
                    channel=response.channel,
                    sheet=response.sheet,
                    person=voter.person if response.channel != Channel.ONLINE else None,
                    nameless=nameless,
                    quiet=True,
                    is_example=response.is_example,
                )
                made.save(update_fields=["contribution"])
            found = files.get(question.key)
            if question.kind == QuestionKind.FILE and found is not None:
                Upload.objects.create(answer=made, name=found.name, content_type=found.content_type, data=found.data)


# -- without an account ----------------------------------------------------------------------------------------
def request_from_guest(
    module: Module, picks: Given, email: str, *, files: Mapping[str, File] | None = None, client: str = ""
) -> None:
    """Somebody without an account answers: it counts when the address is confirmed; until then its files wait apart.

    Raises Refused, DomainError (field of a file question when too many wait already; those of the confirmation).
    """
    require(access.can(SOMEBODY, verb_of(module), module, clock.now()))
    payload = {"module": module.subject.public_id, "picks": rules.to_json(picks), "email": email}
    with transaction.atomic():  # no file stays without the link that leads to it
        if files:
            payload["files"] = _keep_waiting(queries.survey_of(module), files)
        guests.request_confirmation(email, PURPOSE, payload, get_language() or "de", client=client)


def _keep_waiting(survey: Survey, files: Mapping[str, File]) -> dict[str, str]:
    """Question → key of the file that waits. Raises DomainError (its field)."""
    if survey.waiting_files.count() + len(files) > MOST_WAITING:
        raise DomainError(
            _("Gerade warten zu viele Dateien auf eine Bestätigung. Bitte antworten Sie später noch einmal."),
            field=next(iter(files)),
            code="too_many",
        )
    keys = {question: new_id(24) for question in files}
    until = clock.now() + guests.VALID_FOR
    WaitingFile.objects.bulk_create(
        WaitingFile(
            survey=survey,
            key=keys[question],
            name=file.name,
            content_type=file.content_type,
            data=file.data,
            expires_at=until,
        )
        for question, file in files.items()
    )
    return keys


def _waited(survey: Survey, keys: Mapping[str, str]) -> dict[str, File]:
    """The files of an answer that was confirmed; they wait no longer. Raises DomainError where one is gone."""
    rows = {row.key: row for row in survey.waiting_files.filter(key__in=keys.values())}
    if len(rows) < len(keys):
        raise DomainError(_("Ihre Datei haben wir nicht mehr. Bitte antworten Sie noch einmal."), code="gone")
    survey.waiting_files.filter(key__in=rows).delete()
    return {q: File(rows[key].name, rows[key].content_type, bytes(rows[key].data)) for q, key in keys.items()}


def purge_files(now: datetime | None = None) -> int:
    """Job: erase files whose owner never confirmed; how many."""
    return WaitingFile.objects.filter(expires_at__lt=now or clock.now()).delete()[0]


def confirmed(actor: Actor, payload: dict[str, Any]) -> str:
    """A guest opened the link: now the answers count. Returns where the survey stands."""
    module = participation.module(payload["module"])
    if module is None:
        raise DomainError(_("Diese Umfrage gibt es nicht mehr."), code="gone")
    notify.reachable(actor, payload["email"])
    survey = queries.survey_of(module)
    voter = identity.of_actor(survey, actor)
    assert voter is not None
    with transaction.atomic():
        files = _waited(survey, payload.get("files", {}))
        answer(actor, module, voter, rules.from_json(payload["picks"]), files=files)
    return module.subject.path


def describe(payload: dict[str, Any]) -> str:
    """What a guest is about to confirm."""
    module = participation.module(payload["module"])
    return _("Ihre Antworten zu „%(title)s“") % {"title": module.title if module is not None else "?"}


# -- erasure -------------------------------------------------------------------------------------------------
def forget(person: Person, keep_without_name: bool) -> int:
    """Answers lose their person, or go with their count. Texts are contributions and follow their own choice."""
    mine = Response.objects.filter(person.owns("user", "guest"))
    if keep_without_name:
        return mine.update(user=None, guest=None)
    touched = 0
    with transaction.atomic():
        for response in list(mine):
            response.answers.all().delete()
            Survey.objects.filter(pk=response.survey_id, responses__gt=0).update(responses=F("responses") - 1)
            response.delete()
            touched += 1
    cache.bump()
    return touched


def take_back(actor: Actor, module: Module, key: str) -> None:
    """What staff entered counts no longer, and its person may answer again. Nothing happens for what is not there."""
    rows = Response.objects.filter(survey__module=module).exclude(channel=Channel.ONLINE)
    with transaction.atomic():
        response = rows.filter(pk=key).select_related("turn").first()
        if response is None:
            return
        _empty(response)
        response.delete()
        if response.turn is not None:
            response.turn.delete()
        Survey.objects.filter(pk=response.survey_id, responses__gt=0).update(responses=F("responses") - 1)
        audit.record(
            "survey.response.take_back",
            by=actor,
            obj=module.subject.public_id,
            payload={"channel": response.channel, "sheet": response.sheet},
        )
    cache.bump()


def entered(actor: Actor, module: Module, picks: Given, channel: str, sheet: str, person: Any) -> Response:
    """What staff enter for somebody. Whoever is behind the code counts once; a second time is refused here, because
    nobody overwrites what a person said online with what stands on a sheet."""
    survey = queries.survey_of(module)
    voter = identity.of_sheet(survey, person)
    if queries.has_answered(survey, voter):
        raise DomainError(_("Mit diesem Code ist schon geantwortet worden."), field="code", code="again")
    return answer(actor, module, voter, picks, channel=channel, sheet=sheet)
