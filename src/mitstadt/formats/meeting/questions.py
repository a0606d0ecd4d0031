"""The live part: opening it, asking, voting, moderating, and what becomes of the questions afterwards.

Every change ends with a new `Live.version`. Rows are taken in one order (vote, question, live), so that many people at
once wait for each other and never for ever.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from mitstadt.accounts import limits
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.keyed import keyed_hash
from mitstadt.audit import actions as audit
from mitstadt.comments.actions.writing import checked_name
from mitstadt.comments.models import Channel
from mitstadt.comments.permissions import SOMEBODY
from mitstadt.comments.rules import clean
from mitstadt.kit import cache, clock, past
from mitstadt.kit.components.dates import moment
from mitstadt.kit.decision import YES, Decision, no
from mitstadt.kit.errors import DomainError, require
from mitstadt.kit.ids import new_id
from mitstadt.moderation import actions as moderation
from mitstadt.participation import access as processes
from mitstadt.participation.actions import contributions
from mitstadt.participation.models import Contribution, Kind

from . import access, rules
from .actions import not_archived
from .identity import Voter
from .models import Live, Meeting, Question, Vote

LIMIT = 300
ASKS = ((5, 600), (20, 6 * 3600))  # per device
ASKS_FROM_ONE_PLACE = (300, 600)  # a whole room may share one address
VOTES = (200, 600)  # per device
VOTES_FROM_ONE_PLACE = (6000, 600)
State = Question.State


# -- deciding ------------------------------------------------------------------------------------------------
def ends_at(meeting: Meeting) -> datetime:
    """Until when questions come in at the latest."""
    return meeting.ends_at + rules.LIVE_AFTER


def may_ask(live: Live, now: datetime) -> Decision:
    """May anybody who has the code ask and vote now? `live` comes from `find`: no query."""
    meeting = live.meeting
    if not access.visible(meeting):
        return no(_("Dieser Termin ist nicht veröffentlicht."))
    if meeting.cancelled_at is not None:
        return no(_("Dieser Termin ist abgesagt."))
    if live.closed_at is not None:
        return no(_("Die Fragerunde ist seit %(moment)s zu Ende.") % {"moment": moment(live.closed_at)})
    if now >= ends_at(meeting):
        return no(_("Die Fragerunde ist zu Ende."))
    decision = processes.can(SOMEBODY, "meet", meeting.module, now)
    # For whom the phase is decides over places. Whoever sits in the room has the code.
    if not decision and not decision.step_up:
        return no(_("Fragen geht gerade nicht mehr. %(why)s") % {"why": decision.reason})
    return YES


def may_moderate(actor: Actor, meeting: Meeting) -> Decision:
    """Whoever manages the process, and its moderators from outside."""
    return processes.may_moderate(actor, meeting.module.process)


# -- reading -------------------------------------------------------------------------------------------------
def _lives() -> QuerySet[Live]:
    return Live.objects.select_related(
        "meeting__subject", "meeting__module__subject", "meeting__module__process__subject",
        "meeting__module__process__department",
    ).prefetch_related("meeting__module__phases")  # fmt: skip


def find(code: str) -> Live | None:
    """The live part with this code, however it was typed, with all that deciding needs. Two queries."""
    return _lives().filter(code=read_code(code)).first()


def of_meeting(meeting: Meeting) -> Live | None:
    found = Live.objects.filter(meeting=meeting).first()
    if found is not None:
        found.meeting = meeting
    return found


def read_code(text: str) -> str:
    """The code in what somebody typed or scanned: with blanks, capitals, or as the whole address."""
    last = text.strip().rstrip("/").rpartition("/")[2]
    return "".join(c for c in last.lower() if c.isalnum())[:12]


def written_code(code: str) -> str:
    """As it stands on the wall: ``ABC DEF``."""
    return f"{code[:3]} {code[3:]}".upper()


def shown(meeting: Meeting, limit: int = 200) -> list[Question]:
    """What everybody in the room sees, most wanted first: now, pinned, then by votes, the older first. One query."""
    rows = meeting.questions.filter(state=State.OPEN)
    return list(rows.order_by("-current", "-pinned", "-votes", "pk")[:limit])


def count_open(meeting: Meeting) -> int:
    return meeting.questions.filter(state=State.OPEN).count()


def done(meeting: Meeting, limit: int = 50) -> list[Question]:
    """What was answered, latest first."""
    return list(meeting.questions.filter(state=State.DONE).order_by("-pk")[:limit])


def own_waiting(meeting: Meeting, voter: Voter) -> list[Question]:
    """This device's questions that the moderation has not shown."""
    return list(meeting.questions.filter(asker=voter.device, state__in=(State.HELD, State.HIDDEN)).order_by("pk"))


