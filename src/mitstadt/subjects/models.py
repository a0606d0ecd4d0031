"""The keystone: one narrow row for anything that can be discussed, rated, followed, found or linked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.ids import new_id


class SubjectQuerySet(models.QuerySet["Subject"]):
    def public(self) -> SubjectQuerySet:
        """What anybody may see."""
        return self.filter(published=True, restricted=False)


class Subject(models.Model):
    """Identity and counters only; a test pins these columns.

    `published` belongs to the owner, `restricted` to moderation. `path` is the German address without language
    prefix. Counters are changed by the rooms that count, last in their transaction.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    path = models.CharField(max_length=300)
    district = models.ForeignKey("geo.District", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    published = models.BooleanField(default=False)
    restricted = models.BooleanField(default=False)
    comment_count = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    follower_count = models.PositiveIntegerField(default=0)
    is_example = models.BooleanField(default=False, help_text="Invented for the demo city; shown as such")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = SubjectQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [
            models.Index(fields=["kind", "published", "restricted"]),
            # Whether a thousand finds are public, without reading their rows (SQLite finds rows by key as quickly).
            models.Index(
                fields=["id"], include=["kind", "district"], name="subjects_public",
                condition=models.Q(published=True, restricted=False),
            ),
        ]  # fmt: skip
        verbose_name = _("Gegenstand")
        verbose_name_plural = _("Gegenstände")

    def __str__(self) -> str:
        return self.title

    @property
    def is_public(self) -> bool:
        return self.published and not self.restricted


class Link(models.Model):
    """The traceable chain: what belongs to what, and why. Directed from cause to effect where there is one."""

    class Kind(models.TextChoices):
        RELATED = "related", _("hängt zusammen mit")
        CAUSED = "caused", _("hat bewirkt")
        MERGED = "merged", _("ging auf in")
        SPLIT = "split", _("wurde geteilt in")
        DECIDED = "decided", _("wurde beschlossen in")
        ABOUT = "about", _("betrifft")

    source = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="subjects_link_once"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="subjects_link_not_self"),
        ]
