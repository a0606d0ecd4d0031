"""Dates of a module. Who comes lives in the room of places, under the date's own subject."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mitstadt.participation.models import Module
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
    agenda = models.TextField(_("Ablauf"), blank=True)
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
