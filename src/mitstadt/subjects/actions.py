"""Creating subjects, keeping them in step with their owners, counting, linking."""

from __future__ import annotations

from django.db.models import F

from mitstadt.kit import clock, turns

from .models import Link, Subject


def create(
    kind: str,
    title: str,
    path: str,
    *,
    published: bool = False,
    district_id: int | None = None,
    is_example: bool = False,
) -> Subject:
    """A new subject; call it inside the transaction that creates its owner."""
    now = clock.now()
    return Subject.objects.create(
        kind=kind,
        title=title[:300],
        path=path,
        published=published,
        district_id=district_id,
        is_example=is_example,
        created_at=now,
        changed_at=now,
    )


def mirror(subject: Subject, *, title: str, published: bool, path: str | None = None) -> None:
    """Carry the owner's title and publication over. Counters and `restricted` are left alone."""
    subject.title = title[:300]
    subject.published = published
    subject.changed_at = clock.now()
    fields = ["title", "published", "changed_at"]
    if path is not None:
        subject.path = path
        fields.append("path")
    subject.save(update_fields=fields)


def count(subject_id: int, counter: str, by: int) -> None:
    """Change `comment_count`, `rating_count` or `follower_count` by `by`, in the database, without a race.

    The last statement of its transaction: until that ends, everybody else who counts here waits.
    """
    queue(subject_id)
    Subject.objects.filter(pk=subject_id).update(**{counter: F(counter) + by})


def queue(subject_id: int) -> None:
    """Wait fairly for the counters of a subject; before a room's own counters of it, which go first."""
    turns.take(subject_id)


def link(source: Subject, target: Subject, kind: str, note: str = "") -> Link:
    """Join two subjects; joining them again changes nothing."""
    found, _created = Link.objects.get_or_create(
        source=source, target=target, kind=kind, defaults={"note": note, "created_at": clock.now()}
    )
    return found
