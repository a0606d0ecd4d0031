"""A measure (Maßnahme), curated by staff through drafts and approval, and every state it was in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin

from mitstadt.kit import clock
from mitstadt.radar import addresses, dates
from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Subject

from .strategy import CoreArea, Field, Principle, Revision, Strategy, confidence_field, partial_date_field

KIND = "measure"


class Status(models.TextChoices):
    PLANNED = "geplant", _("Geplant")
    RUNNING = "in_umsetzung", _("In Umsetzung")
    DONE = "abgeschlossen", _("Abgeschlossen")
    STOPPED = "eingestellt", _("Eingestellt")
    UNKNOWN = "unbekannt", _("Stand unbekannt")


class Measure(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel, models.Model
):
    """One measure of the strategy. Its number never changes; titles, fields and dates may, visibly."""

    class Kind(models.TextChoices):
        MEASURE = "massnahme", _("Maßnahme")
        PROGRAMME = "programm", _("Programm")
        PROJECT = "projekt", _("Projekt")
        REVIEW = "pruefauftrag", _("Prüfauftrag")
        EVENT = "veranstaltung", _("Veranstaltung")

    class Basis(models.TextChoices):
        SOURCE = "source", _("laut Quelle")
        DERIVED = "derived", _("von uns abgeleitet")

    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, primary_key=True, related_name="measure", editable=False
    )
    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="measures")
    number = models.PositiveIntegerField(_("Nummer"), editable=False, help_text="Permanent; shown as M-001")
    slug = models.SlugField(_("Kurzadresse"), max_length=120)
    title = models.CharField(_("Titel"), max_length=300)
    short_name = models.CharField(
        _("Kurzname"), max_length=40, blank=True, help_text=_("Für das Bild, etwa 22 Zeichen.")
    )
    kind = models.CharField(_("Art"), max_length=20, choices=Kind.choices, default=Kind.MEASURE)
    summary = models.TextField(_("Worum geht es?"))
    reason = models.TextField(_("Warum?"), blank=True)
    audience = models.TextField(_("Für wen?"), blank=True)
    plain_text = models.TextField(_("Text in Einfacher Sprache"), blank=True)
    core_area = models.ForeignKey(
        CoreArea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("Kernbereich"),
        related_name="measures",
    )
    core_area_basis = models.CharField(max_length=10, choices=Basis.choices, default=Basis.SOURCE)
    field = models.ForeignKey(Field, on_delete=models.PROTECT, verbose_name=_("Handlungsfeld"), related_name="measures")
    department = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("Referat"),
        related_name="measures",
    )
    contact = models.CharField(_("Zuständige Stelle"), max_length=200, blank=True)
    start = partial_date_field(_("Beginn"), help_text=_("2024, 2024-05 oder 2024-05-31"))
    end = partial_date_field(_("Geplantes Ende"), help_text=_("2024, 2024-05 oder 2024-05-31"))
    status = models.CharField(_("Status"), max_length=20, choices=Status.choices, default=Status.UNKNOWN)
    status_as_of = partial_date_field(_("Stand vom"))
    revision = models.ForeignKey(
        Revision,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("Fortschreibung"),
        related_name="measures",
        help_text=_("In der die Maßnahme belegt zuerst steht; leer heißt: nicht belegt."),
    )
    district = models.ForeignKey(
        "geo.District",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("Stadtbezirk"),
        related_name="+",
    )
    participate_path = models.CharField(_("Beteiligung: Adresse"), max_length=300, blank=True)
    participate_until = models.DateField(_("Beteiligung: bis"), null=True, blank=True)
    source = models.TextField(_("Quelle"), blank=True)
    confidence = confidence_field()
    note = models.TextField(_("Anmerkung"), blank=True)
    change_reason = models.TextField(
        _("Grund der Änderung"), blank=True, help_text=_("Steht öffentlich in der Zeitleiste.")
    )
    changed_by = models.CharField(max_length=200, blank=True, editable=False, help_text="Function and department")
    retired_in = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="retired_measures", editable=False
    )
    principles: models.ManyToManyField[Principle, MeasurePrinciple] = models.ManyToManyField(
        Principle, through="MeasurePrinciple", related_name="measures"
    )

    # Derived from versions and milestones by `history.record`, so that lists need neither.
    postponed = models.PositiveSmallIntegerField(default=0, editable=False)
    milestones_done = models.PositiveSmallIntegerField(default=0, editable=False)
    milestones_all = models.PositiveSmallIntegerField(default=0, editable=False)
    earlier_status = models.CharField(max_length=20, blank=True, default="", editable=False)
    earlier_end = models.CharField(max_length=10, blank=True, default="", editable=False)
    facts_changed_at = models.DateTimeField(null=True, editable=False, db_index=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["strategy", "number"], name="radar_measure_number_once"),
            models.UniqueConstraint(fields=["strategy", "slug"], name="radar_measure_slug_once"),
        ]
        indexes = [
            models.Index(fields=["strategy", "live", "status"]),
            models.Index(fields=["field", "number"]),
            models.Index(fields=["department", "number"]),
        ]
        permissions = [("coordinate_measure", "Can move measures between departments and revisions")]
        verbose_name = _("Maßnahme")
        verbose_name_plural = _("Maßnahmen")

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A full save carries title, path and publication to the subject and writes history when facts changed.

        A partial save (Wagtail's book-keeping of drafts) leaves both alone. A new measure gets the next number.
        """
        from mitstadt.radar import history

        if kwargs.get("update_fields") is not None:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            if self.number is None:
                self.number = take_number(self.strategy_id)
            if self.subject_id is None:
                self.subject = subjects.create(KIND, self.title, self.get_absolute_url(), district_id=self.district_id)
            else:
                history.keep_address(self)
            super().save(*args, **kwargs)
            subjects.mirror(self.subject, title=self.title, published=self.live, path=self.get_absolute_url())
            if self.live:
                history.record(self)

    def get_absolute_url(self) -> str:
        return measure_path(self.number, self.slug)

    def clean(self) -> None:
        """What only two facts or the calendar tell; the fields check themselves. Raises ValidationError by field."""
        super().clean()
        wrong: dict[str, str] = {}
        if self.participate_path and not addresses.is_ours(self.participate_path):
            wrong["participate_path"] = addresses.refusal(self.participate_path)
        try:
            if self.start and self.end and dates.last_day(self.end) < dates.first_day(self.start):
                wrong["end"] = _("Das Ende liegt vor dem Beginn (%(start)s).") % {"start": self.start}
            if self.status_as_of and dates.first_day(self.status_as_of) > clock.today():
                wrong["status_as_of"] = _("„%(value)s“ liegt in der Zukunft. Ein Stand gilt für heute oder früher.") % {
                    "value": self.status_as_of
                }
        except ValueError:  # no dates: their fields say so
            pass
        if wrong:
            raise ValidationError(wrong)

    @property
    def code(self) -> str:
        """The permanent public number, ``M-001``."""
        return f"M-{self.number:03d}"

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        """The draft as its public page would look."""
        from mitstadt.radar.views.measure import preview

        return preview(request, self)


