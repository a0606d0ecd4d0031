"""Why something may be reported and on which ground it may be restricted: data of the city, with a neutral default.

A city puts its own `moderation.yaml` (same keys) into its folder; without one, `data/moderation.yaml` of this room
holds. A ground is either a law or a paragraph of the house rules; its text is copied into every decision, so that a
later change of the file does not change what was decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from mitstadt.kit import yamls
from mitstadt.kit.city import current

LAW, HOUSE_RULE = "law", "house_rule"
DEFAULT = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Ground:
    """`titles` and `texts` by language code; German always."""

    slug: str
    kind: str
    titles: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        return _pick(self.titles)

    @property
    def text(self) -> str:
        return _pick(self.texts)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody reports something. `note` explains it in the form."""

    slug: str
    titles: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        return _pick(self.titles)


@dataclass(frozen=True, slots=True)
class HouseRules:
    reasons: tuple[Reason, ...]
    grounds: tuple[Ground, ...]
    words: frozenset[str]


def _pick(texts: tuple[tuple[str, str], ...]) -> str:
    """The text in the active language, else in German."""
    known = dict(texts)
    return known.get(get_language() or "de") or known["de"]


def _texts(value: Any, where: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or "de" not in value:
        raise ValueError(f"{where}: expected texts by language, German (de) at least")
    return tuple((str(code), " ".join(str(text).split())) for code, text in value.items())


def load(folder: Path) -> HouseRules:
    """Read `moderation.yaml` and `words.txt` of the city folder, each with this room's default.

    Raises ValueError with the file and the place when something is missing.
    """
    path = next(p for p in (folder / "moderation.yaml", DEFAULT / "moderation.yaml") if p.is_file())
    data = yamls.read(path)
    reasons = tuple(Reason(slug, _texts(t, f"{path}: reasons.{slug}")) for slug, t in data["reasons"].items())
    grounds = []
    for slug, row in data["grounds"].items():
        where = f"{path}: grounds.{slug}"
        if row.get("kind") not in (LAW, HOUSE_RULE):
            raise ValueError(f"{where}.kind: expected law or house_rule")
        grounds.append(Ground(slug, row["kind"], _texts(row.get("title"), where), _texts(row.get("text"), where)))
    words = next(p for p in (folder / "words.txt", DEFAULT / "words.txt") if p.is_file())
    lines = (line.partition("#")[0].strip().casefold() for line in words.read_text(encoding="utf-8").splitlines())
    return HouseRules(reasons, tuple(grounds), frozenset(line for line in lines if line))


@lru_cache(maxsize=4)
def _loaded(folder: Path) -> HouseRules:
    return load(folder)


def rules() -> HouseRules:
    """The house rules of this city; read once."""
    return _loaded(current().folder)


def ground(slug: str) -> Ground | None:
    return next((g for g in rules().grounds if g.slug == slug), None)


def reason(slug: str) -> Reason | None:
    return next((r for r in rules().reasons if r.slug == slug), None)
