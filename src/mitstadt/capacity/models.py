"""Capacities of offers, and people on their way to a place. What must never be is refused by the database.

Whoever seeks is a `Seeker`: a pseudonym with a secret link. No key leads from here to an account, a guest or anything
political; what a person tells about themselves is sealed with a key outside the database.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mitstadt.directory.models import Service, ServiceAt
from mitstadt.kit.ids import new_id

from .sealed import SealedText


class Way(models.TextChoices):
    """How one gets a place here."""

    BOOK = "book", _("sofort buchen")
    ENQUIRE = "enquire", _("anfragen")
    ROUND = "round", _("Vergabe nach Punkten")
    LINK = "link", _("auf einer anderen Seite")
    CALL = "call", _("anrufen")


class Kind(models.TextChoices):
    APPOINTMENT = "appointment", _("Termine")
    DAY_CARE = "day_care", _("Kinderbetreuung")
    NURSING = "nursing", _("Pflege")
    SHELTER = "shelter", _("Unterkunft")
    COURSE = "course", _("Kurs")
    OTHER = "other", _("Plätze")


class Capacity(models.Model):
    """What an offer has free. `free` is NULL where nobody said; it is moved only by `actions`.

    `held`: places kept for somebody who was offered one and has not answered yet; they are not free any more.
    `interval_hours`: how often the provider agreed to say. An emergency place never has a waiting list.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="capacities")
    at = models.ForeignKey(ServiceAt, models.SET_NULL, null=True, blank=True, related_name="capacities")
    kind = models.CharField(_("Art"), max_length=12, choices=Kind.choices)
    way = models.CharField(_("Weg zum Platz"), max_length=8, choices=Way.choices, default=Way.CALL)
    title = models.CharField(_("Was"), max_length=120, help_text=_("Zum Beispiel: Krippe, 1 bis 3 Jahre, ganztags"))
    note = models.CharField(_("Hinweis"), max_length=300, blank=True)
    features: models.JSONField[list[str], list[str]] = models.JSONField(_("Merkmale"), default=list, blank=True)
    min_age = models.PositiveSmallIntegerField(_("Alter ab"), null=True, blank=True)
    max_age = models.PositiveSmallIntegerField(_("Alter bis"), null=True, blank=True)
    total = models.PositiveIntegerField(_("Plätze insgesamt"), null=True, blank=True)
    free = models.PositiveIntegerField(_("davon frei"), null=True, blank=True)
    held = models.PositiveIntegerField(default=0)
    has_waiting_list = models.BooleanField(_("mit Warteliste"), default=False)
    needs_assessment = models.BooleanField(_("erst nach einem Gespräch"), default=False)
    free_from = models.DateField(_("frei ab"), null=True, blank=True)
    interval_hours = models.PositiveIntegerField(_("neu gemeldet alle … Stunden"), default=168)
    answer_hours = models.PositiveIntegerField(_("Antwort auf Anfragen binnen … Stunden"), default=72)
    mobile = models.CharField(
        _("Mobilnummer für die Erinnerung"), max_length=24, blank=True,
        help_text=_("Mit Ländervorwahl, zum Beispiel +49 151 23456789. Niemand sonst sieht sie."),
        validators=[RegexValidator(r"^\+[1-9][0-9 /()-]{6,21}$", _("Bitte mit Ländervorwahl: +49 …"))],
    )  # fmt: skip
    link = models.URLField(_("Adresse der anderen Seite"), max_length=500, blank=True)
    link_name = models.CharField(_("Wie die andere Seite heißt"), max_length=80, blank=True)
    link_checked_on = models.DateField(_("Verweis geprüft am"), null=True, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)
    updated_by = models.CharField(max_length=160, blank=True)
    emergency = models.BooleanField(default=False)
    active = models.BooleanField(_("öffentlich gezeigt"), default=True)
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["service__name", "title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(free__isnull=True) | Q(total__gte=F("free") + F("held")),
                name="capacity_free_within_total",
            ),
            models.CheckConstraint(
                condition=Q(emergency=False) | Q(has_waiting_list=False), name="capacity_emergency_never_waits"
            ),
            models.CheckConstraint(condition=Q(interval_hours__gte=1), name="capacity_interval"),
            models.UniqueConstraint(fields=["service", "at", "title"], name="capacity_title_once"),
        ]
        indexes = [models.Index(fields=["kind", "active"]), models.Index(fields=["updated_at"])]
        verbose_name = _("Kapazität")
        verbose_name_plural = _("Kapazitäten")

    def __str__(self) -> str:
        return f"{self.service.name}: {self.title}"

    def get_absolute_url(self) -> str:
        return f"/plaetze/{self.public_id}/"


