"""Questions of a module, who has answered, and the answers. In an anonymous survey nothing leads from one to the other.

`Turn` says that somebody has had their turn, by a keyed hash of who it is; it is unique, so everybody counts once,
online and on paper. `Response` holds the answers. Only where answers belong to a person does a response know its turn.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mitstadt.comments.models import Channel
from mitstadt.kit.ids import new_id
from mitstadt.participation.models import Contribution, Module


class Survey(models.Model):
    """What belongs to the module as a whole. `frozen_at` is set by the first answer; `revision` grows with each change
    of the questions, both through conditional updates of this one row, so that neither overtakes the other."""

    module = models.OneToOneField(Module, models.CASCADE, primary_key=True, related_name="survey")
    revision = models.PositiveIntegerField(default=1)
    responses = models.PositiveIntegerField(default=0)
    frozen_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text="When followers heard that the results are there")

    wagtail_reference_index_ignore = True


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("eine Antwort")
    MULTIPLE = "multiple", _("mehrere Antworten")
    SCALE = "scale", _("Skala")
    MATRIX = "matrix", _("Tabelle (mehrere Zeilen, dieselben Antworten)")
    RANKING = "ranking", _("Reihenfolge")
    TEXT = "text", _("freier Text")
    PLACE = "place", _("Ort auf der Karte")
    FILE = "file", _("Datei")


def _key() -> str:
    return new_id(8)


class Question(models.Model):
    """One question. `options` and `rows` are lists of [value, words]. `most` limits how many may be ticked or ranked
    (0: all). `low` and `high` are the words at the ends of a scale of `steps`. `public`: texts and places of this
    question are shown to everybody. It is asked only if the answer to `condition` has one of `condition_values`."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    key = models.CharField(max_length=12, default=_key, editable=False)
    order = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("Art der Frage"), max_length=10, choices=QuestionKind.choices)
    text = models.CharField(_("Frage"), max_length=300)
    help = models.CharField(_("Erläuterung"), max_length=500, blank=True)
    required = models.BooleanField(_("Muss beantwortet werden"), default=False)
    options = models.JSONField(default=list, blank=True)
    rows = models.JSONField(default=list, blank=True)
    most = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=5)
    low = models.CharField(max_length=60, blank=True)
    high = models.CharField(max_length=60, blank=True)
    public = models.BooleanField(default=False)
    condition = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followers")
    condition_values = models.JSONField(default=list, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "key"], name="survey_question_key_once"),
            models.CheckConstraint(condition=Q(steps__gte=2, steps__lte=11), name="survey_scale_has_2_to_11_steps"),
        ]

    def __str__(self) -> str:
        return self.text


class Turn(models.Model):
    """Somebody has answered. `voter` is a keyed hash of the person, code or device, different in each survey."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="turns")
    voter = models.CharField(max_length=64)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "voter"], name="survey_one_turn_each")]


class Proof(models.TextChoices):
    """What stands behind "once per person"."""

    ACCOUNT = "account", _("mit Konto")
    EMAIL = "email", _("mit bestätigter E-Mail-Adresse")
    CODE = "code", _("mit Code aus einem Brief")
    DEVICE = "device", _("ohne Nachweis, einmal je Browser")
    STAFF = "staff", _("von Beschäftigten eingetragen, ohne Code")


class Response(models.Model):
    """One person's answers. The key is random, so that order tells nothing. `user` and `guest` are empty in an
    anonymous survey, and `at` then holds the day only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="given")
    turn = models.OneToOneField(Turn, models.SET_NULL, null=True, related_name="response")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    guest = models.ForeignKey("accounts.Guest", models.SET_NULL, null=True, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.ONLINE)
    proof = models.CharField(max_length=10, choices=Proof.choices)
    sheet = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    is_example = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["survey", "channel"])]
        constraints = [
            models.CheckConstraint(condition=Q(user__isnull=True) | Q(guest__isnull=True), name="survey_of_one_person")
        ]


class Answer(models.Model):
    """One thing said to one question: a ticked option, one row of a table, the place of an option in a ranking
    (`number`, 1 is first), a step of a scale (`number`), a text, a place. `invalid`: on paper, not readable or not
    allowed."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    row = models.CharField(max_length=20, blank=True)
    value = models.CharField(max_length=20, blank=True)
    number = models.PositiveSmallIntegerField(null=True)
    text = models.TextField(blank=True)
    geometry = models.JSONField(null=True)
    invalid = models.BooleanField(default=False)
    contribution = models.OneToOneField(Contribution, models.SET_NULL, null=True, related_name="survey_answer")

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "question", "row", "value"], name="survey_answer_once")
        ]


class Upload(models.Model):
    """A file that answers a question. Pictures were drawn anew; only staff see it. It goes with its answer."""

    answer = models.OneToOneField(Answer, models.CASCADE, related_name="upload")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    data = models.BinaryField()

    wagtail_reference_index_ignore = True


class WaitingFile(models.Model):
    """A file of somebody without an account, until they confirm their address. `key` stands in what waits for that;
    what nobody confirms is erased at `expires_at`."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="waiting_files")
    key = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    data = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True


class Sheet(models.Model):
    """A sheet of paper that is keyed twice. `first` and `second` are what two people read, as JSON by question key;
    `settled` is what counts once they agree. Who keyed is a public id, as in the log. The answers are erased at the
    release: then they stand in a response."""

    class State(models.TextChoices):
        ONCE = "once", _("einmal eingetippt")
        DIFFERS = "differs", _("zwei Eingaben weichen ab")
        AGREED = "agreed", _("wartet auf Freigabe")
        RELEASED = "released", _("zählt")
        TWICE = "twice", _("zählt nicht: Diese Person hat schon geantwortet")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="sheets")
    code = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ONCE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    guest = models.ForeignKey("accounts.Guest", models.SET_NULL, null=True, related_name="+")
    first = models.JSONField(default=dict)
    second = models.JSONField(null=True)
    settled = models.JSONField(null=True)
    first_by = models.CharField(max_length=32)
    second_by = models.CharField(max_length=32, blank=True)
    settled_by = models.CharField(max_length=32, blank=True)
    released_by = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    is_example = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "code"], name="survey_sheet_once"),
            models.CheckConstraint(
                condition=Q(second_by="") | ~Q(second_by=models.F("first_by")), name="survey_sheet_keyed_by_two"
            ),
            models.CheckConstraint(
                condition=Q(released_by="") | ~Q(released_by=models.F("first_by")),
                name="survey_sheet_released_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="once") | ~Q(second_by=""), name="survey_sheet_counts_after_two_keyings"
            ),
        ]
