"""What the radar tells the rooms below it at the start: its kind of subject, topics, texts, open data, demo."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.translation import gettext_lazy as _

from mitstadt.kit import datasets as open_data
from mitstadt.kit import demo as kit_demo
from mitstadt.kit import nav
from mitstadt.notify import topics
from mitstadt.search import registry as search
from mitstadt.subjects import kinds

from . import access


def all_of_it() -> None:
    from . import datasets, demo, following
    from .models.measure import KIND
    from .search import sources
    from .staff.setup import introduce as introduce_staff

    kinds.register(
        kinds.Kind(
            slug=KIND,
            then=then,
            label=_("Maßnahme"),
            plural=_("Maßnahmen"),
            can=access.can,
            can_many=access.can_many,
            department_of=access.department_of,
            verbs=access.VERBS,
            states=_states,
        )
    )
    search.register(KIND, sources)
    introduce_staff()
    for dataset in datasets.ALL:
        open_data.register(dataset)
    nav.register(nav.NavItem("radar", _("Radar"), "radar:radar", order=20))
    kit_demo.register(600, "Digitalstrategie der Stadt", demo.load)
    topics.register("field", _name_of("Field"), lambda slug: f"/radar/tabelle/?feld={slug}")
    topics.register("core_area", _name_of("CoreArea"), lambda slug: f"/radar/tabelle/?kernbereich={slug}")
    following.register()
    topics.register("department", _department, lambda code: f"/radar/tabelle/?referat={code}")


def _states(keys: Sequence[int]) -> dict[int, kinds.State]:
    from .models import Measure
    from .models.measure import Status
    from .queries import words_of

    rows = Measure.objects.filter(pk__in=keys).values_list("pk", "status", "status_as_of")
    ended = (Status.DONE, Status.STOPPED)
    return {key: kinds.State(Status(status).label, words_of(since), status in ended) for key, status, since in rows}


def _name_of(model: str):  # type: ignore[no-untyped-def]
    def label(slug: str) -> str:
        from . import models

        found = getattr(models, model).objects.filter(slug=slug, strategy__is_current=True).first()
        return str(found) if found else ""

    return label


def _department(code: str) -> str:
    from django.db.models import Q

    from mitstadt.organisations.models import Organisation

    found = Organisation.objects.filter(Q(code=code) | Q(slug=code)).first()
    return found.name if found else ""


def then(keys: Collection[int]) -> dict[int, kinds.Then]:
    """For `subjects.kinds`: the measures on the past day that is shown, as the radar shows them."""
    from . import snapshot
    from .picture.marks import status_words

    wanted = set(keys)
    return {
        row.id: kinds.Then(row.title, f"{status_words(row)} · {row.field.name}", row.summary)
        for row in snapshot.current().rows
        if row.id in wanted
    }
