"""The search page. Anonymous and cacheable: a GET form, no cookie, every answer is an address one can send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mitstadt.geo import queries as geo
from mitstadt.kit import cache, past
from mitstadt.kit import components as ui
from mitstadt.kit.city import current
from mitstadt.kit.languages import local_path
from mitstadt.subjects import kinds

from . import queries, registry

PER_PAGE = 20
EXAMPLES = ("Kita", "Schule", "Verkehr", "WLAN", "künstliche Intelligenz")


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind as they stand on the page; `url` leads to all of them where there are more."""

    label: str
    hits: list[SafeString]
    total: int
    url: str


@past.shown
def results(request: HttpRequest) -> HttpResponse:
    """`?q=…&art=<kind>&bezirk=<number>&seite=<page>`"""
    query = request.GET.get("q", "")
    kind = request.GET.get("art", "")
    kind = kind if kind in {k.slug for k in kinds.all_kinds()} else ""
    district = geo.by_number(request.GET.get("bezirk", ""))
    page = _number(request.GET.get("seite", ""))
    found = queries.find(
        query,
        kinds=[kind] if kind else None,
        district=district.pk if district else None,
        limit=PER_PAGE,
        offset=(page - 1) * PER_PAGE,
    )
    keep: dict[str, Any] = {"q": found.query}
    if district:
        keep["bezirk"] = district.number
    firsts = registry.firsts(found.query)
    response = render(
        request,
        "search/results.html",
        {
            "found": found,
            "firsts": firsts,
            "count": _count(found),
            "groups": _groups(found, kind, keep),
            "kinds": _kinds(found, kind, keep),
            "hidden": [(k, v) for k, v in (("art", kind), ("bezirk", keep.get("bezirk", ""))) if v],
            "kind_label": _plural(kind) if kind else "",
            "district": district,
            "everywhere": f"?{urlencode({'q': found.query})}",
            "left_out": ", ".join(f"„{word}“" for word in found.left_out if word),
            "page": page,
            "pages": max(1, -(-found.total // PER_PAGE)),
            "examples": _examples(),
        },
    )
    if firsts:  # somebody may be in need: kept in no cache, told to no other site
        cache.never(response)
        response["Referrer-Policy"] = "no-referrer"
    return response


@past.shown
def suggestions(request: HttpRequest) -> HttpResponse:
    """Titles for what has been typed so far, as a list of links; for htmx, harmless without it."""
    found = queries.suggest(request.GET.get("q", ""))
    rows = [ui.item(s.title, local_path(s.path), "", [_singular(s.kind)]) for s in found]
    response = HttpResponse(ui.item_list(rows) if rows else "")
    cache.never(response)  # the first letters of what somebody needs
    response["Referrer-Policy"] = "no-referrer"
    return response


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return 1
    return max(1, min(int(text), queries.MOST // PER_PAGE))


def _examples() -> list[tuple[str, str]]:
    words = current().texts.get("search_examples") or EXAMPLES
    return [(str(word), "?" + urlencode({"q": word})) for word in words]


def _count(found: queries.Results) -> str:
    if found.more:
        return _("Mehr als %(total)s Treffer") % {"total": f"{queries.MOST:,}".replace(",", ".")}
    if found.total == 1:
        return _("1 Treffer")
    return _("%(total)s Treffer") % {"total": found.total}


def _singular(slug: str) -> str:
    try:
        return str(kinds.get(slug).label)
    except KeyError:
        return slug


def _plural(slug: str) -> str:
    try:
        return str(kinds.get(slug).plural)
    except KeyError:
        return slug


def _kinds(found: queries.Results, chosen: str, keep: dict[str, Any]) -> list[ui.Option]:
    """All kinds that have hits, as links; without numbers where there are more hits than are counted."""
    if len(found.facets) < 2 and not chosen:
        return []
    counted = not found.more and sum(found.facets.values()) <= queries.MOST and "bezirk" not in keep
    options = [ui.Option(_("Alles"), f"?{urlencode(keep)}", not chosen)]
    for slug, number in found.facets.items():
        address = f"?{urlencode({**keep, 'art': slug})}"
        options.append(ui.Option(_plural(slug), address, slug == chosen, number if counted else None))
    return options


def _groups(found: queries.Results, chosen: str, keep: dict[str, Any]) -> list[Group]:
    """The page's hits by kind, the kind of the best hit first."""
    by_kind: dict[str, list[queries.Hit]] = {}
    for hit in found.hits:
        by_kind.setdefault(hit.kind, []).append(hit)
    several = len(found.facets) > 1 and not chosen
    groups = []
    for slug, hits in by_kind.items():
        total = found.facets.get(slug, len(hits))
        groups.append(
            Group(
                _plural(slug),
                [row(hit) for hit in hits],
                total,
                f"?{urlencode({**keep, 'art': slug})}" if several and total > len(hits) else "",
            )
        )
    return groups


def row(hit: queries.Hit) -> SafeString:
    """A hit: kind, title, snippet, state."""
    state = [_(piece) for piece in hit.state.split(" · ") if piece]
    facts: list[object] = [_singular(hit.kind), *state, hit.district, ui.example(hit.is_example)]
    return ui.item(hit.title or hit.plain_title, local_path(hit.path), hit.snippet, facts)
