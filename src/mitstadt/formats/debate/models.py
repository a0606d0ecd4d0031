"""What the moderation sums up of a debate. Each text stays as it was written; a new one takes its place on top."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.ids import new_id
from mitstadt.participation.models import Module


class Ended(models.TextChoices):
    """Why a summary no longer stands on top."""

    NO = "", _("gilt")
    REPLACED = "replaced", _("von einer neueren abgelöst")
    CORRECTED = "corrected", _("berichtigt")
    WITHDRAWN = "withdrawn", _("zurückgezogen")


class Summary(models.Model):
    """One summary of a debate, up to the contributions of the day `covers_until`. At most one stands (no `ended_at`).

    `covers` is how many public contributions there were by then. `number` counts all texts of a debate from 1. `label`
    is function and department; who wrote it stands in the audit log only. `reason` says why it was corrected or
    withdrawn. A withdrawn one may have lost its text, where private details stood in it.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    module = models.ForeignKey(Module, models.PROTECT, related_name="summaries")
    number = models.PositiveIntegerField()
    text = models.TextField(_("Zusammenfassung"), blank=True)
    label = models.CharField(max_length=300)
    covers_until = models.DateField(_("Stand"))
    covers = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended = models.CharField(max_length=10, choices=Ended.choices, default=Ended.NO, blank=True)
    reason = models.CharField(_("Grund"), max_length=300, blank=True)
    is_example = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["module", "number"], name="debate_summary_number_once"),
            models.UniqueConstraint(
                fields=["module"], condition=Q(ended_at__isnull=True), name="debate_one_summary_stands"
            ),
            models.CheckConstraint(
                condition=Q(ended="", ended_at__isnull=True)
                | Q(ended__in=("replaced", "corrected", "withdrawn"), ended_at__isnull=False),
                name="debate_summary_ended_how",
            ),
            models.CheckConstraint(condition=~Q(text="") | Q(ended="withdrawn"), name="debate_summary_has_text"),
            models.CheckConstraint(
                condition=Q(ended__in=("", "replaced")) | ~Q(reason=""), name="debate_summary_ended_with_reason"
            ),
        ]
        verbose_name = _("Zusammenfassung")
        verbose_name_plural = _("Zusammenfassungen")

    def __str__(self) -> str:
        return f"{self.module}: {self.number}"
