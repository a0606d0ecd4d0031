"""Reads of the room."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from mitstadt.kit import clock
from mitstadt.participation import queries as participation
from mitstadt.participation import rules as time_rules
from mitstadt.participation.models import Module

from . import rules
from .identity import Voter
from .models import Question, Response, Sheet, Survey, Turn
from .rules import Given, Pick

FORMAT = "survey"


def verb_of(module: Module) -> str:
    """``vote`` in a poll, else ``answer``."""
    return "vote" if module.settings.get("preset") == "poll" else "answer"


def is_anonymous(module: Module) -> bool:
    return bool(module.settings.get("anonymous"))


def survey_of(module: Module) -> Survey:
    """The survey of a module, made when it is asked for the first time."""
    found, _created = Survey.objects.get_or_create(module=module)
    return found


def questions(survey: Survey) -> list[Question]:
    """All questions in their order, each with the one that it depends on. One query."""
    return list(survey.questions.select_related("condition").order_by("order", "pk"))


def has_answered(survey: Survey, voter: Voter) -> bool:
    return Turn.objects.filter(survey=survey, voter=voter.hash).exists()


def response_of(survey: Survey, voter: Voter) -> Response | None:
    """What this person answered, where answers belong to a person."""
    return Response.objects.filter(survey=survey, turn__voter=voter.hash).first()


def given(response: Response) -> Given:
    found: Given = {}
    rows = response.answers.order_by("pk").values_list(
        "question__key", "row", "value", "number", "text", "geometry", "invalid"
    )
    for key, *said in rows:
        found.setdefault(key, []).append(Pick.read(said))
    return found


def ended(module: Module, now: datetime) -> bool:
    """Are all phases in which people answer over? Never without one."""
    found = time_rules.opening(module.phases.all(), verb_of(module), now, module.process.stage)
    return not found.active and found.next is None and found.over is not None


def results_open(module: Module, survey: Survey, now: datetime | None = None) -> bool:
    """May everybody see what came out? While it runs if the settings say so; anonymous ones from five answers on."""
    least = rules.LEAST if is_anonymous(module) else 1
    if survey.responses < least:
        return False
    return module.settings.get("results") == "live" or ended(module, now or clock.now())


def sheets(survey: Survey) -> QuerySet[Sheet]:
    return survey.sheets.order_by("pk")


def public_surveys() -> QuerySet[Survey]:
    """Every survey that anybody may see, with module and process."""
    return (
        Survey.objects.select_related("module__subject", "module__process__subject", "module__process__department")
        .prefetch_related("module__phases")
        .filter(module__format=FORMAT, module__process__in=participation.public())
        .order_by("pk")
    )
