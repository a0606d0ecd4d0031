"""The marks as symbols that the pictures point at, and the words that go with them."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mitstadt.kit.marks import FLAG, MARKS, UNPROVEN
from mitstadt.kit.marks import mark as mark_of
from mitstadt.radar.rows import MeasureRow


def symbols() -> str:
    """`<symbol>` elements k-done, k-run, k-plan, k-stopped, k-unknown, k-late for `<use>`."""
    return "".join(
        f'<symbol id="k-{mark.tone}" viewBox="0 0 16 16">{mark.shape}</symbol>' for mark in (*MARKS.values(), FLAG)
    )


def sprite() -> str:
    """The symbols in an invisible SVG of their own, once per page. Not `display: none`, which would unmake them."""
    return f'<svg class="rd-sprite" width="0" height="0" aria-hidden="true" focusable="false">{symbols()}</svg>'


def number(value: float) -> str:
    """At most one digit behind the point: a tenth of a pixel is enough, and the page stays small."""
    return f"{value:.1f}".removesuffix(".0")


@lru_cache(maxsize=64)
def _status_words(status: str, _language: str) -> str:
    return _("Status nicht belegt") if status == UNPROVEN else str(mark_of(status).label)


def status_words(row: MeasureRow, language: str = "") -> str:
    """The status in words. `language` is the active one, for whoever asks often."""
    return _status_words(row.status, language or get_language() or "")


@lru_cache(maxsize=1024)
def _end_words(end: str, _language: str) -> str:
    return _("geplantes Ende %(end)s") % {"end": end}


def spoken(row: MeasureRow, moved_from: str = "", language: str = "") -> str:
    """What a screen reader says of a mark and a pointer shows: name, full title, status, field, flags. Escaped."""
    parts = [row.label]
    if row.title != row.label:
        parts.append(row.title)
    language = language or get_language() or ""
    parts += [status_words(row, language), row.field.name]
    if row.end:
        parts.append(_end_words(row.end, language))
    parts += [flag.text for flag in row.flags if flag.slug in ("late", "postponed")]
    if row.earlier_end:
        parts.append(_("früher geplantes Ende %(end)s") % {"end": row.earlier_end})
    if moved_from:
        parts.append(_("früher: %(status)s") % {"status": moved_from})
    return escape(". ".join(parts) + ".")
