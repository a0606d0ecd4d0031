"""Telling people about changed measures, and keeping the search in step. Called by the approval and by the worker."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop

from mitstadt.kit import jobs
from mitstadt.notify.actions import notify
from mitstadt.notify.sayings import Saying
from mitstadt.search import actions as search
from mitstadt.subjects.models import Subject

from . import places, snapshot
from .importer import waiting
from .models import Measure, Revision, StagedImport
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
        onward=True,
    )


def published(measure: Measure, *, by: str = "") -> None:
    """What follows when a measure was published: it is found as it is now, and its followers hear of it if a fact
    changed. Call it inside the transaction of the change. `by`: the public id of whoever is not told."""
    index([measure.pk])
    changed(measure, key=f"measure:{measure.pk}:{measure.facts_changed_at}", by=by)


def index(keys: Sequence[int]) -> None:
    """Make measures findable as they are now."""
    search.index_many(sources(keys))


def after_publication(staged_id: int, tell: bool = False, changed: Sequence[int] = ()) -> None:
    """Job: what follows a published import. Throws away what had waited, freezes the picture with a new revision (and
    with the first import), tells the followers in chunks. Doing it twice changes nothing.

    After a correction only the `changed` measures may move in the picture; without them their places are settled by
    the daily run.
    """
    staged = StagedImport.objects.select_related("strategy", "revision").get(pk=staged_id)
    if staged.strategy is None:
        return
    waiting.forget(staged.claim, unused=False)
    snapshot.forget()
    latest = staged.strategy.revisions.filter(state=Revision.State.PUBLISHED).last()
    first = latest is not None and not staged.strategy.revisions.exclude(grid={}).exists()
    if latest is not None and (first or (latest == staged.revision and not latest.grid)):
        snapshot.freeze(latest)
    elif changed:
        places.settle(staged.strategy, {key: {} for key in changed})
    if not tell or staged.revision is None:
        return
    keys = list(staged.revision.versions.order_by("measure__number").values_list("measure_id", flat=True))
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        jobs.enqueue(tell_chunk, staged.revision.pk, chunk, key=f"radar:revision:{staged.revision.pk}:{start}")


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
        onward=True,
    )
