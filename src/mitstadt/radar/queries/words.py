"""Facts of versions in words: names for codes, dates as people say them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from mitstadt.geo.models import District
from mitstadt.organisations.models import Organisation
from mitstadt.radar.models import CoreArea, Field, Measure, Principle, Revision, Status, Strategy

from .flags import words_of

DATES = ("start", "end", "status_as_of")


def fact_names() -> dict[str, str]:
    """What a fact is called, in the active language."""
    return {
        "title": gettext("Titel"),
        "summary": gettext("Worum geht es?"),
        "reason": gettext("Warum?"),
        "audience": gettext("Für wen?"),
        "contact": gettext("Zuständige Stelle"),
        "short_name": gettext("Kurzname"),
        "slug": gettext("Kurzadresse"),
        "kind": gettext("Art"),
        "field": gettext("Handlungsfeld"),
        "core_area": gettext("Kernbereich"),
        "department": gettext("Referat"),
        "start": gettext("Beginn"),
        "end": gettext("Geplantes Ende"),
        "status": gettext("Status"),
        "status_as_of": gettext("Stand vom"),
        "principles": gettext("Prinzipien"),
        "district": gettext("Stadtbezirk"),
        "revision": gettext("Teil der Strategie"),
        "milestones_done": gettext("Erreichte Meilensteine"),
        "milestones_all": gettext("Meilensteine"),
    }


class Words:
    """Names of one strategy, read once (six queries, each only when needed)."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self._kept: dict[str, dict[Any, str]] = {}

    def __call__(self, fact: str, value: Any) -> str:
        """The value of a fact in words; empty for an unknown one."""
        if value in (None, "", []):
            return ""
        if fact in DATES:
            return words_of(str(value))
        if fact == "status":
            return str(dict(Status.choices).get(value, value))
        if fact == "kind":
            return str(dict(Measure.Kind.choices).get(value, value))
        if fact == "principles":
            names = self._names("principles")
            return ", ".join(names.get(slug, slug) for slug in value)
        if fact in ("field", "core_area", "department", "district", "revision"):
            return self._names(fact).get(value, str(value))
        return str(value)

    def _names(self, fact: str) -> dict[Any, str]:
        if fact not in self._kept:
            mine = {"strategy": self.strategy}
            if fact == "department":
                rows = [(c or s, n) for c, s, n in Organisation.objects.values_list("code", "slug", "name")]
                self._kept[fact] = dict(rows)
            elif fact == "district":
                self._kept[fact] = dict(District.objects.values_list("number", "name"))
            elif fact == "revision":
                self._kept[fact] = dict(Revision.objects.filter(**mine).values_list("code", "name"))
            else:
                model: Any = {"field": Field, "core_area": CoreArea, "principles": Principle}[fact]
                self._kept[fact] = dict(model.objects.filter(**mine).values_list("slug", "name"))
        return self._kept[fact]
