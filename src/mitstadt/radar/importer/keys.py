"""From codes to database keys and names, read once for a whole file."""

from __future__ import annotations

from typing import Any

from mitstadt.geo.models import District
from mitstadt.organisations.models import Organisation
from mitstadt.radar.models import CoreArea, Field, Principle, Revision, Strategy

from .shape import MeasureIn


class Keys:
    """Six queries. A code that a checked file names is always there once its frame is written."""

    def __init__(self, strategy: Strategy | None) -> None:
        mine: dict[str, Any] = {"strategy": strategy}
        self.strategy = strategy
        self.fields = dict(Field.objects.filter(**mine).values_list("slug", "id"))
        self.core_areas = dict(CoreArea.objects.filter(**mine).values_list("slug", "id"))
        self.principles = dict(Principle.objects.filter(**mine).values_list("slug", "id"))
        self.revisions = dict(Revision.objects.filter(**mine).values_list("code", "id"))
        self.departments: dict[str, int] = {}
        for key, code, slug in Organisation.objects.values_list("id", "code", "slug"):
            self.departments[code or slug] = key
        self.districts = dict(District.objects.values_list("number", "id"))

    def by_kind(self) -> dict[str, dict[str, int]]:
        """As `waiting.References` asks for them."""
        assert self.strategy is not None
        return {
            "strategy": {"this": self.strategy.pk},
            "field": self.fields,
            "core_area": self.core_areas,
            "department": self.departments,
            "principle": self.principles,
            "revision": self.revisions,
        }


class Names:
    """Names behind codes as they will be once a file's frame is written: what the search reads of a measure."""

    def __init__(self, strategy: Strategy | None, frame: dict[str, Any] | None) -> None:
        mine: dict[str, Any] = {"strategy": strategy}
        self.fields = dict(Field.objects.filter(**mine).values_list("slug", "name"))
        self.core_areas = dict(CoreArea.objects.filter(**mine).values_list("slug", "name"))
        self.departments = {
            code or slug: (name, code or "")
            for code, slug, name in Organisation.objects.values_list("code", "slug", "name")
        }
        for names, key in ((self.fields, "handlungsfelder"), (self.core_areas, "kernbereiche")):
            names.update({item["slug"]: str(item.get("name") or "") for item in (frame or {}).get(key) or []})
        for item in (frame or {}).get("referate") or []:
            self.departments[item["code"]] = (item["name"], item["code"])

    def row(self, key: int, m: MeasureIn) -> dict[str, Any]:
        """A measure of a file in the form in which `radar.search.source_of` reads a row."""
        department, code = self.departments.get(m.department, (None, None))
        return {
            "pk": key,
            **{
                name: getattr(m, name)
                for name in ("number", "title", "short_name", "summary", "reason", "audience", "plain_text", "contact",
                             "note", "status")
            },
            "field__name": self.fields.get(m.field, m.field),
            "field__slug": m.field,
            "core_area__name": self.core_areas.get(m.core_area),
            "department__name": department,
            "department__code": code,
            "subject__district__number": m.district,
            "retired_in_id": m.retired_in or None,
        }  # fmt: skip
