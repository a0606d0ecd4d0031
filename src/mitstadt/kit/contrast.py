"""WCAG 2.2 contrast of a theme: which colours meet on our pages, and how strongly they differ."""

from __future__ import annotations

import re
from collections.abc import Iterator

TONES = ("ink", "muted", "done", "run", "plan", "unknown", "unproven", "stopped", "late")
GROUNDS = ("page", "stone", "tint-1", "tint-2", "tint-3", "tint-4")

# (foreground, background, least ratio): 4.5 for text, 3 for shapes, borders of controls and the focus ring.
PAIRS: tuple[tuple[str, str, float], ...] = (
    *((tone, ground, 4.5) for tone in TONES for ground in GROUNDS),
    *(("ink", f"{soft}-soft", 4.5) for soft in ("done", "run", "stopped", "late")),
    *((tone, f"{tone}-soft", 4.5) for tone in ("done", "run", "stopped", "late")),
    ("on-accent", "accent", 4.5),
    ("on-button", "button", 4.5),
    ("on-button", "button-hover", 4.5),
    ("page", "ink", 4.5),
    ("page", "stopped", 4.5),
    *(("edge", ground, 3.0) for ground in ("page", "stone")),
    *(("focus", ground, 3.0) for ground in GROUNDS),
    *(("button", ground, 3.0) for ground in ("page", "stone")),
)


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2)."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def modes(css: str) -> dict[str, dict[str, str]]:
    """The colour tokens of a theme file: `light`, `dark` (the device is dark) and `switched` (data-mode="dark")."""
    found = [
        dict(re.findall(r"--ms-([a-z0-9-]+):\s*(#[0-9a-fA-F]{6})\b", body))
        for _selector, body in re.findall(r"(:root[^{]*)\{([^{}]*)\}", css)
    ]
    names = ("light", "dark", "switched")
    if len(found) != len(names):
        raise ValueError(f"expected three :root blocks (light, dark, switched), found {len(found)}")
    return dict(zip(names, found, strict=True))


def failures(css: str) -> Iterator[str]:
    """Each documented pair of a theme file that is too weak, in words."""
    for mode, tokens in modes(css).items():
        for front, back, least in PAIRS:
            if front not in tokens or back not in tokens:
                yield f"{mode}: --ms-{front if front not in tokens else back} is missing"
            elif (found := ratio(tokens[front], tokens[back])) < least:
                yield f"{mode}: {front} on {back} is {found:.2f}, needs {least}"
