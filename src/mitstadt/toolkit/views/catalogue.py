"""`/methoden/`: the catalogue, a format, a combination, up to four formats side by side. No person in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mitstadt.kit import components as ui
from mitstadt.kit import mixed
from mitstadt.search import queries as search
from mitstadt.toolkit import components, files, queries
from mitstadt.toolkit.catalogue import TRANSLATED
from mitstadt.toolkit.catalogue import english as english_of
from mitstadt.toolkit.forms import ChoiceForm
from mitstadt.toolkit.models import Combination, Method

MOST_COMPARED = 4
COMPARED = ("name", "duration", "staffing", "reach", "barriers", "risks")  # the texts of a comparison


@require_safe
def methods(request: HttpRequest) -> HttpResponse:
    """`/methoden/?art=analog&stufe=involve&phase=ideas&personen=30&kosten=€&aufwand=low&wochen=4&q=Kinder`"""
    form = ChoiceForm(request.GET)
    choice = form.choice()
    hits = search.find_ids(choice.text, kind="method") if choice.text else None
    every = list(queries.public_methods())
    found = [method for method in every if queries.fits(method, choice, hits)]
    return render(
        request,
        "toolkit/methods.html",
        {
            "form": form,
            "filtered": not choice.is_empty,
            "kinds": components.kind_chips(request.GET, every, choice.kind),
            "cards": [components.method_card(method) for method in found],
            "shown": len(found),
            "total": len(every),
            "combinations": [] if not choice.is_empty else components.combination_cards(queries.public_combinations()),
        },
    )


def _method(slug: str) -> Method:
    found = queries.public_methods().filter(slug=slug).first()
    if found is None:
        raise Http404(_("Dieses Format gibt es hier nicht."))
    return found


def show(request: HttpRequest, found: Method) -> HttpResponse:
    others = {other.slug: other for other in queries.public_methods()}
    return render(
        request,
        "toolkit/method.html",
        {
            "method": found,
            "subject": found.subject,
            "facts": components.facts(found),
            "levels": components.levels(found.levels),
            "title": components.title(found),
            "heading": components.name(found),
            "other_name": _other_name(found),
            "foreign": mixed.in_english(),
            "texts": {name: components.shown(found, name) for name in TRANSLATED["method"]},
            "german_left": components.is_german(found, TRANSLATED["method"]),
            "partners": [(slug, components.name(others[slug])) for slug in found.combine_with if slug in others],
            "used": components.uses(found),
            "elsewhere": components.elsewhere(found),
            "materials": [
                {
                    "title": mixed.said(row["title"], row.get("title_en", "")),
                    "url": components.here(row.get("url", "")),
                    "source": row.get("source", ""),
                }
                for row in found.materials
            ],
            "in_combinations": [
                (one.slug, components.name(one)) for one in queries.public_combinations() if found.slug in one.steps
            ],
            "compare_url": ui.with_query({}, m=found.slug),
        },
    )


def _other_name(found: Method) -> SafeString:
    """The name in the other language, marked as such; empty where there is none of its own."""
    english = english_of(found, "name")
    if not english or english == found.name:
        return SafeString("")
    name, code = (found.name, "de") if mixed.in_english() else (english, "en")
    return format_html('<p class="ms-meta" lang="{}">{}</p>', code, name)


@require_safe
def method(request: HttpRequest, slug: str) -> HttpResponse:
    """`/methoden/world-cafe/`"""
    return show(request, _method(slug))


def preview(request: HttpRequest, found: Method) -> HttpResponse:
    return show(request, found)


def show_combination(request: HttpRequest, found: Combination) -> HttpResponse:
    others = {other.slug: other for other in queries.public_methods()}
    steps = [others[slug] for slug in found.steps if slug in others]
    return render(
        request,
        "toolkit/combination.html",
        {
            "combination": found,
            "subject": found.subject,
            "title": components.title(found),
            "heading": components.name(found),
            "goal": components.said(found, "goal"),
            "why": components.said(found, "why"),
            "steps": [(step.slug, components.name(step), components.short_facts(step)) for step in steps],
            "facts": components.combination_facts(found, steps),
        },
    )


@require_safe
def combination(request: HttpRequest, slug: str) -> HttpResponse:
    """`/methoden/kombinationen/quartier-gestalten/`"""
    found = queries.public_combinations().filter(slug=slug).first()
    if found is None:
        raise Http404(_("Diese Kombination gibt es hier nicht."))
    return show_combination(request, found)


def preview_combination(request: HttpRequest, found: Combination) -> HttpResponse:
    return show_combination(request, found)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """`/methoden/vergleich/?m=world-cafe&m=fishbowl`: up to four side by side."""
    every = list(queries.public_methods())
    by_slug = {one.slug: one for one in every}
    given = [*request.GET.getlist("m"), *(request.GET.get(f"m{n}", "") for n in range(1, MOST_COMPARED + 1))]
    asked = list(dict.fromkeys(slug.strip()[:60] for slug in given if slug.strip()))
    problems: list[str] = [_("„%(name)s“ kennen wir nicht.") % {"name": slug} for slug in asked if slug not in by_slug]
    chosen = [by_slug[slug] for slug in asked if slug in by_slug]
    if len(chosen) > MOST_COMPARED:
        problems.append(_("Vier Formate lassen sich nebeneinander zeigen. Die ersten vier sehen Sie hier."))
        chosen = chosen[:MOST_COMPARED]
    return render(
        request,
        "toolkit/compare.html",
        {
            "form": _slots(every, chosen),
            "chosen": chosen,
            "german_left": any(components.is_german(one, COMPARED) for one in chosen),
            "table": components.comparison(chosen),
            "problems": problems,
        },
    )


def _slots(every: Iterable[Method], chosen: Sequence[Method]) -> forms.Form:
    """Four places to choose from; each is another `m` of the address."""
    form = forms.Form()
    options = [("", _("keines")), *((one.slug, components.title(one)) for one in every)]
    for number in range(MOST_COMPARED):
        field = forms.ChoiceField(label=_("Format %(n)s") % {"n": number + 1}, choices=options, required=False)
        form.fields[f"m{number + 1}"] = field
        field.initial = chosen[number].slug if number < len(chosen) else ""
    return form


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """`/methoden/katalog.yaml`, `.json`: everything public, in the shape that other cities take over."""
    if form not in ("yaml", "json"):
        raise Http404
    response = HttpResponse(files.dump(queries.for_export(), form), content_type=f"application/{form}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="methoden.{form}"'
    return response


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """`/methoden/katalog/schema.json`: JSON Schema of the file."""
    return HttpResponse(files.SCHEMA.read_text(encoding="utf-8"), content_type="application/schema+json; charset=utf-8")
