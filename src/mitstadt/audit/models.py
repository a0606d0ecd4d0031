"""The log of what was done. No foreign keys: an entry outlives the account and the thing it names."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnlyError(Exception):
    """Somebody tried to change or remove what was written down. The database refuses it as well (see triggers.py)."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def update(self, **_values: Any) -> NoReturn:
        raise AppendOnlyError("the audit log is append-only")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("the audit log is append-only")


class AppendOnly(models.Model):
    objects = AppendOnlyQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("the audit log is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("the audit log is append-only")


class Seal(AppendOnly):
    """One link of the hash chain: all entries that carry its number. Made by the worker, each second if need be.

    The number is given out without gaps, so two workers that seal at once cannot both succeed.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    count = models.PositiveIntegerField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("Siegel")
        verbose_name_plural = _("Siegel")

    def __str__(self) -> str:
        return f"{self.number}: {self.digest[:12]}"


class Entry(AppendOnly):
    """One action. `action` is ``room.thing.verb``; `actor` and `object` are public ids.

    `payload` may hold personal data and can be erased; its digest stays. `seal` is the number of the seal that covers
    the entry, set once: ids are given out before transactions end, so a range of ids would miss late ones.
    """

    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=80)
    actor = models.CharField(max_length=40, blank=True)
    actor_label = models.CharField(max_length=160, blank=True, help_text="Function and department as shown in public")
    object = models.CharField(max_length=40, blank=True, db_index=True)
    payload: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    salt = models.CharField(max_length=32, blank=True)
    payload_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    seal = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["actor", "-id"], name="audit_entry_actor"),
            models.Index(fields=["id"], condition=models.Q(seal=None), name="audit_entry_unsealed"),
            models.Index(fields=["seal"], name="audit_entry_seal"),
        ]
        verbose_name = _("Protokolleintrag")
        verbose_name_plural = _("Protokolleinträge")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object}"
