"""Contributions, the answers a city owes for them, and every step on the way."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.ids import new_id


class Channel(models.TextChoices):
    """How a contribution reached the city. All channels count alike."""

    ONLINE = "online", _("online")
    PAPER = "paper", _("auf Papier")
    PHONE = "phone", _("am Telefon")
    EVENT = "event", _("bei einer Veranstaltung")


class Held(models.TextChoices):
    """Why a contribution is not public yet."""

    NO = "", _("öffentlich")
    REVIEW = "review", _("wird vor dem Erscheinen geprüft")


class Side(models.TextChoices):
    """Where a contribution stands on the question of its discussion, in the writer's own words: a word, no vote."""

    PRO = "pro", _("Dafür")
    CONTRA = "contra", _("Dagegen")
    NEITHER = "", _("Weder noch")


class Comment(models.Model):
    """One contribution. `about` is what people talk about, `parent` the root of its thread.

    Answers are indented once: an answer to an answer has the thread's root as `parent` and names in `mentions` what it
    replies to. `counted` says whether the counters include it, so that every change of a counter is one conditional
    update. `removed_at` means that the text is gone and the place is kept for the answers below. `side` is asked where
    `registry.ask_sides` says so, and only of what begins a thread: answers agree with one sentence and not the next.
    """

    subject = models.OneToOneField("subjects.Subject", models.PROTECT, primary_key=True, related_name="comment")
    about = models.ForeignKey("subjects.Subject", models.PROTECT, related_name="comments")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    mentions = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="mentioned_in")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="comments")
    guest = models.ForeignKey("accounts.Guest", models.SET_NULL, null=True, blank=True, related_name="comments")
    author_label = models.CharField(_("Name, wie er erscheint"), max_length=300, blank=True)
    author_staff = models.BooleanField(default=False)
    text = models.TextField(_("Text"), blank=True)
    language = models.CharField(max_length=8, default="de")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.ONLINE)
    side = models.CharField(_("Haltung"), max_length=8, choices=Side.choices, default=Side.NEITHER, blank=True)
    wants_answer = models.BooleanField(_("Bitte antworten"), default=False)
    held = models.CharField(max_length=10, choices=Held.choices, default=Held.NO, blank=True)
    counted = models.BooleanField(default=False)
    reply_count = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=64, unique=True, null=True, blank=True, help_text="Sent once with each form")
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [
            models.Index(fields=["about", "parent", "-created_at"]),
            models.Index(fields=["parent", "created_at"]),
            models.Index(fields=["user", "-created_at"]),
            models.Index(fields=["guest", "-created_at"]),
            models.Index(fields=["created_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) | models.Q(guest__isnull=True), name="comments_one_author"
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True) | models.Q(text=""), name="comments_removed_has_no_text"
            ),
            models.CheckConstraint(
                condition=models.Q(counted=False) | models.Q(removed_at__isnull=True, held=""),
                name="comments_counted_is_shown",
            ),
            models.CheckConstraint(
                condition=models.Q(side="")
                | models.Q(side__in=("pro", "contra"), parent__isnull=True, removed_at__isnull=True),
                name="comments_side_of_a_root",
            ),
        ]
        verbose_name = _("Beitrag")
        verbose_name_plural = _("Beiträge")

    def __str__(self) -> str:
        return self.text[:60]


class CommentVersion(models.Model):
    """A text before it was edited, with the side it had."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="versions")
    text = models.TextField()
    side = models.CharField(max_length=8, choices=Side.choices, default=Side.NEITHER, blank=True)
    replaced_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["id"]


class Answer(models.Model):
    """What the city answered. One answer may belong to several equal questions.

    `label` is function and department; who wrote it stands in the audit log only.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    department = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    label = models.CharField(max_length=300)
    text = models.TextField()
    answered_at = models.DateTimeField()
    corrected_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    is_example = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("Antwort der Stadt")
        verbose_name_plural = _("Antworten der Stadt")


class AnswerVersion(models.Model):
    """An answer before it was corrected, shown in public."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    text = models.TextField()
    reason = models.CharField(max_length=300, blank=True)
    replaced_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["answer", "version"], name="comments_answer_version_once")]


class State(models.TextChoices):
    OPEN = "open", _("offen")
    FORWARDED = "forwarded", _("weitergegeben")
    INTERIM = "interim", _("Zwischennachricht")
    BUNDLED = "bundled", _("mit gleicher Frage gebündelt")
    ANSWERED = "answered", _("beantwortet")
    WITHDRAWN = "withdrawn", _("zurückgezogen")


OPEN_STATES = (State.OPEN, State.FORWARDED, State.INTERIM, State.BUNDLED)


class Question(models.Model):
    """The answer that a department owes. Without a department it lies on the coordination's desk.

    `due_on` is set once when the question becomes public: neither forwarding nor an interim note moves it.
    `revision` grows with each change, so that two people who act at once notice each other.
    """

    comment = models.OneToOneField(Comment, models.CASCADE, primary_key=True, related_name="question")
    department = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, blank=True, related_name="questions"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    asked_on = models.DateField()
    due_on = models.DateField()
    since = models.DateField(help_text="With this department since")
    lead = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="bundled")
    answer = models.ForeignKey(Answer, models.PROTECT, null=True, blank=True, related_name="questions")
    answered_on = models.DateField(null=True, blank=True)
    working_days = models.PositiveIntegerField(null=True, blank=True, help_text="It took until the answer")
    revision = models.PositiveIntegerField(default=1)
    is_example = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [
            models.Index(fields=["department", "state", "due_on"]),
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["-answered_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="answered", answer__isnull=False, answered_on__isnull=False)
                | (~models.Q(state="answered") & models.Q(answer__isnull=True)),
                name="comments_answered_has_answer",
            ),
            models.CheckConstraint(
                condition=~models.Q(lead=models.F("comment")), name="comments_question_not_own_lead"
            ),
        ]
        verbose_name = _("Frage an die Stadt")
        verbose_name_plural = _("Fragen an die Stadt")


class Step(models.Model):
    """Something public that happened to a question: asked, forwarded with a reason, interim note, bundled …"""

    class Kind(models.TextChoices):
        ASKED = "asked", _("gefragt")
        FORWARDED = "forwarded", _("weitergegeben")
        INTERIM = "interim", _("Zwischennachricht")
        BUNDLED = "bundled", _("gebündelt")
        ANSWERED = "answered", _("beantwortet")
        CORRECTED = "corrected", _("berichtigt")
        WITHDRAWN = "withdrawn", _("zurückgezogen")

    question = models.ForeignKey(Question, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    from_department = models.ForeignKey("organisations.Organisation", models.PROTECT, null=True, related_name="+")
    to_department = models.ForeignKey("organisations.Organisation", models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["id"]
