"""Surveys and polls as a format: card, entry, paper, export, report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.who import Who
from mitstadt.kit import clock
from mitstadt.participation import cards, registry
from mitstadt.participation.models import Kind, Module, Phase
from mitstadt.participation.samples import INSTALLATION, citizen

from . import actions, components, editing, identity, queries, results, rules, story
from .editing import Draft
from .forms import POLL, AnswerForm, SettingsForm, name_of, steps_of
from .models import QuestionKind


def card(module: Module, reading: registry.Reading) -> Any:
    """How many questions, how long, how many have answered. Two queries."""
    survey = queries.survey_of(module)
    questions = queries.questions(survey)
    verb = queries.verb_of(module)
    facts = [components.answers(survey.responses)] if survey.responses else []
    if len(questions) == 1:
        text = questions[0].text
    else:
        minutes = rules.minutes(question.kind for question in questions)
        text = _("%(n)d Fragen") % {"n": len(questions)}
        facts.insert(0, ngettext("etwa %(n)d Minute", "etwa %(n)d Minuten", minutes) % {"n": minutes})
    return cards.card(module, reading, verb, text, facts)


class EntryForm(AnswerForm):
    """What somebody said by telephone or at an event; `picks` travels with the data."""

    def clean(self) -> dict[str, Any]:
        return {**super().clean(), "picks": self.picks}


def entry_form(module: Module) -> type[forms.Form]:
    """A form class that knows the module's questions."""
    found = [q for q in queries.questions(queries.survey_of(module)) if q.kind != QuestionKind.FILE]

    class Form(EntryForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, questions=found, **kwargs)

    return Form


def save(actor: Actor, module: Module, data: dict[str, Any], channel: str, sheet: str, person: Who | None) -> str:
    """One person's answers of another channel. Nothing leads from an anonymous answer to what was entered."""
    made = actions.entered(actor, module, data["picks"], channel, sheet, person)
    said = ngettext("Antworten auf %(n)d Frage", "Antworten auf %(n)d Fragen", len(data["picks"])) % {
        "n": len(data["picks"])
    }
    return registry.Said(said, str(made.pk) if made.turn_id is not None else "")


_PAPER = {
    QuestionKind.SINGLE: "choice",
    QuestionKind.MULTIPLE: "choices",
    QuestionKind.SCALE: "scale",
    QuestionKind.MATRIX: "matrix",
    QuestionKind.RANKING: "ranking",
    QuestionKind.TEXT: "long_text",
    QuestionKind.PLACE: "place",
}


def paper(module: Module, phase: Phase | None) -> list[registry.PaperField]:
    """Every question but files, with its number, its boxes, and when it is to be answered."""
    questions = [q for q in queries.questions(queries.survey_of(module)) if q.kind != QuestionKind.FILE]
    conditions = {part.question.key: part.condition for part in AnswerForm(questions=questions).parts()}
    found = []
    for number, question in enumerate(questions, 1):
        options = tuple((str(value), str(words)) for value, words in question.options)
        name = name_of(question)
        if question.kind == QuestionKind.MATRIX:
            name = name_of(question, str(question.rows[0][0]))
        elif question.kind == QuestionKind.RANKING:
            name = name_of(question, options[0][0])
        elif question.kind == QuestionKind.PLACE:
            name = name_of(question, "words")
        most = _("Höchstens %(n)d.") % {"n": question.most} if question.most else ""
        found.append(
            registry.PaperField(
                name,
                f"{number}. {question.text}",
                _PAPER[QuestionKind(question.kind)],
                tuple(steps_of(question)) if question.kind == QuestionKind.SCALE else options,
                " ".join(filter(None, [conditions[question.key], question.help, most])),
                6 if question.kind == QuestionKind.TEXT else 1,
                tuple((str(value), str(words)) for value, words in question.rows),
            )
        )
    return found


def export(module: Module) -> Iterable[registry.Row]:
    """What came out, once everybody may see it."""
    survey = queries.survey_of(module)
    if not queries.results_open(module, survey):
        return []
    return results.rows(results.of(module, survey, texts=0))


def report(module: Module) -> list[registry.ReportPart]:
    """How many answered, and the tables of every question that everybody may see."""
    survey = queries.survey_of(module)
    figures = [registry.Figure(_("Antworten"), survey.responses, _("alle Kanäle zusammen"))]
    if not queries.results_open(module, survey):
        return [registry.ReportPart(module.title, figures, [_("Das Ergebnis ist noch nicht öffentlich.")])]
    came = results.of(module, survey, texts=0)
    tables = []
    for result in came.questions:
        if result.lines:
            rows = [
                [f"{line.row_words}: {line.words}" if line.row_words else line.words, line.count]
                for line in result.lines
            ]
            tables.append((result.question.text, [_("Antwort"), _("Wie oft")], rows))
    return [registry.ReportPart(module.title, figures, [], tables)]


