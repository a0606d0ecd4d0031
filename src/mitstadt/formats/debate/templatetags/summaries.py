"""How a summary is written out: `{% load summaries %}`."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from mitstadt.comments.words import text_html

register = template.Library()


@register.filter
def written(text: str) -> SafeString:
    """Plain text as HTML: escaped, addresses become links; line feeds stay and the style sheet shows them."""
    return mark_safe(text_html(text))  # noqa: S308 - text_html escapes
