"""Reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from mitstadt.comments.models import Held
from mitstadt.participation.models import Assessment, Module

from .models import Anchor, Annotation, Paragraph, Version
from .rules import OUTDATED, Passage

Row = dict[str, Any]
_FIELDS = (
    "annotation_id",
    "paragraph_id",
    "start",
    "end",
    "how",
    "annotation__exact",
    "annotation__made_on__number",
    "annotation__contribution__subject__public_id",
    "annotation__contribution__subject__comment_count",
    "annotation__contribution__subject__rating_count",
    "annotation__contribution__text",
    "annotation__contribution__language",
    "annotation__contribution__author_label",
    "annotation__contribution__author_staff",
    "annotation__contribution__user_id",
    "annotation__contribution__guest_id",
    "annotation__contribution__channel",
    "annotation__contribution__support_count",
    "annotation__contribution__created_at",
    "annotation__contribution__edited_at",
    "annotation__contribution__is_example",
    "annotation__contribution__assessment__decision",
    "annotation__contribution__assessment__reason",
)
_SHORT = {name: name.rpartition("__")[2] for name in _FIELDS}


def versions(module: Module) -> list[Version]:
    """The public versions, the newest first. One query."""
    return list(Version.objects.filter(module=module, number__isnull=False).order_by("-number"))


def drafts(module: Module) -> QuerySet[Version]:
    """What staff prepare, the newest first."""
    return Version.objects.filter(module=module, number__isnull=True).order_by("-pk")


def current(module: Module) -> Version | None:
    return Version.objects.filter(module=module, is_current=True).first()


def paragraphs(version: Version) -> list[Paragraph]:
    return list(version.paragraphs.select_related("about"))


def passages(found: Iterable[Paragraph]) -> list[Passage]:
    return [Passage(paragraph.key, paragraph.text, paragraph.kind) for paragraph in found]


def public_anchors(version: Version) -> QuerySet[Anchor]:
    """Where remarks that anybody may read stand in this version; withdrawn ones only while others answered them."""
    return Anchor.objects.filter(
        version=version,
        annotation__contribution__held=Held.NO,
        annotation__contribution__draft=False,
        annotation__contribution__removed_at__isnull=True,
        annotation__contribution__subject__published=True,
        annotation__contribution__subject__restricted=False,
    )


def rows(version: Version, *, undecided: bool = False, of: tuple[int | None, int | None] | None = None) -> list[Row]:
    """Public remarks of a version in the order of the text, outdated ones last. One query.

    `undecided`: only those without a decision of the city; `of`: only those of one person (user and guest key).
    """
    found = public_anchors(version)
    if undecided:
        found = found.filter(annotation__contribution__assessment__decision="")
    if of is not None:
        user, guest = of
        mine = Q(annotation__contribution__user_id=user) if user is not None else Q()
        mine |= Q(annotation__contribution__guest_id=guest) if guest is not None else Q()
        found = found.filter(mine) if user is not None or guest is not None else found.none()
    order = ("paragraph__position", "start", "end", "annotation_id")
    made = [{_SHORT[name]: row[name] for name in _FIELDS} for row in found.order_by(*order).values(*_FIELDS)]
    standing = [row for row in made if row["how"] != OUTDATED]
    return standing + [row for row in made if row["how"] == OUTDATED]


def counts(version: Version) -> dict[str, int]:
    """How many public remarks stand in the text, are outdated, are undecided. One query."""
    found = {"all": 0, "outdated": 0, "undecided": 0}
    fields = ("how", "annotation__contribution__assessment__decision")
    for how, decision in public_anchors(version).values_list(*fields):
        found["all"] += 1
        found["outdated"] += how == OUTDATED
        found["undecided"] += decision == Assessment.Decision.OPEN
    return found


def annotations_of(module: Module) -> QuerySet[Annotation]:
    """Every remark on a module, public or not."""
    return Annotation.objects.filter(made_on__module=module)
