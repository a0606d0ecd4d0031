"""Answers that go by post, to people who asked at the counter or by telephone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mitstadt.comments.models import Comment


class Letter(models.Model):
    """Where the answer to a question goes. `address` is sealed and erased once the letter was sent, or after a while;
    nobody else but whoever prints it reads it. `by` is the public id of who took the question down."""

    comment = models.OneToOneField(Comment, models.CASCADE, primary_key=True, related_name="letter")
    address = models.TextField(blank=True, help_text="Sealed")
    by = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("Brief mit einer Antwort")
        verbose_name_plural = _("Briefe mit Antworten")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=True) | models.Q(address=""),
                name="participation_sent_has_no_address",
            )
        ]
