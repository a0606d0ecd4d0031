"""From codes to database keys, read once for a whole file."""

from __future__ import annotations

from mitstadt.geo.models import District
from mitstadt.organisations.models import Organisation
from mitstadt.radar.models import CoreArea, Field, Principle, Revision, Strategy


class Keys:
    """Six queries. A code that a checked file names is always there."""

    def __init__(self, strategy: Strategy) -> None:
        mine = {"strategy": strategy}
        self.fields = dict(Field.objects.filter(**mine).values_list("slug", "id"))
        self.core_areas = dict(CoreArea.objects.filter(**mine).values_list("slug", "id"))
        self.principles = dict(Principle.objects.filter(**mine).values_list("slug", "id"))
        self.revisions = dict(Revision.objects.filter(**mine).values_list("code", "id"))
        self.departments: dict[str, int] = {}
        for key, code, slug in Organisation.objects.values_list("id", "code", "slug"):
            self.departments[code or slug] = key
        self.districts = dict(District.objects.values_list("number", "id"))
