"""`/api/v1/processes` and `/api/v1/contributions`: the same public rows as the pages, nothing that names a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Query, Router, Schema, Status
from ninja.errors import HttpError
from pydantic import Field

from mitstadt.accounts import tokens
from mitstadt.comments.models import Held
from mitstadt.kit import clock
from mitstadt.kit.problems import ProblemOut

from . import access, components, queries, registry, rules, words
from .actions import supports
from .models import Assessment, Contribution, Kind, Process

processes_router = Router(tags=["processes"])
contributions_router = Router(tags=["contributions"])
LIMIT = 200


class PhaseOut(Schema):
    """`when` is next, active or over; `allows` are verbs; `audience` is a sentence, `conditions` the same as data."""

    title: str
    text: str
    format: str | None
    start: datetime
    end: datetime
    when: str
    allows: list[str]
    audience: str
    conditions: dict[str, Any]
    formality: str
    legal_basis: str
    decided_by: str


class ModuleOut(Schema):
    id: str
    format: str
    title: str
    intro: str
    contributions: int
    url: str


class ProcessOut(Schema):
    """`state`: announced, running, evaluation, answered, implemented, archived. `districts` empty: the whole city."""

    id: str
    number: int
    title: str
    summary: str
    state: str
    department: str
    districts: list[int]
    start: datetime | None
    end: datetime | None
    contributions: int
    result: str
    is_example: bool
    url: str


class ProcessDetailOut(ProcessOut):
    text: str
    plain_text: str
    can_decide: str
    cannot_decide: str
    decided_by: str
    contact: dict[str, str]
    phases: list[PhaseOut]
    modules: list[ModuleOut]
    channels: dict[str, int]


class ProcessesOut(Schema):
    total: int
    items: list[ProcessOut]


class ContributionOut(Schema):
    """`kind`: idea, comment, answer, question, note, statement. `decision` is null while it is open. `geometry` is
    GeoJSON (WGS 84). `author` is a pseudonym, or function and department for staff; null without a name. `side`: pro,
    contra, or empty where it is neither or not asked. `supporters` are those of all channels; what paper, telephone and
    events leave came online."""

    id: str
    process: str
    module: str | None
    format: str | None
    kind: str
    title: str
    text: str
    author: str | None
    author_is_staff: bool
    category: str | None
    district: int | None
    geometry: dict[str, Any] | None
    channel: str
    side: str
    supporters: int
    supporters_paper: int
    supporters_phone: int
    supporters_event: int
    comments: int
    created_at: datetime
    edited_at: datetime | None
    decision: str | None
    reason: str
    answered_by: str
    due_on: date | None
    decided_on: date | None
    is_example: bool
    url: str


class ContributionsOut(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[ContributionOut]
    next: str | None


class ContributionsIn(Schema):
    process: str = Field("", description="public id of a process")
    kind: str = Field("", description="idea, comment, answer, question, note or statement")
    channel: str = ""
    decision: str = ""
    since: datetime | None = Field(None, description="only what was written from this moment on")
    after: str = Field("", description="cursor: the id of the last contribution that you have")
    limit: int = Field(50, ge=1, le=LIMIT)


def _address(path: str) -> str:
    return settings.MITSTADT_BASE_URL.rstrip("/") + path


def _out(process: Process, now: datetime) -> dict[str, Any]:
    return {
        "id": process.subject.public_id,
        "number": process.number,
        "title": process.title,
        "summary": process.summary,
        "state": process.state(now),
        "department": process.department.name,
        "districts": sorted(district.number for district in process.districts.all()),
        "start": process.first_start,
        "end": process.last_end,
        "contributions": process.contribution_count,
        "result": process.result,
        "is_example": process.is_example,
        "url": _address(process.subject.path),
    }


@processes_router.get("", response={200: ProcessesOut, 422: ProblemOut}, summary="Participation processes")
def list_processes(request: HttpRequest, state: str = "", district: int | None = None) -> dict[str, Any]:
    """All public processes, what runs first. `state` is one of the states; `district` a number."""
    if state and state not in words.STATES:
        raise HttpError(422, gettext("state: „%(value)s“ gibt es nicht.") % {"value": state[:40]})
    now = clock.now()
    wanted = [state] if state else [name for name in rules.STATES if name != rules.DRAFT]
    found = queries.listed(now, wanted, district, limit=500)
    return {"total": len(found), "items": [_out(process, now) for process in found]}


@processes_router.get("/{process}", response={200: ProcessDetailOut, 404: ProblemOut}, summary="One process")
def one_process(request: HttpRequest, process: str) -> dict[str, Any]:
    """`process` is the public id or the number."""
    rows = queries.with_parts(queries.public()).prefetch_related("modules__subject")
    by_number = process.isascii() and process.isdigit() and len(process) < 7
    found = (rows.filter(number=int(process)) if by_number else rows.filter(subject__public_id=process)).first()
    if found is None:
        raise HttpError(404, gettext("Dieses Verfahren gibt es nicht, oder es ist nicht öffentlich."))
    now = clock.now()
    return {
        **_out(found, now),
        "text": found.text,
        "plain_text": found.plain_text,
        "can_decide": found.can_decide,
        "cannot_decide": found.cannot_decide,
        "decided_by": found.decided_by,
        "contact": {"name": found.contact_name, "email": found.contact_email, "phone": found.contact_phone},
        "phases": [
            {
                "title": phase.title,
                "text": phase.text,
                "format": phase.module.format if phase.module is not None else None,
                "start": phase.start,
                "end": phase.end,
                "when": phase.when(now, found.stage),
                "allows": phase.allows,
                "audience": access.audience_sentence(rules.Audience.read(phase.audience)),
                "conditions": phase.audience,
                "formality": phase.formality,
                "legal_basis": phase.legal_basis,
                "decided_by": phase.decided_by,
            }
            for phase in found.phases.all()
        ],
        "modules": [
            {
                "id": module.subject.public_id,
                "format": module.format,
                "title": module.title,
                "intro": module.intro,
                "contributions": module.contribution_count,
                "url": _address(module.subject.path),
            }
            for module in found.modules.all()
        ],
        "channels": components.channels(found),
    }


_FIELDS = (
    "subject__public_id",
    "process__subject__public_id",
    "module__subject__public_id",
    "module__format",
    "kind",
    "title",
    "words",
    "called",
    "author_staff",
    "category__name",
    "district__number",
    "geometry",
    "channel",
    "subject__comment__side",
    *queries.SUPPORTS,
    "subject__comment_count",
    "created_at",
    "edited_at",
    "assessment__decision",
    "assessment__reason",
    "assessment__label",
    "assessment__due_on",
    "assessment__decided_on",
    "is_example",
    "subject__path",
)


@contributions_router.get("", response={200: ContributionsOut, 422: ProblemOut}, summary="Contributions to processes")
def list_contributions(request: HttpRequest, asked: Query[ContributionsIn]) -> dict[str, Any]:
    """Newest first, page by page with `after`."""
    rows = queries.with_words(queries.public_contributions()).filter(subject__comment__removed_at__isnull=True)
    known_values = {"kind": Kind.values, "channel": list(words.CHANNELS), "decision": Assessment.Decision.values}
    for name, known in known_values.items():
        value = getattr(asked, name)
        if value and value not in known:
            raise HttpError(422, gettext("%(name)s: „%(value)s“ gibt es nicht.") % {"name": name, "value": value[:40]})
    if asked.process:
        rows = rows.filter(process__subject__public_id=asked.process)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.channel:
        rows = rows.filter(channel=asked.channel)
    if asked.decision:
        rows = rows.filter(assessment__decision=asked.decision)
    if asked.since is not None:
        rows = rows.filter(created_at__gte=asked.since)
    if asked.after:
        there = queries.public_contributions().filter(subject__public_id=asked.after)
        last = there.values_list("pk", flat=True).first()
        if last is None:
            raise HttpError(422, gettext("after: Diesen Beitrag gibt es nicht."))
        rows = rows.filter(pk__lt=last)
    found = list(rows.order_by("-pk").values_list(*_FIELDS)[: asked.limit + 1])
    items = [_contribution(row) for row in found[: asked.limit]]
    return {"items": items, "next": items[-1]["id"] if len(found) > asked.limit else None}


class MyContributionOut(Schema):
    """`state`: public, draft, review (the moderation looks at it), withdrawn, merged or hidden."""

    id: str
    process: str
    kind: str
    title: str
    text: str
    channel: str
    supporters: int
    created_at: datetime
    state: str
    url: str


class MyContributionsOut(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[MyContributionOut]
    next: str | None


class MyContributionsIn(Schema):
    after: str = Field("", description="cursor: the id of the last contribution that you have")
    limit: int = Field(50, ge=1, le=LIMIT)


@contributions_router.get(
    "/mine",
    response={200: MyContributionsOut, 401: ProblemOut, 403: ProblemOut, 422: ProblemOut},
    auth=tokens.bearer("read"),
    summary="What you wrote, whatever its state",
)
def my_contributions(request: HttpRequest, asked: Query[MyContributionsIn]) -> dict[str, Any]:
    """Newest first, drafts and what the moderation holds too; talk is in `GET /api/v1/comments/mine`. The token needs
    the scope read."""
    rows = queries.of_account(request.auth.user_id)  # type: ignore[attr-defined]
    if asked.after:
        last = rows.filter(subject__public_id=asked.after).values_list("pk", flat=True).first()
        if last is None:
            raise HttpError(422, gettext("after: Diesen Beitrag gibt es nicht."))
        rows = rows.filter(pk__lt=last)
    found = list(rows.order_by("-pk")[: asked.limit + 1])
    items = [
        {
            "id": row.subject.public_id,
            "process": row.process.subject.public_id,
            "kind": row.kind,
            "title": row.title,
            "text": row.text,
            "channel": row.channel,
            "supporters": row.support_count,
            "created_at": row.created_at,
            "state": _state(row),
            "url": _address(row.subject.path),
        }
        for row in found[: asked.limit]
    ]
    return {"items": items, "next": items[-1]["id"] if len(found) > asked.limit else None}


def _state(row: Contribution) -> str:
    if row.removed_at is not None:
        return "withdrawn"
    if row.merged_into_id is not None:
        return "merged"
    if row.draft:
        return "draft"
    if row.held == Held.REVIEW:
        return "review"
    return "public" if row.subject.is_public and not row.held else "hidden"


class ContributionIn(Schema):
    """`geometry` is GeoJSON (WGS 84); `category` a name, `district` a number. The same `key` writes once."""

    module: str = Field(description="public id of the module (see a process)")
    title: str = ""
    text: str = ""
    category: str = ""
    district: int | None = None
    place: str = ""
    geometry: dict[str, Any] | None = None
    key: str = Field("", max_length=40)


class WrittenContributionOut(Schema):
    """`state`: public, or review while the moderation looks at it first."""

    id: str
    state: str
    url: str


class SupportOut(Schema):
    supported: bool
    supporters: int


@contributions_router.post(
    "",
    response={
        201: WrittenContributionOut,
        401: ProblemOut,
        403: ProblemOut,
        404: ProblemOut,
        422: ProblemOut,
        429: ProblemOut,
    },
    auth=tokens.bearer("contributions"),
    summary="Write a contribution in your name",
)
def write_contribution(request: HttpRequest, sent: ContributionIn) -> Status[Any]:
    """By the rules of the page: phase, audience, pre-moderation and limits. The token needs the scope contributions.
    Talk goes to `POST /api/v1/comments`."""
    module = queries.module(sent.module)
    if module is None or not access.visible(module.process):
        raise HttpError(404, gettext("module: Diesen Schritt einer Beteiligung gibt es nicht."))
    found = registry.find(module.format)
    if found is None or found.write is None:
        raise HttpError(422, gettext("module: Dazu lässt sich über die Schnittstelle nichts schreiben."))
    made = found.write(request.auth, module, sent.dict())  # type: ignore[attr-defined]
    written = {
        "id": made.subject.public_id,
        "state": "review" if made.held else "public",
        "url": settings.MITSTADT_BASE_URL.rstrip("/") + made.subject.path,
    }
    return Status(201, written)


_SUPPORT = {200: SupportOut, 401: ProblemOut, 403: ProblemOut, 404: ProblemOut}


@contributions_router.put(
    "/{contribution}/support", response=_SUPPORT, auth=tokens.bearer("support"), summary="Stand behind a contribution"
)
def support(request: HttpRequest, contribution: str) -> dict[str, Any]:
    """Once per person; again changes nothing. The token needs the scope support."""
    return _support(request, contribution, True)


@contributions_router.delete(
    "/{contribution}/support", response=_SUPPORT, auth=tokens.bearer("support"), summary="Take one's support back"
)
def unsupport(request: HttpRequest, contribution: str) -> dict[str, Any]:
    """Without a support nothing changes. The token needs the scope support."""
    return _support(request, contribution, False)


def _support(request: HttpRequest, public_id: str, wanted: bool) -> dict[str, Any]:
    found = queries.contribution(public_id)
    if found is None or not found.subject.is_public or found.draft or found.module is None:
        raise HttpError(404, gettext("Diesen Beitrag gibt es nicht, oder er ist nicht öffentlich."))
    (supports.add if wanted else supports.withdraw)(request.auth, found)  # type: ignore[attr-defined]
    found.refresh_from_db(fields=["support_count"])
    return {"supported": wanted, "supporters": found.support_count}


def _contribution(row: tuple[Any, ...]) -> dict[str, Any]:
    found = dict(zip(ContributionOut.model_fields, row, strict=True))
    found["author"] = found["author"] or None
    found["decision"] = found["decision"] or None
    found["side"] = found["side"] or ""
    found["url"] = _address(found["url"])
    return found
