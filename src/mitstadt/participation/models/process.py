"""A process (Beteiligungsverfahren), its modules (a format with its settings) and its phases in time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from mitstadt.participation import rules
from mitstadt.subjects.models import Subject

PROCESS, MODULE = "process", "module"
PROCESS_WORK = "process_work"  # the fact of accounts that are assigned to a process, and the role it gives


class Process(models.Model):
    """One process. Its number never changes; title and dates may, visibly."""

    class Stage(models.TextChoices):
        DRAFT = rules.DRAFT, _("Entwurf")
        OPEN = rules.OPEN, _("öffentlich")
        ANSWERED = rules.ANSWERED, _("beantwortet")
        IMPLEMENTED = rules.IMPLEMENTED, _("umgesetzt")
        ARCHIVED = rules.ARCHIVED, _("archiviert")

    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, primary_key=True, related_name="process", editable=False
    )
    number = models.PositiveIntegerField(unique=True, editable=False, help_text="Permanent; part of the address")
    slug = models.SlugField(_("Kurzadresse"), max_length=120)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.DRAFT)
    title = models.CharField(_("Titel"), max_length=200)
    summary = models.TextField(_("Worum geht es?"), blank=True, help_text=_("Zwei, drei Sätze, die jeder versteht."))
    text = models.TextField(_("Ausführlich"), blank=True)
    plain_text = models.TextField(_("Text in Einfacher Sprache"), blank=True)
    can_decide = models.TextField(_("Was hier entschieden werden kann"), blank=True)
    cannot_decide = models.TextField(_("Was hier nicht entschieden werden kann"), blank=True)
    decided_by = models.CharField(
        _("Wer am Ende entscheidet"),
        max_length=300,
        blank=True,
        help_text=_("Zum Beispiel: Meinungsbild, der Stadtrat entscheidet."),
    )
    department = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="processes", verbose_name=_("Referat")
    )
    districts: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "geo.District", blank=True, related_name="processes", verbose_name=_("Stadtbezirke")
    )
    geometry = models.JSONField(null=True, blank=True, help_text="GeoJSON geometry (WGS 84): a point or an area")
    place = models.CharField(_("Ort in Worten"), max_length=200, blank=True)
    contact_name = models.CharField(_("Ansprechstelle"), max_length=200, blank=True)
    contact_email = models.EmailField(_("E-Mail der Ansprechstelle"), blank=True)
    contact_phone = models.CharField(_("Telefon der Ansprechstelle"), max_length=60, blank=True)
    result = models.TextField(_("Ergebnis"), blank=True, help_text=_("Was die Stadt daraus macht."))
    template = models.SlugField(max_length=60, blank=True, help_text="The template it was made from")
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    stage_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False, help_text="Grows with each change by staff")
    is_example = models.BooleanField(default=False)
    # Bounds of the phases, kept by `actions.structure.keep_bounds`, so that lists need no join.
    first_start = models.DateTimeField(null=True, editable=False)
    last_end = models.DateTimeField(null=True, editable=False)
    contribution_count = models.PositiveIntegerField(default=0, editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-number"]
        indexes = [models.Index(fields=["stage", "last_end"])]
        verbose_name = _("Beteiligungsverfahren")
        verbose_name_plural = _("Beteiligungsverfahren")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return process_path(self.number, self.slug)

    def state(self, now: datetime) -> str:
        """`rules.state` of this process; `phases` should be prefetched."""
        return rules.state(self.stage, self.phases.all(), now)

    @property
    def is_public(self) -> bool:
        return self.subject.is_public


def process_path(number: int, slug: str) -> str:
    """The German address: the number is permanent, the words may change (the old ones redirect)."""
    return f"/beteiligung/p-{number:03d}-{slug}/"


@transaction.atomic
def take_number() -> int:
    """The next permanent number; never used twice, also by two people at once."""
    counter, _created = Counter.objects.get_or_create(pk=1)
    Counter.objects.filter(pk=counter.pk).update(next_number=models.F("next_number") + 1)
    return Counter.objects.values_list("next_number", flat=True).get(pk=counter.pk) - 1


class Counter(models.Model):
    """The one row that hands out numbers."""

    next_number = models.PositiveIntegerField(default=1)

    wagtail_reference_index_ignore = True


class Module(models.Model):
    """A format within a process, with its settings: "collect ideas", "a survey". Phases drive it."""

    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, primary_key=True, related_name="module", editable=False
    )
    process = models.ForeignKey(Process, models.CASCADE, related_name="modules")
    format = models.SlugField(max_length=40)
    title = models.CharField(_("Titel"), max_length=200)
    intro = models.TextField(_("Einleitung"), blank=True)
    settings = models.JSONField(default=dict, blank=True, help_text="Checked by the format's settings form")
    order = models.PositiveSmallIntegerField(default=0)
    contribution_count = models.PositiveIntegerField(default=0, editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("Modul")
        verbose_name_plural = _("Module")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.subject.path


class Phase(models.Model):
    """A span of time in which a module lets some people do some things. `allows` holds verbs of `rules.VERBS`.

    `audience` is `rules.Audience` as JSON. Without a module it is a phase of information only.
    """

    class Formality(models.TextChoices):
        INFORMAL = "informal", _("freiwillige Beteiligung")
        FORMAL = "formal", _("förmliche Beteiligung")

    process = models.ForeignKey(Process, models.CASCADE, related_name="phases")
    module = models.ForeignKey(Module, models.CASCADE, null=True, blank=True, related_name="phases")
    title = models.CharField(_("Titel"), max_length=200)
    text = models.TextField(_("Was in dieser Phase geschieht"), blank=True)
    start = models.DateTimeField(_("Beginn"))
    end = models.DateTimeField(_("Ende"))
    allows = models.JSONField(default=list, blank=True)
    audience = models.JSONField(default=dict, blank=True)
    formality = models.CharField(max_length=10, choices=Formality.choices, default=Formality.INFORMAL)
    legal_basis = models.CharField(
        _("Rechtsgrundlage"), max_length=120, blank=True, help_text=_("Bei förmlicher Beteiligung, etwa § 3 BauGB.")
    )
    decided_by = models.CharField(_("Wer am Ende entscheidet"), max_length=300, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["start", "end", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="participation_phase_lasts")
        ]
        verbose_name = _("Phase")
        verbose_name_plural = _("Phasen")

    def __str__(self) -> str:
        return self.title

    def when(self, now: datetime, stage: str) -> str:
        """`stage` is its process' stage: a phase of a process that is answered is over."""
        return rules.when(self, now, stage)


