"""The queue itself, and who works on it."""

from __future__ import annotations

from typing import Any

from django.db import models


class Job(models.Model):
    """One thing to do. `run_at` is when it may run next; `lease_until` when its worker is taken for dead.

    Keyed jobs stay after they are done, so that their key is not accepted again; others are deleted.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"  # gave up after the last attempt; `mitstadt check` and /gesundheit/ count them

    key = models.CharField(max_length=200, unique=True, null=True)
    function = models.CharField(max_length=200)
    arguments: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    run_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["state", "run_at"])]

    def __str__(self) -> str:
        return f"{self.function} {self.arguments}"


class Heartbeat(models.Model):
    """A worker's sign of life, for `/gesundheit/`."""

    worker = models.CharField(max_length=40, primary_key=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True
