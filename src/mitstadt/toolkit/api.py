"""`/api/v1/methods` and `/api/v1/combinations`: the same public entries as the pages, and the adviser."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from mitstadt.search import queries as search

from . import adviser, answers, asking, queries, ruling
from .catalogue import TRANSLATED, CombinationData, MethodData, english, german

router = Router(tags=["methods"])
combinations_router = Router(tags=["methods"])


class MaterialOut(Schema):
    """Something to print; without `url` it is still missing."""

    title: str
    title_en: str
    url: str
    source: str


class MethodOut(Schema):
    """`kind`: analog, hybrid, digital. `levels` of the IAP2 spectrum, `phases` as in the catalogue file. Sizes are
    persons, preparation weeks. `figures`: typical (rule of thumb) or sourced. `time`: hours, days, weeks, months,
    standing; `groups`: whom it reaches well; `needs`: what it asks of people. English texts are empty where there are
    none or only older ones."""

    id: str
    name: str
    name_en: str
    kind: str
    levels: list[str]
    phases: list[str]
    group_min: int
    group_max: int
    duration: str
    duration_en: str
    prep_weeks_min: int
    prep_weeks_max: int
    effort: str
    cost_class: str
    figures: str
    time: str
    groups: list[str]
    needs: list[str]
    description: str
    description_en: str
    staffing: str
    staffing_en: str
    reach: str
    reach_en: str
    barriers: str
    barriers_en: str
    risks: str
    risks_en: str
    steps: list[str]
    steps_en: list[str]
    checklist: list[str]
    checklist_en: list[str]
    access: list[str]
    access_en: list[str]
    partners: list[str]
    partners_en: list[str]
    materials: list[MaterialOut]
    combine_with: list[str]
    sources: list[str]
    url: str


class CombinationOut(Schema):
    id: str
    name: str
    name_en: str
    goal: str
    goal_en: str
    why: str
    why_en: str
    phases: list[str]
    methods: list[str]
    weeks_min: int
    weeks_max: int
    url: str


class ReasonOut(Schema):
    points: float
    text: str


class AdviceOut(Schema):
    """`points` decide the order; `reasons` add up to them for formats."""

    id: str
    name: str
    points: float
    reasons: list[ReasonOut]
    excluded: list[str]


class AdviceListOut(Schema):
    methods: list[AdviceOut]
    combinations: list[AdviceOut]
    impossible: list[AdviceOut]
    limits: list[str]
    not_understood: list[str]


def _base() -> str:
    return settings.MITSTADT_BASE_URL.rstrip("/")


def _method(one: MethodData) -> dict[str, Any]:
    return {
        "id": one.slug,
        "kind": one.kind,
        "levels": list(one.iap2),
        "phases": list(one.phases),
        "group_min": one.group_min,
        "group_max": one.group_max,
        "prep_weeks_min": one.prep_min,
        "prep_weeks_max": one.prep_max,
        "effort": one.effort,
        "cost_class": one.cost_class,
        "figures": one.figures,
        "time": one.time,
        "groups": list(one.groups),
        "needs": list(one.needs),
        **_texts(one, "method"),
        "materials": [asdict(material) for material in one.materials],
        "combine_with": list(one.combine_with),
        "sources": list(one.sources),
        "url": f"{_base()}/methoden/{one.slug}/",
    }


def _texts(one: MethodData | CombinationData, kind: str) -> dict[str, Any]:
    """Each text in German and in English."""
    names = TRANSLATED[kind]
    return {name: german(one, name) for name in names} | {f"{name}_en": english(one, name) for name in names}


class MethodFilter(Schema):
    """The filters of `/methoden/`. Cost, effort and time mean "at most", `persons` "with so many", `weeks` "ready
    within"; `without` may be given several times."""

    kind: Literal["analog", "hybrid", "digital"] | None = None
    level: Literal["inform", "consult", "involve", "collaborate", "empower"] | None = None
    phase: Literal["agenda", "ideas", "plan", "decide", "implement", "evaluate"] | None = None
    cost: Literal["€", "€€", "€€€", "€€€€"] | None = None
    effort: Literal["low", "medium", "high"] | None = None
    time: Literal["hours", "days", "weeks", "months", "standing"] | None = None
    group: (
        Literal["children", "youth", "older", "language", "disability", "poverty", "time", "never", "experts"] | None
    ) = None
    without: list[Literal["internet", "text", "language", "speaking", "travel", "day"]] = []
    persons: int | None = Field(None, ge=1, le=10_000_000)
    weeks: int | None = Field(None, ge=0, le=260)
    q: str = Field("", max_length=100, description="words, German or English")


@router.get("", response=list[MethodOut], summary="Beteiligungsformate")
def methods(request: HttpRequest, wanted: Query[MethodFilter]) -> list[dict[str, Any]]:
    given = wanted.dict()
    text = given.pop("q")
    choice = queries.Choice(**{name: value for name, value in given.items() if value is not None}, text=text)
    hits = search.find_ids(text, kind="method") if text.strip() else None
    return [_method(one.as_data()) for one in queries.public_methods() if queries.fits(one, choice, hits)]


