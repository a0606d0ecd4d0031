"""What people think of a subject on three scales, one rating per account or confirmed e-mail address."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

SCALES = ("importance", "benefit", "satisfaction")
VALUES = (1, 2, 3, 4, 5)


class Origin(models.TextChoices):
    """Counted and shown apart: an account is harder to have twice than an e-mail address."""

    ACCOUNT = "account", _("mit Konto")
    EMAIL = "email", _("mit bestätigter E-Mail-Adresse")


def _value(scale: str) -> models.Q:
    return models.Q(**{f"{scale}__isnull": True}) | models.Q(**{f"{scale}__range": (1, 5)})


class Rating(models.Model):
    """One person's rating of one subject; each scale 1 to 5 or left out, at least one given.

    When an account is deleted the rating stays without a name, if the person chose so: `origin` still says where it
    is counted. `version` grows with each change; a change is a conditional update on it.
    """

    about = models.ForeignKey("subjects.Subject", models.PROTECT, related_name="ratings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="ratings")
    guest = models.ForeignKey("accounts.Guest", models.SET_NULL, null=True, blank=True, related_name="ratings")
    origin = models.CharField(max_length=10, choices=Origin.choices)
    importance = models.PositiveSmallIntegerField(_("Wichtig"), null=True, blank=True)
    benefit = models.PositiveSmallIntegerField(_("Nutzen"), null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(_("Zufrieden"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    is_example = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about", "user"], name="ratings_once_per_account"),
            models.UniqueConstraint(fields=["about", "guest"], name="ratings_once_per_guest"),
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) | models.Q(guest__isnull=True), name="ratings_one_author"
            ),
            models.CheckConstraint(condition=_value("importance"), name="ratings_importance_1_to_5"),
            models.CheckConstraint(condition=_value("benefit"), name="ratings_benefit_1_to_5"),
            models.CheckConstraint(condition=_value("satisfaction"), name="ratings_satisfaction_1_to_5"),
            models.CheckConstraint(
                condition=models.Q(importance__isnull=False)
                | models.Q(benefit__isnull=False)
                | models.Q(satisfaction__isnull=False),
                name="ratings_not_empty",
            ),
        ]
        verbose_name = _("Bewertung")
        verbose_name_plural = _("Bewertungen")


def _count() -> models.PositiveIntegerField[int, int]:
    return models.PositiveIntegerField(default=0)


class RatingTotal(models.Model):
    """The distribution of all ratings of one subject from one origin.

    One wide row, because a rating then changes all its counters in one statement: nothing to lock in the wrong order.
    """

    about = models.ForeignKey("subjects.Subject", models.CASCADE, related_name="rating_totals")
    origin = models.CharField(max_length=10, choices=Origin.choices)
    ratings = _count()
    importance_1, importance_2, importance_3, importance_4, importance_5 = (_count() for _i in VALUES)
    benefit_1, benefit_2, benefit_3, benefit_4, benefit_5 = (_count() for _i in VALUES)
    satisfaction_1, satisfaction_2, satisfaction_3, satisfaction_4, satisfaction_5 = (_count() for _i in VALUES)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about", "origin"], name="ratings_total_once")]
