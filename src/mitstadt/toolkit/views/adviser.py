"""`/methoden/berater/`: ten plain questions, a ranked list with reasons, a time plan, a concept to print. No account,
nothing stored: the answers are the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mitstadt.toolkit import adviser, components, queries, ruling, words
from mitstadt.toolkit.catalogue import Catalogue, CombinationData, MethodData

SHOWN = 10
YEARS = range(2000, 2101)  # a plan outside of them is a typing error


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks: the answers, what of it could not be understood, and the address in its own order."""

    answers: adviser.Answers
    problems: tuple[str, ...]
    chosen: str
    query: str


def english() -> bool:
    return (get_language() or "").startswith("en")


def word(thing: adviser.Question | adviser.Option) -> str:
    return thing.label_en if english() and thing.label_en else thing.label


def read(query: QueryDict, rules: adviser.RuleSet) -> Asked:
    """Never raises: what means nothing is left out and named."""
    chosen: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    clean = QueryDict(mutable=True)
    for question in rules.questions:
        values = [value for value in dict.fromkeys(query.getlist(question.key)) if value]
        known = [option.key for option in question.options if option.key in values]
        problems += [
            _("„%(value)s“ ist keine Antwort auf „%(question)s“.") % {"value": value[:40], "question": word(question)}
            for value in values
            if value not in known
        ]
        known = known if question.several else known[:1]
        if known:
            chosen[question.key] = tuple(known)
            clean.setlist(question.key, known)
    days: dict[str, date | None] = {}
    for name, label in (("ab", _("Wann können Sie anfangen?")), ("bis", _("Wann wird entschieden?"))):
        days[name] = None
        value = query.get(name, "").strip()
        if value:
            wrong = {"value": value[:40], "question": label}
            try:
                day = date.fromisoformat(value)
            except ValueError:
                problems.append(_("„%(value)s“ bei „%(question)s“ ist kein Datum.") % wrong)
                continue
            if day.year not in YEARS:
                problems.append(_("„%(value)s“ bei „%(question)s“ liegt zu weit weg.") % wrong)
                continue
            days[name], clean[name] = day, value
    start, decision = days["ab"], days["bis"]
    if start is not None and decision is not None and decision <= start:
        problems.append(_("Entschieden wird vor dem Anfang. Das Datum der Entscheidung zählt deshalb nicht."))
        decision = None
        clean.pop("bis")
    plan = query.get("plan", "")[:60]
    return Asked(adviser.Answers(chosen, start, decision), tuple(problems), plan, clean.urlencode())


def form_of(rules: adviser.RuleSet, query: QueryDict) -> forms.Form:
    """The questions as a form. It only draws: what an address means, `read` says."""
    initial: dict[str, Any] = {key: query.get(key) for key in query}
    form = forms.Form(initial=initial)
    for number, question in enumerate(rules.questions, 1):
        options = [(option.key, word(option)) for option in question.options]
        label = f"{number}. {word(question)}"
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


def reason_text(reason: adviser.Reason) -> str:
    return reason.text_en if english() and reason.text_en else reason.text


def _names(catalogue: Catalogue) -> Mapping[str, str]:
    return {
        **{m.slug: m.name_en if english() and m.name_en else m.name_de for m in catalogue.methods},
        **{c.slug: c.name_de for c in catalogue.combinations},
    }


def _row(advice: adviser.Advice, share: float, names: Mapping[str, str], asked: Asked) -> dict[str, Any]:
    entry = advice.entry
    combined = isinstance(entry, CombinationData)
    return {
        "slug": entry.slug,
        "name": names[entry.slug],
        "is_combination": combined,
        "steps": [names.get(slug, slug) for slug in entry.steps] if isinstance(entry, CombinationData) else [],
        "facts": _facts(entry),
        "pro": [reason_text(reason) for reason in advice.pro],
        "contra": [reason_text(reason) for reason in advice.contra],
        "excluded": [reason_text(reason) for reason in advice.excluded],
        "percent": max(4, round(100 * share)),
        "plan_query": f"{asked.query}&plan={entry.slug}",
    }


