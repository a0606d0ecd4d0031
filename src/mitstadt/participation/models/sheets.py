"""What came on paper, by telephone or at an event: from where, who entered it, and the pictures it was read from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mitstadt.comments.models import Channel
from mitstadt.kit.ids import new_id

from .contributions import Contribution
from .process import Module, Process

OFFLINE = [choice for choice in Channel.choices if choice[0] != Channel.ONLINE]


class Batch(models.Model):
    """What is entered together: one pile of sheets, one workshop, one day on the telephone.

    `by` is the public id of who began it (as in the audit log). `file_hash` notices that one file came twice.
    From `undo_at` on all of it is taken back, until `undone_at`.
    """

    process = models.ForeignKey(Process, models.CASCADE, related_name="batches")
    module = models.ForeignKey(Module, models.CASCADE, related_name="batches")
    channel = models.CharField(_("Auf welchem Weg"), max_length=10, choices=OFFLINE)
    held_on = models.DateField(_("Wann es gesagt oder geschrieben wurde"))
    event = models.CharField(_("Anlass"), max_length=200, blank=True)
    source = models.CharField(_("Woher es stammt"), max_length=200, blank=True)
    by = models.CharField(max_length=32, blank=True, editable=False)
    file_name = models.CharField(max_length=200, blank=True, editable=False)
    file_hash = models.CharField(max_length=64, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    undo_at = models.DateTimeField(null=True, blank=True, editable=False)
    undone_at = models.DateTimeField(null=True, blank=True, editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["module", "file_hash"], name="participation_file_once"),
            models.CheckConstraint(condition=~models.Q(channel=Channel.ONLINE), name="participation_batch_is_offline"),
        ]

    def __str__(self) -> str:
        return self.event or self.source or str(self.get_channel_display())


class PrintedSheet(models.Model):
    """A paper form that was printed with a code of its own. `used_at`: it has been entered; it is entered once."""

    module = models.ForeignKey(Module, models.CASCADE, related_name="printed_sheets")
    code = models.CharField(max_length=12, unique=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=32, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True


class Tablet(models.Model):
    """A device at a stall or in a town hall on which one person after the other writes to one module.

    `user` answers for it: it may what they may enter, as long as they may. Whoever opens the link first pairs the
    device; from then on only that device works. Hashes only of what link and device carry.
    """

    module = models.ForeignKey(Module, models.CASCADE, related_name="tablets")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("Wo das Gerät steht"), max_length=120)
    link_hash = models.CharField(max_length=64, unique=True)
    device_hash = models.CharField(max_length=64, blank=True)
    valid_until = models.DateTimeField(_("Gültig bis"))
    created_at = models.DateTimeField()
    paired_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    entered = models.PositiveIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-created_at", "-pk"]


class Entered(models.Model):
    """One thing that staff entered: what they read back, and the contribution it became. `held_on` is its own day where
    the row of a list named one, else the batch's counts. `ref` is what else the format wrote, as its `undo` knows it;
    `kept` says why it stayed when all of its batch was taken back."""

    class Kept(models.TextChoices):
        NO = "", ""
        ANSWERED = "answered", _("Die Stadt hat schon darauf geantwortet.")
        SUPPORTED = "supported", _("Das unterstützt schon jemand.")
        TALKED = "talked", _("Dazu hat schon jemand etwas geschrieben.")
        RATED = "rated", _("Das hat schon jemand bewertet.")
        MERGED = "merged", _("Das ist mit einem anderen Beitrag zusammengelegt.")
        OTHER = "other", _("Das lässt sich hier nicht zurücknehmen.")

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="entered")
    contribution = models.OneToOneField(Contribution, models.SET_NULL, null=True, blank=True, related_name="entered")
    sheet = models.CharField(max_length=40, blank=True)
    said = models.CharField(max_length=300)
    held_on = models.DateField(null=True, blank=True)
    with_code = models.BooleanField(default=False)
    ref = models.CharField(max_length=40, blank=True)
    key = models.CharField(max_length=64, unique=True, null=True, help_text="Sent once with each form")
    by = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    kept = models.CharField(max_length=10, choices=Kept.choices, default=Kept.NO, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["batch", "undone_at"])]


class EntryList(models.Model):
    """A list from a file that is too long for one transaction: checked as a whole, then entered by the worker.

    `done` counts the rows that were gone through; it moves in the transaction that enters them, so that none is entered
    twice. `user` answers for it: it is entered with what they may at that moment. `batch` is there once it was taken.
    """

    class State(models.TextChoices):
        READY = "ready", _("geprüft")
        RUNNING = "running", _("wird eingetragen")
        DONE = "done", _("eingetragen")
        DISCARDED = "discarded", _("verworfen")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    module = models.ForeignKey(Module, models.CASCADE, related_name="entry_lists")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    batch = models.OneToOneField(Batch, models.SET_NULL, null=True, blank=True, related_name="entry_list")
    channel = models.CharField(max_length=10, choices=OFFLINE)
    held_on = models.DateField()
    event = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    hints = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name


class EntryRow(models.Model):
    """One row of such a list, until it is entered; what could not be entered stays with its line and the reason.

    `position` counts from 0 in the order of entering: what is answered stands before its answers. `data` is what stands
    in the file, {field: text}. It answers the row at `answers`, or what stands here already: `answers_id`.
    """

    listed = models.ForeignKey(EntryList, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    data = models.JSONField(default=dict)
    channel = models.CharField(max_length=10, choices=OFFLINE)
    held_on = models.DateField(null=True, blank=True)
    answers = models.PositiveIntegerField(null=True, blank=True)
    answers_id = models.CharField(max_length=16, blank=True)
    contribution = models.ForeignKey(Contribution, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["listed", "position"], name="participation_entry_row_once")]


def _public_id() -> str:
    return new_id()


class Source(models.Model):
    """A photograph that contributions were read from (a flip chart, a wall of cards). Its bytes were drawn anew, so
    that no place, camera or time is in them. Staff only, until released."""

    public_id = models.CharField(max_length=32, unique=True, default=_public_id, editable=False)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="sources")
    words = models.CharField(_("Was zu sehen ist"), max_length=300)
    data = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    released = models.BooleanField(default=False)
    by = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "digest"], name="participation_picture_once")]
