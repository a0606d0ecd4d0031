"""`/radar/`: the picture, the card of the chosen measure, and the page made for paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from mitstadt.kit import past
from mitstadt.radar import listing
from mitstadt.radar.arrange import OTHER, STATUSES_OF
from mitstadt.radar.picture import bands_html, circle_svg, horizon_svg, sprite

from . import frame
from .asked import Asked, ask

PAPERS = ("a3", "a4")
# From so many px of height on a sheet gets twice the columns, so that names stay legible on paper.
TALL = 1500


@past.shown
@require_safe
def radar(request: HttpRequest) -> HttpResponse:
    """The radar. Every part of it works by address alone; radar.js only saves the reader the page change."""
    asked = ask(request)
    here = frame.address("bild")
    context = frame.context(asked, "bild") | frame.card_context(asked) | pictures(asked, here)
    context["switches"] = frame.switches(asked)
    return render(request, "radar/radar.html", context)


@past.shown
@require_safe
def card(request: HttpRequest) -> HttpResponse:
    """`/radar/karte/?massnahme=M-001`: only the card, for radar.js."""
    response = render(request, "radar/_card.html", frame.card_context(ask(request)))
    response["X-Robots-Tag"] = "noindex"
    return response


@past.shown
@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """`/radar/drucken/?papier=a4`: one sheet with picture, legend, day, source. A3 unless asked otherwise."""
    asked = ask(request)
    size = request.GET.get("papier", "a3")
    size = size if size in PAPERS else "a3"
    layout = asked.horizon()
    scale = 2 if layout.height > TALL else 1
    context = frame.context(asked, "druck")
    context |= {
        "picture": picture(asked, scale=scale),
        "paper": size,
        "papers": [(p.upper(), frame.address("druck") + asked.selection.query(papier=p)) for p in PAPERS],
        "sprite": mark_safe(sprite()),  # noqa: S308 - our own constant shapes
        "plain": listing.plain_sentence(asked.selection, asked.snapshot),
        "back": frame.address("bild") + asked.selection.query(),
    }
    return render(request, "radar/paper.html", context)


def pictures(asked: Asked, here: str) -> dict[str, Any]:
    """The large picture, and for narrow screens the circle and the bands."""
    selection, found = asked.selection, asked.snapshot
    if not found.rows:
        return {"picture": "", "circle": "", "bands": "", "sprite": "", "moved": ""}
    link = linker(asked, here)
    moved = len(asked.horizon().trails)
    return {
        "picture": picture(asked, here=here),
        "circle": circle_svg(
            found.rows,
            found.frame,
            found.day,
            by=selection.by,
            rings=selection.rings,
            past=found.past,
            grids=found.grids,
            shown=asked.shown,
            with_symbols=False,
            arrangement=listing.arrangement(selection, found),
        ),
        "bands": mark_safe(  # noqa: S308 - escaped where it is made
            bands_html(
                listing.arrangement(selection, found),
                asked.rows,
                link=link,
                shown=asked.shown,
                chosen=selection.chosen,
                more_link=lambda sector: table_of(asked, sector),
            )
        ),
        "ring_words": " · ".join(ring.title for ring in listing.arrangement(selection, found).rings),
        "sprite": mark_safe(sprite()),  # noqa: S308 - our own constant shapes
        "moved": ngettext("%(n)s bewegt seit dem Stand davor", "%(n)s bewegt seit dem Stand davor", moved)
        % {"n": moved}
        if moved
        else "",
    }


def linker(asked: Asked, here: str) -> Any:
    """Addresses of marks: this page with another measure chosen."""
    base = here + asked.selection.query(massnahme=None)
    glue = "" if base.endswith("?") else "&"
    return lambda number: f"{base}{glue}massnahme=M-{number:03d}"


def table_of(asked: Asked, sector: str, ring: str = "") -> str:
    """The table with the measures of one sector, and of one ring where a filter for it exists."""
    selection = asked.selection
    changes: dict[str, object] = {"massnahme": None}
    if sector != OTHER:
        changes[selection.by] = [sector]
    if ring and selection.rings == "status":
        changes["status"] = list(STATUSES_OF[ring])
    return frame.address("tabelle") + selection.query(**changes)


def picture(asked: Asked, here: str = "", scale: int = 1) -> Any:
    """The large picture; without `here` it has no links (paper, files)."""
    selection = asked.selection
    layout = asked.horizon(scale)
    svg = horizon_svg(
        layout,
        asked.rows,
        label=label(asked),
        link=linker(asked, here) if here else None,
        more_link=(lambda sector, ring: table_of(asked, sector, ring)) if here else None,
        shown=asked.shown,
        chosen=selection.chosen,
        described_by="rd-hint" if here else "",
        attributes=f' data-card="{escape(card_address())}"' if here else "",
    )
    return mark_safe(svg)  # noqa: S308 - escaped where it is made


def card_address() -> str:
    from django.urls import reverse

    return reverse("radar:card")


def label(asked: Asked) -> str:
    """The picture's name for screen readers."""
    shown = len(asked.result.matches)
    words = _("Radar: %(what)s, %(shown)s von %(total)s, geordnet nach %(rings)s")
    return words % {
        "what": listing.plain_sentence(asked.selection, asked.snapshot),
        "shown": shown,
        "total": len(asked.snapshot.rows),
        "rings": _("Status") if asked.selection.rings == "status" else _("Zeit bis zum Ende"),
    }
