"""What picture and table show around themselves: headline, day, switches, chips, filters, sentence, files."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from mitstadt.kit import city, languages, past
from mitstadt.kit import components as ui
from mitstadt.kit.components import Option
from mitstadt.kit.marks import MARKS, ORDER, UNPROVEN
from mitstadt.radar import following, listing
from mitstadt.radar.listing import FACETS, Selection
from mitstadt.radar.picture.marks import status_words
from mitstadt.radar.rows import MeasureRow
from mitstadt.radar.snapshot import Snapshot

from .asked import Asked


def context(asked: Asked, view: str) -> dict[str, Any]:
    """Everything around the picture (`view` "bild") or the table ("tabelle")."""
    selection, found = asked.selection, asked.snapshot
    here = address(view)
    if past.day() and not found.revision:
        past.doubt(unproven_words(found))
    return {
        "asked": asked,
        "selection": selection,
        "snapshot": found,
        "headline": headline(),
        "lead": lead(asked),
        "is_past": found.past,
        "unproven": unproven_words(found) if found.past else "",
        "revision_choices": revision_choices(selection, found, here),
        "day_fields": hidden_fields(selection, "stand", "fortschreibung", "massnahme"),
        "filter_fields": hidden_fields(selection, *FACETS, "verzoegert", "beteiligen", "q", "massnahme"),
        "problems": asked.problems,
        "tabs": tabs(selection, view),
        "chips": chips(asked, here),
        "facets": facets(asked),
        "sentence": sentence(asked, here),
        "is_filtered": selection.is_filtered,
        "clear_href": here
        + Selection(
            rings=selection.rings, by=selection.by, sort=selection.sort, day=selection.day, revision=selection.revision
        ).query(),
        "count": len(asked.result.matches),
        "total": len(found.rows),
        "files": files(selection),
        "follow_href": follow_address(asked),
        "follow_words": follow_words(selection),
        "here": here,
        "today_href": here + selection.query(stand=None, fortschreibung=None),
        "rules": rules(asked),
        "source": source(asked),
        "licence": licence(),
        "legend": (*ORDER, UNPROVEN) if found.past else ORDER,
    }


def address(view: str) -> str:
    return reverse({"bild": "radar:radar", "tabelle": "radar:table", "druck": "radar:print"}[view])


def headline() -> str:
    """The city's own words for its radar (`texts.radar_headline` in city.yaml, by language), or ours."""
    own = city.current().texts.get("radar_headline")
    if isinstance(own, dict):
        own = own.get(get_language() or "de") or own.get("de")
    return str(own) if own else _("Was aus der Strategie wird")


def lead(asked: Asked) -> str:
    """How much there is and how to read the picture, in one or two sentences."""
    found, selection = asked.snapshot, asked.selection
    total = len(found.rows)
    sectors = len(listing.arrangement(selection, found).sectors) if found.rows else 0
    nouns = {
        "feld": ngettext("%(n)s Handlungsfeld", "%(n)s Handlungsfeldern", sectors),
        "kernbereich": ngettext("%(n)s Kernbereich", "%(n)s Kernbereichen", sectors),
        "referat": ngettext("%(n)s Bereich", "%(n)s Bereichen", sectors),
        "prinzip": ngettext("%(n)s Prinzip", "%(n)s Prinzipien", sectors),
    }
    first = _("%(measures)s in %(sectors)s.") % {
        "measures": listing.count_words(total),
        "sectors": nouns[selection.by] % {"n": sectors},
    }
    if selection.rings == "status":
        return first + " " + _("Je weiter links, desto näher am Ziel.")
    without = sum(1 for row in found.rows if not row.end and row.status not in ("abgeschlossen", "eingestellt"))
    return (
        first
        + " "
        + _("Von links nach rechts: wie lange es noch dauern soll.")
        + " "
        + ngettext(
            "Für %(n)s offene Maßnahme ist kein Ende belegt.",
            "Für %(n)s offene Maßnahmen ist kein Ende belegt.",
            without,
        )
        % {"n": without}
    )


def unproven_words(found: Snapshot) -> str:
    """How much of a past day nothing proves."""
    status = sum(1 for row in found.rows if "status" in row.unproven)
    end = sum(1 for row in found.rows if "end" in row.unproven)
    since = sum(1 for row in found.rows if "revision" in row.unproven)
    return _(
        "Nicht belegt sind für diesen Tag: der Status von %(status)s, das Ende von %(end)s und die Fortschreibung "
        "von %(since)s der %(total)s Maßnahmen."
    ) % {"status": status, "end": end, "since": since, "total": len(found.rows)}


