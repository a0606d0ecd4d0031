"""Rounds, programmes that take part by contract, and families' applications. Names are sealed, ids are pseudonyms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mitstadt.capacity.models import Capacity, Seeker
from mitstadt.capacity.sealed import SealedJSON, SealedText
from mitstadt.kit import clock
from mitstadt.kit.ids import new_id


class Round(models.Model):
    """Draft → open → closed → drawn → published; `actions` move it, each step once and by a conditional update.

    `criteria`: rows ``{"id", "name", "legal_basis", "points"}`` as in the file of a round; `points` null is local.
    `changes` counts what families changed; that update is also what closing waits for. What was drawn from and what
    came out are `File` rows, written once; `summary` is what everybody may see of them. Whoever is offered a place has
    `answer_days` days to say yes.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("in Vorbereitung")
        OPEN = "open", _("offen")
        CLOSED = "closed", _("geschlossen")
        DRAWN = "drawn", _("ausgerechnet")
        PUBLISHED = "published", _("veröffentlicht")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    title = models.CharField(_("Titel"), max_length=160)
    text = models.TextField(_("Worum es geht"), max_length=5000)
    opens_at = models.DateTimeField(_("Anmelden ab"))
    closes_at = models.DateTimeField(_("Anmelden bis"))
    answer_days = models.PositiveSmallIntegerField(
        _("Antwort der Familien binnen … Tagen"), default=14, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    criteria: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    seed_source = models.CharField(_("Woher die Loszahl kommt"), max_length=300)
    appeal_text = models.TextField(_("Rechtsbehelfsbelehrung"), max_length=3000)
    office = models.CharField(_("Wer entscheidet"), max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    changes = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    entries_hash = models.CharField(
        max_length=64, blank=True, help_text="Of all applications, before the seed is known"
    )
    seed = models.CharField(max_length=200, blank=True)
    seed_at = models.DateTimeField(null=True, blank=True)
    input_hash = models.CharField(max_length=64, blank=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    summary: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-closes_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="capacity_round_has_time"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "open"], entries_hash="", seed="", input_hash="")
                | (Q(state__in=["closed", "drawn", "published"]) & ~Q(entries_hash="")),
                name="capacity_round_seed_after_closing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "open", "closed"], input_hash="", summary__isnull=True)
                | (Q(state__in=["drawn", "published"], summary__isnull=False) & ~Q(input_hash="") & ~Q(seed="")),
                name="capacity_round_drawn_from_something",
            ),
            models.CheckConstraint(
                condition=Q(answer_days__gte=1, answer_days__lte=60), name="capacity_round_answer_days"
            ),
        ]
        verbose_name = _("Vergaberunde")
        verbose_name_plural = _("Vergaberunden")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/plaetze/runden/{self.public_id}/"

    def is_open(self, now: datetime | None = None) -> bool:
        return self.state == self.State.OPEN and self.opens_at <= (now or clock.now()) < self.closes_at

    def criterion(self, name: str) -> dict[str, Any]:
        return next((row for row in self.criteria if row["id"] == name), {"id": name, "name": name, "legal_basis": ""})

    @property
    def for_all(self) -> list[dict[str, Any]]:
        """Criteria that count the same everywhere."""
        return [row for row in self.criteria if row["points"] is not None]

    @property
    def local(self) -> list[dict[str, Any]]:
        """Criteria that count only where a programme says so."""
        return [row for row in self.criteria if row["points"] is None]


class Programme(models.Model):
    """A capacity in a round. Nothing takes part without a contract: whoever gives places beside the round breaks it.

    `code` is its id in files; `points`: local criterion → points here; `requires`: criteria without which nobody is
    considered. `last_year`: points of the last one placed then; with `last_year_all` everybody was. `taken`: places
    that are offered or accepted, moved by `places` only.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="programmes")
    capacity = models.ForeignKey(Capacity, models.PROTECT, related_name="programmes")
    code = models.CharField(max_length=64)
    quota = models.PositiveIntegerField(_("Plätze in dieser Runde"))
    taken = models.PositiveIntegerField(default=0, editable=False)
    contract_on = models.DateField(_("Vertrag vom"))
    points: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict, blank=True)
    requires: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    last_year = models.PositiveIntegerField(_("Punkte der letzten Zusage im Vorjahr"), null=True, blank=True)
    last_year_all = models.BooleanField(_("Im Vorjahr bekamen alle einen Platz"), default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["capacity__service__name", "code"]
        constraints = [
            models.UniqueConstraint(fields=["round", "capacity"], name="capacity_programme_once"),
            models.UniqueConstraint(fields=["round", "code"], name="capacity_programme_code"),
            models.CheckConstraint(
                condition=Q(last_year_all=False) | Q(last_year__isnull=True), name="capacity_programme_last_year"
            ),
            models.CheckConstraint(condition=Q(quota__gte=F("taken")), name="capacity_programme_never_oversold"),
        ]
        verbose_name = _("Angebot der Runde")
        verbose_name_plural = _("Angebote der Runde")

    def __str__(self) -> str:
        return f"{self.capacity.service.name}: {self.capacity.title}"


class Application(models.Model):
    """One family in one round. `together` is how siblings apply, `options` rows ``{child's reference: code}``."""

    class Together(models.TextChoices):
        ALONE = "", _("jedes Kind für sich")
        IF_POSSIBLE = "together_if_possible", _("wenn möglich zusammen, sonst jedes für sich")
        NOT_AT_ALL = "together_or_not_at_all", _("nur zusammen")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="applications")
    seeker = models.ForeignKey(Seeker, models.CASCADE, related_name="applications")
    group = models.CharField(max_length=16, default=new_id, editable=False, help_text="Id of the family in files")
    together = models.CharField(max_length=24, choices=Together.choices, default=Together.ALONE, blank=True)
    options: models.JSONField[list[dict[str, str]], list[dict[str, str]]] = models.JSONField(default=list, blank=True)
    key = models.CharField(max_length=64, help_text="A double click is one application")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "seeker"], name="capacity_applies_once"),
            models.UniqueConstraint(fields=["round", "key"], name="capacity_application_one_click"),
        ]
        verbose_name = _("Anmeldung zur Runde")
        verbose_name_plural = _("Anmeldungen zur Runde")


