"""Changes in words, as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mitstadt.kit import components as ui
from mitstadt.kit import languages
from mitstadt.kit.wording import ADDED, REMOVED, Piece
from mitstadt.radar.queries import Change

TAGS = {REMOVED: "del", ADDED: "ins"}


def pieces(found: Iterable[Piece]) -> SafeString:
    """A text with what went and what came, word by word."""
    return format_html_join(
        "",
        "{}",
        ((format_html("<{0}>{1}</{0}>", SafeString(TAGS[op]), text) if op in TAGS else text,) for op, text in found),
    )


def named(name: str, text: Any) -> SafeString:
    return format_html("{}: {}", name, text)


def change(one: Change) -> SafeString:
    """One line of a time line: what, word by word where it is a text, then who, why and the source."""
    text: Any = format_html('<a href="{}">{}</a>', _address(one.url), one.text) if one.url else one.text
    details = [
        format_html('<p class="rm__pieces">{}</p>', pieces(one.pieces)) if one.pieces else "",
        format_html('<p class="ms-meta">{} {}</p>', _("Grund:"), one.why) if one.why else _no_reason(one),
        ui.meta(one.who, one.revision, _("Quelle: %(source)s") % {"source": one.source} if one.source else "")
        if one.who or one.revision or one.source
        else "",
    ]
    return format_html("<p>{}</p>{}", text, SafeString("".join(str(d) for d in details)))


def _no_reason(one: Change) -> SafeString:
    """A moved end without a reason says so: that is the point of the time line."""
    if one.what == "end" and one.shift:
        return format_html('<p class="ms-meta">{}</p>', _("Ein Grund ist nicht bekannt."))
    return SafeString("")


def _address(url: str) -> str:
    return languages.local_path(url) if url.startswith("/") else url
