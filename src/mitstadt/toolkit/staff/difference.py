"""What another city's file would change, in words that staff know from the forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from mitstadt.toolkit import words
from mitstadt.toolkit.catalogue import Change, Material
from mitstadt.toolkit.models import Combination, Method, Use

MODELS: Mapping[str, type[models.Model]] = {"method": Method, "combination": Combination, "experience": Use}
NAMES = {"name_de": "name", "iap2": "levels"}  # fields of the file that the model calls otherwise
OTHERS: Mapping[str, Any] = {"year": _("Jahr"), "url": _("Adresse"), "is_example": _("Beispiel")}
TERMS: Mapping[str, Mapping[str, Any]] = {
    "kind": words.KINDS,
    "iap2": words.LEVELS,
    "phases": words.PHASES,
    "effort": words.EFFORTS,
    "cost_class": words.COSTS,
    "figures": words.FIGURES,
    "time": words.TIMES,
    "groups": words.GROUPS,
    "needs": words.NEEDS,
}


def rows(change: Change) -> list[tuple[str, str, str, str]]:
    """Each differing field: its name in the file, its label, the value here, the value there."""
    return [
        (name, _label(change.what, name), shown(name, a), shown(name, b))
        for name, a, b in change.differing
        if name != "outdated_en"
    ]


def _label(what: str, name: str) -> str:
    if name in OTHERS and what == "experience":
        return str(OTHERS[name])
    found = MODELS[what]._meta.get_field(NAMES.get(name, name))
    return str(getattr(found, "verbose_name", name))  # a relation has none


def shown(name: str, value: Any) -> str:
    """A value of the file as people write it; a dash for nothing."""
    if isinstance(value, tuple):
        return " · ".join(shown(name, one) for one in value) or "–"
    if isinstance(value, Material):
        return " | ".join(filter(None, [value.title, value.url, value.source, value.title_en]))
    if isinstance(value, bool):
        return str(_("ja") if value else _("nein"))
    if value in ("", None):
        return "–"
    return str(TERMS.get(name, {}).get(value, value))