def voted(meeting: Meeting, voter: Voter) -> set[int]:
    """The questions that this device or person has voted for."""
    mine = Q(device=voter.device)
    if voter.person:
        mine |= Q(person=voter.person)
    return set(Vote.objects.filter(mine, question__meeting=meeting).values_list("question_id", flat=True))


def public(meeting: Meeting) -> list[Question]:
    """What stays to be read after the date: everything that was shown, most wanted first. One query."""
    rows = meeting.questions.filter(state__in=(State.OPEN, State.DONE)).select_related("contribution__subject")
    end = past.moment()
    if end is not None:
        rows = rows.filter(contribution__created_at__lte=end)
    return [
        found
        for found in rows.order_by("-votes", "pk")[:300]
        if found.contribution is None
        or (found.contribution.removed_at is None and not found.contribution.subject.restricted)
    ]


# -- opening and closing ---------------------------------------------------------------------------------------
def open_live(actor: Actor, meeting: Meeting, *, review: bool = False) -> Live:
    """Let people ask: a code for the room. Opening again keeps the code. Raises Refused, DomainError when it is over
    or cancelled."""
    require(may_moderate(actor, meeting))
    now = clock.now()
    if meeting.cancelled_at is not None:
        raise DomainError(_("Dieser Termin ist abgesagt."), code="cancelled")
    if now >= ends_at(meeting):
        raise DomainError(_("Dieser Termin ist schon länger vorbei."), code="over")
    with transaction.atomic():
        live, created = Live.objects.get_or_create(
            meeting=meeting, defaults={"code": new_id(6), "review": review, "opened_at": now}
        )
        if not created:
            Live.objects.filter(pk=live.pk).update(closed_at=None, review=review, version=F("version") + 1)
            live.refresh_from_db()
        _record(actor, "live.open", meeting, {"review": review})
        cache.bump()
    live.meeting = meeting
    return live


def close_live(actor: Actor, live: Live) -> Live:
    """End it; what was asked stays. Again changes nothing."""
    require(may_moderate(actor, live.meeting))
    with transaction.atomic():
        rows = Live.objects.filter(pk=live.pk, closed_at__isnull=True)
        if rows.update(closed_at=clock.now(), version=F("version") + 1):
            Question.objects.filter(meeting=live.meeting, current=True).update(current=False)
            _record(actor, "live.close", live.meeting, {})
            cache.bump()
    live.refresh_from_db(fields=["closed_at", "version"])
    return live