class Report(models.Model):
    """What a provider said, when: the time series behind statistics. `free` NULL: waiting only, or not said."""

    capacity = models.ForeignKey(Capacity, models.CASCADE, related_name="reports")
    at = models.DateTimeField()
    free = models.PositiveIntegerField(null=True)
    total = models.PositiveIntegerField(null=True)
    waiting = models.PositiveIntegerField(default=0)
    channel = models.CharField(max_length=10, help_text="form, link, csv, api, ical, fhir, booking")

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["capacity", "at"])]
        verbose_name = _("Meldung")
        verbose_name_plural = _("Meldungen")


class Slot(models.Model):
    """One appointment time of a capacity with `seats`; `taken` and `held` are moved by conditional updates only."""

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    capacity = models.ForeignKey(Capacity, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seats = models.PositiveSmallIntegerField(default=1)
    taken = models.PositiveSmallIntegerField(default=0)
    held = models.PositiveSmallIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    source_id = models.CharField(max_length=200, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(seats__gte=F("taken") + F("held")), name="capacity_slot_never_oversold"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="capacity_slot_has_length"),
            models.UniqueConstraint(fields=["capacity", "starts_at"], name="capacity_slot_once"),
        ]
        indexes = [models.Index(fields=["starts_at"])]
        verbose_name = _("Termin")
        verbose_name_plural = _("Termine")


class Seeker(models.Model):
    """Somebody on their way to a place. `key_hash` recognises the secret link, `account_hash` somebody signed in; both
    are keyed hashes of this room, so no query joins them with anything else. `reference` is what staff say instead of a
    name. `sealed` holds name and contact, encrypted. Erased at `erase_at`.
    """

    reference = models.CharField(max_length=12, unique=True)
    key_hash = models.CharField(max_length=64, unique=True)
    account_hash = models.CharField(max_length=64, blank=True, db_index=True)
    sealed = models.TextField(blank=True)
    language = models.CharField(max_length=8, default="de")
    is_young = models.BooleanField(default=False, help_text="Counselling of a young person: nobody else is told")
    referred_by = models.CharField(max_length=160, blank=True, help_text="Function and organisation of the case worker")
    referrer_hash = models.CharField(max_length=64, blank=True, db_index=True)
    consent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    erase_at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("Suchende Person")
        verbose_name_plural = _("Suchende Personen")

    def __str__(self) -> str:
        return self.reference


class Booking(models.Model):
    """An appointment of a seeker. One active booking per slot and person; a double click is one booking (`key`)."""

    class State(models.TextChoices):
        BOOKED = "booked", _("gebucht")
        CANCELLED = "cancelled", _("abgesagt")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="bookings")
    seeker = models.ForeignKey(Seeker, models.CASCADE, related_name="bookings")
    persons = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.BOOKED)
    sealed = models.TextField(blank=True)
    key = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "seeker"], condition=Q(state="booked"), name="capacity_booked_once"
            ),
            models.UniqueConstraint(fields=["slot", "key"], name="capacity_one_click"),
            models.CheckConstraint(condition=Q(persons__gte=1), name="capacity_booking_persons"),
        ]
        verbose_name = _("Gebuchter Termin")
        verbose_name_plural = _("Gebuchte Termine")


class Enquiry(models.Model):
    """One request to several providers in the order the person chose; one of them is asked at a time."""

    class State(models.TextChoices):
        OPEN = "open", _("läuft")
        PLACED = "placed", _("Platz gefunden")
        ENDED = "ended", _("niemand hatte einen Platz")
        WITHDRAWN = "withdrawn", _("zurückgezogen")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    seeker = models.ForeignKey(Seeker, models.CASCADE, related_name="enquiries")
    sealed = models.TextField(blank=True)
    persons = models.PositiveSmallIntegerField(default=1)
    wanted_from = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    key_hash = models.CharField(max_length=64, blank=True, help_text="A double click is one request")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["seeker", "key_hash"], condition=~Q(key_hash=""), name="capacity_enquiry_one_click"
            )
        ]
        verbose_name = _("Anfrage")
        verbose_name_plural = _("Anfragen")


class Ask(models.Model):
    """One provider's part of an enquiry. Only while `ASKED` or `OFFERED` may its provider read what was written."""

    class State(models.TextChoices):
        WAITING = "waiting", _("noch nicht gefragt")
        ASKED = "asked", _("gefragt")
        OFFERED = "offered", _("Platz angeboten")
        ACCEPTED = "accepted", _("angenommen")
        DECLINED = "declined", _("kein Platz")
        PASSED = "passed", _("nicht rechtzeitig geantwortet")
        WITHDRAWN = "withdrawn", _("zurückgezogen")

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="asks")
    capacity = models.ForeignKey(Capacity, models.CASCADE, related_name="asks")
    rank = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = SealedText(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["enquiry", "capacity"], name="capacity_asked_once"),
            models.UniqueConstraint(fields=["enquiry", "rank"], name="capacity_ask_rank"),
            models.UniqueConstraint(
                fields=["enquiry"], condition=Q(state__in=["asked", "offered"]), name="capacity_one_asked_at_a_time"
            ),
            models.UniqueConstraint(fields=["enquiry"], condition=Q(state="accepted"), name="capacity_one_accepted"),
        ]
        indexes = [models.Index(fields=["capacity", "state"]), models.Index(fields=["state", "due_at"])]
        verbose_name = _("Gefragter Anbieter")
        verbose_name_plural = _("Gefragte Anbieter")


