"""Reports, cases, decisions and appeals. What must never be is refused by the database."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mitstadt.accounts.models import Guest
from mitstadt.kit.ids import new_id
from mitstadt.subjects.models import Subject


def new_code() -> str:
    """A receipt code: long enough that nobody guesses another one (78 bits)."""
    return new_id(16)


# The German words themselves, for messages that are translated only when somebody reads them.
OUTCOME_WORDS = {
    "keep": gettext_noop("bleibt stehen"),
    "restrict": gettext_noop("ausgeblendet"),
    "note": gettext_noop("ausgeblendet mit Hinweis"),
    "redact": gettext_noop("private Angaben entfernt"),
    "upheld": gettext_noop("Entscheidung bestätigt"),
    "lifted": gettext_noop("Entscheidung aufgehoben"),
}


class Outcome(models.TextChoices):
    KEEP = "keep", _(OUTCOME_WORDS["keep"])
    RESTRICT = "restrict", _(OUTCOME_WORDS["restrict"])
    NOTE = "note", _(OUTCOME_WORDS["note"])
    REDACT = "redact", _(OUTCOME_WORDS["redact"])


class AppealOutcome(models.TextChoices):
    UPHELD = "upheld", _(OUTCOME_WORDS["upheld"])
    LIFTED = "lifted", _(OUTCOME_WORDS["lifted"])


class Case(models.Model):
    """Everything about one subject that somebody reported or a rule found, until it is settled.

    One open case per subject: further reports join it. First decision and appeal are columns of this row, because
    only so can the database refuse that one person decides both, or that an author decides about their own text.
    """

    class State(models.TextChoices):
        OPEN = "open", _("offen")
        DECIDED = "decided", _("entschieden")
        APPEALED = "appealed", _("Widerspruch offen")
        CLOSED = "closed", _("abgeschlossen")

    class Source(models.TextChoices):
        REPORT = "report", _("Meldung")
        RULE = "rule", _("Automatische Prüfung")
        STAFF = "staff", _("Moderation")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.SET_NULL, null=True, related_name="cases")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    source = models.CharField(max_length=10, choices=Source.choices)
    findings = models.JSONField(default=list)
    report_count = models.PositiveIntegerField(default=0)
    author_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author_guest = models.ForeignKey(Guest, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    appeal_until = models.DateTimeField(null=True, blank=True)
    appeal_outcome = models.CharField(max_length=10, choices=AppealOutcome.choices, blank=True)
    appeal_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    appeal_decided_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(state__in=["open", "appealed"]), name="moderation_case_open_once"
            ),
            models.CheckConstraint(
                condition=~Q(appeal_decided_by=F("decided_by")), name="moderation_appeal_by_second_person"
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("author_user")) & ~Q(appeal_decided_by=F("author_user")),
                name="moderation_never_about_own_text",
            ),
            models.CheckConstraint(
                condition=Q(state="open", outcome="") | (~Q(state="open") & ~Q(outcome="")),
                name="moderation_decided_has_outcome",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"]), models.Index(fields=["author_user", "state"])]
        verbose_name = _("Fall")
        verbose_name_plural = _("Fälle")

    def __str__(self) -> str:
        return f"{self.public_id} ({self.get_state_display()})"


class Report(models.Model):
    """Somebody says that something should not stay as it is. No login needed; contact is optional."""

    code = models.CharField(max_length=20, unique=True, default=new_code, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    contact = models.EmailField(max_length=254, blank=True)
    good_faith = models.BooleanField(default=False)
    language = models.CharField(max_length=8, default="de")
    reporter_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reporter_guest = models.ForeignKey(Guest, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(good_faith=True), name="moderation_report_good_faith"),
            models.UniqueConstraint(
                fields=["case", "reporter_user"],
                condition=Q(reporter_user__isnull=False),
                name="moderation_report_once_per_user",
            ),
            models.UniqueConstraint(
                fields=["case", "reporter_guest"],
                condition=Q(reporter_guest__isnull=False),
                name="moderation_report_once_per_guest",
            ),
        ]
        verbose_name = _("Meldung")
        verbose_name_plural = _("Meldungen")


class Decision(models.Model):
    """One line of the public log, with the statement of reasons that its author gets.

    `ground_title` and `ground_text` are copies of the ground as it was. `facts` is for the author only; the public log
    shows neither text nor names. `step` is 1 for the first decision and 2 for the one about the appeal.
    """

    class Step(models.IntegerChoices):
        FIRST = 1, _("Entscheidung")
        APPEAL = 2, _("Entscheidung über den Widerspruch")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    step = models.PositiveSmallIntegerField(choices=Step.choices)
    outcome = models.CharField(max_length=10)
    ground = models.CharField(max_length=40, blank=True)
    ground_kind = models.CharField(max_length=12, blank=True)
    ground_title = models.CharField(max_length=300, blank=True)
    ground_text = models.TextField(blank=True)
    facts = models.TextField(blank=True)
    note = models.CharField(max_length=300, blank=True)
    automated = models.BooleanField(default=False)
    found_automatically = models.BooleanField(default=False)
    actor_public_id = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "step"], name="moderation_decision_once_per_step")]
        ordering = ["-at", "-id"]
        verbose_name = _("Entscheidung")
        verbose_name_plural = _("Entscheidungen")

    def get_outcome_display(self) -> Any:
        """The outcome in the active language; each step has its own choices."""
        choices = Outcome if self.step == self.Step.FIRST else AppealOutcome
        return choices(self.outcome).label


class Appeal(models.Model):
    """The author objects; once."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="appeal")
    text = models.TextField()
    at = models.DateTimeField()
    due_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("Widerspruch")
        verbose_name_plural = _("Widersprüche")
