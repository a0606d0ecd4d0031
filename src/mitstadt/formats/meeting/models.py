"""Dates of a module. Who comes lives in the room of places, under the date's own subject."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.ids import new_id
from mitstadt.participation.models import Contribution, Module
from mitstadt.subjects.models import Subject

MEETING = "meeting_date"


class Access(models.TextChoices):
    """What makes it possible for everybody to come; coded, so that people can look for it and programs can read it."""

    STEP_FREE = "step_free", _("Ohne Stufen erreichbar")
    WHEELCHAIR_TOILET = "wheelchair_toilet", _("Rollstuhlgerechte Toilette")
    PARKING = "parking", _("Behindertenparkplatz in der Nähe")
    HEARING_LOOP = "hearing_loop", _("Höranlage (Induktionsschleife)")
    SIGN_LANGUAGE = "sign_language", _("Dolmetschen in Gebärdensprache")
    CAPTIONS = "captions", _("Schriftdolmetschen")
    PLAIN_LANGUAGE = "plain_language", _("Einfache Sprache")
    INTERPRETING = "interpreting", _("Dolmetschen in andere Sprachen")
    CHILDCARE = "childcare", _("Kinderbetreuung")
    ASSISTANCE_DOG = "assistance_dog", _("Assistenzhunde willkommen")
    SEATING = "seating", _("Sitzplätze und Pausen")
    ONLINE = "online", _("Teilnahme auch von zu Hause")


class Meeting(models.Model):
    """One date. `agenda` has one item per line; `access` holds codes of `Access`; `moved_from` says in words when and
    where it was to be before; `moves` counts such changes. `walk_ins` counts people who came without
    having reserved and gave no name.
    """

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="meeting", editable=False)
    module = models.ForeignKey(Module, models.PROTECT, related_name="meetings")
    title = models.CharField(_("Titel"), max_length=200)
    text = models.TextField(_("Worum es geht"), blank=True)
    starts_at = models.DateTimeField(_("Beginn"))
    ends_at = models.DateTimeField(_("Ende"))
    venue = models.CharField(_("Ort"), max_length=120, blank=True)
    address = models.CharField(_("Straße und Hausnummer"), max_length=150, blank=True)
    link = models.CharField(_("Adresse im Netz"), max_length=300, blank=True)
    agenda = models.TextField(_("Programm"), blank=True)
    access: models.JSONField[list[str], list[str]] = models.JSONField(_("Barrierefreiheit"), default=list, blank=True)
    access_text = models.TextField(_("Barrierefreiheit in Worten"), blank=True)
    minutes = models.TextField(_("Protokoll"), blank=True)
    result = models.TextField(_("Was herauskam"), blank=True)
    minutes_at = models.DateTimeField(null=True, blank=True, editable=False)
    walk_ins = models.PositiveIntegerField(default=0, editable=False)
    moves = models.PositiveIntegerField(default=0, editable=False)
    moved_at = models.DateTimeField(null=True, blank=True, editable=False)
    moved_from = models.CharField(max_length=500, blank=True, editable=False)
    move_reason = models.CharField(max_length=300, blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancel_reason = models.CharField(max_length=300, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)
    is_example = models.BooleanField(default=False, editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["starts_at"]), models.Index(fields=["module", "starts_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_lasts"),
            models.CheckConstraint(condition=~Q(venue="") | ~Q(link=""), name="meeting_is_somewhere"),
        ]
        verbose_name = _("Termin")
        verbose_name_plural = _("Termine")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.subject.path

    @property
    def place(self) -> str:
        """Venue and address in one line; the address in the net where people meet there only."""
        return ", ".join(filter(None, [self.venue, self.address])) or self.link


def path_of(subject: Subject) -> str:
    """The permanent German address of a date."""
    return f"/beteiligung/treffen/termin/{subject.public_id}/"


class Live(models.Model):
    """The part of a date in which people ask from their phones. `code` is what they type or scan. `review`: every
    question waits for the moderation, not only those that the house's rules notice. `version` grows with each change,
    so that screens fetch the list only when there is something new.
    """

    meeting = models.OneToOneField(Meeting, models.CASCADE, primary_key=True, related_name="live")
    code = models.CharField(max_length=12, unique=True)
    review = models.BooleanField(_("Jede Frage erst ansehen"), default=False)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    wagtail_reference_index_ignore = True


class Question(models.Model):
    """A question from the phone. `asker` is a keyed hash of the device, gone a day after the date. `current`: what the
    wall shows large, at most one. `contribution` is what it became in the evaluation afterwards.
    """

    class State(models.TextChoices):
        HELD = "held", _("wartet auf die Moderation")
        OPEN = "open", _("offen")
        DONE = "done", _("beantwortet")
        HIDDEN = "hidden", _("ausgeblendet")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="questions")
    text = models.CharField(max_length=300)
    name = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=State.choices)
    findings: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    pinned = models.BooleanField(default=False)
    current = models.BooleanField(default=False)
    votes = models.PositiveIntegerField(default=0)
    asker = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=64, unique=True, null=True, blank=True)
    answer = models.TextField(_("Antwort"), blank=True)
    contribution = models.OneToOneField(
        Contribution, models.SET_NULL, null=True, blank=True, related_name="live_question"
    )
    created_at = models.DateTimeField()
    is_example = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["meeting", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["meeting"], condition=Q(current=True), name="meeting_one_current_question"),
            models.CheckConstraint(
                condition=Q(current=False) | Q(state="open"), name="meeting_current_question_is_open"
            ),
        ]
        verbose_name = _("Frage bei einem Termin")
        verbose_name_plural = _("Fragen bei einem Termin")

    def __str__(self) -> str:
        return self.text[:60]


class Vote(models.Model):
    """One device says that a question matters, and one account from whatever device: both once, by the database.

    Rows are deleted a day after the date; the number stays with the question.
    """

    question = models.ForeignKey(Question, models.CASCADE, related_name="vote_set")
    device = models.CharField(max_length=64)
    person = models.CharField(max_length=64, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "device"], name="meeting_vote_once_per_device"),
            models.UniqueConstraint(
                fields=["question", "person"], condition=~Q(person=""), name="meeting_vote_once_per_person"
            ),
        ]
