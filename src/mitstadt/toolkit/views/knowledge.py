"""`/methoden/wissen/`: standing offers, cases, learning paths, articles, trainings, questions."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mitstadt.kit import clock, languages, mixed
from mitstadt.kit import components as ui
from mitstadt.toolkit import components, queries
from mitstadt.toolkit.models import Knowledge


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Everything by kind. One query; trainings that are over are left out."""
    found = list(queries.public_knowledge())
    today = clock.today()
    sections = []
    for kind in Knowledge.Type:
        rows = [
            entry
            for entry in found
            if entry.type == kind and (kind != Knowledge.Type.TRAINING or entry.day is None or entry.day >= today)
        ]
        if rows:
            sections.append((kind.value, components.KNOWLEDGE[kind], [_card(entry) for entry in rows]))
    return render(
        request,
        "toolkit/knowledge.html",
        {
            "sections": sections,
            "german_left": mixed.in_english() and any(entry.language == "de" for entry in found),
        },
    )


def _card(entry: Knowledge) -> object:
    day = ui.day(entry.day) if entry.day is not None else ""
    return ui.card(
        mixed.written_in(entry.name, entry.language),
        languages.local_path(entry.get_absolute_url()),
        mixed.written_in(entry.lead, entry.language),
        ui.meta(day, ui.example(entry.subject.is_example)) if day or entry.subject.is_example else "",
    )


def show(request: HttpRequest, found: Knowledge) -> HttpResponse:
    methods = {method.slug: method for method in queries.public_methods()} if found.methods else {}
    return render(
        request,
        "toolkit/knowledge_entry.html",
        {
            "entry": found,
            "subject": found.subject,
            "url": components.here(found.url),
            "steps": [components.step(text) for text in found.steps],
            "methods": [(slug, components.name(methods[slug])) for slug in found.methods if slug in methods],
            "lang": components.lang(found.language),
        },
    )


@require_safe
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    """`/methoden/wissen/seniorenbeirat/`"""
    found = queries.public_knowledge().filter(slug=slug).first()
    if found is None:
        raise Http404(_("Diesen Eintrag gibt es hier nicht."))
    return show(request, found)
