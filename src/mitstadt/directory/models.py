"""Offers and where they happen, kept so that the list with filters and distance stays one quick query.

Names follow HSDS 3.1: `Service`, `Location`, `ServiceAt` (service_at_location), `Category` (taxonomy_term). Everything
an entry says stands as one document in `Service.data` (`entries.Entry`); the columns beside it are copies to filter by,
written by `actions.save_entry` only.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.ids import new_id
from mitstadt.organisations.models import Organisation
from mitstadt.subjects.models import Subject

from . import words
from .entries import Entry

OFFER = "offer"


class Category(models.Model):
    """What an offer is about (taxonomy term). `synonyms`: everyday phrases, one a line; all words of a line must be in
    a question for it to count."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("Kürzel"), max_length=60, unique=True)
    name = models.CharField(_("Name"), max_length=80)
    name_en = models.CharField(_("Name auf Englisch"), max_length=80, blank=True)
    description = models.CharField(_("Beschreibung"), max_length=300, blank=True)
    description_en = models.CharField(_("Beschreibung auf Englisch"), max_length=300, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    synonyms = models.TextField(
        _("Worte des Alltags"), blank=True, help_text=_("Je Zeile eine Wendung, zum Beispiel: Miete nicht zahlen")
    )
    order = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    changed_at = models.DateTimeField(auto_now=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order", "name"]
        verbose_name = _("Thema")
        verbose_name_plural = _("Themen")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/angebote/thema/{self.slug}/"


class Situation(models.Model):
    """A sentence as people say it ("Ich kann die Miete nicht zahlen") and what it leads to. Staff edit both."""

    slug = models.SlugField(_("Kürzel"), max_length=60, unique=True)
    title = models.CharField(_("Satz"), max_length=120, help_text=_("So, wie jemand es sagen würde."))
    title_en = models.CharField(_("Satz auf Englisch"), max_length=120, blank=True)
    phrases = models.TextField(
        _("Worte des Alltags"), blank=True, help_text=_("Je Zeile eine Wendung. Alle ihre Wörter müssen vorkommen.")
    )
    categories = models.ManyToManyField(Category, verbose_name=_("Themen"), related_name="situations")
    shown = models.BooleanField(_("auf der ersten Seite zeigen"), default=False)
    order = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    changed_at = models.DateTimeField(auto_now=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order", "title"]
        verbose_name = _("Lebenslage")
        verbose_name_plural = _("Lebenslagen")

    def __str__(self) -> str:
        return self.title


class Urgent(models.Model):
    """In need now: words that put checked numbers first. `numbers`: name, number, when, languages, chat."""

    slug = models.SlugField(_("Kürzel"), max_length=60, unique=True)
    title = models.CharField(_("Überschrift"), max_length=120)
    title_en = models.CharField(_("Überschrift auf Englisch"), max_length=120, blank=True)
    phrases = models.TextField(
        _("Worte, auch in anderen Sprachen"), help_text=_("Je Zeile eine Wendung. Alle ihre Wörter müssen vorkommen.")
    )
    numbers = models.JSONField(
        _("Nummern"), default=list, help_text=_("Je Zeile: Name | Nummer | wann | Sprachen | Chat-Adresse")
    )
    sentences = models.JSONField(
        _("Ein Satz in anderen Sprachen"), default=list, blank=True, help_text=_("Je Zeile: Sprache | Satz")
    )
    checked_on = models.DateField(_("Nummern geprüft am"))
    source = models.CharField(_("Quelle"), max_length=200)
    order = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    changed_at = models.DateTimeField(auto_now=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order", "title"]
        verbose_name = _("Hilfe in Not")
        verbose_name_plural = _("Hilfe in Not")

    def __str__(self) -> str:
        return self.title


class Provider(models.Model):
    """What an organisation that offers something says about itself (HSDS organization). Verified ones may edit."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True, related_name="provider")
    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    description = models.TextField(_("Wer wir sind"), blank=True, max_length=4000)
    url = models.URLField(_("Webseite"), max_length=500, blank=True)
    email = models.EmailField(_("E-Mail für Fragen zu den Einträgen"), blank=True)
    contact = models.CharField(
        _("Wer ansprechbar ist"), max_length=160, blank=True, help_text=_("Nur für andere Organisationen sichtbar.")
    )
    contact_phone = models.CharField(_("Telefon für andere Organisationen"), max_length=40, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=160, blank=True, help_text="Function and department")
    is_example = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("Anbieter")
        verbose_name_plural = _("Anbieter")

    def __str__(self) -> str:
        return self.organisation.name


class Location(models.Model):
    """One place of a provider. Secret ones are not here: of a protected offer no place is kept at all."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="locations")
    name = models.CharField(max_length=160, blank=True)
    street = models.CharField(max_length=160, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=80, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    district = models.ForeignKey("geo.District", models.SET_NULL, null=True, blank=True, related_name="+")
    access = models.JSONField(default=list, blank=True)
    access_note = models.CharField(max_length=500, blank=True)
    transport = models.CharField(max_length=300, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["postcode"])]
        verbose_name = _("Ort")
        verbose_name_plural = _("Orte")

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        return ", ".join(filter(None, [self.street, f"{self.postcode} {self.city}".strip()]))


class Service(models.Model):
    """One offer. `data` is the whole entry; the other columns are what lists filter and sort by.

    `confirmed_on`: the last day on which somebody who knows said that it is true. `asked_at`: when the provider was
    last asked; `source` and `source_id` name the file it came from, so that the next import finds it again.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Entwurf")
        PUBLIC = "public", _("öffentlich")
        WITHDRAWN = "withdrawn", _("nicht mehr öffentlich")

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="service", editable=False)
    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="services")
    name = models.CharField(_("Name"), max_length=160)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    data = models.JSONField(default=dict)
    categories = models.ManyToManyField(Category, related_name="services", blank=True)
    status = models.CharField(max_length=20, choices=list(words.STATUSES.items()), default="active")
    free = models.BooleanField(default=False)
    walk_in = models.BooleanField(default=False)
    languages = models.CharField(max_length=200, blank=True, help_text="|de|tr|")
    protected = models.BooleanField(default=False)
    emergency = models.BooleanField(default=False)
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=160, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="Counts the changes of the entry")
    source = models.CharField(max_length=60, blank=True)
    source_id = models.CharField(max_length=300, blank=True)
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["name", "subject_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], condition=~Q(source=""), name="directory_source_once"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "name"]),
            models.Index(fields=["changed_at"]),
            models.Index(fields=["confirmed_on"]),
        ]
        verbose_name = _("Angebot")
        verbose_name_plural = _("Angebote")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/angebote/{self.slug}/"

    @cached_property
    def entry(self) -> Entry:
        return Entry.from_json(self.data)


class ServiceAt(models.Model):
    """An offer at a location, or without one (telephone, online, secret address): one row of the list.

    `lat`, `lon`, `district` and `wheelchair` are copies of the location's; `listed`, `free`, `walk_in`, `languages` and
    `confirmed_on` of the offer's, kept by `copies.write`, so that a search reads an index and not 100,000 entries. Of a
    `protected` offer the database takes no place, so that no map, distance, export or statistic can give it away.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="at", db_index=False)  # see Meta
    location = models.ForeignKey(Location, models.CASCADE, null=True, blank=True, related_name="services")
    order = models.PositiveSmallIntegerField(default=0)
    hours = models.JSONField(default=list, blank=True)
    hours_note = models.CharField(max_length=300, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    district = models.ForeignKey("geo.District", models.SET_NULL, null=True, blank=True, related_name="+")
    wheelchair = models.BooleanField(default=False)
    protected = models.BooleanField(default=False)
    listed = models.BooleanField(default=False)
    free = models.BooleanField(default=False)
    walk_in = models.BooleanField(default=False)
    languages = models.CharField(max_length=200, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order", "id"]
        indexes = [
            models.Index(
                fields=[
                    "lat", "lon", "listed", "service", "free", "walk_in", "wheelchair", "languages", "confirmed_on",
                    "location", "id",
                ],
                name="directory_at_point",
            ),
            models.Index(
                fields=[
                    "service", "listed", "free", "walk_in", "wheelchair", "languages", "lat", "lon", "confirmed_on",
                    "location", "district", "id",
                ],
                name="directory_at_service",
            ),
            models.Index(fields=["district", "service"], name="directory_at_district"),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__isnull=False, lon__isnull=False),
                name="directory_at_whole_point",
            ),
            models.CheckConstraint(
                condition=Q(protected=False)
                | Q(location__isnull=True, lat__isnull=True, lon__isnull=True, district__isnull=True),
                name="directory_at_secret_address",
            ),
        ]
        verbose_name = _("Angebot an einem Ort")
        verbose_name_plural = _("Angebote an Orten")


class Opening(models.Model):
    """When a row of the list is open, from its rules, for the days around now; written anew each night."""

    at = models.ForeignKey(ServiceAt, models.CASCADE, related_name="openings")
    opens = models.DateTimeField()
    closes = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["opens", "closes", "at"], name="directory_opening_now")]
        verbose_name = _("Öffnungszeit")
        verbose_name_plural = _("Öffnungszeiten")


class Change(models.Model):
    """A provider's draft: what the entry shall say (`data`), on top of which `version`; staff accept or send back."""

    class State(models.TextChoices):
        OPEN = "open", _("wird geprüft")
        ACCEPTED = "accepted", _("übernommen")
        REFUSED = "refused", _("zurückgegeben")
        WITHDRAWN = "withdrawn", _("zurückgezogen")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, null=True, blank=True, related_name="changes")
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="changes")
    data = models.JSONField()
    version = models.PositiveIntegerField(default=0)
    note = models.CharField(_("Was sich geändert hat"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.CharField(max_length=160, blank=True, help_text="Function and department")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["service"], condition=Q(state="open"), name="directory_one_open_change")
        ]
        verbose_name = _("Änderung eines Angebots")
        verbose_name_plural = _("Änderungen von Angeboten")

    def __str__(self) -> str:
        return f"{self.data.get('name', '')}"

    @cached_property
    def entry(self) -> Entry:
        return Entry.from_json(self.data)


