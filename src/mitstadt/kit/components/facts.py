"""What became of it: facts, time line, answers, deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from math import pi

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .basic import example, mark_svg, tag
from .dates import DateLike, day, time_tag
from .html import EMPTY, Text, join


def facts(pairs: Iterable[tuple[object, object]]) -> SafeString:
    """A list of facts: (term, value); pairs without a value are left out, a list of values stands line by line."""
    rows = []
    for term, value in pairs:
        if value in (None, "", [], ()):
            continue
        values = value if isinstance(value, (list, tuple)) else [value]
        rows.append(format_html("<div><dt>{}</dt>{}</div>", term, join(format_html("<dd>{}</dd>", v) for v in values)))
    return format_html('<dl class="ms-facts">{}</dl>', join(rows))


def timeline(events: Iterable[tuple[DateLike, object]]) -> SafeString:
    """What happened when, in the order given: (date or partial date or None, text)."""
    rows = join(
        format_html(
            '<li><span class="ms-timeline__when">{}</span><div>{}</div></li>',
            time_tag(when) if when else _("ohne Datum"),
            what,
        )
        for when, what in events
    )
    return format_html('<ol class="ms-timeline">{}</ol>', rows)


def quote(body: Text, source: Text = "") -> SafeString:
    """A quotation with where it comes from."""
    return format_html(
        '<blockquote class="ms-quote"><div>{}</div>{}</blockquote>',
        body,
        format_html("<footer>{}</footer>", source) if source else EMPTY,
    )


def answer(
    who: Text,
    body: Text,
    when: DateLike = None,
    working_days: int | None = None,
    is_example: bool = False,
    became: Text = "",
    label: Text = "",
    anchor: str = "",
) -> SafeString:
    """An official answer: stands out by its form. `who` is function and department, never a name."""
    took = (
        ngettext("nach %(count)d Arbeitstag", "nach %(count)d Arbeitstagen", working_days) % {"count": working_days}
        if working_days is not None
        else ""
    )
    dates = ", ".join(part for part in (day(when), took) if part)
    return format_html(
        '<div class="ms-answer"{}><div class="ms-answer__head">{}<strong>{}</strong></div>'
        '<p class="ms-meta">{} {}</p><div class="ms-answer__body">{}</div>{}</div>',
        format_html(' id="{}"', anchor) if anchor else EMPTY,
        tag(label or _("Antwort der Stadt"), "ink"),
        who,
        dates,
        example(is_example),
        body,
        format_html('<p class="ms-answer__became">{} {} {}</p>', mark_svg("abgeschlossen"), _("Daraus wurde:"), became)
        if became
        else EMPTY,
    )


def rule(title: Text, why: Text) -> SafeString:
    """A warning with the written rule behind it: `Ende 1× verschoben … Regel: …`."""
    return format_html('<div class="ms-rule"><p>{}</p><p class="ms-rule__why">{} {}</p></div>', title, _("Regel:"), why)


def countdown(left: int, total: int, due: DateLike = None, note: Text = "", late: bool = False) -> SafeString:
    """The ring of a promised answer: `left` of `total` working days. Late answers say so in words."""
    around = 2 * pi * 18
    overdue = late or left < 0
    share = 1.0 if overdue else min(1.0, left / total) if total else 0.0
    if overdue:
        headline = _("Antwort überfällig seit %(day)s") % {"day": day(due)} if due else _("Antwort überfällig")
        text = ngettext("%(count)d Arbeitstag über der Frist", "%(count)d Arbeitstage über der Frist", abs(left)) % {
            "count": abs(left)
        }
    else:
        headline = _("Antwort fällig bis %(day)s") % {"day": day(due)} if due else _("Antwort fällig")
        text = _("noch %(left)d von %(total)d Arbeitstagen") % {"left": left, "total": total}
    return format_html(
        '<div class="ms-ring{}"><svg viewBox="0 0 44 44" aria-hidden="true">'
        '<circle class="ms-ring__track" cx="22" cy="22" r="18" fill="none" stroke-width="4"/>'
        '<circle class="ms-ring__rest" cx="22" cy="22" r="18" fill="none" stroke-width="4" '
        'stroke-dasharray="{} {}" transform="rotate(-90 22 22)"/>'
        '<text x="22" y="27" text-anchor="middle">{}</text></svg>'
        '<div><strong>{}</strong><span class="ms-ring__note">{}{}</span></div></div>',
        " ms-ring--late" if overdue else "",
        f"{around * share:.1f}",
        f"{around:.1f}",
        abs(left),
        headline,
        text,
        format_html(" · {}", note) if note else EMPTY,
    )
