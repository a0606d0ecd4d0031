"""`/beteiligung/p-012-…/ergebnis/`: the whole chain from what was said to what came of it. Kept for everybody."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mitstadt.geo.models import District
from mitstadt.kit import clock, languages, past
from mitstadt.kit import components as ui
from mitstadt.participation import queries, words
from mitstadt.participation.models import Assessment, Category
from mitstadt.participation.report import chain, drawing

from .processes import found_process

PER_PAGE = 50


@past.shown
@require_GET
def result(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    """``?zeigen=offen&entscheidung=partly&bezirk=9&kategorie=Sitzen&q=bank&seite=2``"""
    found = found_process(number, slug, request, "ergebnis/")
    if isinstance(found, HttpResponse):
        return found
    asked = chain.read(request.GET)
    figures = chain.figures(found)
    page = Paginator(chain.chosen(found, asked), PER_PAGE).get_page(request.GET.get("seite"))
    counts = {
        "": figures.total,
        "beantwortet": figures.answered,
        "offen": figures.total - figures.answered,
        "ueberfaellig": figures.overdue,
        "verbunden": figures.connected,
    }
    labels = {
        "": _("Alle"),
        "beantwortet": _("Beantwortet"),
        "offen": _("Offen"),
        "ueberfaellig": _("Überfällig"),
        "verbunden": _("Hat etwas bewirkt"),
    }
    state = found.state(clock.now())
    rows = chain.of(found).order_by()
    return render(
        request,
        "participation/result.html",
        {
            "process": found,
            "state_word": words.STATES[state],
            "path": languages.local_path(found.get_absolute_url()),
            "figures": figures,
            "facts": drawing.facts(figures),
            "channels": [(words.CHANNELS[slug], n) for slug, n in figures.channels],
            "decisions": [(Assessment.Decision(slug).label, n) for slug, n in figures.decisions],
            "options": [
                ui.Option(
                    label,
                    ui.with_query(request.GET, zeigen=slug or None, seite=None),
                    asked.show == slug,
                    counts[slug],
                )
                for slug, label in labels.items()
                if counts[slug] or slug in ("", asked.show)
            ],
            "asked": asked,
            "sources": list(
                queries.public_sources().filter(batch__process=found).select_related("batch").defer("data")
            ),
            "decided": [(slug, Assessment.Decision(slug).label) for slug, _n in figures.decisions if slug],
            "categories": Category.objects.filter(pk__in=rows.values("category")).values_list("name", flat=True),
            "districts": District.objects.filter(pk__in=rows.values("district")).values_list("number", "name"),
            "page": page,
            "blocks": [drawing.block(row) for row in chain.rows_of(page.object_list)],
        },
    )