def revision_choices(selection: Selection, found: Snapshot, here: str) -> list[Option]:
    return [
        Option(r.name, here + selection.query(fortschreibung=r.code, stand=None), active=selection.revision == r.code)
        for r in found.revisions
    ]


def hidden_fields(selection: Selection, *without: str) -> list[tuple[str, str]]:
    """The selection as fields of a GET form, but for what the form itself asks."""
    query = selection.query(**dict.fromkeys(without))
    return parse_qsl(query.removeprefix("?"))


def tabs(selection: Selection, view: str) -> SafeString:
    """Picture, table, comparison, paper: the same selection."""
    plain = {"sort": None, "massnahme": None}
    options = [
        Option(_("Bild"), address("bild") + selection.query(sort=None), view == "bild"),
        Option(_("Tabelle"), address("tabelle") + selection.query(massnahme=None), view == "tabelle"),
        Option(_("Vergleich"), languages.path_in("/radar/vergleich/", get_language() or ""), False),
        Option(_("Drucken"), address("druck") + selection.query(**plain), view == "druck"),
    ]
    return ui.tabs(options, _("Ansicht"))


def switches(asked: Asked) -> SafeString:
    """Rings and sectors, each a row of links."""
    selection, here = asked.selection, address("bild")
    rings = [
        Option(label, here + selection.query(ringe=None if slug == "status" else slug), selection.rings == slug)
        for slug, label in (("status", _("Status")), ("zeit", _("Zeit bis zum Ende")))
    ]
    sectors = [
        Option(label, here + selection.query(sektoren=None if slug == "feld" else slug), selection.by == slug)
        for slug, label in (
            ("feld", _("Handlungsfeld")),
            ("kernbereich", _("Kernbereich")),
            ("referat", _("Referat")),
            ("prinzip", _("Prinzip")),
        )
    ]
    return ui.join([ui.switch(_("Ringe"), rings), ui.switch(_("Sektoren"), sectors)])


def chips(asked: Asked, here: str) -> SafeString:
    """The legend, each entry a filter with its count."""
    selection, result = asked.selection, asked.result
    chosen = selection.facets.get("status", ())
    options = []
    for slug in (*ORDER, UNPROVEN) if asked.snapshot.past else ORDER:
        active = slug in chosen
        values = [v for v in chosen if v != slug] if active else [*chosen, slug]
        options.append(
            Option(
                str(MARKS[slug].label),
                here + selection.query(status=values, massnahme=None),
                active,
                result.counts["status"].get(slug, 0),
                slug,
            )
        )
    options.append(
        Option(
            _("Verzögert"),
            here + selection.query(verzoegert=None if selection.late else "1", massnahme=None),
            selection.late,
            result.late,
            "verzoegert",
        )
    )
    return ui.chips(_("Legende und Filter"), options)


def facets(asked: Asked) -> SafeString:
    """The select fields of the filter form, each value with how many it would find. Kept with the snapshot."""
    key = ("facets", asked.selection.key)
    kept: SafeString | None = asked.snapshot.memo.get(key)
    if kept is None:
        kept = asked.snapshot.remember(key, ui.join(_facet(asked, facet) for facet in FACETS))
    return kept


def _facet(asked: Asked, facet: str) -> SafeString:
    """One select; several chosen values make it a list of several. Nothing where there is no choice."""
    counts = asked.result.counts[facet]
    chosen = asked.selection.facets.get(facet, ())
    known = listing.titles(asked.snapshot, facet)
    values = [value for value in known if counts.get(value) or value in chosen]
    if len(values) < 2 and not chosen:
        return ui.safe("")
    options = ui.join(
        format_html(
            '<option value="{}"{}>{} ({})</option>',
            value,
            ui.safe(" selected") if value in chosen else "",
            known[value],
            counts.get(value, 0),
        )
        for value in values
    )
    several = len(chosen) > 1
    return format_html(
        '<p><label for="rd-{0}">{1}</label><select id="rd-{0}" class="rd-input" name="{0}"{2}>{3}{4}</select></p>',
        facet,
        listing.facet_title(facet),
        ui.safe(' multiple size="4"') if several else "",
        "" if several else format_html('<option value="">{}</option>', _("alle")),
        options,
    )


