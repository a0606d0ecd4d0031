"""The worker makes packages, and makes them anew when something in one was erased."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import override

from mitstadt.audit import actions as audit
from mitstadt.kit import cache, clock
from mitstadt.kit import jobs as kit_jobs
from mitstadt.kit.city import current
from mitstadt.participation import rules
from mitstadt.participation.models import Archive, Contribution, Process

from . import package


def enqueue(process: Process) -> None:
    """Inside the transaction that archives a process, or that takes something out of an archived one."""
    if process.stage == rules.ARCHIVED:
        kit_jobs.enqueue(make, process.pk)


def on_blank(contribution: Contribution) -> None:
    """A contribution lost its words: its process' package must lose them, too."""
    if Process.objects.filter(pk=contribution.process_id, stage=rules.ARCHIVED).exists():
        kit_jobs.enqueue(make, contribution.process_id)


def make(process_id: int) -> int:
    """Job: a new version when the content differs from the last one; returns the version that stands. May run twice."""
    process = _loaded(process_id)
    if process is None or process.stage != rules.ARCHIVED:
        return 0
    last = Archive.objects.filter(process=process).defer("data").order_by("-version").first()
    kept = last.counts if last is not None else package.counts(process)
    version = last.version + 1 if last is not None else 1
    with override(current().language):
        if last is not None and _stands(last, package.files(process, kept, last.version)):
            return last.version
        made = package.files(process, kept, version)
        content = package.digest(made)
        report = package.report_pdf(process)
    if report is not None:
        made["bericht.pdf"] = report
    data = package.pack(made)
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        with transaction.atomic():
            Archive.objects.create(
                process=process,
                version=version,
                reason=Archive.Reason.ERASED if last is not None else Archive.Reason.ARCHIVED,
                made_at=clock.now(),
                sha256=sha256,
                content=content,
                size=len(data),
                counts=kept,
                data=data,
            )
            Archive.objects.filter(process=process, version__lt=version).update(data=None)
            payload: dict[str, Any] = {"version": version, "sha256": sha256}
            audit.record("participation.archive.make", obj=process.subject.public_id, payload=payload)
            cache.bump()
    except IntegrityError:
        kit_jobs.enqueue(make, process_id)  # another worker was quicker: look again whether anything is missing
    return version


def _stands(last: Archive, now: Mapping[str, bytes]) -> bool:
    """Does the last package hold nothing that was taken away since? It stays as it is then, with its hash, even where
    a newer version of Mitstadt would write it differently."""
    if package.digest(now) == last.content:
        return True
    old = package.unpack(bytes(Archive.objects.values_list("data", flat=True).get(pk=last.pk) or b""))
    return bool(old) and package.said(old) <= package.said(now)


def refresh() -> int:
    """Nightly: every archived process is compared with its package, whatever took something away. Returns how many."""
    keys = list(Process.objects.filter(stage=rules.ARCHIVED).values_list("pk", flat=True))
    for key in keys:
        make(key)
    return len(keys)


def _loaded(process_id: int) -> Process | None:
    parts = ("phases__module", "modules__subject", "districts", "documents__file", "news")
    rows = Process.objects.select_related("subject", "department").prefetch_related(*parts)
    return rows.filter(pk=process_id).first()
