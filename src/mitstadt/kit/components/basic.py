"""Buttons, marks, labels, notices: the small words of every page."""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mitstadt.kit.marks import FLAG, Mark, mark

from .html import EMPTY, Text, attrs, esc, href, join, safe

BUTTON_KINDS = ("primary", "secondary", "quiet", "danger")
_KERN_BUTTON = {"primary": "primary", "secondary": "secondary", "quiet": "tertiary", "danger": "primary"}

ICONS = {
    "search": '<circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="m11 11 4 4" stroke="currentColor" stroke-width="2"/>',
    "menu": '<path d="M1 3h14M1 8h14M1 13h14" stroke="currentColor" stroke-width="2"/>',
    "next": '<path d="m5 2 6 6-6 6" fill="none" stroke="currentColor" stroke-width="2"/>',
    "previous": '<path d="M11 2 5 8l6 6" fill="none" stroke="currentColor" stroke-width="2"/>',
    "close": '<path d="m3 3 10 10M13 3 3 13" stroke="currentColor" stroke-width="2"/>',
    "info": '<circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    '<path d="M8 7v4.5M8 4v1.6" stroke="currentColor" stroke-width="1.8"/>',
    "success": '<circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    '<path d="m4.8 8.3 2.2 2.2 4.2-4.6" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    "warning": '<path d="M8 1.5 15 14H1z" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    '<path d="M8 6v4M8 11v1.5" stroke="currentColor" stroke-width="1.8"/>',
    "danger": '<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    '<path d="M8 4v5M8 10.5v1.6" stroke="currentColor" stroke-width="1.8"/>',
    "download": '<path d="M8 1v9M4 6.5 8 10.5l4-4M2 14h12" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    "print": '<path d="M4 5V1h8v4M4 11H1.5V5h13v6H12M4 9h8v6H4z" '
    'fill="none" stroke="currentColor" stroke-width="1.6"/>',
}


def icon(name: str, label: Text = "") -> SafeString:
    """A line icon in the text's colour. Without `label` it is decoration and hidden from screen readers."""
    shape = safe(ICONS[name])
    if label:
        return format_html('<svg class="ms-icon" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>', label, shape)
    return format_html('<svg class="ms-icon" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', shape)


def button(text: Text, kind: str = "primary", type: str = "submit", **extra: object) -> SafeString:
    """A button in a form. `kind`: primary, secondary, quiet, danger; further arguments become attributes."""
    return format_html(
        '<button type="{}" class="{}"{}><span class="kern-label">{}</span></button>',
        type,
        _button_class(kind),
        attrs(extra),
        text,
    )


def link_button(text: Text, url: Text, kind: str = "primary", **extra: object) -> SafeString:
    """A link that looks like a button: the page's one main action ("Frage stellen")."""
    return format_html(
        '<a href="{}" class="{}"{}><span class="kern-label">{}</span></a>',
        href(url),
        _button_class(kind),
        attrs(extra),
        text,
    )


def _button_class(kind: str) -> str:
    return f"kern-btn kern-btn--{_KERN_BUTTON.get(kind, 'primary')} ms-btn ms-btn--{kind}"


def link(text: Text, url: Text, **extra: object) -> SafeString:
    """A plain link in text."""
    return format_html('<a href="{}"{}>{}</a>', href(url), attrs(extra), text)


@lru_cache(maxsize=64)
def mark_svg(key: str, size: int = 0) -> SafeString:
    """Only the shape of a status, for places where its word stands next to it. `size` in px, 0 = like the text."""
    found: Mark = mark(key)
    return format_html(
        '<svg class="ms-mark ms-mark--{}" viewBox="0 0 16 16" aria-hidden="true"{}>{}</svg>',
        found.tone,
        attrs({"width": size or None, "height": size or None}),
        safe(found.shape),
    )


def status(key: str, label: Text = "") -> SafeString:
    """Shape, word and colour of a status: geplant, in_umsetzung, abgeschlossen, eingestellt, unbekannt."""
    return _status(key, str(esc(label or mark(key).label)))


@lru_cache(maxsize=256)
def _status(key: str, escaped: str) -> SafeString:
    """Takes the label escaped: safe and unsafe texts of the same letters are one key to the cache."""
    return safe(f'<span class="ms-status ms-status--{mark(key).tone}">{mark_svg(key)}<span>{escaped}</span></span>')


def flag(text: Text = "", rule: Text = "") -> SafeString:
    """A warning flag with its word ("Ende 2× verschoben"); `rule` is the written rule behind it, read as a title."""
    return format_html(
        '<span class="ms-flag"{}>{}<span>{}</span></span>',
        attrs({"title": rule}),
        mark_svg("flag"),
        text or FLAG.label,
    )


def tag(text: Text, tone: str = "") -> SafeString:
    """A small outlined label. `tone`: "" (neutral), done, run, plan, late, stopped, ink (filled)."""
    return format_html('<span class="kern-badge ms-tag{}">{}</span>', f" ms-tag--{tone}" if tone else "", text)


def example(shown: object = True) -> SafeString:
    """The mark of invented content; nothing if `shown` is false, so that rows can hand in `is_example`."""
    if not shown:
        return EMPTY
    word = _("Beispiel")  # on its own line: xgettext does not look into f-strings
    return safe(f'<span class="kern-badge ms-tag ms-tag--example">{esc(word)}</span>')


def alert(title: Text, body: Text = "", kind: str = "info", live: bool = False, id: str = "") -> SafeString:
    """A notice. `kind`: info, success, warning, danger; `live` announces it to screen readers."""
    words = {
        "info": _("Hinweis"),
        "success": _("Erledigt"),
        "warning": _("Bitte beachten"),
        "danger": _("Fehler"),
    }
    role = ("alert" if kind == "danger" else "status") if live else None
    return format_html(
        '<div class="ms-alert ms-alert--{kind}"{extra}>{icon}<div class="ms-alert__text">'
        '<p class="ms-alert__title"><span class="ms-sr">{word}: </span>{title}</p>{body}</div></div>',
        kind=kind,
        extra=attrs({"role": role, "id": id or None, "tabindex": "-1" if id else None}),
        icon=icon(kind if kind in words else "info"),
        word=words.get(kind, words["info"]),
        title=title,
        body=format_html('<div class="ms-alert__body">{}</div>', body) if str(body).strip() else EMPTY,
    )


def meta(*parts: object) -> SafeString:
    """Facts in one quiet line, parted by middle dots; empty ones are left out."""
    return format_html('<p class="ms-meta">{}</p>', dotted(*parts))


def dotted(*parts: object) -> SafeString:
    """`a · b · c`, empty parts left out."""
    return join([esc(p) for p in parts if p not in (None, "", False)], " · ")
