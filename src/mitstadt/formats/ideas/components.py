"""What the pages of ideas are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.kit import components as ui
from mitstadt.kit import languages
from mitstadt.participation.components import decision_tag, split_of
from mitstadt.participation.models import Contribution

from . import rules


def how_many(count: int) -> str:
    return ngettext("%(n)s Idee", "%(n)s Ideen", count) % {"n": count}


def supporters(count: int) -> str:
    return ngettext("%(n)s Unterstützung", "%(n)s Unterstützungen", count) % {"n": count}


def _supported(row: Mapping[str, Any]) -> str:
    """With the split where not all of them came online."""
    split = split_of(row)
    return supporters(row["support_count"]) + (f" ({split})" if split else "")


def still(count: int, threshold: int) -> str:
    """ "noch 12 bis zur Prüfung"; nothing where there is no threshold or it is reached."""
    missing = rules.missing(count, threshold)
    return _("noch %(n)s bis zur Prüfung") % {"n": missing} if missing else ""


def state_of(decision: str, due: date | None, today: date, merged: bool, threshold: int) -> SafeString:
    """Where an idea stands, as a tag: merged, decided, overdue, being looked at, or open."""
    if merged:
        return ui.tag(_("zusammengelegt"))
    if decision:
        return decision_tag(decision)
    if due is not None and due < today:
        return ui.tag(_("Antwort überfällig"), "late")
    if due is not None and threshold:
        return ui.tag(_("Stadt prüft"), "run")
    return SafeString("")


def rows(found: Iterable[dict[str, Any]], threshold: int, today: date, *, numbers: bool = False) -> SafeString:
    """The list of ideas. Rows come from `queries.FIELDS`. `numbers` counts those with a place, as on the map."""
    items, number = [], 0
    for row in found:
        mark: object = ""
        if numbers and row["geometry"]:
            number += 1
            mark = _("%(n)s auf der Karte") % {"n": number}
        items.append(
            ui.item(
                row["title"],
                languages.local_path(row["subject__path"]),
                short(row["text"]),
                (
                    mark,
                    _supported(row),
                    still(row["support_count"], threshold) if not row["assessment__decision"] else "",
                    _about(row["subject__comment_count"]),
                    row["category__name"],
                    row["place"] or row["district__name"],
                    ui.day(row["created_at"]),
                    state_of(
                        row["assessment__decision"],
                        row["assessment__due_on"],
                        today,
                        row["merged_into_id"] is not None,
                        threshold,
                    ),
                ),
            )
        )
    return ui.item_list(items)


def _about(comments: int) -> str:
    if not comments:
        return ""
    return ngettext("%(n)s Beitrag dazu", "%(n)s Beiträge dazu", comments) % {"n": comments}


def short(text: str, length: int = 180) -> str:
    line = " ".join(text[: 2 * length].split())
    return line if len(line) <= length else line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.–-") + " …"


def alike(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Similar ideas for page and fragment."""
    return [
        {
            "title": row["title"],
            "text": short(row["text"], 120),
            "href": languages.local_path(row["subject__path"]),
            "facts": _supported(row),
            "public_id": row["subject__public_id"],
        }
        for row in found
    ]


def authors(idea: Contribution) -> list[str]:
    """The names of co-authors as they appear. One query."""
    return [co_author.label or _("Ohne Namen") for co_author in idea.co_authors.all()]
