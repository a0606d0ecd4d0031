"""Places of a subject, and who has one. The database refuses what must never be."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.ids import new_id


class State(models.TextChoices):
    BOOKED = "booked", _("reserviert")
    WAITING = "waiting", _("Warteliste")
    CANCELLED = "cancelled", _("abgesagt")
    ATTENDED = "attended", _("war da")
    NO_SHOW = "no_show", _("nicht gekommen")


HOLDING = (State.BOOKED, State.ATTENDED, State.NO_SHOW)  # these persons are counted in `Places.taken`
ACTIVE = (State.BOOKED, State.WAITING)  # what can still be given back


class Channel(models.TextChoices):
    ONLINE = "online", _("online")
    PAPER = "paper", _("auf Papier")
    PHONE = "phone", _("am Telefon")
    EVENT = "event", _("vor Ort")


class Need(models.TextChoices):
    """What somebody needs to take part; coded, so that the organiser can count and order it."""

    HEARING_LOOP = "hearing_loop", _("Höranlage (Induktionsschleife)")
    SIGN_LANGUAGE = "sign_language", _("Gebärdensprache")
    CAPTIONS = "captions", _("Schriftdolmetschen")
    WHEELCHAIR = "wheelchair", _("Platz für einen Rollstuhl")
    COMPANION = "companion", _("Begleitperson oder Assistenzhund")
    CHILDCARE = "childcare", _("Kinderbetreuung")
    PLAIN_LANGUAGE = "plain_language", _("Einfache Sprache")


class Places(models.Model):
    """The places of one subject, or of one of its slots (`label`).

    `seats` is NULL where there is no limit. `taken` is the number of persons with a place, `waiting` the number of
    bookings (not persons) on the waiting list; both are moved only by the actions of this room. `closes_at` ends
    booking and moving up, `starts_at` giving back, `ends_at` begins the time after which personal details are erased.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    about = models.ForeignKey("subjects.Subject", models.CASCADE, related_name="places")
    label = models.CharField(max_length=120, blank=True)
    # The owner's department at the time of the last change, so that a list can be filtered; rights ask the kind.
    department = models.ForeignKey(
        "organisations.Organisation", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    location = models.CharField(max_length=300, blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    has_waiting_list = models.BooleanField(default=True)
    waiting_limit = models.PositiveIntegerField(null=True, blank=True)
    max_persons = models.PositiveSmallIntegerField(default=1)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    note_question = models.CharField(max_length=200, blank=True, help_text="Empty: no free text is asked for")
    needs_asked: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about", "label"], name="booking_places_once"),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & (Q(seats__isnull=True) | Q(taken__lte=F("seats"))),
                name="booking_never_oversold",
            ),
            models.CheckConstraint(condition=Q(waiting__gte=0), name="booking_waiting_not_negative"),
            models.CheckConstraint(condition=Q(max_persons__gte=1, max_persons__lte=50), name="booking_max_persons"),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="booking_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gte=F("opens_at")),
                name="booking_closes_after_opening",
            ),
        ]
        indexes = [models.Index(fields=["starts_at"]), models.Index(fields=["ends_at"])]
        verbose_name = _("Plätze")
        verbose_name_plural = _("Plätze")

    def __str__(self) -> str:
        return self.label or str(self.pk)


class Booking(models.Model):
    """One person's places, or their turn on the waiting list (in the order of the primary key).

    The person is an account, a guest, or somebody whom staff entered by `name`. `code` opens the booking without an
    account: it stands on the ticket, so it is kept as it is. `key` makes a double click one booking. `erased_at` says
    when everything personal was taken out; such a row only counts.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    places = models.ForeignKey(Places, models.CASCADE, related_name="bookings")
    state = models.CharField(max_length=10, choices=State.choices)
    persons = models.PositiveSmallIntegerField(default=1)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="bookings")
    guest = models.ForeignKey("accounts.Guest", models.SET_NULL, null=True, blank=True, related_name="bookings")
    name = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    needs: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    code = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    key = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.ONLINE)
    moved_up_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["places", "user"], condition=~Q(state="cancelled"), name="booking_once_per_account"
            ),
            models.UniqueConstraint(
                fields=["places", "guest"], condition=~Q(state="cancelled"), name="booking_once_per_guest"
            ),
            models.UniqueConstraint(fields=["places", "key"], condition=~Q(key=""), name="booking_once_per_form"),
            models.CheckConstraint(
                condition=(Q(user__isnull=True) | Q(guest__isnull=True)), name="booking_account_or_guest"
            ),
            models.CheckConstraint(condition=Q(persons__gte=1), name="booking_at_least_one_person"),
        ]
        indexes = [models.Index(fields=["places", "state"])]
        verbose_name = _("Platzreservierung")
        verbose_name_plural = _("Platzreservierungen")