class Child(models.Model):
    """A child of an application. `reference` is its id in files, made before anybody knows the seed.

    `choices`: programme codes, the best first, as many as wished; `facts`: criteria that hold everywhere, `local`:
    programme → criteria that hold there. `sealed`: name and date of birth.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="children")
    reference = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    choices: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    facts: models.Field[list[str], list[str]] = SealedJSON(default=list, blank=True)
    local: models.Field[dict[str, list[str]], dict[str, list[str]]] = SealedJSON(default=dict, blank=True)
    sealed = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["pk"]
        verbose_name = _("Kind")
        verbose_name_plural = _("Kinder")


class Outcome(models.Model):
    """What the draw said about one child: its row of the result, its family's row, the file to recompute it. Written
    once with the draw, so that no page needs the whole round."""

    child = models.OneToOneField(Child, models.CASCADE, related_name="outcome", primary_key=True)
    row: models.Field[dict[str, Any], dict[str, Any]] = SealedJSON()
    family: models.Field[dict[str, Any] | None, dict[str, Any] | None] = SealedJSON(null=True)
    case: models.Field[dict[str, Any], dict[str, Any]] = SealedJSON()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("Ergebnis für ein Kind")
        verbose_name_plural = _("Ergebnisse für Kinder")


class Place(models.Model):
    """A wish of a child that came true, or where it was refused and stands in line now: once each, from publishing on.

    `position`: which wish, from 1; 0 by an option of siblings. `rank`: place in the line of the programme, from 1, by
    points, then lottery number, as the draw did; None for whom it placed. `moved_up`: out of the line, not by the draw.
    `reminded`: told once that the time runs out. `asked_again_at`: the house said that nobody came.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("in der Reihenfolge")
        OFFERED = "offered", _("wartet auf Antwort")
        ACCEPTED = "accepted", _("angenommen")
        DECLINED = "declined", _("abgelehnt")
        LAPSED = "lapsed", _("keine Antwort")
        BETTER = "better", _("besseren Platz angenommen")
        LEFT = "left", _("nicht mehr in der Reihenfolge")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="places")
    child = models.ForeignKey(Child, models.CASCADE, related_name="places")
    position = models.PositiveIntegerField()
    rank = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    moved_up = models.BooleanField(default=False)
    offered_at = models.DateTimeField(null=True, blank=True)
    answer_until = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    reminded = models.BooleanField(default=False)
    asked_again_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "child"], name="capacity_place_once"),
            models.UniqueConstraint(fields=["programme", "rank"], name="capacity_place_rank"),
            models.UniqueConstraint(
                fields=["child"], condition=Q(state="accepted"), name="capacity_place_one_accepted"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "left"])
                | Q(offered_at__isnull=False, answer_until__isnull=False, answer_until__gt=F("offered_at")),
                name="capacity_place_offered_until",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "state", "rank"]),
            models.Index(fields=["state", "answer_until"]),
        ]
        verbose_name = _("Platz für ein Kind")
        verbose_name_plural = _("Plätze für Kinder")

    def is_open(self) -> bool:
        """The family may say yes now."""
        return self.state == self.State.OFFERED and self.answer_until is not None and clock.now() < self.answer_until


class File(models.Model):
    """What was drawn from and what came out, as text, once each: ``entries`` (closing), ``input``, ``result``."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="files")
    kind = models.CharField(max_length=8)
    text = SealedText()
    at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "kind"], name="capacity_round_file_once")]
        verbose_name = _("Datei der Runde")
        verbose_name_plural = _("Dateien der Runde")