# -- asking and voting -----------------------------------------------------------------------------------------
def ask(
    live: Live,
    voter: Voter,
    text: str,
    name: str = "",
    *,
    actor: Actor,
    key: str = "",
    client: str = "",
    is_example: bool = False,
) -> Question:
    """Ask. What the house's word rules notice waits for the moderation, with the reason, and everything where the
    moderation reads first. The same `key` from the same device is one question.

    Raises Refused (it is over), or DomainError (field ``text``, ``name``; code ``too_many``).
    """
    require(may_ask(live, clock.now()))
    text = " ".join(clean(text).split())
    if not text:
        raise DomainError(_("Bitte schreiben Sie Ihre Frage, bevor Sie abschicken."), field="text")
    if len(text) > LIMIT:
        raise DomainError(
            _("Ihre Frage hat %(n)d Zeichen, möglich sind %(limit)d. Kurze Fragen werden eher beantwortet.")
            % {"n": len(text), "limit": LIMIT},
            field="text",
        )
    name = checked_name(name)
    stored_key = keyed_hash("meeting-question", f"{voter.device}:{key}") if key else None
    if stored_key and (known := Question.objects.filter(key=stored_key).first()):
        return known
    if not is_example:
        for times, seconds in ASKS:
            limits.require("meeting.ask", voter.device, times=times, seconds=seconds)
        if client:
            times, seconds = ASKS_FROM_ONE_PLACE
            limits.require("meeting.ask.client", f"{live.pk}:{client}", times=times, seconds=seconds)
    earlier = list(Question.objects.filter(meeting=live.meeting, asker=voter.device).values_list("text", flat=True))
    noticed = [finding.reason for finding in moderation.check_text(f"{text}\n{name}", actor, earlier)]
    try:
        with transaction.atomic():
            made = Question.objects.create(
                meeting=live.meeting,
                text=text,
                name=name,
                state=State.HELD if noticed or live.review else State.OPEN,
                findings=noticed,
                asker=voter.device,
                key=stored_key,
                created_at=clock.now(),
                is_example=is_example,
            )
            # Decided again inside: closing is one UPDATE of the same row, so nothing slips in after it.
            if not Live.objects.filter(pk=live.pk, closed_at__isnull=True).update(version=F("version") + 1):
                live.refresh_from_db(fields=["closed_at"])
                require(may_ask(live, clock.now()))
    except IntegrityError:
        known = Question.objects.filter(key=stored_key).first() if stored_key else None
        if known is None:
            raise
        return known
    return made


def vote(live: Live, voter: Voter, public_id: str, *, up: bool = True, client: str = "") -> int:
    """Vote for a question, or take it back; returns its votes. Twice is once, by whatever device of an account.

    Raises Refused (it is over), DomainError (``gone``, ``too_many``).
    """
    require(may_ask(live, clock.now()))
    question = Question.objects.filter(meeting=live.meeting, public_id=public_id, state=State.OPEN).first()
    if question is None:
        raise DomainError(_("Diese Frage steht nicht mehr zur Wahl."), code="gone")
    times, seconds = VOTES
    limits.require("meeting.vote", voter.device, times=times, seconds=seconds)
    if client:
        times, seconds = VOTES_FROM_ONE_PLACE
        limits.require("meeting.vote.client", f"{live.pk}:{client}", times=times, seconds=seconds)
    mine = Q(device=voter.device)
    if voter.person:
        mine |= Q(person=voter.person)
    try:
        with transaction.atomic():
            if up:
                Vote.objects.create(question=question, device=voter.device, person=voter.person)
                by = 1
            else:
                by = -Vote.objects.filter(mine, question=question).delete()[0]
            if by:
                Question.objects.filter(pk=question.pk).update(votes=F("votes") + by)
                _touch(live)
    except IntegrityError:
        pass  # this device or person has voted already
    return int(Question.objects.values_list("votes", flat=True).get(pk=question.pk))


# -- moderating ------------------------------------------------------------------------------------------------
_CHANGES: dict[str, dict[str, Any]] = {
    "show": {"state": State.OPEN},
    "hide": {"state": State.HIDDEN, "current": False, "pinned": False},
    "done": {"state": State.DONE, "current": False, "pinned": False},
    "pin": {"state": State.OPEN, "pinned": True},
    "unpin": {"pinned": False},
    "now": {"state": State.OPEN, "current": True},
    "off": {"current": False},
}


