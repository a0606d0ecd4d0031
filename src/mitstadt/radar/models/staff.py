"""What staff need around measures: four eyes, and requests for a fresh status."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask

from mitstadt.kit.ids import new_id

from .measure import Measure


class FourEyesTask(AbstractGroupApprovalTask, models.Model):  # type: ignore[django-manager-missing]
    """Approval by a second person: whoever asked for it or wrote the draft cannot give it."""

    class Meta:
        verbose_name = _("Freigabe durch eine zweite Person")
        verbose_name_plural = _("Freigaben durch eine zweite Person")

    def _wrote(self, obj: Any, user: Any) -> bool:
        state = obj.current_workflow_state
        if state is not None and state.requested_by_id == user.pk:
            return True
        return obj.latest_revision is not None and obj.latest_revision.user_id == user.pk

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        if self._wrote(obj, user):
            return []
        actions: list[tuple[str, str, bool]] = super().get_actions(obj, user)
        return actions

    @classmethod
    def get_description(cls) -> str:
        return str(_("Eine zweite Person aus den gewählten Gruppen gibt frei."))


class StatusRequest(models.Model):
    """The coordination asks a department how far a measure is. At most one is open per measure.

    The mail goes out a little later (`staff.requests.MAIL_AFTER`), so that the request can be taken back.
    """

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="status_requests")
    by = models.CharField(max_length=200, help_text="Function and department")
    requested_at = models.DateTimeField()
    due_on = models.DateField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    answered = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measure"], condition=Q(closed_at__isnull=True), name="radar_statusrequest_one_open"
            )
        ]
        indexes = [models.Index(fields=["closed_at", "mailed_at"])]
        verbose_name = _("Statusanfrage")
        verbose_name_plural = _("Statusanfragen")


class BulkAction(models.Model):
    """Something done to many measures at once, kept so that whoever did it can take it back for a while.

    `items` name the measure and what was made for it: {"measure", "request"} or {"measure", "draft", "before", "asked"}
    with keys of revisions and requests.
    """

    class Kind(models.TextChoices):
        REQUEST = "request", _("Stand angefordert")
        REPORT = "report", _("Stand gemeldet")
        ASSIGN = "assign", _("Referat zugeordnet")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    actor_public_id = models.CharField(max_length=16, blank=True)
    by = models.CharField(max_length=200, help_text="Function and department")
    at = models.DateTimeField()
    undo_until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    items = models.JSONField(default=list)
    left_out = models.PositiveSmallIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["actor_public_id", "undo_until"])]
        verbose_name = _("Sammelaktion")
        verbose_name_plural = _("Sammelaktionen")
