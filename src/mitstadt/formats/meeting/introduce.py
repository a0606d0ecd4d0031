"""What the format tells the rooms below it at the start."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts import drafts
from mitstadt.booking import owners
from mitstadt.kit import datasets
from mitstadt.kit import jobs as kit_jobs
from mitstadt.search import registry as search
from mitstadt.subjects import kinds

from . import access, actions, format, open_data, queries, questions
from .models import MEETING, Meeting


def all_of_it() -> None:
    """Called by AppConfig.ready()."""
    kinds.register(
        kinds.Kind(
            slug=MEETING,
            label=_("Termin"),
            plural=_("Termine"),
            can=access.can,
            department_of=queries.department_of,
            verbs=frozenset({"follow", "report", "book", "manage_places"}),
        )
    )
    owners.register(MEETING, lambda subject: reverse("meeting_staff:date", args=[subject.public_id]))
    search.register(MEETING, _sources)
    datasets.register(open_data.MEETINGS)
    drafts.register_form("meeting:live")
    kit_jobs.every("meeting.purge", "03:40", questions.purge)
    format.register()


def _sources() -> Iterable[search.Source]:
    for found in Meeting.objects.order_by("pk").iterator(chunk_size=500):
        yield search.Source(found.pk, found.title, actions.search_text(found))
