"""An import waits here, checked and compared, until somebody publishes it or throws it away."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.ids import new_id

from .strategy import Revision, Strategy


class StagedImport(models.Model):
    """One file that was read. `summary` counts what it would do; `problems` says what is wrong with it."""

    class State(models.TextChoices):
        BROKEN = "broken", _("fehlerhaft")
        READY = "ready", _("geprüft")
        PUBLISHED = "published", _("veröffentlicht")
        DISCARDED = "discarded", _("verworfen")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, null=True, blank=True, related_name="imports")
    strategy_slug = models.SlugField(max_length=80)
    revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True, blank=True, related_name="imports")
    file_name = models.CharField(_("Datei"), max_length=200)
    file_format = models.CharField(max_length=8)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    frame = models.JSONField(null=True, blank=True, help_text="Everything in the file but its measures")
    target = models.JSONField(default=dict, blank=True, help_text="The revision to publish: code, name, decided …")
    mapping = models.JSONField(default=dict, blank=True, help_text="Column → field, as it was read")
    columns = models.JSONField(default=list, blank=True, help_text="Fields that the file speaks about")
    full = models.BooleanField(_("vollständige Fortschreibung"), default=True)
    summary = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(default=list, blank=True)
    base = models.CharField(max_length=64, blank=True, help_text="Digest of the state that the plan was made against")
    staged_at = models.DateTimeField()
    staged_by = models.CharField(max_length=200, blank=True, help_text="Function and department")
    published_at = models.DateTimeField(null=True, blank=True)
    claim = models.CharField(max_length=16, blank=True, help_text="Token of the publication that is being prepared")
    claimed_at = models.DateTimeField(null=True, blank=True, help_text="Its last sign of life")

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-staged_at"]
        verbose_name = _("Import")
        verbose_name_plural = _("Importe")

    def __str__(self) -> str:
        return self.file_name


class StagedRow(models.Model):
    """One measure of the file and what would become of it."""

    class Verdict(models.TextChoices):
        NEW = "new", _("neu")
        CHANGED = "changed", _("geändert")
        SAME = "same", _("unverändert")
        RETIRED = "retired", _("entfällt")

    staged = models.ForeignKey(StagedImport, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    row = models.PositiveIntegerField(default=0, help_text="Row or line in the file, 0 when it is not in the file")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    measure = models.ForeignKey("radar.Measure", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    slug = models.CharField(max_length=120)
    title = models.CharField(max_length=300)
    payload = models.JSONField(null=True, blank=True)
    differences = models.JSONField(default=list, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["staged", "position"], name="radar_stagedrow_once")]


class PreparedBatch(models.Model):
    """Rows that a publication will write, computed beforehand; see `importer.waiting`. Nobody reads them but it.

    `what` names their kind; `rows` is a list of rows (lists of values), or of keys.
    """

    token = models.CharField(max_length=16, help_text="The claim of the import")
    what = models.CharField(max_length=30)
    rows = models.JSONField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["token", "what"])]


class ColumnMapping(models.Model):
    """How one department's spreadsheet names its columns, saved for the next time."""

    name = models.CharField(_("Name"), max_length=120, unique=True)
    columns = models.JSONField(default=dict, help_text="Heading → field")

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["name"]
        verbose_name = _("Spaltenzuordnung")
        verbose_name_plural = _("Spaltenzuordnungen")

    def __str__(self) -> str:
        return self.name