def sentence(asked: Asked, here: str) -> SafeString:
    """The filters as a sentence; each part is a link that removes it."""
    parts = []
    for part in listing.sentence(asked.selection, asked.snapshot):
        if part.remove:
            parts.append(
                format_html(
                    '<a class="rd-part" href="{}"><span class="ms-sr">{} </span>{}'
                    '<span aria-hidden="true"> ×</span></a>',
                    here + part.remove,
                    _("Filter entfernen:"),
                    part.text,
                )
            )
        else:
            parts.append(ui.esc(part.text))
    return ui.join(parts)


def follow_address(asked: Asked) -> str:
    """Where to follow what is filtered, else empty. A past day can only be looked at."""
    topic = "" if asked.snapshot.past else following.topic_of(asked.selection)
    return reverse("notify:follow_topic") + "?" + urlencode({"thema": topic}) if topic else ""


def follow_words(selection: Selection) -> str:
    topic = following.topic_of(selection)
    return _("Dieser Suche folgen") if topic.startswith("search:") else _("Neuem dazu folgen")


def files(selection: Selection) -> list[tuple[str, str]]:
    plain = {"massnahme": None}
    return [
        ("SVG", reverse("radar:svg") + selection.query(**plain)),
        ("PNG", reverse("radar:png") + selection.query(**plain)),
        ("CSV", reverse("radar:csv") + selection.query(**plain)),
        ("JSON", reverse("radar:json") + selection.query(**plain)),
        (_("einbetten"), reverse("radar:snippet") + selection.query(**plain)),
    ]


def source(asked: Asked) -> str:
    """Where a file or sheet comes from, for people: the city, the strategy and the address."""
    strategy = asked.snapshot.strategy
    return _("Quelle: %(city)s, %(strategy)s, %(address)s") % {
        "city": city.current().name,
        "strategy": strategy.name if strategy else "Radar",
        "address": settings.MITSTADT_BASE_URL + address("bild"),
    }


def licence() -> str:
    return _("Lizenz: %(licence)s") % {"licence": city.current().licence.name}


def rules(asked: Asked) -> list[str]:
    """The rules behind what the picture shows."""
    found = [
        _(
            "Verzögert heißt: Das geplante Ende ist vorbei, und weder ein Abschluss noch ein Einstellen ist belegt. "
            "Eine Jahreszahl endet am 31. Dezember."
        )
    ]
    if asked.selection.by == "prinzip":
        found.append(_("Eine Maßnahme mit mehreren Prinzipien steht bei jedem davon."))
    if asked.snapshot.past:
        found.append(_("„Nicht belegt“ heißt: Keine Quelle sagt, wie es an diesem Tag war."))
    if not asked.snapshot.past or asked.result.counts["status"].get("unbekannt"):
        found.append(_("„Stand unbekannt“ heißt: Keine Quelle nennt einen Status. Auch das wird gezählt."))
    found.append(_("Im Bild stehen Kurznamen, der volle Name steht auf der Karte und in der Tabelle."))
    return found


def card_context(asked: Asked) -> dict[str, Any]:
    """The card of the chosen measure."""
    row = asked.chosen
    if row is None:
        return {"card": None}
    day = asked.selection.day
    path = languages.path_in(row.path, get_language() or "")
    return {
        "card": row,
        "card_href": path + (f"?stand={asked.snapshot.day.isoformat()}" if asked.snapshot.past or day else ""),
        "card_status": ui.status(row.status, status_words(row)),
        "card_follow": reverse("notify:follow_subject", args=[row.public_id]),
        "card_facts": card_facts(row, asked.snapshot.past),
        "card_close": address("bild") + asked.selection.query(massnahme=None),
        "card_flags": [flag for flag in row.flags if flag.slug in ("late", "postponed", "stale", "behind")],
    }


def card_facts(row: MeasureRow, past: bool) -> list[tuple[str, str]]:
    """At most four facts: who, until when, how far, as of when. What is not proven is called that."""
    nothing = _("nicht belegt")
    facts = [
        (_("Zuständig"), row.department.name if row.department else nothing),
        (_("Ende"), ui.day(row.end) or nothing),
    ]
    if row.milestones_all:
        facts.append(
            (
                _("Fortschritt"),
                _("%(done)s von %(all)s Meilensteinen") % {"done": row.milestones_done, "all": row.milestones_all},
            )
        )
    facts.append((_("Stand"), ui.day(row.status_as_of) or _("ohne Datum")))
    return facts
