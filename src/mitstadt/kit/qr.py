"""Addresses as pictures, drawn on the server."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def svg(address: str, css: str = "", *, scale: int | None = None, border: int = 2) -> SafeString:
    """The address as an SVG picture with the class `css`; dark on white whatever the page's colours, so that every
    phone reads it. Without `scale` it fills what is around it."""
    size = {"scale": scale} if scale else {"omitsize": True}
    drawn: str = segno.make(address, error="m").svg_inline(
        border=border, dark="#000", light="#fff", svgclass=css or None, **size
    )
    return mark_safe(drawn)  # noqa: S308 - numbers drawn by segno, nothing of a person's text
