"""The picture as a file of its own: SVG with its styles and font inside, PNG at twice the size."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.html import escape

from mitstadt.kit import themes
from mitstadt.radar.layout.metrics import FONTS

from .marks import number as n
from .marks import symbols

MARGIN = 24.0
HEAD = 84.0
FOOT = 52.0
_TOKEN = re.compile(r"--ms-([a-z0-9-]+):\s*(#[0-9a-fA-F]{3,8})")
_VAR = re.compile(r"var\(--ms-([a-z0-9-]+)\)")
_NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
# Twice the size of a very long strategy would be hundreds of megabytes of pixels.
MOST_PIXELS = 40_000_000


@lru_cache(maxsize=8)
def tokens(theme: str) -> tuple[dict[str, str], dict[str, str]]:
    """The colours of a theme, light and dark, by token name without ``--ms-``."""
    path = finders.find(themes.find(theme).css)
    text = Path(str(path)).read_text(encoding="utf-8") if path else ""
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    for name, value in _TOKEN.findall(text):
        (dark if name in light else light).setdefault(name, value)
    return light, light | dark


@lru_cache(maxsize=8)
def style(theme: str, dark: bool) -> str:
    """picture.css with a theme's colours instead of its tokens."""
    path = finders.find("radar/picture.css")
    text = Path(str(path)).read_text(encoding="utf-8") if path else ""
    colours = tokens(theme)[1 if dark else 0]
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S).replace("var(--ms-font)", "sans-serif")
    return _VAR.sub(lambda match: colours.get(match.group(1), "#16181d"), text)


@lru_cache(maxsize=1)
def _faces() -> str:
    faces = []
    for weight, name in ((400, "Regular"), (600, "SemiBold")):
        path = finders.find(f"kit/vendor/fira-sans/FiraSans-{name}.woff2")
        if path:
            data = base64.b64encode(Path(str(path)).read_bytes()).decode()
            faces.append(
                f'@font-face{{font-family:"Fira Sans";font-weight:{weight};'
                f'src:url("data:font/woff2;base64,{data}") format("woff2")}}'
            )
    return "".join(faces)


def standalone(
    picture: str,
    width: float,
    height: float,
    *,
    title: str,
    subtitle: str,
    source: str,
    licence: str,
    theme: str,
    for_png: bool = False,
) -> str:
    """`picture` (as `horizon_svg` made it, `width` × `height`) with heading, day, source and licence.

    Light by default, dark where the reader's device is dark; a PNG is always light.
    """
    css = style(theme, dark=False)
    if not for_png:
        css = f"{_faces()}{css}@media (prefers-color-scheme:dark){{{style(theme, dark=True)}}}"
    total_width, total_height = width + 2 * MARGIN, height + HEAD + FOOT + MARGIN
    inner = re.sub(r"^<svg [^>]*>|</svg>$", "", picture)
    return (
        f'<svg {_NAMESPACE} width="{n(total_width)}" height="{n(total_height)}" '
        f'viewBox="0 0 {n(total_width)} {n(total_height)}" role="img" class="rd-picture">'
        f"<title>{escape(title)}</title><desc>{escape(subtitle)} {escape(source)} {escape(licence)}</desc>"
        f"<style>{css}</style>{symbols()}"
        f'<rect class="rd-page" width="100%" height="100%"/>'
        f'<text class="rd-title" x="{n(MARGIN)}" y="50">{escape(title)}</text>'
        f'<text class="rd-sub" x="{n(MARGIN)}" y="76">{escape(subtitle)}</text>'
        f'<g transform="translate({n(MARGIN)} {n(HEAD + 8)})">{inner}</g>'
        f'<text class="rd-sub" x="{n(MARGIN)}" y="{n(total_height - 36)}">{escape(source)}</text>'
        f'<text class="rd-sub" x="{n(MARGIN)}" y="{n(total_height - 16)}">{escape(licence)}</text>'
        f"</svg>"
    )


def png(svg: str, width: float, height: float) -> bytes:
    """`svg` (made `for_png`) as PNG at twice its size, less where that would exceed `MOST_PIXELS`."""
    import resvg_py

    zoom = 2.0
    while width * height * zoom * zoom > MOST_PIXELS and zoom > 0.5:
        zoom -= 0.25
    data = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=round((width + 2 * MARGIN) * zoom),
        font_files=[str(FONTS / "FiraSans-Regular.ttf"), str(FONTS / "FiraSans-SemiBold.ttf")],
        font_family="Fira Sans",
        skip_system_fonts=True,
    )
    return bytes(data)
