"""Contributions to processes: one row for each, whatever format and channel, and what the city says of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mitstadt.comments.models import Channel, Held

from .process import Module, Phase, Process


class Kind(models.TextChoices):
    """What a contribution is. The text of a comment lives in its own room under the same key."""

    IDEA = "idea", _("Idee")
    COMMENT = "comment", _("Beitrag im Gespräch")
    ANSWER = "answer", _("Antwort in einer Umfrage")
    QUESTION = "question", _("Frage bei einem Treffen")
    NOTE = "note", _("Ergebnis einer Veranstaltung")
    STATEMENT = "statement", _("Stellungnahme")
    ANNOTATION = "annotation", _("Anmerkung am Text")


# Kinds whose title is a quotation: the author changes the text only.
QUOTED = frozenset({Kind.ANNOTATION})


class Category(models.Model):
    """What contributions of a module are sorted by."""

    module = models.ForeignKey(Module, models.CASCADE, related_name="categories")
    name = models.CharField(_("Name"), max_length=80)
    order = models.PositiveSmallIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["module", "name"], name="participation_category_once")]

    def __str__(self) -> str:
        return self.name


class Contribution(models.Model):
    """One contribution. `counted` says whether the counters include it, so that each change of them is one conditional
    update. `removed_at`: its author took it back, the text is gone. `draft`: only its author sees it.

    Exactly one of user and guest, or neither: entered by staff for somebody (`author_label` is the name they gave), or
    its author has left.
    """

    subject = models.OneToOneField("subjects.Subject", models.PROTECT, primary_key=True, related_name="contribution")
    process = models.ForeignKey(Process, models.CASCADE, related_name="contributions")
    module = models.ForeignKey(Module, models.CASCADE, null=True, blank=True, related_name="contributions")
    phase = models.ForeignKey(Phase, models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(_("Titel"), max_length=200, blank=True)
    text = models.TextField(_("Text"), blank=True)
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="contributions")
    district = models.ForeignKey("geo.District", models.SET_NULL, null=True, blank=True, related_name="+")
    geometry = models.JSONField(null=True, blank=True, help_text="GeoJSON geometry (WGS 84): point, line or area")
    place = models.CharField(_("Ort in Worten"), max_length=200, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    guest = models.ForeignKey("accounts.Guest", models.SET_NULL, null=True, blank=True, related_name="+")
    author_label = models.CharField(max_length=300, blank=True)
    author_staff = models.BooleanField(default=False)
    language = models.CharField(max_length=8, default="de")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.ONLINE)
    sheet = models.CharField(max_length=40, blank=True, help_text="Code of the paper sheet, number of the call …")
    draft = models.BooleanField(default=False)
    held = models.CharField(max_length=10, choices=Held.choices, default=Held.NO, blank=True)
    counted = models.BooleanField(default=False)
    support_count = models.PositiveIntegerField(default=0, help_text="All channels; online is what the others leave")
    paper_supports = models.PositiveIntegerField(default=0)
    phone_supports = models.PositiveIntegerField(default=0)
    event_supports = models.PositiveIntegerField(default=0)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged_from")
    key = models.CharField(max_length=64, unique=True, null=True, blank=True, help_text="Sent once with each form")
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [
            models.Index(fields=["module", "counted", "-created_at"]),
            models.Index(fields=["module", "counted", "-support_count"]),
            models.Index(fields=["process", "kind", "created_at"]),
            models.Index(fields=["user", "-created_at"]),
            models.Index(fields=["guest", "-created_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) | models.Q(guest__isnull=True),
                name="participation_one_author",
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True) | models.Q(title="", text=""),
                name="participation_removed_has_no_text",
            ),
            models.CheckConstraint(
                condition=models.Q(counted=False)
                | models.Q(removed_at__isnull=True, held="", draft=False, merged_into__isnull=True),
                name="participation_counted_is_shown",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    support_count__gte=models.F("paper_supports")
                    + models.F("phone_supports")
                    + models.F("event_supports")
                ),
                name="participation_channels_within_supports",
            ),
        ]
        verbose_name = _("Beitrag zu einem Verfahren")
        verbose_name_plural = _("Beiträge zu Verfahren")

    def __str__(self) -> str:
        return self.title or self.text[:60]

    @property
    def has_own_title(self) -> bool:
        """Did its author give it the title?"""
        return bool(self.title) and self.kind not in QUOTED


class ContributionVersion(models.Model):
    """Title and text before they were edited."""

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="versions")
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    replaced_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["pk"]


# Which counter holds the supports of a channel; online is what these leave of `support_count`.
SUPPORTS_BY = {Channel.PAPER: "paper_supports", Channel.PHONE: "phone_supports", Channel.EVENT: "event_supports"}


class Support(models.Model):
    """One person stands behind one contribution."""

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="supports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    guest = models.ForeignKey("accounts.Guest", models.CASCADE, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.ONLINE)
    at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contribution", "user"],
                condition=models.Q(user__isnull=False),
                name="participation_support_once_per_account",
            ),
            models.UniqueConstraint(
                fields=["contribution", "guest"],
                condition=models.Q(guest__isnull=False),
                name="participation_support_once_per_guest",
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, guest__isnull=True)
                | models.Q(user__isnull=True, guest__isnull=False),
                name="participation_support_of_one_person",
            ),
        ]


MOST_SIGNATURES = 100_000


class SignatureList(models.Model):
    """Signatures on paper for one contribution, counted by hand: so many people without a code of their own.

    Rows do not change: a correction ends one and writes the next, so that any day can be shown as it was. `scan` is for
    staff and is erased after a while.
    """

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="signature_lists")
    count = models.PositiveIntegerField(_("Gültige Unterschriften"))
    source = models.CharField(_("Welche Liste"), max_length=200)
    counted_on = models.DateField(_("Gezählt am"))
    counted_by = models.CharField(_("Wer gezählt hat"), max_length=120)
    scan = models.TextField(blank=True, help_text="Sealed: it shows names and addresses")
    scan_type = models.CharField(max_length=20, blank=True)
    scan_until = models.DateField(null=True, blank=True)
    key = models.CharField(max_length=64, unique=True, null=True, help_text="Sent once with each form")
    by = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contribution", "source", "counted_on"],
                condition=models.Q(ended_at__isnull=True),
                name="participation_signature_list_once",
            ),
            models.CheckConstraint(
                condition=models.Q(count__gte=1, count__lte=MOST_SIGNATURES), name="participation_signatures_are_some"
            ),
        ]


class Group(models.Model):
    """Contributions that say the same, gathered by staff and answered together."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="groups")
    name = models.CharField(_("Name"), max_length=200)
    summary = models.TextField(_("Was alle sagen"), blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    """A word by which staff sort contributions of a process; not public."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="labels")
    name = models.CharField(_("Schlagwort"), max_length=60)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["process", "name"], name="participation_label_once")]

    def __str__(self) -> str:
        return self.name


class Assessment(models.Model):
    """What the city makes of a contribution; one row each from the beginning, so that lists need no outer join.

    `revision` grows with each change, so that two people who answer at once notice each other. `due_on` is set once,
    when an answer is owed; nothing moves it.
    """

    class Decision(models.TextChoices):
        OPEN = "", _("offen")
        TAKEN_UP = "taken_up", _("wird aufgenommen")
        PARTLY = "partly", _("wird zum Teil aufgenommen")
        DECLINED = "declined", _("wird nicht aufgenommen")
        PLANNED = "planned", _("ist schon geplant")
        NOT_OURS = "not_ours", _("liegt nicht bei der Stadt")
        DONE = "done", _("ist umgesetzt")

    contribution = models.OneToOneField(Contribution, models.CASCADE, primary_key=True, related_name="assessment")
    process = models.ForeignKey(Process, models.CASCADE, related_name="assessments")
    decision = models.CharField(max_length=12, choices=Decision.choices, default=Decision.OPEN, blank=True)
    reason = models.TextField(_("Begründung"), blank=True)
    department = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    label = models.CharField(max_length=300, blank=True, help_text="Who answers: function and department, never a name")
    due_on = models.DateField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    group = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True, related_name="assessments")
    labels: models.ManyToManyField[Label, Label] = models.ManyToManyField(Label, blank=True, related_name="assessments")
    note = models.TextField(_("Interne Notiz"), blank=True)
    revision = models.PositiveIntegerField(default=1)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["process", "decision"]), models.Index(fields=["decision", "due_on"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision="") | (models.Q(decided_on__isnull=False) & ~models.Q(reason="")),
                name="participation_decision_has_reason",
            )
        ]