def take_number(strategy_id: int) -> int:
    """The next permanent number of a strategy. Numbers are never used twice, not even after a deletion.

    The counter is raised by one UPDATE, so two people at once get two numbers; the constraint stands behind it.
    """
    Strategy.objects.filter(pk=strategy_id).update(next_number=models.F("next_number") + 1)
    return Strategy.objects.values_list("next_number", flat=True).get(pk=strategy_id) - 1


def measure_path(number: int, slug: str) -> str:
    """The German address of a measure: the number is permanent, the words may change (the old ones redirect)."""
    return f"/radar/m-{number:03d}-{slug}/"


class MeasurePrinciple(models.Model):
    measure = ParentalKey(Measure, on_delete=models.CASCADE, related_name="measure_principles")
    principle = models.ForeignKey(Principle, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "principle"], name="radar_measureprinciple_once")]


class MeasureLink(models.Model):
    measure = ParentalKey(Measure, on_delete=models.CASCADE, related_name="links")
    url = models.URLField(max_length=600)
    label = models.CharField(max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]


class Milestone(models.Model):
    """Progress is milestones done of all. `done_on` set means reached."""

    measure = ParentalKey(Measure, on_delete=models.CASCADE, related_name="milestones")
    title = models.TextField(_("Meilenstein"))
    due = partial_date_field(_("Geplant für"))
    done_on = partial_date_field(_("Erreicht am"))
    source = models.TextField(_("Quelle"), blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("Meilenstein")
        verbose_name_plural = _("Meilensteine")


class ProgressReport(models.Model):
    """A percentage that the city reported, with the end it named then. Shown as reported, never as our own figure."""

    measure = ParentalKey(Measure, on_delete=models.CASCADE, related_name="progress_reports")
    percent = models.PositiveSmallIntegerField()
    end = partial_date_field(_("Damals genanntes Ende"))
    as_of = partial_date_field(_("Stand"))
    confidence = confidence_field()
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.CheckConstraint(condition=models.Q(percent__lte=100), name="radar_progress_at_most_100")]


