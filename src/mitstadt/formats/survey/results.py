"""What came out: all channels together, and each apart. A constant number of queries however many answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from mitstadt.comments.models import Channel
from mitstadt.participation import queries as participation
from mitstadt.participation import rules as time_rules
from mitstadt.participation.models import Contribution, Module

from . import queries, rules
from .forms import option_words
from .models import Answer, Proof, Question, QuestionKind, Survey

POINTS = 2000  # on one map


@dataclass(slots=True)
class Line:
    """One thing that could be said: an option, a step, an option within a row of a table. `numbers` count how often it
    was given which place (rankings)."""

    value: str
    words: str
    row: str = ""
    row_words: str = ""
    counts: dict[str, int] = field(default_factory=dict)  # by channel
    numbers: dict[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    @property
    def mean(self) -> float | None:
        """The mean place in a ranking."""
        return sum(n * times for n, times in self.numbers.items()) / self.count if self.numbers else None


@dataclass(slots=True)
class Result:
    """One question. `answered` counts people, `invalid` unreadable sheets; `median` is of a scale, `points` of a
    ranking (Borda). `texts` are public contributions, `places` public geometries."""

    question: Question
    lines: list[Line]
    answered: int = 0
    invalid: int = 0
    median: float | None = None
    points: dict[str, int] = field(default_factory=dict)
    places: list[dict[str, Any]] = field(default_factory=list)
    texts: list[Contribution] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Results:
    """`channels` and `proofs` count people; a small group of them is None (hidden)."""

    survey: Survey
    total: int
    channels: dict[str, int | None]
    proofs: dict[str, int | None]
    questions: list[Result]

    @property
    def shown_channels(self) -> list[str]:
        """The channels whose answers are shown apart."""
        return [channel for channel, count in self.channels.items() if count]


def of(module: Module, survey: Survey, *, texts: int = 5) -> Results:
    """Everything that came out so far. Six queries, seven with public texts."""
    questions = queries.questions(survey)
    by_channel: dict[str, int] = {}
    by_proof: dict[str, int] = {}
    for channel, proof, n in survey.given.values_list("channel", "proof").annotate(n=Count("pk")).order_by():
        by_channel[channel] = by_channel.get(channel, 0) + n
        by_proof[proof] = by_proof.get(proof, 0) + n
    answers = Answer.objects.filter(response__survey=survey)
    found = {question.pk: Result(question, _lines(question)) for question in questions}
    people = answers.values_list("question_id").annotate(
        n=Count("response", distinct=True, filter=Q(invalid=False)), bad=Count("pk", filter=Q(invalid=True))
    )
    for pk, n, bad in people.order_by():
        found[pk].answered, found[pk].invalid = n, bad
    rows = answers.filter(invalid=False).values_list("question_id", "row", "value", "number", "response__channel")
    for pk, row, value, number, channel, n in rows.annotate(n=Count("pk")).order_by():
        _add(found[pk], row, value, number, channel, n)
    for result in found.values():
        _sum_up(result)
    _places(answers, found)
    if texts:
        _texts(module, found, texts)
    order = [channel.value for channel in Channel]
    channels = {channel: by_channel[channel] for channel in order if channel in by_channel}
    proofs = {proof.value: by_proof[proof.value] for proof in Proof if proof.value in by_proof}
    return Results(
        survey,
        sum(by_channel.values()),
        time_rules.suppressed(channels),
        time_rules.suppressed(proofs),
        list(found.values()),
    )


def _lines(question: Question) -> list[Line]:
    options = option_words(question)
    if question.kind == QuestionKind.MATRIX:
        return [
            Line(value, words, str(row), str(row_words))
            for row, row_words in question.rows
            for value, words in options.items()
        ]
    return [Line(value, words) for value, words in options.items()]


def _add(result: Result, row: str, value: str, number: int | None, channel: str, n: int) -> None:
    wanted = str(number) if result.question.kind == QuestionKind.SCALE else value
    line = next((one for one in result.lines if (one.row, one.value) == (row, wanted)), None)
    if line is None:
        return
    line.counts[channel] = line.counts.get(channel, 0) + n
    if result.question.kind == QuestionKind.RANKING and number is not None:
        line.numbers[number] = line.numbers.get(number, 0) + n


def _sum_up(result: Result) -> None:
    if result.question.kind == QuestionKind.SCALE:
        result.median = rules.median({int(line.value): line.count for line in result.lines})
    if result.question.kind == QuestionKind.RANKING:
        given = [(line.value, place, times) for line in result.lines for place, times in line.numbers.items()]
        result.points = {line.value: 0 for line in result.lines} | rules.points(given, len(result.lines))
        result.lines.sort(key=lambda line: -result.points[line.value])


def _places(answers: Any, found: dict[int, Result]) -> None:
    rows = answers.filter(question__kind=QuestionKind.PLACE, question__public=True, geometry__isnull=False)
    for pk, geometry in rows.values_list("question_id", "geometry")[:POINTS]:
        found[pk].places.append(geometry)


def _texts(module: Module, found: dict[int, Result], most: int) -> None:
    wanted = {
        pk for pk, result in found.items() if result.question.public and result.question.kind == QuestionKind.TEXT
    }
    if not wanted:
        return
    rows = (
        participation.public_contributions()
        .filter(module=module, survey_answer__question_id__in=wanted)
        .annotate(said_to=F("survey_answer__question_id"))
        .select_related("subject")
        .order_by("-created_at", "-pk")
    )
    for row in rows[: most * 4]:
        texts = found[row.said_to].texts
        if len(texts) < most:
            texts.append(row)


COLUMNS = ("question", "question_text", "kind", "row", "answer", "count", "online", "paper", "phone", "event", "points",
           "mean_place")  # fmt: skip


def rows(results: Results) -> Iterator[dict[str, Any]]:
    """Flat rows of what came out, as CSV, export and interface share them. Hidden channels are empty; an empty answer
    is the number of people who answered."""
    shown = set(results.shown_channels)

    def row(result: Result, **more: Any) -> dict[str, Any]:
        base: dict[str, Any] = dict.fromkeys(COLUMNS, "")
        question = result.question
        return {**base, "question": question.key, "question_text": question.text, "kind": question.kind, **more}

    for result in results.questions:
        yield row(result, count=result.answered)
        if result.invalid:
            yield row(result, answer=_("ungültig"), count=result.invalid)
        for line in result.lines:
            split = {channel.value: line.counts.get(channel.value, 0) for channel in Channel if channel.value in shown}
            ranked = result.question.kind == QuestionKind.RANKING
            yield row(
                result,
                row=line.row_words,
                answer=line.words,
                count=line.count,
                points=result.points.get(line.value, "") if ranked else "",
                mean_place=round(line.mean, 2) if ranked and line.mean is not None else "",
                **split,
            )
