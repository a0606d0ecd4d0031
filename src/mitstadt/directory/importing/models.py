"""What an import has read and not yet taken over, and from where an entry is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mitstadt.directory.entries import Entry
from mitstadt.kit.ids import new_id

if TYPE_CHECKING:
    from mitstadt.directory.models import Service


class Import(models.Model):
    """A file that was read and compared. The file itself is not kept, only what its rows say.

    `covered`: the fields that the mapping speaks about; `notes`: about the file; `counts`: rows by verdict.
    """

    class State(models.TextChoices):
        READING = "reading", _("wird gelesen")
        BROKEN = "broken", _("nicht lesbar")
        READY = "ready", _("verglichen")
        RUNNING = "running", _("wird übernommen")
        DONE = "done", _("übernommen")
        DISCARDED = "discarded", _("verworfen")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    file_name = models.CharField(max_length=160)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    mapping = models.CharField(max_length=60, help_text="Slug of the mapping as it was used")
    source = models.CharField(max_length=60, blank=True)
    covered = models.JSONField(default=list)
    publish = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    notes = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict, blank=True)
    staged_by = models.CharField(max_length=160, blank=True, help_text="Function and department")
    staged_at = models.DateTimeField()
    taken_by = models.CharField(max_length=160, blank=True, help_text="Function and department")
    taken_by_id = models.CharField(max_length=64, blank=True, help_text="Public id for the audit log")
    taken_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-staged_at", "-id"]
        verbose_name = _("Import von Angeboten")
        verbose_name_plural = _("Importe von Angeboten")

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row of a file and what would become of it.

    `data`: the entry as it shall be (of what is broken nothing is kept); `fields`: in what it differs from the entry
    here; `kept`: fields that were changed here since the last import and not by the source; `twins`: what it may be the
    same as, ``{"service": key}`` or ``{"position": of another row}``; `marks`: see `Origin`. `version`: of the entry
    that it was compared with.
    """

    class Verdict(models.TextChoices):
        NEW = "new", _("neu")
        CHANGED = "changed", _("geändert")
        SAME = "same", _("gleich")
        TWIN = "twin", _("vielleicht doppelt")
        BROKEN = "broken", _("fehlerhaft")
        GONE = "gone", _("nicht mehr in der Datei")

    class Choice(models.TextChoices):
        UNDECIDED = "", _("noch nicht entschieden")
        SKIP = "skip", _("auslassen")
        NEW = "new", _("als neues Angebot aufnehmen")
        REPLACE = "replace", _("das bekannte damit ersetzen")

    class Outcome(models.TextChoices):
        OPEN = "", _("offen")
        ADDED = "added", _("aufgenommen")
        CHANGED = "changed", _("geändert")
        SAME = "same", _("nichts zu tun")
        SKIPPED = "skipped", _("ausgelassen")
        REFUSED = "refused", _("nicht übernommen")

    staged = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    line = models.PositiveIntegerField(default=0)
    source_id = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=160, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    data = models.JSONField(default=dict)
    fields = models.JSONField(default=list)
    kept = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    hints = models.JSONField(default=list)
    twins = models.JSONField(default=list)
    marks = models.JSONField(default=dict)
    service = models.ForeignKey("directory.Service", models.SET_NULL, null=True, blank=True, related_name="import_rows")
    version = models.PositiveIntegerField(default=0)
    choice = models.CharField(max_length=10, choices=Choice.choices, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["staged", "position"], name="directory_import_row_once")]
        indexes = [models.Index(fields=["staged", "verdict", "position"], name="directory_import_verdict")]
        verbose_name = _("Zeile eines Imports")
        verbose_name_plural = _("Zeilen von Importen")

    def __str__(self) -> str:
        return self.title

    @cached_property
    def entry(self) -> Entry:
        return Entry.from_json(self.data)


class Origin(models.Model):
    """Which entry a source means by one of its ids, so that the next file of the source finds it again.

    `marks`: {field: short hash} of what the source said last. A field whose mark is as before was not changed by the
    source, so what somebody wrote here stays. Hashes, not values: nothing of an address that became secret is kept.
    `followed`: False where staff said that it is the same thing and the source shall not change it.
    """

    source = models.CharField(max_length=60)
    source_id = models.CharField(max_length=300)
    service = models.ForeignKey("directory.Service", models.CASCADE, related_name="origins")
    marks = models.JSONField(default=dict)
    followed = models.BooleanField(default=True)
    title = models.CharField(max_length=160, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="directory_origin_once"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(source_id=""), name="directory_origin_named"),
        ]
        verbose_name = _("Herkunft eines Angebots")
        verbose_name_plural = _("Herkunft von Angeboten")

    def __str__(self) -> str:
        return f"{self.source}: {self.source_id}"


def forget_places(service: Service) -> None:
    """The address became secret: no row that waits and no mark keeps it."""
    service.import_rows.exclude(data={}).update(
        data={}, outcome=ImportRow.Outcome.REFUSED, reason=gettext("Die Anschrift ist jetzt geheim.")
    )
    for origin in service.origins.all():
        if origin.marks.pop("places", None) is not None:
            origin.save(update_fields=["marks"])
