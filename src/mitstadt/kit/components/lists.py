"""What lists are made of: rows, cards, tables, tabs, filters, pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .basic import icon, mark_svg
from .html import EMPTY, Text, attrs, esc, href, join, safe


@dataclass(frozen=True, slots=True)
class Option:
    """One link of a tab row, switch or filter. `mark` is a status key, `count` the number behind the word."""

    label: Text
    href: str
    active: bool = False
    count: int | None = None
    mark: str = ""


def breadcrumb(*steps: tuple[Text, str]) -> SafeString:
    """The way here: (label, address) of each page above this one; the page itself is its heading."""
    items = join(format_html('<li><a href="{}">{}</a></li>', href(url), label) for label, url in steps)
    return format_html('<nav class="ms-breadcrumb" aria-label="{}"><ol>{}</ol></nav>', _("Sie sind hier"), items)


def card(
    title: Text, url: Text = "", body: Text = "", top: Text = "", actions: Text = "", level: int = 3
) -> SafeString:
    """A card: quiet top line, title (a link where `url` is given), text, action at the foot."""
    head = format_html('<a href="{}">{}</a>', href(url), title) if url else esc(title)
    return format_html(
        '<article class="ms-card">{}<h{} class="ms-card__title">{}</h{}>{}{}</article>',
        format_html('<div class="ms-card__top">{}</div>', top) if top else EMPTY,
        level,
        head,
        level,
        format_html('<div class="ms-card__body">{}</div>', body) if body else EMPTY,
        format_html('<div class="ms-card__actions">{}</div>', actions) if actions else EMPTY,
    )


def item(title: Text, url: Text, text: Text = "", facts: Iterable[object] = (), level: int = 3) -> SafeString:
    """A list row to scan: title, one line of sense, facts. Put rows into `item_list`."""
    shown = "".join(f"<span>{esc(fact)}</span>" for fact in facts if fact not in (None, "", False))
    # written out by hand: lists render hundreds of these, and format_html costs ten times as much
    return safe(
        f'<li><div class="ms-item"><h{level:d} class="ms-item__title">'
        f'<a href="{href(url)}">{esc(title)}</a></h{level:d}>'
        + (f'<p class="ms-item__text">{esc(text)}</p>' if text else "")
        + (f'<div class="ms-item__facts">{shown}</div>' if shown else "")
        + "</div></li>"
    )


def item_list(items: Iterable[object], strong: bool = False) -> SafeString:
    """A ruled list around rows."""
    return format_html('<ul class="ms-list{}">{}</ul>', " ms-list--strong" if strong else "", join(items))


def count_row(label: Text, value: Text, url: Text = "", mark: str = "") -> SafeString:
    """`mark  word  ……  number`, as in the overview of the radar; a row for `item_list`."""
    word = format_html('<a href="{}">{}</a>', href(url), label) if url else esc(label)
    return format_html(
        '<li class="ms-count">{}<span>{}</span><span class="ms-count__value">{}</span></li>',
        mark_svg(mark) if mark else EMPTY,
        word,
        value,
    )


def table(
    columns: Sequence[object],
    rows: Iterable[Sequence[object]],
    caption: Text = "",
    stack: bool = True,
    numeric: Iterable[int] = (),
    caption_hidden: bool = False,
) -> SafeString:
    """A table with caption; the first cell of each row is its heading. On phones rows stack (`stack`) or the table
    scrolls in its own focusable region. `numeric` are the columns (from 0) that stand right-aligned."""
    number = set(numeric)
    labels = [str(c) for c in columns]
    head = join(
        format_html('<th scope="col"{}>{}</th>', safe(' class="ms-num"') if i in number else EMPTY, c)
        for i, c in enumerate(columns)
    )
    body = join(_table_row(row, labels, number) for row in rows)
    inner = format_html(
        "<table>{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
        format_html("<caption{}>{}</caption>", safe(' class="ms-sr"') if caption_hidden else EMPTY, caption)
        if caption
        else EMPTY,
        head,
        body,
    )
    return format_html(
        '<div class="ms-table{}" role="region" tabindex="0" aria-label="{}">{}</div>',
        " ms-table--stack" if stack else "",
        caption or _("Tabelle"),
        inner,
    )


def _table_row(row: Sequence[object], labels: Sequence[str], number: set[int]) -> SafeString:
    cells = [format_html('<th scope="row">{}</th>', row[0])]
    cells += [
        format_html(
            "<td{}{}>{}</td>",
            safe(' class="ms-num"') if i in number else EMPTY,
            attrs({"data_label": labels[i] if i < len(labels) else ""}),
            esc(cell),
        )
        for i, cell in enumerate(row[1:], start=1)
    ]
    return format_html("<tr>{}</tr>", join(cells))


def _links(options: Iterable[Option], current: str) -> SafeString:
    return join(
        format_html(
            '<li><a href="{}"{}>{}<span>{}</span>{}</a></li>',
            href(o.href),
            safe(f' aria-current="{current}"') if o.active else EMPTY,
            mark_svg(o.mark) if o.mark else EMPTY,
            o.label,
            format_html(' <span class="ms-chips__count">{}</span>', o.count) if o.count is not None else EMPTY,
        )
        for o in options
    )


def tabs(options: Iterable[Option], label: Text) -> SafeString:
    """Views of the same thing as links ("Bild", "Tabelle", "Vergleich"); `label` names the row for screen readers."""
    return format_html('<nav class="ms-tabs" aria-label="{}"><ul>{}</ul></nav>', label, _links(options, "page"))


def switch(label: Text, options: Iterable[Option]) -> SafeString:
    """A choice of one, as links side by side, with its visible label ("Ringe: Status | Zeit bis zum Ende")."""
    return format_html(
        '<div class="ms-switch" role="group" aria-label="{}">'
        '<span class="ms-switch__label" aria-hidden="true">{}</span>'
        "<ul>{}</ul></div>",
        label,
        label,
        _links(options, "true"),
    )


def chips(label: Text, options: Iterable[Option]) -> SafeString:
    """Filters as links: an active one leads to the list without it."""
    return format_html('<nav class="ms-chips" aria-label="{}"><ul>{}</ul></nav>', label, _links(options, "true"))


def with_query(query: Mapping[str, object], **changes: object) -> str:
    """`?a=1&page=2`: the query of this page with changes; None removes. `query` may be a QueryDict."""
    lists: dict[str, list[object]] = {}
    for key in query:
        values = query.getlist(key) if hasattr(query, "getlist") else [query[key]]
        lists[key] = list(values)
    for key, value in changes.items():
        if value in (None, ""):
            lists.pop(key, None)
        else:
            lists[key] = [value]
    return "?" + urlencode(lists, doseq=True)


def pagination(page: int, pages: int, query: Mapping[str, object] | None = None, name: str = "seite") -> SafeString:
    """Page numbers that keep the rest of the query; nothing for a single page."""
    if pages <= 1:
        return EMPTY
    query = query or {}

    def url(number: int) -> str:
        return with_query(query, **{name: number if number > 1 else None})

    parts: list[SafeString] = []
    if page > 1:
        parts.append(
            format_html('<li><a rel="prev" href="{}">{}{}</a></li>', url(page - 1), icon("previous"), _("Zurück"))
        )
    last = 0
    for number in sorted({1, 2, page - 1, page, page + 1, pages} & set(range(1, pages + 1))):
        if number > last + 1:
            parts.append(safe('<li><span aria-hidden="true">…</span></li>'))
        last = number
        parts.append(
            format_html(
                '<li><a href="{}" aria-label="{}"{}>{}</a></li>',
                url(number),
                _("Seite %(number)d von %(pages)d") % {"number": number, "pages": pages},
                safe(' aria-current="page"') if number == page else EMPTY,
                number,
            )
        )
    if page < pages:
        parts.append(format_html('<li><a rel="next" href="{}">{}{}</a></li>', url(page + 1), _("Weiter"), icon("next")))
    return format_html('<nav class="ms-pages" aria-label="{}"><ul>{}</ul></nav>', _("Seiten"), join(parts))


def empty(title: Text, body: Text = "", action: Text = "") -> SafeString:
    """An empty list says why it is empty and what to do."""
    return format_html(
        '<div class="ms-empty"><p><strong>{}</strong></p>{}{}</div>',
        title,
        format_html("<p>{}</p>", body) if body else EMPTY,
        format_html("<div>{}</div>", action) if action else EMPTY,  # may hold paragraphs, lists, buttons
    )


def stepper(steps: Sequence[object], current: int) -> SafeString:
    """Where in a longer form one stands; `current` counts from 1."""
    items = join(
        format_html(
            "<li{}>{}{}</li>",
            safe(' aria-current="step"') if i == current else safe(' class="ms-is-done"') if i < current else EMPTY,
            step,
            format_html('<span class="ms-sr"> ({})</span>', _("erledigt")) if i < current else EMPTY,
        )
        for i, step in enumerate(steps, start=1)
    )
    return format_html('<ol class="ms-stepper" aria-label="{}">{}</ol>', _("Schritte"), items)


def section(title: Text, body: Text, url: Text = "", more: Text = "", count: Text = "", id: str = "") -> SafeString:
    """A section with its heading; `count` stands quietly behind it, `more` links to `url` at the end of the line."""
    return format_html(
        '<section class="ms-section"{}><div class="ms-section__head"><h2>{}{}</h2>{}</div>{}</section>',
        attrs({"id": id}),
        title,
        format_html(' <span class="ms-section__count">{}</span>', count) if str(count) else EMPTY,
        format_html('<a class="ms-small" href="{}">{}</a>', href(url), more) if url and more else EMPTY,
        body,
    )