def _facts(entry: MethodData | CombinationData) -> str:
    if isinstance(entry, CombinationData):
        return components.weeks(entry.weeks_min, entry.weeks_max)
    prep = _("Vorbereitung %(weeks)s") % {"weeks": components.weeks(entry.prep_min, entry.prep_max)}
    return " · ".join([str(words.KINDS[entry.kind]), entry.duration, entry.cost_class, prep])


def parts_of(catalogue: Catalogue, slug: str, result: adviser.Result) -> tuple[str, Sequence[MethodData]]:
    """The formats of a chosen format or combination; without a choice, of the first combination or the first format."""
    methods = {method.slug: method for method in catalogue.methods}
    combinations = {plan.slug: plan for plan in catalogue.combinations}
    if slug not in methods and slug not in combinations:
        ranked = [*result.combinations[:1], *result.methods[:1]]
        slug = ranked[0].slug if ranked else ""
    if slug in combinations:
        return slug, [methods[step] for step in combinations[slug].steps if step in methods]
    return slug, [methods[slug]] if slug in methods else []


def consult(request: HttpRequest) -> dict[str, Any]:
    """Everything the pages of the adviser show. Three queries."""
    rules, calendar = ruling.both()
    asked = read(request.GET, rules)
    context: dict[str, Any] = {
        "asked": asked,
        "form": form_of(rules, request.GET),
        "answered": bool(asked.answers.chosen),
        "open_questions": [word(q) for q in rules.questions if not q.several and not asked.answers.of(q.key)],
    }
    if not asked.answers.chosen:
        return context
    catalogue = queries.catalogue()
    result = adviser.advise(rules, catalogue, asked.answers)
    names = _names(catalogue)
    method_shares, plan_shares = adviser.shares(result.methods), adviser.shares(result.combinations)
    slug, parts = parts_of(catalogue, asked.chosen, result)
    plan = adviser.plan(rules, calendar, parts, asked.answers)
    return context | {
        "result": result,
        "methods": [_row(a, method_shares[a.slug], names, asked) for a in result.methods[:SHOWN]],
        "combinations": [_row(a, plan_shares[a.slug], names, asked) for a in result.combinations[:5]],
        "impossible": [_row(a, 0, names, asked) for a in result.impossible],
        "turns": [
            {"question": word(turn.question), "answer": word(turn.option), "first": names[turn.first.slug],
             "query": _turned(asked, turn)}
            for turn in adviser.what_would_change(rules, catalogue, asked.answers, result)
        ],
        "limits": result.limits,
        "plan_name": names.get(slug, ""),
        "plan_slug": slug,
        "parts": parts,
        "plan": plan,
        "milestones": components.milestones(plan, names) if plan is not None else [],
        "estimate": components.estimate(rules, parts),
        "answers": _answers(rules, asked),
    }  # fmt: skip


def _turned(asked: Asked, turn: adviser.Turn) -> str:
    query = QueryDict(asked.query, mutable=True)
    query[turn.question.key] = turn.option.key
    return query.urlencode()


def _answers(rules: adviser.RuleSet, asked: Asked) -> list[tuple[str, str]]:
    found = []
    for question in rules.questions:
        options = [question.option(key) for key in asked.answers.of(question.key)]
        if options:
            found.append((word(question), ", ".join(word(option) for option in options if option is not None)))
    return found


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """`/methoden/berater/?gegenstand=ort&offen=varianten&…&bis=2027-05-01`"""
    return render(request, "toolkit/adviser.html", consult(request))


@require_safe
def concept(request: HttpRequest) -> HttpResponse:
    """`/methoden/berater/konzept/?…`: the same as a participation concept to print and edit."""
    return render(request, "toolkit/concept.html", consult(request))


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """`/methoden/berater/regeln/`: every rule in words, so that nobody need guess."""
    found, calendar = ruling.both()
    names = _names(queries.catalogue())
    return render(
        request,
        "toolkit/rules.html",
        {
            "groups": [
                {
                    "question": word(question),
                    "rules": [
                        components.rule_row(rule, found, names, word)
                        for rule in found.rules
                        if question.key == next(iter(rule.when))
                    ],
                }
                for question in found.questions
            ],
            "calendar": calendar,
        },
    )


@require_safe
def rules_file(request: HttpRequest) -> HttpResponse:
    """The rules as the file that a city can edit."""
    response = HttpResponse(ruling.text_of("rules"), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="adviser.yaml"'
    return response
