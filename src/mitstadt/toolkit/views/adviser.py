"""`/methoden/berater/`: ten plain questions, a ranked list with reasons, a time plan, a concept to print. No account,
nothing stored: the answers are the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mitstadt.kit import components as ui
from mitstadt.kit import mixed
from mitstadt.participation.report import word
from mitstadt.toolkit import adviser, asking, components, planning, queries, rulebook, ruling, words
from mitstadt.toolkit import concept as concepts
from mitstadt.toolkit.catalogue import CombinationData, MethodData, english

SHOWN = 10
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def form_of(rules: rulebook.RuleSet, query: QueryDict) -> forms.Form:
    """The questions as a form. It only draws: what an address means, `asking.read` says."""
    initial: dict[str, Any] = {key: query.get(key) for key in query}
    form = forms.Form(initial=initial)
    for number, question in enumerate(rules.questions, 1):
        options = [(option.key, asking.word(option)) for option in question.options]
        label = mixed.fill("%(n)s. %(question)s", {"n": number, "question": asking.word(question)})
        if question.several:
            initial[question.key] = query.getlist(question.key)
            form.fields[question.key] = forms.MultipleChoiceField(
                label=label, choices=options, widget=forms.CheckboxSelectMultiple
            )
        else:
            form.fields[question.key] = forms.ChoiceField(label=label, choices=options, widget=forms.RadioSelect)
    day = forms.DateInput(attrs={"type": "date"})
    last = len(rules.questions) + 1
    form.fields["ab"] = forms.DateField(label=_("%(n)s. Wann können Sie anfangen?") % {"n": last}, widget=day)
    form.fields["bis"] = forms.DateField(label=_("Und wann wird entschieden?"), widget=day)
    form.use_required_attribute = False
    return form


def _row(
    advice: adviser.Advice, names: Mapping[str, str], asked: asking.Asked, known: Mapping[str, queries.Experience]
) -> dict[str, Any]:
    entry = advice.entry
    combined = isinstance(entry, CombinationData)
    return {
        "slug": entry.slug,
        "name": names[entry.slug],
        "is_combination": combined,
        "steps": [names.get(slug, slug) for slug in entry.steps] if isinstance(entry, CombinationData) else [],
        "facts": _facts(entry),
        "experience": components.experience(known.get(entry.slug)),
        "pro": [asking.reason_text(reason) for reason in advice.pro],
        "contra": [asking.reason_text(reason) for reason in advice.contra],
        "excluded": [asking.reason_text(reason) for reason in advice.excluded],
        "plan_query": f"{asked.query}&plan={entry.slug}",
    }


def _facts(entry: MethodData | CombinationData) -> str:
    if isinstance(entry, CombinationData):
        return f"{components.weeks(entry.weeks_min, entry.weeks_max)} · {words.FIGURES['typical']}"
    prep = _("Vorbereitung %(weeks)s") % {"weeks": components.weeks(entry.prep_min, entry.prep_max)}
    takes = mixed.said(entry.duration, english(entry, "duration"))
    facts = [str(words.KINDS[entry.kind]), takes, entry.cost_class, prep, components.rule_of_thumb(entry)]
    return mixed.join(" · ", filter(None, facts))


def consult(request: HttpRequest) -> dict[str, Any]:
    """Everything the pages of the adviser show. Four queries, two more after the catalogue changed."""
    rules, calendar = ruling.both()
    asked = asking.read(request.GET, rules)
    context: dict[str, Any] = {
        "asked": asked,
        "form": form_of(rules, request.GET),
        "answered": bool(asked.answers.chosen),
        "open_questions": [asking.word(q) for q in rules.questions if not q.several and not asked.answers.of(q.key)],
    }
    if not asked.answers.chosen:
        return context
    catalogue = queries.catalogue()
    result = adviser.advise(rules, catalogue, asked.answers)
    names = asking.names(catalogue)
    known = queries.experience()  # shown beside the recommendation, never part of it
    slug, parts = asking.parts_of(catalogue, asked.chosen, result)
    plan = planning.plan(rules, calendar, parts, asked.answers)
    return context | {
        "result": result,
        "methods": [_row(a, names, asked, known) for a in result.methods[:SHOWN]],
        "combinations": [_row(a, names, asked, known) for a in result.combinations[:5]],
        "impossible": [_row(a, names, asked, known) for a in result.impossible],
        "turns": [
            {"question": asking.word(turn.question), "answer": asking.word(turn.option),
             "first": names[turn.first.slug], "query": _turned(asked, turn)}
            for turn in adviser.what_would_change(rules, catalogue, asked.answers, result)
        ],
        "limits": [asking.reason_text(limit) for limit in result.limits],
        "plan_name": names.get(slug, ""),
        "plan_slug": slug,
        "parts": parts,
        "plan": plan,
        "milestones": components.milestones(plan, names) if plan is not None else [],
        "estimate": components.estimate(rules, parts, asked.answers),
        "impossible_because": _because(result, slug),
        "document": lambda: concepts.document(
            rules, asked, result, names, slug, parts, plan,
            f"{settings.MITSTADT_BASE_URL.rstrip('/')}{reverse('toolkit:adviser')}?{asked.query}&plan={slug}",
        ),
    }  # fmt: skip


def _because(result: adviser.Result, slug: str) -> list[str]:
    """Why what was chosen is not possible here; empty for what is."""
    chosen = result.of(slug)
    return [asking.reason_text(reason) for reason in chosen.excluded] if chosen is not None else []


def _turned(asked: asking.Asked, turn: adviser.Turn) -> str:
    query = QueryDict(asked.query, mutable=True)
    query[turn.question.key] = turn.option.key
    return query.urlencode()


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """`/methoden/berater/?gegenstand=ort&offen=varianten&…&bis=2027-05-01`"""
    return render(request, "toolkit/adviser.html", consult(request))


@require_safe
def concept(request: HttpRequest) -> HttpResponse:
    """`/methoden/berater/konzept/?…`: the same as a participation concept to print."""
    context = consult(request)
    if "document" in context:
        made = context["document"] = context["document"]()
        context["chapters"] = [
            (part, [ui.table(columns, rows, caption) for caption, columns, rows in part.tables]) for part in made.parts
        ]
    return render(request, "toolkit/concept.html", context)


@require_safe
def concept_file(request: HttpRequest) -> HttpResponse:
    """`/methoden/berater/konzept.docx?…`: the concept to work on. Without answers, back to the questions."""
    context = consult(request)
    if "document" not in context:
        return redirect("toolkit:adviser")
    response = HttpResponse(word.render(context["document"]()), content_type=WORD)
    response["Content-Disposition"] = 'attachment; filename="beteiligungskonzept.docx"'
    return response


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """`/methoden/berater/regeln/`: every rule in words, so that nobody need guess."""
    found, calendar = ruling.both()
    names = asking.names(queries.catalogue())
    return render(
        request,
        "toolkit/rules.html",
        {
            "groups": [
                {
                    "question": asking.word(question),
                    "rules": [
                        components.rule_row(rule, found, names)
                        for rule in found.rules
                        if question.key == next(iter(rule.when or rule.unless))
                    ],
                }
                for question in found.questions
            ],
            "deadlines": components.deadlines(calendar),
        },
    )


@require_safe
def rules_file(request: HttpRequest) -> HttpResponse:
    """The rules as the file that a city can edit."""
    response = HttpResponse(ruling.text_of("rules"), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="adviser.yaml"'
    return response
