"""Files that the house makes and keeps: the archive of a process, the monthly sheet of a district."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .process import Process


class Archive(models.Model):
    """One version of the package of an archived process. Older versions keep their row and hash and lose their file,
    so that what was erased is nowhere any more. `counts` stand still from the first version on."""

    class Reason(models.TextChoices):
        ARCHIVED = "archived", _("Verfahren archiviert")
        ERASED = "erased", _("Worte oder Namen wurden gelöscht")

    process = models.ForeignKey(Process, models.CASCADE, related_name="archives")
    version = models.PositiveIntegerField()
    reason = models.CharField(max_length=10, choices=Reason.choices)
    made_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64, help_text="Of the package")
    content = models.CharField(max_length=64, help_text="Hash of what stands in it, without PDF and date")
    size = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)
    data = models.BinaryField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["process", "version"], name="participation_archive_once")]


class Leaflet(models.Model):
    """What hangs on the noticeboards of one district in one month. `content` is the list of entries; staff may change
    it before printing, and then nothing is written over it."""

    district = models.ForeignKey("geo.District", models.CASCADE, related_name="leaflets")
    month = models.DateField(help_text="The first day of the month")
    heading = models.CharField(_("Überschrift"), max_length=120)
    content = models.JSONField(default=list, help_text="[{title, text, when}]")
    contact = models.CharField(_("Fragen? Zeile ganz unten"), max_length=200, blank=True)
    edited = models.BooleanField(default=False)
    label = models.CharField(max_length=300, blank=True, help_text="Function and department of who changed it")
    revision = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-month", "district__number"]
        constraints = [models.UniqueConstraint(fields=["district", "month"], name="participation_leaflet_once")]
