"""`/radar/tabelle/`: the table twin of the picture, under the same filters and in the same order."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mitstadt.kit import components as ui
from mitstadt.kit import languages, past
from mitstadt.radar import listing
from mitstadt.radar.picture.marks import status_words
from mitstadt.radar.rows import MeasureRow

from . import frame
from .asked import Asked, ask

PAGE = 50


@past.shown
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """Fifty measures a page. Everything comes from the snapshot: no query grows with the number of measures."""
    asked = ask(request)
    found = listing.ordered(asked.selection, asked.snapshot)
    pages = max(1, -(-len(found) // PAGE))
    page = min(asked.selection.page, pages)
    rows = found[(page - 1) * PAGE : page * PAGE]
    context = frame.context(asked, "tabelle")
    context |= {
        "table": table_html(asked, rows),
        "rows": rows,
        "page": page,
        "pages": pages,
        "pagination": ui.pagination(page, pages, request.GET),
        "caption": caption(asked, len(found), page, pages),
    }
    return render(request, "radar/table.html", context)


def caption(asked: Asked, count: int, page: int, pages: int) -> str:
    text = f"{listing.plain_sentence(asked.selection, asked.snapshot)}: " + _("%(count)s von %(total)s") % {
        "count": count,
        "total": len(asked.snapshot.rows),
    }
    if pages > 1:
        text += ", " + _("Seite %(page)s von %(pages)s") % {"page": page, "pages": pages}
    return text


def columns() -> list[tuple[str, str]]:
    """(sort key, heading) of each column."""
    return [
        ("titel", _("Maßnahme")),
        ("status", _("Status")),
        ("feld", _("Handlungsfeld")),
        ("referat", _("Zuständig")),
        ("ende", _("Geplantes Ende")),
        ("stand", _("Stand")),
    ]


def table_html(asked: Asked, rows: list[MeasureRow]) -> SafeString:
    """The table as HTML. Headings are links that sort; a second click turns the order round."""
    selection, past = asked.selection, asked.snapshot.past
    here = frame.address("tabelle")
    heads = []
    for key, title in columns():
        active = selection.sort == key
        descending = active and not selection.descending
        sort = f' aria-sort="{"descending" if selection.descending else "ascending"}"' if active else ""
        arrow = (" ↓" if selection.descending else " ↑") if active else ""
        address = here + selection.query(sort=("-" if descending else "") + key, massnahme=None)
        heads.append(
            f'<th scope="col"{sort}><a href="{escape(address)}">{escape(title)}'
            f'<span aria-hidden="true">{arrow}</span></a></th>'
        )
    # A row looks the same on every page and under every filter: its HTML is kept with the snapshot.
    kept: dict[int, str] | None = asked.snapshot.memo.get("table rows")
    if kept is None:
        kept = asked.snapshot.remember("table rows", {})
    titles = [escape(title) for _key, title in columns()[1:]]
    suffix = f"?stand={asked.snapshot.day.isoformat()}" if past else ""
    body = []
    for row in rows:
        html = kept.get(row.number)
        if html is None:
            html = kept[row.number] = row_html(row, titles, past, suffix)
        body.append(html)
    return mark_safe(  # noqa: S308 - every text is escaped above
        f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(body)}</tbody>"
    )


def row_html(row: MeasureRow, titles: Sequence[str], past: bool, suffix: str) -> str:
    """One measure as a table row; `titles` are the escaped headings that phones show beside each value."""
    nothing = f'<span class="ms-muted">{escape(_("nicht belegt"))}</span>'
    flags = "".join(str(ui.flag(flag.text, flag.rule)) for flag in row.flags if flag.slug in ("late", "postponed"))
    cells = (
        str(ui.status(row.status, status_words(row))) + flags,
        escape(row.field.name),
        escape(row.department.name) if row.department else nothing,
        escape(ui.day(row.end)) or nothing,
        escape(ui.day(row.status_as_of)) or f'<span class="ms-muted">{escape(_("ohne Datum"))}</span>',
    )
    tds = "".join(
        f'<td data-label="{title}"><span>{cell}</span></td>' for title, cell in zip(titles, cells, strict=True)
    )
    address = escape(languages.path_in(row.path, get_language() or "") + suffix)
    return (
        f'<tr><th scope="row"><span><a href="{address}">{escape(row.title)}</a> '
        f'<span class="rd-code">{row.code}</span></span></th>{tds}</tr>'
    )