class Document(models.Model):
    """Something to read: a file of the city's document store, or an address."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="documents")
    title = models.CharField(_("Titel"), max_length=200)
    url = models.CharField(_("Adresse"), max_length=600, blank=True)
    file = models.ForeignKey("wagtaildocs.Document", models.PROTECT, null=True, blank=True, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(url="") | models.Q(file__isnull=False),
                name="participation_document_leads_somewhere",
            )
        ]


class News(models.Model):
    """What happened, told to those who follow."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="news")
    title = models.CharField(_("Überschrift"), max_length=200)
    text = models.TextField(_("Text"))
    at = models.DateTimeField()
    label = models.CharField(max_length=300, blank=True, help_text="Function and department, never a name")
    is_example = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-at", "-pk"]


class Assignment(models.Model):
    """Who works on a process beside the department's editors: colleagues, and moderators from outside."""

    class Role(models.TextChoices):
        LEAD = "lead", _("Leitung")
        COLLEAGUE = "colleague", _("Mitarbeit")
        MODERATOR = "moderator", _("Moderation")
        ENTRY = "entry", _("Erfassung")

    process = models.ForeignKey(Process, models.CASCADE, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(max_length=12, choices=Role.choices)
    function = models.CharField(_("Funktion"), max_length=120, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "user"], name="participation_assignment_once")]


class FormerAddress(models.Model):
    """An address that a process had before, so that it redirects for ever."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="former_addresses")
    slug = models.SlugField(max_length=120)
    until = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "slug"], name="participation_former_address_once")]
