"""Charts of one measure, drawn on the server, with a table twin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.kit import components as ui

from . import dates

WIDTH = 760
LEFT = 20
BAR = 28
ROW = 74
TOP = 44

Report = tuple[int, str, str, str]  # percent, end, as of, confidence


def progress_heading(reports: Sequence[Report]) -> str:
    """The message of the chart in one sentence."""
    first, last = reports[0], reports[-1]
    if len(reports) == 1:
        return _("%(percent)s Prozent gemeldet") % {"percent": last[0]}
    shift = dates.months_between(first[1], last[1]) if first[1] and last[1] else 0
    moved = _("Von %(first)s auf %(last)s Prozent") % {"first": first[0], "last": last[0]}
    if shift > 0:
        later = (
            ngettext("das Ende ein Jahr später", "das Ende %(n)s Jahre später", shift // 12) % {"n": shift // 12}
            if shift % 12 == 0
            else ngettext("das Ende einen Monat später", "das Ende %(n)s Monate später", shift) % {"n": shift}
        )
        return f"{moved}, {later}"
    return moved


def _labels(reports: Sequence[Report]) -> list[str]:
    names = []
    for number, (_percent, _end, as_of, _confidence) in enumerate(reports):
        if as_of:
            names.append(_("Stand %(day)s") % {"day": ui.day(as_of)})
        elif len(reports) == 1:
            names.append(_("Stand, undatiert"))
        else:
            names.append(_("Neuerer Stand, undatiert") if number else _("Früherer Stand, undatiert"))
    return names


def progress(reports: Sequence[Report], start: str, today: date) -> SafeString:
    """Bars of the planned period with the share that the city reported as done; nothing without start and ends.

    The length is time, the dark part the reported percentage of that length: a share, not a date.
    """
    ends = [dates.last_day(r[1]) for r in reports if r[1]]
    if not start or len(ends) < len(reports):
        return _table(reports)
    first = dates.first_day(start)
    last_year = max(*[e.year for e in ends], today.year) + 1
    span = (date(last_year, 1, 1) - date(first.year, 1, 1)).days

    def x(day: date) -> float:
        return round(LEFT + (day - date(first.year, 1, 1)).days / span * (WIDTH - 2 * LEFT), 1)

    bottom = TOP + ROW * len(reports)
    step = max((last_year - first.year) // 9 + 1, 1)
    years = range(first.year, last_year + 1, step)
    grid = format_html_join(
        "",
        '<line class="rc-grid" x1="{0}" y1="{1}" x2="{0}" y2="{2}"/><text class="rc-year" x="{0}" y="{3}">{4}</text>',
        ((x(date(year, 1, 1)), TOP - 12, bottom, bottom + 20, year) for year in years),
    )
    bars = []
    for number, ((percent, end, _as_of, _confidence), name) in enumerate(zip(reports, _labels(reports), strict=True)):
        y = TOP + ROW * number + 22
        begin, finish = x(first), x(dates.last_day(end))
        length = finish - begin
        done = round(length * percent / 100, 1)
        inside = done > 70
        bars.append(
            format_html(
                '<text class="rc-name" x="{}" y="{}">{}</text>'
                '<rect class="rc-plan" x="{}" y="{}" width="{}" height="{}"/>'
                '<rect class="rc-done" x="{}" y="{}" width="{}" height="{}"/>'
                '<text class="{}" x="{}" y="{}">{}\u202f%</text>'
                '<line class="rc-end" x1="{}" y1="{}" x2="{}" y2="{}"/>',
                begin, y - 9, name, begin, y, length, BAR, begin, y, done, BAR,
                "rc-in" if inside else "rc-out", begin + done + (-10 if inside else 10), y + 19, percent,
                finish, y - 4, finish, y + BAR + 4,
            )
        )  # fmt: skip
    shifts = []
    for number in range(1, len(reports)):
        months = dates.months_between(reports[number - 1][1], reports[number][1])
        if not months:
            continue
        a, b = x(dates.last_day(reports[number - 1][1])), x(dates.last_day(reports[number][1]))
        y = TOP + ROW * (number - 1) + 22 + BAR + 4
        shifts.append(
            format_html(
                '<path class="rc-shift" d="M{} {}C{} {} {} {} {} {}"/><text class="rc-months" x="{}" y="{}">{}</text>',
                a, y, a, y + 24, b, y + 8, b, y + ROW - BAR - 14, min(a, b) - 10, y + 26,
                ngettext("%(n)+d Monat", "%(n)+d Monate", months) % {"n": months},
            )
        )  # fmt: skip
    now = x(today)
    return format_html(
        '<figure class="rc"><svg class="rc-svg" viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<line class="rc-today" x1="{}" y1="{}" x2="{}" y2="{}"/><text class="rc-now" x="{}" y="{}">{}</text>{}{}</svg>'
        "{}<figcaption>{}</figcaption></figure>",
        WIDTH,
        bottom + 28,
        progress_heading(reports),
        grid,
        now,
        TOP - 12,
        now,
        bottom,
        min(now, WIDTH - 24),
        TOP - 20,
        _("heute"),
        SafeString("".join(bars)),
        SafeString("".join(shifts)),
        _table(reports, folded=True),
        _(
            "Balken: geplanter Zeitraum, davon dunkel der Anteil, den die Stadt als fertig gemeldet hat. "
            "Prozentangaben der Stadt, nicht durch Meilensteine belegt."
        ),
    )


def _table(reports: Sequence[Report], folded: bool = False) -> SafeString:
    rows = [
        (name, f"{percent}\u202f%", ui.day(end) if end else _("nicht belegt"))
        for (percent, end, _as_of, _confidence), name in zip(reports, _labels(reports), strict=True)
    ]
    table = ui.table(
        (_("Stand"), _("Gemeldet"), _("Geplantes Ende")), rows, caption=_("Gemeldeter Fortschritt"), caption_hidden=True
    )
    if not folded:
        return table
    return format_html('<details class="ms-details"><summary>{}</summary>{}</details>', _("Als Tabelle"), table)
