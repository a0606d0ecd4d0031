"""A strategy and what frames it: core areas, fields, principles, revisions, reports."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from mitstadt.radar import dates


class Confidence(models.TextChoices):
    HIGH = "high", _("gut belegt")
    MEDIUM = "medium", _("teilweise erschlossen")
    LOW = "low", _("nur angedeutet")
    UNKNOWN = "", _("ohne Angabe")


def confidence_field() -> models.CharField[str, str]:
    return models.CharField(_("Beleg"), max_length=10, choices=Confidence.choices, blank=True, default="")


def check_partial_date(value: str) -> None:
    """Raises ValidationError for what is no year, month or day of our times: every list of the radar reads it."""
    try:
        year = dates.first_day(value).year
    except ValueError as error:
        raise ValidationError(
            _("„%(value)s“ ist kein Datum der Form 2024, 2024-05 oder 2024-05-31."), params={"value": value}
        ) from error
    if not 1900 <= year <= 2200:
        raise ValidationError(_("Das Jahr liegt außerhalb von 1900 bis 2200."))


def partial_date_field(label: Any, **kwargs: Any) -> models.CharField[str, str]:
    """A year, month or day as text; see `mitstadt.radar.dates`."""
    return models.CharField(
        label, max_length=10, blank=True, default="", validators=[check_partial_date], **kwargs
    )  # fmt: skip


class Strategy(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("Name"), max_length=200)
    city_name = models.CharField(max_length=160, blank=True)
    motto = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, default="de")
    compiled = partial_date_field(_("Zusammengestellt am"))
    notes = models.JSONField(default=dict, blank=True, help_text="How to read the data: the source file's own notes")
    is_current = models.BooleanField(default=True)
    next_number = models.PositiveIntegerField(default=1, help_text="The number that the next new measure gets")
    source_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file it was last loaded from")

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=models.Q(is_current=True), name="radar_strategy_one_current"
            )
        ]
        verbose_name = _("Strategie")
        verbose_name_plural = _("Strategien")

    def __str__(self) -> str:
        return self.name


class Statement(models.Model):
    """Vision or mission in the wording of one revision."""

    class Kind(models.TextChoices):
        VISION = "vision", _("Vision")
        MISSION = "mission", _("Mission")

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="statements")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    revision_code = models.CharField(max_length=40)
    summary = models.TextField(blank=True)
    points = models.JSONField(default=list, blank=True)
    valid_from = partial_date_field(_("Gilt ab"))
    source = models.TextField(blank=True)
    confidence = confidence_field()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["strategy", "kind", "revision_code"], name="radar_statement_once")
        ]


class CoreArea(models.Model):
    """Kernbereich."""

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="core_areas")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=160)
    summary = models.TextField(blank=True)
    colour_hint = models.CharField(max_length=9, blank=True)
    earlier_fields = models.JSONField(default=list, blank=True, help_text="Handlungsfelder in the 2019 version")
    order = models.PositiveSmallIntegerField(default=0)
    note = models.TextField(blank=True)
    confidence = confidence_field()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["strategy", "slug"], name="radar_corearea_once")]
        verbose_name = _("Kernbereich")
        verbose_name_plural = _("Kernbereiche")

    def __str__(self) -> str:
        return self.name


class Field(models.Model):
    """Handlungsfeld (action field)."""

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="fields")
    core_area = models.ForeignKey(CoreArea, on_delete=models.PROTECT, related_name="fields", null=True, blank=True)
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=160)
    order = models.PositiveSmallIntegerField(default=0)
    focuses = models.JSONField(default=list, blank=True)
    goals = models.JSONField(default=list, blank=True)
    links = models.JSONField(default=list, blank=True)
    radar_counts = models.JSONField(null=True, blank=True, help_text="Counts that the city's own radar has shown")
    note = models.TextField(blank=True)
    confidence = confidence_field()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["strategy", "slug"], name="radar_field_once")]
        verbose_name = _("Handlungsfeld")
        verbose_name_plural = _("Handlungsfelder")

    def __str__(self) -> str:
        return self.name


class Principle(models.Model):
    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="principles")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=200)
    since = partial_date_field(_("Seit"))
    supersedes = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    note = models.TextField(blank=True)
    confidence = confidence_field()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["strategy", "slug"], name="radar_principle_once")]
        verbose_name = _("Prinzip")
        verbose_name_plural = _("Prinzipien")

    def __str__(self) -> str:
        return self.name


class Revision(models.Model):
    """Fortschreibung: the strategy as one decision of the council left it."""

    class State(models.TextChoices):
        STAGED = "staged", _("vorbereitet")
        PUBLISHED = "published", _("veröffentlicht")

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="revisions")
    code = models.CharField(_("Kennung"), max_length=40)
    name = models.CharField(_("Name"), max_length=200)
    order = models.PositiveSmallIntegerField(default=0)
    body = models.CharField(_("Gremium"), max_length=120, blank=True)
    decided = partial_date_field(_("Beschlossen am"))
    prepared_by = models.CharField(_("Vorbereitet von"), max_length=200, blank=True)
    paper = models.CharField(_("Vorlage"), max_length=80, blank=True)
    links = models.JSONField(default=list, blank=True)
    changes = models.JSONField(default=list, blank=True)
    note = models.TextField(blank=True)
    confidence = confidence_field()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PUBLISHED)
    published_at = models.DateTimeField(null=True, blank=True)
    in_force = models.DateField(
        null=True, blank=True, help_text="First day of its versions; empty when no source names the decision's date"
    )
    grid = models.JSONField(
        default=dict, blank=True, help_text="Sectors, rows and places of the picture; of the latest revision only"
    )
    grid_turn = models.PositiveIntegerField(
        default=0, help_text="Raised with each change of the grid, so that none is lost"
    )

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["strategy", "code"], name="radar_revision_once")]
        verbose_name = _("Fortschreibung")
        verbose_name_plural = _("Fortschreibungen")

    def __str__(self) -> str:
        return self.name


class TimelineEvent(models.Model):
    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="timeline")
    date = partial_date_field(_("Datum"))
    text = models.TextField()
    source = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["date", "id"]


class Report(models.Model):
    """Digitalisierungsbericht: a report that the city published."""

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="reports")
    number = models.PositiveSmallIntegerField()
    period = models.CharField(max_length=40)
    date = partial_date_field(_("Datum"))
    form = models.CharField(max_length=120, blank=True)
    url = models.URLField(max_length=400, blank=True)
    measures = models.PositiveSmallIntegerField(null=True, blank=True)
    structure = models.TextField(blank=True)
    note = models.TextField(blank=True)
    confidence = confidence_field()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["strategy", "number"], name="radar_report_once")]


class ParticipationFigures(models.Model):
    """What an earlier participation on the strategy reached; figures as the source words them."""

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="participations")
    key = models.SlugField(max_length=40)
    figures = models.JSONField(default=dict)
    source = models.TextField(blank=True)
    note = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["strategy", "key"], name="radar_participation_once")]


class ReportTemplate(models.Model):
    """Outline of a status report (Sachstandsbericht) that cuts across action fields."""

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="report_templates")
    name = models.CharField(max_length=200)
    source = models.TextField(blank=True)
    lesson = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["strategy", "name"], name="radar_reporttemplate_once")]


class ReportSection(models.Model):
    template = models.ForeignKey(ReportTemplate, on_delete=models.CASCADE, related_name="sections")
    order = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=300)
    measure_slugs = models.JSONField(default=list, blank=True)
    refers_to = models.CharField(max_length=300, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order"]


class CitizenNeed(models.Model):
    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="needs")
    need = models.TextField()
    source = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["id"]
