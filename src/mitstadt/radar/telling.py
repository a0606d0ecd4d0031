"""Telling people about changed measures, and keeping the search in step. Called by actions and by the worker."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop

from mitstadt.kit import jobs
from mitstadt.notify.actions import notify
from mitstadt.notify.sayings import Saying
from mitstadt.search import actions as search
from mitstadt.subjects.models import Subject

from .models import Measure, Revision
from .search import sources

CHUNK = 200


def topics_of(measure: Measure) -> list[str]:
    """What people who do not follow this measure may follow instead: its field, core area, department, district."""
    found = [f"field:{measure.field.slug}"]
    if measure.core_area:
        found.append(f"core_area:{measure.core_area.slug}")
    if measure.department:
        found.append(f"department:{measure.department.code or measure.department.slug}")
    if measure.district:
        found.append(f"district:{measure.district.number}")
    return found


def changed(measure: Measure, *, key: str, by: str = "") -> None:
    """A published change of one measure. Call it inside the transaction of the change."""
    told = measure.subject
    notify(
        "radar.measure.changed",
        subject=told,
        title=Saying(gettext_noop("Geändert: %(title)s"), {"title": measure.title}),
        text=measure.change_reason,
        path=told.path,
        key=key,
        actor_public_id=by,
        topics=topics_of(measure),
    )


def index(keys: Sequence[int]) -> None:
    """Make measures findable as they are now."""
    search.index_many(sources(keys))


def after_publication(revision_id: int | None, keys: Sequence[int], *, tell: bool) -> None:
    """Enqueue what follows a publication; call it inside its transaction. The work itself is done in chunks."""
    for start in range(0, len(keys), CHUNK):
        chunk = list(keys[start : start + CHUNK])
        jobs.enqueue(index_chunk, chunk)
        if tell and revision_id is not None:
            jobs.enqueue(tell_chunk, revision_id, chunk)


def index_chunk(keys: list[int]) -> None:
    """Job: bring the search index in line. Doing it twice changes nothing."""
    index(keys)


def tell_chunk(revision_id: int, keys: list[int]) -> None:
    """Job: tell followers what a revision changed. Nobody is told twice under one key."""
    revision = Revision.objects.filter(pk=revision_id).first()
    if revision is None:
        return
    new = set(
        Measure.objects.filter(pk__in=keys, versions__revision=revision, versions__sequence=1).values_list(
            "pk", flat=True
        )
    )
    for measure in Measure.objects.filter(pk__in=keys).select_related(
        "subject", "field", "core_area", "department", "district"
    ):
        _tell(measure, revision, is_new=measure.pk in new)


def _tell(measure: Measure, revision: Revision, *, is_new: bool) -> None:
    if is_new:
        message = gettext_noop("Neu in „%(revision)s“: %(title)s")
    elif measure.retired_in_id == revision.pk:
        message = gettext_noop("Entfällt mit „%(revision)s“: %(title)s")
    else:
        message = gettext_noop("Geändert mit „%(revision)s“: %(title)s")
    subject: Subject = measure.subject
    notify(
        "radar.revision.published",
        subject=subject,
        title=Saying(message, {"revision": revision.name, "title": measure.title}),
        text=measure.change_reason,
        path=subject.path,
        key=f"revision:{revision.pk}:{measure.pk}",
        topics=topics_of(measure),
    )
