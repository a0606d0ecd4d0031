"""A theme is one token file under `static/kit/themes/`; a city may bring its own in its static folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from posixpath import join, normpath

from django.contrib.staticfiles import finders

FALLBACK = "hell"
# The themes that come with the house, with the names the style guide shows.
BUILT_IN = {"hell": "Hell", "kontrast": "Kontrast"}
_FACE = re.compile(r"@font-face\s*\{.*?\}", re.S)
_URL = re.compile(r'url\("([^"]+\.woff2)"\)')
_NAME = re.compile(r"^[a-z0-9-]+$")


@dataclass(frozen=True, slots=True)
class Theme:
    """`css` and `preload` are paths below the static address; `colors` are the page colours light and dark."""

    slug: str
    css: str
    preload: tuple[str, ...] = ()
    colors: tuple[str, str] = ("#ffffff", "#121418")


@lru_cache(maxsize=16)
def find(slug: str) -> Theme:
    """The theme called `slug`, or the built-in one where there is none of that name."""
    file = _file(slug) or _file(FALLBACK)
    assert file is not None
    if not _file(slug):
        slug = FALLBACK
    css = f"kit/themes/{slug}.css"
    text = file.read_text(encoding="utf-8")
    preload = tuple(
        normpath(join("kit/themes", url))
        for face in _FACE.findall(text)
        if "/* preload */" in face
        for url in _URL.findall(face)
    )
    pages = re.findall(r"--ms-page:\s*(#[0-9a-fA-F]{6})", text)
    return Theme(slug, css, preload, (pages[0], pages[1]) if len(pages) > 1 else ("#ffffff", "#121418"))


@lru_cache(maxsize=16)
def css(slug: str) -> str:
    """The text of a theme's token file."""
    file = _file(find(slug).slug)
    assert file is not None
    return file.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def logo() -> str:
    """The static path of the city's own logo, empty where it has none (a coloured disc stands in)."""
    return "city/logo.svg" if finders.find("city/logo.svg") else ""


def _file(slug: str) -> Path | None:
    found = finders.find(f"kit/themes/{slug}.css") if _NAME.match(slug) else None
    return Path(str(found)) if found else None
