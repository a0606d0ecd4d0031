"""What ideas have beyond every contribution: pictures, co-authors, and merging by consent."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.ids import new_id
from mitstadt.participation.models import Contribution

PICTURES = 3


def _public_id() -> str:
    return new_id()


class Picture(models.Model):
    """A picture of an idea, drawn anew so that no metadata is in it. `place` 0 to 2 holds how many there may be."""

    public_id = models.CharField(max_length=32, unique=True, default=_public_id, editable=False)
    idea = models.ForeignKey(Contribution, models.CASCADE, related_name="pictures")
    place = models.PositiveSmallIntegerField()
    words = models.CharField(_("Was auf dem Bild zu sehen ist"), max_length=300)
    data = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["idea", "place"], name="ideas_picture_place_once"),
            models.CheckConstraint(condition=models.Q(place__lt=PICTURES), name="ideas_picture_at_most"),
        ]


class Merge(models.Model):
    """Somebody proposes that `source` goes into `target`. It happens when every author has said yes, never before."""

    class State(models.TextChoices):
        ASKED = "asked", _("wartet auf Zustimmung")
        DONE = "done", _("zusammengelegt")
        DECLINED = "declined", _("abgelehnt")
        ENDED = "ended", _("hat sich erledigt")

    public_id = models.CharField(max_length=32, unique=True, default=_public_id, editable=False)
    source = models.ForeignKey(Contribution, models.CASCADE, related_name="merges_out")
    target = models.ForeignKey(Contribution, models.CASCADE, related_name="merges_in")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    by_staff = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(state__in=("asked", "done")), name="ideas_merge_once"
            ),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="ideas_merge_of_two"),
        ]


class Consent(models.Model):
    """One author's answer to a merge. Silence is no answer: an open row keeps the merge from happening."""

    class Said(models.TextChoices):
        OPEN = "", _("noch keine Antwort")
        YES = "yes", _("einverstanden")
        NO = "no", _("nicht einverstanden")

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="consents")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    guest = models.ForeignKey("accounts.Guest", models.SET_NULL, null=True, blank=True, related_name="+")
    said = models.CharField(max_length=4, choices=Said.choices, default=Said.OPEN, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merge", "user"], condition=models.Q(user__isnull=False), name="ideas_consent_once_per_account"
            ),
            models.UniqueConstraint(
                fields=["merge", "guest"], condition=models.Q(guest__isnull=False), name="ideas_consent_once_per_guest"
            ),
        ]


class CoAuthor(models.Model):
    """Somebody who accepted to stand for an idea together with its author."""

    idea = models.ForeignKey(Contribution, models.CASCADE, related_name="co_authors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    label = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["idea", "user"], name="ideas_co_author_once")]


class Invitation(models.Model):
    """A link that makes one person a co-author. Only its keyed hash is kept; it works once."""

    idea = models.ForeignKey(Contribution, models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    valid_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True
