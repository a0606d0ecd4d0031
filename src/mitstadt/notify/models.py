"""Who wants to hear about what, what happened, who was told, and the mails that carry it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts.models import Guest
from mitstadt.kit.ids import new_id
from mitstadt.subjects.models import Subject


class Cadence(models.IntegerChoices):
    """How soon a mail follows; the smaller number wins where two follows of one person match."""

    AT_ONCE = 1, _("sofort")
    DAILY = 2, _("einmal am Tag")
    WEEKLY = 3, _("einmal in der Woche")
    IN_APP = 9, _("nur hier auf der Seite")


class Recipient(models.Model):
    """Somebody who receives news: an account, or a guest whose address was confirmed.

    `email` is kept for guests only, while they follow something or until `reachable_until` (they wrote something and
    must be told what became of it); an account's address is read when a mail is sent. `cadence` is for news about
    one's own contributions.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    guest = models.OneToOneField(Guest, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    email = models.EmailField(max_length=254, blank=True)
    language = models.CharField(max_length=8, default="de")
    cadence = models.PositiveSmallIntegerField(choices=Cadence.choices, default=Cadence.AT_ONCE)
    reachable_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, guest__isnull=False) | Q(user__isnull=False, guest__isnull=True),
                name="notify_recipient_user_or_guest",
            ),
            models.CheckConstraint(
                condition=Q(guest__isnull=False) | Q(email=""), name="notify_recipient_mail_of_guest_only"
            ),
        ]
        verbose_name = _("Empfängerin oder Empfänger")
        verbose_name_plural = _("Empfängerinnen und Empfänger")


class Follow(models.Model):
    """One person wants to hear about one subject or one topic (``field:mobilitaet``)."""

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="follows")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, null=True, blank=True, related_name="follows")
    topic = models.CharField(max_length=200, blank=True)
    cadence = models.PositiveSmallIntegerField(choices=Cadence.choices, default=Cadence.DAILY)
    channel = models.CharField(max_length=10, default="online")
    created_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__isnull=False, topic="") | (Q(subject__isnull=True) & ~Q(topic="")),
                name="notify_follow_subject_or_topic",
            ),
            models.UniqueConstraint(
                fields=["recipient", "subject"], condition=Q(subject__isnull=False), name="notify_follow_subject_once"
            ),
            models.UniqueConstraint(
                fields=["recipient", "topic"], condition=Q(subject__isnull=True), name="notify_follow_topic_once"
            ),
        ]
        indexes = [models.Index(fields=["subject", "recipient"]), models.Index(fields=["topic", "recipient"])]
        verbose_name = _("Abonnement")
        verbose_name_plural = _("Abonnements")


class Event(models.Model):
    """Something that happened to a subject. Feeds and notifications both read this row.

    `public` events are in the feeds; the others are personal notices. `told_at` is empty until the worker has told
    every follower: this table is the queue, so nothing is lost when a worker dies. `sayings` keeps message and values
    apart, so that everybody reads it in their own language; `title` and `text` are the German reading.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    key = models.CharField(max_length=120)
    once = models.CharField(
        max_length=120, blank=True, help_text="What nobody is told twice, across several events; empty: the key"
    )
    event = models.CharField(max_length=60)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="events")
    source = models.ForeignKey(Subject, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    sayings = models.JSONField(default=dict)
    path = models.CharField(max_length=400)
    actor_public_id = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()
    public = models.BooleanField(default=True)
    must = models.BooleanField(default=False, help_text="Mailed whatever the person chose: a statement of reasons")
    told_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "public"], name="notify_event_once")]
        indexes = [
            models.Index(fields=["public", "-at"]),
            models.Index(fields=["subject", "-at"]),
            models.Index(fields=["id"], condition=Q(told_at__isnull=True), name="notify_event_untold"),
        ]
        verbose_name = _("Ereignis")
        verbose_name_plural = _("Ereignisse")

    @property
    def told_as(self) -> str:
        """The key of its notifications: one per recipient."""
        return self.once or self.key


def is_visible(event: Event) -> bool:
    """May those who were told read this event now? What it quotes must be public; so must its subject, except in
    personal notices, which are for their recipient whatever happened."""
    return (event.source is None or event.source.is_public) and (not event.public or event.subject.is_public)


class EventTopic(models.Model):
    """A topic that an event belongs to."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="topics")
    topic = models.CharField(max_length=200)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "event"], name="notify_event_topic_once")]


class Mail(models.Model):
    """The outbox. `key` is unique, so building a mail again changes nothing.

    A mail is claimed by a conditional update (``sending`` until `claimed_until`) before it leaves, and sent again
    under the same Message-ID when the worker died meanwhile. A direct mail carries its own `address`, `title` and
    `text`, which are erased once it has left; a short one, too, and goes through the city's gateway for messages.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("wartet")
        SENDING = "sending", _("wird gesendet")
        SENT = "sent", _("gesendet")
        FAILED = "failed", _("nicht zustellbar")

    class Kind(models.TextChoices):
        ONCE = "once", _("einzeln")
        DAILY = "daily", _("täglich")
        WEEKLY = "weekly", _("wöchentlich")
        DIRECT = "direct", _("Bescheid")
        SHORT = "short", _("Kurznachricht")

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, null=True, blank=True, related_name="mails")
    address = models.EmailField(max_length=254, blank=True)
    language = models.CharField(max_length=8, default="de")
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    path = models.CharField(max_length=400, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    batch = models.CharField(max_length=16, blank=True, help_text="The run that built a digest")
    not_before = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(state__in=["waiting", "sending"]), name="notify_mail_to_send"
            )
        ]
        verbose_name = _("E-Mail")
        verbose_name_plural = _("E-Mails")


class Notification(models.Model):
    """One person is told of one event. The same `key` never reaches the same person twice."""

    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="notifications")
    key = models.CharField(max_length=120)
    cadence = models.PositiveSmallIntegerField(choices=Cadence.choices)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, null=True, blank=True, related_name="notifications")

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notify_notification_once")]
        indexes = [
            models.Index(fields=["recipient", "-id"]),
            models.Index(
                fields=["cadence", "recipient"], condition=Q(mail__isnull=True), name="notify_notification_to_mail"
            ),
        ]
        verbose_name = _("Nachricht")
        verbose_name_plural = _("Nachrichten")
