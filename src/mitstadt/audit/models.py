"""The log of what was done. No foreign keys: an entry outlives the account and the thing it names."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Seal(models.Model):
    """One link of the hash chain: all entries up to `last_entry`, sealed by the worker each second."""

    at = models.DateTimeField()
    first_entry = models.PositiveBigIntegerField(unique=True)
    last_entry = models.PositiveBigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("Siegel")
        verbose_name_plural = _("Siegel")


class Entry(models.Model):
    """One action. `action` is ``room.thing.verb``; `actor` and `object` are public ids.

    `payload` may hold personal data and can be erased; `digest` was computed over it with `salt`, so that erasing
    the payload (and the salt) breaks neither this entry's place nor the chain.
    """

    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=80)
    actor = models.CharField(max_length=40, blank=True)
    actor_label = models.CharField(max_length=160, blank=True, help_text="Function and department as shown in public")
    object = models.CharField(max_length=40, blank=True, db_index=True)
    payload: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    salt = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["actor", "-id"])]
        verbose_name = _("Protokolleintrag")
        verbose_name_plural = _("Protokolleinträge")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object}"