def moderate(actor: Actor, live: Live, public_id: str, verb: str) -> Question:
    """show, hide, mark as answered (``done``), pin or unpin, put on the wall (``now``) or off it again.

    Raises Refused, DomainError.
    """
    meeting = live.meeting
    require(may_moderate(actor, meeting))
    if verb not in _CHANGES:
        raise DomainError(_("Das geht hier nicht."))
    rows = Question.objects.filter(meeting=meeting, public_id=public_id)
    try:
        with transaction.atomic():
            if verb == "now":  # what was on the wall before goes back into the list: one at a time
                others = Question.objects.filter(meeting=meeting, current=True)
                others.exclude(public_id=public_id).update(current=False)
            if not rows.update(**_CHANGES[verb]):
                raise DomainError(_("Diese Frage gibt es nicht mehr."), code="gone")
            _touch(live)
            _record(actor, f"question.{verb}", meeting, {"question": public_id})
    except IntegrityError as error:
        raise DomainError(_("Jemand anderes hat gerade eine andere Frage an die Wand geholt."), code="stale") from error
    return rows.get()


def answer(actor: Actor, question: Question, text: str) -> Question:
    """Keep what was answered; it stands beside the question once the round is over. Raises Refused, DomainError."""
    require(may_moderate(actor, question.meeting))
    not_archived(question.meeting.module)
    text = clean(text)
    if len(text) > 5_000:
        raise DomainError(_("Bitte kürzen Sie den Text auf %(n)s Zeichen.") % {"n": "5.000"}, field="answer")
    with transaction.atomic():
        changes: dict[str, Any] = {"answer": text}
        if text and question.state == State.OPEN:
            changes |= {"state": State.DONE, "current": False, "pinned": False}
        Question.objects.filter(pk=question.pk).update(**changes)
        _record(actor, "question.answer", question.meeting, {"question": question.public_id})
        cache.bump()
    question.refresh_from_db()
    return question


def take_over(actor: Actor, meeting: Meeting) -> int:
    """Let what was asked become contributions of the channel event, to be evaluated and answered like every other.

    Only what the moderation showed, each once however often and by however many this is called; returns how many.
    Raises Refused, DomainError when the process takes nothing more.
    """
    require(processes.may_enter(actor, meeting.module.process))
    rows = Question.objects.filter(
        meeting=meeting, contribution__isnull=True, state__in=(State.OPEN, State.DONE)
    ).order_by("pk")
    taken = 0
    for question in rows:
        try:
            contributions.add(
                actor,
                meeting.module,
                Kind.QUESTION,
                "meet",
                text=question.text,
                needs_title=False,
                name=question.name,
                channel=Channel.EVENT,
                quiet=True,
                is_example=question.is_example,
                details=partial(_join, question),
            )
            taken += 1
        except _AlreadyTaken:
            continue
    return taken


class _AlreadyTaken(Exception):
    """Somebody else was quicker; what was written is rolled back."""


def _join(question: Question, made: Contribution) -> None:
    rows = Question.objects.filter(pk=question.pk, contribution__isnull=True)
    if not rows.update(contribution=made):
        raise _AlreadyTaken
    Contribution.objects.filter(pk=made.pk).update(support_count=question.votes)
    made.support_count = question.votes


# -- forgetting ------------------------------------------------------------------------------------------------
KEEP = timedelta(days=1)
KEEP_UNSHOWN = timedelta(days=30)


def purge() -> int:
    """Who voted and asked is forgotten a day after the date, what nobody was shown a month after; returns how many
    rows went."""
    now = clock.now()
    gone = Vote.objects.filter(question__meeting__ends_at__lt=now - KEEP).delete()[0]
    Question.objects.filter(meeting__ends_at__lt=now - KEEP).exclude(asker="").update(asker="", key=None)
    old = Question.objects.filter(meeting__ends_at__lt=now - KEEP_UNSHOWN, state__in=(State.HELD, State.HIDDEN))
    return gone + old.filter(contribution__isnull=True).delete()[0]


def _touch(live: Live) -> None:
    Live.objects.filter(pk=live.pk).update(version=F("version") + 1)


def _record(actor: Actor, verb: str, meeting: Meeting, payload: dict[str, Any]) -> None:
    audit.record(
        f"participation.meeting.{verb}",
        by=actor,
        obj=meeting.subject.public_id,
        payload=payload,
    )
