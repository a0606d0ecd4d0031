"""The form that a survey's questions make, for people, for staff who enter for others, and for sheets of paper."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mitstadt.accounts.forms import guest_email
from mitstadt.comments import conf
from mitstadt.comments.rules import clean
from mitstadt.geo import maps
from mitstadt.kit.errors import DomainError

from . import rules, uploads
from .models import Question, QuestionKind
from .rules import Given, Pick

LIVE, AFTER = "live", "after"
SURVEY, POLL = "survey", "poll"


class SettingsForm(forms.Form):
    """What staff set for a survey. A poll is a survey by which people vote."""

    preset = forms.ChoiceField(
        label=gettext_lazy("Was es ist"),
        choices=[(SURVEY, gettext_lazy("Umfrage: Menschen antworten")), (POLL, gettext_lazy("Abstimmung"))],
        initial=SURVEY,
        required=False,
    )
    results = forms.ChoiceField(
        label=gettext_lazy("Wann alle das Ergebnis sehen"),
        choices=[(AFTER, gettext_lazy("nach dem Ende")), (LIVE, gettext_lazy("laufend"))],
        initial=AFTER,
        required=False,
    )
    anonymous = forms.BooleanField(
        label=gettext_lazy("Anonym: Antworten lassen sich niemandem zuordnen"),
        required=False,
        help_text=gettext_lazy(
            "Ist die Phase für alle offen, geht es dann auch ohne Konto und ohne E-Mail-Adresse. Einmal je Mensch gilt "
            "dann nur je Browser, und das Ergebnis sagt das. Anonyme Antworten kann niemand ändern."
        ),
    )

    def clean_preset(self) -> str:
        return self.cleaned_data.get("preset") or SURVEY

    def clean_results(self) -> str:
        return self.cleaned_data.get("results") or AFTER


@dataclass(frozen=True, slots=True)
class Part:
    """One question on the page: its fields, and when it is asked. `only_if` are (key, values) for the script."""

    number: int
    question: Question
    fields: Sequence[BoundField]
    condition: str
    only_if: tuple[str, str]
    invalid: BoundField | None

    @property
    def label(self) -> str:
        return f"{self.number}. {self.question.text}"


def name_of(question: Question, part: str = "") -> str:
    """The field of a question, or of one row or option of it."""
    return f"q_{question.key}_{part}" if part else f"q_{question.key}"


class AnswerForm(forms.Form):
    """`picks` is what was answered (`rules.Given`), without questions that are not asked; `files` the uploads by key.

    `paper` lets a sheet be keyed as it is: nothing is required, and each question can be marked as not readable.
    """

    use_required_attribute = False

    def __init__(self, *args: Any, questions: Sequence[Question], paper: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        self.paper = paper
        self.picks: Given = {}
        self.uploads: dict[str, uploads.File] = {}
        for question in questions:
            for name, field in fields_of(question, paper):
                self.fields[name] = field

    def parts(self) -> Iterator[Part]:
        """The questions with their fields, in order."""
        numbers = {question.key: number for number, question in enumerate(self.questions, 1)}
        for question in self.questions:
            names = [name for name, _field in fields_of(question, self.paper) if not name.endswith("_invalid")]
            known = {row.pk: row for row in self.questions}.get(question.condition_id or 0)
            words, only_if = "", ("", "")
            if known is not None:
                options = option_words(known)
                said = ", ".join(f"„{options.get(str(value), value)}“" for value in question.condition_values)
                words = _("Nur wenn Sie bei Frage %(number)d geantwortet haben: %(words)s.") % {
                    "number": numbers[known.key],
                    "words": said,
                }
                only_if = (name_of(known), " ".join(str(value) for value in question.condition_values))
            yield Part(
                numbers[question.key],
                question,
                [self[name] for name in names],
                words,
                only_if,
                self[name_of(question, "invalid")] if self.paper else None,
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        picks: Given = {}
        problems: dict[str, tuple[str, str]] = {}
        for question in self.questions:
            if self.paper and data.get(name_of(question, "invalid")):
                picks[question.key] = [Pick(invalid=True)]
                continue
            try:
                picks[question.key] = self._read(question, data)
            except DomainError as error:
                problems[question.key] = (error.field, error.message)
        asked = rules.asked([(question.key, condition_of(question)) for question in self.questions], picks)
        for question in self.questions:
            names = [name for name, _field in fields_of(question, self.paper)]
            if question.key not in asked and not self.paper:
                for name in names:
                    self.errors.pop(name, None)
                picks.pop(question.key, None)
                self.uploads.pop(question.key, None)
                continue
            if question.key in problems:
                field, message = problems[question.key]
                self.add_error(field, message)
            elif (
                question.required
                and not self.paper
                and not picks.get(question.key)
                and not any(name in self.errors for name in names)
            ):
                shown = name_of(question, "words") if question.kind == QuestionKind.PLACE else names[0]
                self.add_error(shown, _("Bitte beantworten Sie diese Frage."))
        self.picks = {key: said for key, said in picks.items() if said}
        return data

    def _read(self, question: Question, data: Mapping[str, Any]) -> list[Pick]:
        """What was said to one question. Raises DomainError (field)."""
        name = name_of(question)
        kind = question.kind
        if kind == QuestionKind.SINGLE:
            return [Pick(value=data[name])] if data.get(name) else []
        if kind == QuestionKind.SCALE:
            return [Pick(number=int(data[name]))] if data.get(name) else []
        if kind == QuestionKind.MULTIPLE:
            chosen = list(data.get(name) or [])
            if question.most and len(chosen) > question.most:
                raise DomainError(
                    _("Sie haben %(n)d angekreuzt, möglich sind %(most)d.") % {"n": len(chosen), "most": question.most},
                    field=name,
                )
            return [Pick(value=value) for value in chosen]
        if kind == QuestionKind.MATRIX:
            rows = [(row, data.get(name_of(question, row))) for row, _words in question.rows]
            if question.required and not self.paper:
                for row, value in rows:
                    if not value and name_of(question, row) not in self.errors:
                        raise DomainError(_("Bitte kreuzen Sie in jeder Zeile etwas an."), name_of(question, row))
            return [Pick(row=row, value=value) for row, value in rows if value]
        if kind == QuestionKind.RANKING:
            return self._ranking(question, data)
        if kind == QuestionKind.TEXT:
            text = clean(str(data.get(name) or ""))
            limit = conf.text_limit()
            if len(text) > limit:
                raise DomainError(
                    _("Der Text hat %(n)d Zeichen, möglich sind %(limit)d.") % {"n": len(text), "limit": limit}, name
                )
            return [Pick(text=text)] if text else []
        if kind == QuestionKind.PLACE:
            drawn = maps.read(str(data.get(name) or ""), name_of(question, "words"))
            words = " ".join(clean(str(data.get(name_of(question, "words")) or "")).split())
            return [Pick(text=words, geometry=drawn[0] if drawn else None)] if drawn or words else []
        upload = data.get(name)
        if not upload:
            return []
        self.uploads[question.key] = found = uploads.checked(upload, name)
        return [Pick(text=found.name)]

    def _ranking(self, question: Question, data: Mapping[str, Any]) -> list[Pick]:
        first = name_of(question, str(question.options[0][0]))
        chosen = {
            str(value): int(data[name_of(question, str(value))] or 0)
            for value, _words in question.options
            if name_of(question, str(value)) in data
        }
        found = rules.ranks(chosen)
        if found is None:
            if self.paper:
                return [Pick(invalid=True)]
            raise DomainError(_("Jeder Platz darf nur einmal vorkommen, von 1 an ohne Lücke."), first)
        return [Pick(value=value, number=place) for value, place in found.items()]


class GuestAnswerForm(AnswerForm):
    """The same for somebody without an account."""

    email = guest_email(
        gettext_lazy("Dorthin schicken wir einen Link. Erst wenn Sie ihn öffnen, zählen Ihre Antworten.")
    )


def condition_of(question: Question) -> rules.Condition | None:
    if question.condition is None:
        return None
    return rules.Condition(question.condition.key, frozenset(str(value) for value in question.condition_values))


def option_words(question: Question) -> dict[str, str]:
    """Value → words of what can be chosen."""
    if question.kind == QuestionKind.SCALE:
        return {str(step): words for step, words in steps_of(question)}
    return {str(value): str(words) for value, words in question.options}


def steps_of(question: Question) -> list[tuple[str, str]]:
    """The steps of a scale, from 1; the ends with their words."""
    ends = {1: question.low, question.steps: question.high}
    return [
        (str(step), f"{step} ({ends[step]})" if ends.get(step) else str(step)) for step in range(1, question.steps + 1)
    ]


def fields_of(question: Question, paper: bool = False) -> list[tuple[str, forms.Field]]:
    """The form fields of one question, by name."""
    name, label, help_text = name_of(question), question.text, question.help
    required = question.required and not paper
    kind = question.kind
    options = [(str(value), str(words)) for value, words in question.options]
    found: list[tuple[str, forms.Field]]
    common: dict[str, Any] = {"label": label, "help_text": help_text, "required": required}
    if kind == QuestionKind.MULTIPLE:
        limit = _("Höchstens %(n)d.") % {"n": question.most} if question.most else ""
        common["help_text"] = " ".join(filter(None, [help_text, limit]))
        found = [(name, forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **common))]
    elif kind in (QuestionKind.SINGLE, QuestionKind.SCALE):
        choices = options if kind == QuestionKind.SINGLE else steps_of(question)
        found = [(name, forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common))]
    elif kind == QuestionKind.MATRIX:
        found = [
            (
                name_of(question, str(row)),
                forms.ChoiceField(label=str(words), choices=options, widget=forms.RadioSelect, required=required),
            )
            for row, words in question.rows
        ]
    elif kind == QuestionKind.RANKING:
        most = question.most or len(options)
        places = [("", "–"), *((str(place), str(place)) for place in range(1, most + 1))]
        found = [
            (name_of(question, value), forms.ChoiceField(label=words, choices=places, required=False))
            for value, words in options
        ]
    elif kind == QuestionKind.TEXT:
        area = forms.Textarea(attrs={"rows": 5})
        found = [(name, forms.CharField(widget=area, strip=False, **common))]
    elif kind == QuestionKind.PLACE:
        words = forms.CharField(label=_("Straße oder Ort in Worten"), required=False, max_length=200)
        found = [(name, forms.CharField(widget=forms.HiddenInput, required=False)), (name_of(question, "words"), words)]
    else:
        accept = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"})
        common["help_text"] = help_text or _(
            "JPEG, PNG, WebP oder PDF, höchstens 5 MB. Nur Beschäftigte sehen die Datei."
        )
        found = [] if paper else [(name, forms.FileField(widget=accept, **common))]
    if paper:
        found.append(
            (
                name_of(question, "invalid"),
                forms.BooleanField(label=_("nicht lesbar oder ungültig"), required=False),
            )
        )
    for _name, field in found:
        if isinstance(field, forms.ChoiceField | forms.CharField | forms.FileField):
            field.error_messages["required"] = _("Bitte beantworten Sie diese Frage.")
    return found


def initial_of(questions: Sequence[Question], given: Given) -> dict[str, Any]:
    """What the form shows of earlier answers."""
    initial: dict[str, Any] = {}
    for question in questions:
        name, picks = name_of(question), given.get(question.key, [])
        if not picks:
            continue
        if any(pick.invalid for pick in picks):
            initial[name_of(question, "invalid")] = True
        elif question.kind == QuestionKind.MULTIPLE:
            initial[name] = [pick.value for pick in picks]
        elif question.kind == QuestionKind.MATRIX:
            initial.update({name_of(question, pick.row): pick.value for pick in picks})
        elif question.kind == QuestionKind.RANKING:
            initial.update({name_of(question, pick.value): str(pick.number) for pick in picks})
        elif question.kind == QuestionKind.PLACE:
            initial[name_of(question, "words")] = picks[0].text
            initial[name] = json.dumps(picks[0].geometry) if picks[0].geometry else ""
        elif question.kind == QuestionKind.SCALE:
            initial[name] = str(picks[0].number)
        elif question.kind != QuestionKind.FILE:
            initial[name] = picks[0].value or picks[0].text
    return initial