class Waiting(models.Model):
    """A turn on a waiting list, in the order of the primary key; `persons` get their places together or not at all."""

    class State(models.TextChoices):
        WAITING = "waiting", _("wartet")
        OFFERED = "offered", _("Platz angeboten")
        TAKEN = "taken", _("angenommen")
        DECLINED = "declined", _("abgelehnt")
        LAPSED = "lapsed", _("nicht geantwortet")
        LEFT = "left", _("nicht mehr auf der Liste")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    capacity = models.ForeignKey(Capacity, models.CASCADE, related_name="waiters")
    seeker = models.ForeignKey(Seeker, models.CASCADE, related_name="waitings")
    persons = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    slot = models.ForeignKey(Slot, models.SET_NULL, null=True, blank=True, related_name="offers")
    offered_at = models.DateTimeField(null=True, blank=True)
    offered_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["capacity", "seeker"], condition=Q(state__in=["waiting", "offered"]), name="capacity_waits_once"
            ),
            models.CheckConstraint(condition=Q(persons__gte=1), name="capacity_waiting_persons"),
        ]
        indexes = [models.Index(fields=["capacity", "state"]), models.Index(fields=["state", "offered_until"])]
        verbose_name = _("Platz auf der Warteliste")
        verbose_name_plural = _("Plätze auf der Warteliste")


class Agent(models.Model):
    """ "Tell me when a place within 3 km fits." Address and wishes are sealed; `token_hash` ends it without a login."""

    token_hash = models.CharField(max_length=64, unique=True)
    sealed = models.TextField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    told: models.JSONField[list[int], list[int]] = models.JSONField(default=list, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("Suchauftrag")
        verbose_name_plural = _("Suchaufträge")


class Changed(models.Model):
    """A figure moved: the worker looks at all of them together, so that search agents are opened once for many."""

    capacity = models.ForeignKey(Capacity, models.CASCADE, related_name="+")
    anew = models.BooleanField(default=False, help_text="Nothing was free until this: who was told before hears again")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("Bewegte Zahl")
        verbose_name_plural = _("Bewegte Zahlen")


class Feed(models.Model):
    """Where another system says what is free: read every `interval_minutes`. A failure never touches the figure."""

    class Kind(models.TextChoices):
        ICAL = "ical", _("Kalender (iCal)")
        FHIR = "fhir", _("FHIR Slot")
        CSV = "csv", _("Tabelle (CSV)")

    capacity = models.OneToOneField(Capacity, models.CASCADE, related_name="feed")
    kind = models.CharField(_("Format"), max_length=4, choices=Kind.choices)
    url = models.URLField(_("Adresse"), max_length=500)
    interval_minutes = models.PositiveIntegerField(_("gelesen alle … Minuten"), default=60)
    tried_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True, help_text="When it was last read without an error")
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["capacity__service__name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(url__startswith="https://"), name="capacity_feed_https"),
            models.CheckConstraint(condition=Q(interval_minutes__gte=15), name="capacity_feed_interval"),
        ]
        verbose_name = _("Quelle")
        verbose_name_plural = _("Quellen")


class Look(models.Model):
    """Somebody of a provider or the city read sealed words of a seeker; the person sees this list."""

    seeker = models.ForeignKey(Seeker, models.CASCADE, related_name="looks")
    by = models.CharField(max_length=160)
    what = models.CharField(max_length=120)
    at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-at"]
        verbose_name = _("Einsicht")
        verbose_name_plural = _("Einsichten")


class Demand(models.Model):
    """What was sought, counted by month and district, without anybody: for planners.

    `outcome`: searched, booked, placed, ended (nobody had a place), waiting.
    """

    month = models.DateField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    district = models.PositiveSmallIntegerField(default=0, help_text="Number; 0 where no place is known")
    outcome = models.CharField(max_length=10)
    count = models.PositiveIntegerField(default=0)
    days = models.PositiveIntegerField(default=0, help_text="Sum of the days waited")

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "kind", "district", "outcome"], name="capacity_demand_once")
        ]
        verbose_name = _("Bedarf")
        verbose_name_plural = _("Bedarf")


STATES: dict[str, Any] = {
    "free": _("frei"),
    "few": _("ein Platz frei"),
    "full": _("nichts frei"),
    "waitlist": _("Warteliste"),
    "assessment": _("nach einem Gespräch"),
    "unknown": _("nicht bekannt"),
}


from .rounds.models import Application, Child, File, Outcome, Place, Programme, Round  # noqa: E402, F401 - Django finds them here
