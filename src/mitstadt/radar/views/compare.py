"""Any two states of the strategy side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from mitstadt.kit import clock, languages, past
from mitstadt.kit import components as ui
from mitstadt.kit.components.lists import Option
from mitstadt.radar import diff, queries
from mitstadt.radar.queries.timeline import shift_text
from mitstadt.radar.queries.words import fact_names

from . import wording


@past.shown
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """`/radar/vergleich/?von=2021&bis=2026-11-22`: two revisions, two days, or one of each."""
    shown = past.day()
    revisions = [r for r in queries.revisions() if shown is None or queries.day_of_revision(r) <= shown]
    dated = [r for r in revisions if r.in_force or r.decided]
    today = clock.today().isoformat()
    before = _asked(request, "von") or (dated[0].code if dated else today)
    after = _asked(request, "bis") or today
    context: dict[str, Any] = {
        "revisions": [(r.code, r.name) for r in revisions],
        "before": before,
        "after": after,
        "codes": {r.code for r in revisions},
        "today": today,
        "tabs": tabs(),
        "problem": "",
    }
    try:
        found = queries.compare(before, after)
    except ValueError as error:
        context["problem"] = str(error)
        return render(request, "radar/compare.html", context, status=400 if request.GET else 200)
    context["found"] = found
    context["groups"] = _groups(found)
    context["same"] = found.differences.same
    context["same_words"] = count_words(found.differences.same)
    return render(request, "radar/compare.html", context)


def _asked(request: HttpRequest, name: str) -> str:
    """What was chosen: the day where one was typed, else the revision."""
    return (request.GET.get(f"{name}-tag") or request.GET.get(name) or "").strip()


def tabs() -> SafeString:
    """The four views of the radar, this one marked."""
    options = [
        Option(_("Bild"), languages.local_path("/radar/")),
        Option(_("Tabelle"), languages.local_path("/radar/tabelle/")),
        Option(_("Vergleich"), languages.local_path("/radar/vergleich/"), True),
        Option(_("Drucken"), languages.local_path("/radar/drucken/")),
    ]
    return ui.tabs(options, _("Ansichten des Radars"))


def _groups(found: queries.Comparison) -> list[dict[str, Any]]:
    """The differences as headed lists, the gravest first; empty ones are left out."""
    d = found.differences
    groups: list[tuple[str, list[diff.Difference], Callable[[diff.Difference], Any]]] = [
        (_("Neu"), d.new, lambda one: ""),
        (_("Entfallen"), d.dropped, lambda one: ""),
        (_("Zusammengelegt"), d.merged, lambda one: _others(_("ging auf in"), one, found)),
        (_("Geteilt"), d.split, lambda one: _others(_("wurde geteilt in"), one, found)),
        (_("Umbenannt"), d.renamed, lambda one: wording.pieces(one.pieces)),
        (_("In ein anderes Feld gewandert"), d.moved, lambda one: _arrow(one, found)),
        (_("Verschoben"), d.postponed, lambda one: _shift(one, found)),
        (_("Vorgezogen"), d.earlier, lambda one: _shift(one, found)),
        (_("Neuer Status"), d.status, lambda one: _arrow(one, found)),
        (_("Geänderte Angaben"), d.changed, lambda one: _changed(one, found)),
    ]
    shown = [
        {
            "title": title,
            "count": len(items),
            "rows": [{"title": one.title, "href": languages.local_path(one.path), "text": words(one)} for one in items],
        }
        for title, items, words in groups
        if items
    ]
    if d.unprovable:
        shown.append(_unprovable(d.unprovable))
    return shown


def _unprovable(items: list[diff.Difference]) -> dict[str, Any]:
    names = fact_names()
    rows = []
    for one in items:
        if "revision" in one.facts:
            text = _("Ob die Maßnahme damals zur Strategie gehörte, belegt keine Quelle.")
        else:
            text = _("Nicht zu vergleichen: %(facts)s") % {"facts": ", ".join(names.get(f, f) for f in one.facts)}
        rows.append({"title": one.title, "href": languages.local_path(one.path), "text": text})
    return {"title": _("Nicht belegt"), "count": len(items), "rows": rows, "folded": True}


def _others(words: str, one: diff.Difference, found: queries.Comparison) -> str:
    titles = ", ".join(f"„{found.names[number][0]}“" for number in one.others if number in found.names)
    return f"{words} {titles}" if titles else ""


def _arrow(one: diff.Difference, found: queries.Comparison) -> str:
    unknown = _("ohne Angabe")
    before, after = found.words(one.fact, one.before) or unknown, found.words(one.fact, one.after) or unknown
    return f"{before} → {after}"


def _shift(one: diff.Difference, found: queries.Comparison) -> str:
    months = one.months or 0
    return shift_text(months, found.words("end", one.before), found.words("end", one.after))


def _changed(one: diff.Difference, found: queries.Comparison) -> SafeString | str:
    name = fact_names().get(one.fact, one.fact)
    if one.pieces:
        return wording.named(name, wording.pieces(one.pieces))
    return f"{name}: {_arrow(one, found)}"


def count_words(number: int) -> str:
    """How many measures stayed as they were."""
    return ngettext("%(n)s Maßnahme ist unverändert.", "%(n)s Maßnahmen sind unverändert.", number) % {"n": number}