def missing(module: Module) -> list[str]:
    """What must be done before it may be published."""
    found = []
    if not queries.survey_of(module).questions.exists():
        found.append(_("„%(title)s“ hat noch keine Frage.") % {"title": module.title})
    phases = [phase for phase in module.phases.all() if {"answer", "vote"} & set(phase.allows)]
    if phases and not any(queries.verb_of(module) in phase.allows for phase in phases):
        wanted = _("„Abstimmen“") if queries.verb_of(module) == "vote" else _("„Fragen beantworten“")
        found.append(_("Keine Phase von „%(title)s“ erlaubt %(verb)s.") % {"title": module.title, "verb": wanted})
    return found


def desk(module: Module) -> list[tuple[str, str]]:
    """Its own screens for staff."""
    public_id = module.subject.public_id
    return [
        (_("Fragen"), reverse("survey_staff:questions", args=[public_id])),
        (_("Ergebnis"), reverse("survey_staff:result", args=[public_id])),
        (_("Papierbögen"), reverse("survey_staff:paper", args=[public_id])),
    ]


def prepare(module: Module, content: Any) -> None:
    """The questions must stand before the process may be published."""
    if queries.survey_of(module).questions.exists():
        return
    drafts = [Draft(**question) for question in content["questions"]] if content else SAMPLE
    story.ask(module, drafts)


SAMPLE = [
    Draft("single", "Sind Sie mindestens einmal in der Woche hier?", options=["Ja", "Nein"], required=True),
    Draft("multiple", "Was fehlt Ihnen hier?", options=["Bänke", "Schatten", "Wasser"], most=2),
    Draft("scale", "Wie sicher fühlen Sie sich hier?", low="gar nicht", high="sehr"),
    Draft("ranking", "Was ist Ihnen am wichtigsten?", options=["Bäume", "Bänke", "Brunnen"]),
    Draft("matrix", "Wie oft sind Sie hier?", options=["nie", "manchmal", "oft"], rows=["morgens", "abends"]),
    Draft("text", "Was sollten wir noch wissen?", public=True),
    Draft("place", "Wo fehlt Schatten?", public=True),
]


def sample(module: Module) -> None:
    """Two people answer, one of them in full."""
    prepare(module, None)
    survey = queries.survey_of(module)
    key = {question.kind: question.key for question in queries.questions(survey)}
    answers: list[rules.Given] = [
        {
            key["single"]: [rules.Pick(value="o1")],
            key["multiple"]: [rules.Pick(value="o1"), rules.Pick(value="o2")],
            key["scale"]: [rules.Pick(number=4)],
            key["ranking"]: [rules.Pick(value="o3", number=1), rules.Pick(value="o1", number=2)],
            key["matrix"]: [rules.Pick(row="o1", value="o2"), rules.Pick(row="o2", value="o3")],
            key["text"]: [rules.Pick(text="Abends fehlt Licht am Weg.")],
        },
        {key["single"]: [rules.Pick(value="o2")]},
    ]
    for picks in answers:
        if actions.may(citizen("nachbarin"), module, clock.now()):
            voter = identity.of_sheet(survey, None)
            actions.answer(INSTALLATION, module, voter, picks, channel="phone", is_example=True)


def register() -> None:
    """Called when the format starts."""
    registry.register(
        registry.Format(
            slug=queries.FORMAT,
            path="umfrage",
            label=gettext_lazy("Umfrage"),
            summary=gettext_lazy("Fragen zum Ankreuzen, Sortieren, Schreiben und Zeigen; oder eine Abstimmung."),
            verbs=("answer", "vote"),
            urls="mitstadt.formats.survey.urls",
            card=card,
            kinds=(Kind.ANSWER,),
            settings=SettingsForm,
            missing=missing,
            frozen=editing.frozen,
            entry=registry.Entry(entry_form, save, sheets=True, fields="survey/_fields.html", undo=actions.take_back),
            paper=paper,
            export=export,
            report=report,
            sample=sample,
            prepare=prepare,
            tell=story.tell,
            desk=desk,
            presets={"poll": (gettext_lazy("Abstimmung"), {"preset": POLL, "results": "after"})},
        )
    )