@router.get("/advice", response=AdviceListOut, summary="Empfehlung zu zehn Antworten, wie auf der Seite des Beraters")
def advice(request: HttpRequest) -> dict[str, Any]:
    """The questions' keys are parameters of the address, as on `/methoden/berater/`."""
    rules, _calendar = ruling.both()
    asked = asking.read(request.GET, rules)
    result = adviser.advise(rules, queries.catalogue(), asked.answers)
    return {
        "methods": [_advice(one) for one in result.methods],
        "combinations": [_advice(one) for one in result.combinations],
        "impossible": [_advice(one) for one in result.impossible],
        "limits": [asking.reason_text(limit) for limit in result.limits],
        "not_understood": list(asked.problems),
    }


def _advice(one: adviser.Advice) -> dict[str, Any]:
    return {
        "id": one.slug,
        "name": one.entry.name_de,
        "points": one.points,
        "reasons": [{"points": r.points, "text": asking.reason_text(r)} for r in (*one.pro, *one.contra)],
        "excluded": [asking.reason_text(r) for r in one.excluded],
    }


class ExperienceOut(Schema):
    """What a city learned with a format in one process; `days` are working days. Unknown figures are null."""

    format: str
    city: str
    process: str
    year: int
    url: str
    persons: int | None
    euro: int | None
    days: int | None
    reached: str
    learned: str
    is_example: bool


class KnowledgeOut(Schema):
    """`type`: offer, case, path, article, training, talk. `facts` are pairs of label and value, `steps` may end in an
    address behind ``|``."""

    id: str
    type: str
    language: str
    name: str
    lead: str
    text: str
    facts: list[list[str]]
    steps: list[str]
    methods: list[str]
    day: date | None
    source: str
    source_url: str
    is_example: bool
    url: str


class MethodQuestionOut(Schema):
    """A question about a method; `accepted` is the answer that staff or an experienced organisation (`accepted_by`)
    say holds."""

    id: str
    about: str
    text: str
    language: str
    asked_at: datetime
    answers: int
    accepted: str | None
    accepted_language: str | None
    accepted_by: str | None
    is_example: bool
    url: str


@router.get("/experiences", response=list[ExperienceOut], summary="Was mit Formaten gelernt wurde, hier und anderswo")
def experiences(request: HttpRequest) -> list[dict[str, Any]]:
    return [asdict(one) for one in queries.for_export().experiences]


@router.get("/knowledge", response=list[KnowledgeOut], summary="Angebote, Beispiele, Lernwege, Artikel, Schulungen")
def knowledge(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "id": one.slug,
            "type": one.type,
            "language": one.language,
            "name": one.name,
            "lead": one.lead,
            "text": one.text,
            "facts": [[str(label), str(value)] for label, value in one.facts],
            "steps": one.steps,
            "methods": one.methods,
            "day": one.day,
            "source": one.source,
            "source_url": one.url,
            "is_example": one.subject.is_example,
            "url": _base() + one.get_absolute_url(),
        }
        for one in queries.public_knowledge()
    ]


@router.get("/questions", response=list[MethodQuestionOut], summary="Fragen zu Methoden, mit der angenommenen Antwort")
def questions(request: HttpRequest) -> list[dict[str, Any]]:
    """The newest two hundred."""
    return [
        {
            "id": row["subject__public_id"],
            "about": row["about__title"],
            "text": row["text"],
            "language": row["language"],
            "asked_at": row["created_at"],
            "answers": row["reply_count"],
            "accepted": row["accepted_answer__comment__text"] if row["holds"] else None,
            "accepted_language": row["accepted_answer__comment__language"] if row["holds"] else None,
            "accepted_by": row["accepted_answer__label"] if row["holds"] else None,
            "is_example": row["is_example"],
            "url": _base() + row["subject__path"],
        }
        for row in answers.listed(most=200)
    ]


@router.get("/{slug}", response=MethodOut, summary="Ein Beteiligungsformat")
def method(request: HttpRequest, slug: str) -> dict[str, Any]:
    found = queries.public_methods().filter(slug=slug).first()
    if found is None:
        raise HttpError(404, "no public method with this id")
    return _method(found.as_data())


@combinations_router.get("", response=list[CombinationOut], summary="Gute Kombinationen von Beteiligungsformaten")
def combinations(request: HttpRequest) -> list[dict[str, Any]]:
    return [_combination(one.as_data()) for one in queries.public_combinations()]


def _combination(one: CombinationData) -> dict[str, Any]:
    return {
        "id": one.slug,
        **_texts(one, "combination"),
        "phases": list(one.phases),
        "methods": list(one.steps),
        "weeks_min": one.weeks_min,
        "weeks_max": one.weeks_max,
        "url": f"{_base()}/methoden/kombinationen/{one.slug}/",
    }