class Attempt(models.Model):
    """Staff tried to reach a provider about an old entry. Without one no entry leaves the list for its age."""

    class Way(models.TextChoices):
        PHONE = "phone", _("angerufen")
        EMAIL = "email", _("E-Mail geschrieben")
        VISIT = "visit", _("hingegangen")
        LETTER = "letter", _("Brief geschrieben")

    service = models.ForeignKey(Service, models.CASCADE, related_name="attempts")
    way = models.CharField(_("Wie"), max_length=10, choices=Way.choices)
    outcome = models.CharField(_("Ergebnis"), max_length=300)
    by = models.CharField(max_length=160, help_text="Function and department")
    at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-at"]
        verbose_name = _("Versuch, den Anbieter zu erreichen")
        verbose_name_plural = _("Versuche, den Anbieter zu erreichen")


class Report(models.Model):
    """Somebody says that something in an entry is wrong. No account, no name, one field."""

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="reports")
    text = models.TextField(max_length=2000)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=160, blank=True, help_text="Function and department")
    outcome = models.CharField(max_length=300, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("Hinweis auf einen Fehler")
        verbose_name_plural = _("Hinweise auf Fehler")


class Missed(models.Model):
    """How often a word was searched for in a month without a hit. Single words only, never a whole question."""

    month = models.DateField()
    word = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=1)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "word"], name="directory_missed_once")]
        verbose_name = _("Gesucht und nicht gefunden")
        verbose_name_plural = _("Gesucht und nicht gefunden")