class Indicator(models.Model):
    """Kennzahl as the source words it."""

    measure = ParentalKey(Measure, on_delete=models.CASCADE, related_name="indicators")
    name = models.CharField(max_length=300)
    value = models.DecimalField(max_digits=18, decimal_places=4)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]


class CouncilDecision(models.Model):
    measure = ParentalKey(Measure, on_delete=models.CASCADE, related_name="council_decisions")
    paper = models.CharField(_("Vorlage"), max_length=120)
    date = partial_date_field(_("Datum"))
    body = models.CharField(_("Gremium"), max_length=120, blank=True)
    url = models.URLField(max_length=600, blank=True)

    class Meta:
        ordering = ["date", "id"]


class MeasureLineage(models.Model):
    """A measure went into another one (merged) or became several (split), in one revision."""

    class Kind(models.TextChoices):
        MERGED = "merged", _("ging auf in")
        SPLIT = "split", _("wurde geteilt in")
        RELATED = "related", _("hängt zusammen mit")

    before = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="lineage_out")
    after = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="lineage_in")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True, blank=True, related_name="lineages")

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["before", "after", "kind"], name="radar_lineage_once"),
            models.CheckConstraint(condition=~models.Q(before=models.F("after")), name="radar_lineage_not_self"),
        ]


class MeasureVersion(models.Model):
    """What the radar said about a measure from one day on: the single source of all history.

    Design. One row per published state, never changed afterwards, written by `history.record` whenever a publication
    changes a fact: a full save of a live measure, Wagtail's publish, a status report, a revision. `facts` holds
    slugs and codes, not keys, so that a state outlives the rows it named (`history.FACTS` lists them). The key
    ``proven`` lists the facts that a source proves for that day; without it all are proven. A fact that is not proven
    is "nicht belegt", whatever its value; ``revision`` stands for "belonged to the strategy then".

    Days: within a measure `valid_from` never falls as `sequence` rises; an unknown beginning (empty) comes first.
    `valid_to` is the next state's `valid_from` (exclusive), so "as of a day" is one range query: exactly one row per
    measure fits. A state replaced on the day it began has an empty range and stays readable in the timeline.
    """

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="versions")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True, help_text="First day of the next state; empty: still so")
    sequence = models.PositiveIntegerField(help_text="Order among versions of one measure, from 1")
    recorded_at = models.DateTimeField()
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="versions")
    facts = models.JSONField()
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=200, blank=True, help_text="Function and department, never a name")
    source = models.TextField(blank=True)
    confidence = confidence_field()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["measure", "sequence"]
        constraints = [models.UniqueConstraint(fields=["measure", "sequence"], name="radar_version_sequence_once")]
        indexes = [models.Index(fields=["valid_from", "measure"]), models.Index(fields=["valid_to", "valid_from"])]


class FormerAddress(models.Model):
    """A former address of a measure, so that it redirects for ever."""

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="+")
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="former_addresses")
    slug = models.SlugField(max_length=120)
    until = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["strategy", "slug", "measure"], name="radar_formeraddress_once")]