class Notice(models.Model):
    """Among organisations: cooperation offered or wanted, a room to lend, a shared date."""

    class Kind(models.TextChoices):
        OFFER = "offer", _("Wir bieten an")
        REQUEST = "request", _("Wir suchen")
        ROOM = "room", _("Raum zu leihen")
        DATE = "date", _("Gemeinsamer Termin")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="notices")
    kind = models.CharField(_("Worum es geht"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("Überschrift"), max_length=120)
    text = models.TextField(_("Text"), max_length=2000)
    day = models.DateField(_("Datum"), null=True, blank=True)
    until = models.DateField(_("Zu sehen bis"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("Nachricht unter Organisationen")
        verbose_name_plural = _("Nachrichten unter Organisationen")

    def __str__(self) -> str:
        return self.title


class Mapping(models.Model):
    """How the columns of somebody's file become an entry, kept under a name for the next import."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    text = models.TextField(_("Zuordnung"))
    changed_at = models.DateTimeField(auto_now=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["name"]
        verbose_name = _("Zuordnung für Importe")
        verbose_name_plural = _("Zuordnungen für Importe")

    def __str__(self) -> str:
        return self.name


def entry_fields() -> dict[str, Any]:
    """The fields of an entry with their labels, in the order of the form."""
    return {
        "name": _("Name"), "provider": _("Anbieter"), "lead": _("Kurz gesagt"), "description": _("Beschreibung"),
        "simple": _("In Einfacher Sprache"), "alternate_name": _("Auch bekannt als"), "status": _("Stand"),
        "alert": _("Hinweis, der oben steht"), "categories": _("Themen"), "url": _("Webseite"), "email": _("E-Mail"),
        "phones": _("Telefon"), "ways": _("Kontaktwege"), "languages": _("Sprachen"),
        "interpretation": _("Dolmetschen"), "cost": _("Kosten"), "costs": _("Preise"), "fees": _("Zu den Kosten"),
        "appointment": _("Termin"), "application": _("So geht es"), "min_age": _("Alter ab"), "max_age": _("Alter bis"),
        "situations": _("Für wen"), "districts": _("Nur für Stadtbezirke"), "area": _("Gebiet"),
        "documents": _("Mitbringen"), "eligibility": _("Voraussetzungen"), "protected": _("Anschrift geheim halten"),
        "emergency": _("Notplatz"), "places": _("Orte"), "hours": _("Öffnungszeiten"),
        "hours_note": _("Zu den Öffnungszeiten"),
    }  # fmt: skip


from .importing.models import Import, ImportRow, Origin  # noqa: E402, F401
