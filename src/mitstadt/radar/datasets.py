"""Open data of the radar: measures, everything that changed about them, and the strategy's revisions.

Rows are read through server-side cursors, so that memory does not grow with the strategy, and in a number of queries
that does not grow either. Only the current strategy, and of it what anybody may see on the pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db.models import Count, IntegerField, JSONField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mitstadt.kit import clock, past
from mitstadt.kit.datasets import Column, Dataset

from . import history, queries, rules, snapshot
from .models import Measure, MeasurePrinciple, MeasureVersion, Revision, Strategy

CHUNK = 500
_MEASURE = (
    "pk", "number", "subject__public_id", "title", "short_name", "kind", "summary", "field__slug", "field__name",
    "core_area__slug", "core_area__name", "department__code", "department__slug", "department__name",
    "subject__district__number", "status", "status_as_of", "start", "end", "revision__code", "retired_in__code",
    "postponed", "milestones_done", "milestones_all", "confidence", "source", "subject__comment_count",
    "subject__rating_count", "facts_changed_at", "subject__path",
)  # fmt: skip


def measures(since: datetime | None = None) -> Iterator[Mapping[str, Any]]:
    """One row per public measure by number, retired ones included; with `since` those whose facts changed since.

    Three queries: the principles run beside the measures, in the same order.
    """
    strategy = queries.current_strategy()
    if strategy is None:
        return
    if past.day() is not None:
        yield from _measures_then(since)
        return
    found = queries.public(strategy).order_by("number")
    if since is not None:
        found = found.filter(facts_changed_at__gte=since)
    principles = _Beside(
        MeasurePrinciple.objects.filter(measure__strategy=strategy)
        .order_by("measure__number", "principle__order", "principle_id")
        .values_list("measure__number", "principle__slug")
        .iterator(CHUNK)
    )
    for row in found.values(*_MEASURE).iterator(CHUNK):
        yield _measure(row, principles.of(row["number"]))


def _measure(row: dict[str, Any], principles: list[str]) -> dict[str, Any]:
    flags = {
        finding.slug: finding.number
        for finding in rules.findings(
            status=row["status"],
            status_as_of=row["status_as_of"],
            start=row["start"],
            end=row["end"],
            postponed=row["postponed"],
            milestones_done=row["milestones_done"],
            milestones_all=row["milestones_all"],
            day=clock.today(),
            stale_after=settings.MITSTADT_STALE_AFTER_DAYS,
        )
    }
    return {
        "id": _code(row["number"]),
        "subject": row["subject__public_id"],
        "title": row["title"],
        "short_name": row["short_name"],
        "kind": row["kind"],
        "summary": row["summary"],
        "field": row["field__slug"],
        "field_name": row["field__name"],
        "core_area": row["core_area__slug"] or "",
        "core_area_name": row["core_area__name"] or "",
        "department": row["department__code"] or row["department__slug"] or "",
        "department_name": row["department__name"] or "",
        "district": row["subject__district__number"],
        "status": row["status"],
        "status_as_of": row["status_as_of"],
        "start": row["start"],
        "end": row["end"],
        "principles": principles,
        "revision": row["revision__code"] or "",
        "retired_in": row["retired_in__code"] or "",
        "late_days": flags.get(rules.LATE, 0),
        "postponed_times": flags.get(rules.POSTPONED, 0),
        "stale_days": flags.get(rules.STALE, 0),
        "milestones_done": row["milestones_done"],
        "milestones_all": row["milestones_all"],
        "confidence": row["confidence"],
        "source": row["source"],
        "comments": row["subject__comment_count"],
        "ratings": row["subject__rating_count"],
        "changed_at": row["facts_changed_at"],
        "address": _address(row["subject__path"]),
    }


def _measures_then(since: datetime | None) -> Iterator[Mapping[str, Any]]:
    """The measures on the past day that is shown, as the radar shows them; what no source proves is empty."""
    day = timezone.localdate(since).isoformat() if since is not None else ""
    for row in snapshot.current().rows:
        if day and row.changed_on < day:
            continue
        flags = {flag.slug: flag.number for flag in row.flags}
        yield {
            "id": row.code,
            "subject": row.public_id,
            "title": row.title,
            "short_name": row.short_name,
            "kind": row.kind,
            "summary": row.summary,
            "field": row.field.slug,
            "field_name": row.field.name,
            "core_area": row.core_area.slug if row.core_area else "",
            "core_area_name": row.core_area.name if row.core_area else "",
            "department": row.department.slug if row.department else "",
            "department_name": row.department.name if row.department else "",
            "district": row.district,
            "status": "" if row.status == rules.UNPROVEN else row.status,
            "status_as_of": row.status_as_of,
            "start": row.start,
            "end": row.end,
            "principles": [principle.slug for principle in row.principles],
            "revision": row.revision,
            "retired_in": "",
            "late_days": flags.get(rules.LATE, 0),
            "postponed_times": flags.get(rules.POSTPONED, 0),
            "stale_days": flags.get(rules.STALE, 0),
            "milestones_done": row.milestones_done,
            "milestones_all": row.milestones_all,
            "confidence": row.confidence,
            "source": "",
            "comments": row.comment_count,
            "ratings": row.rating_count,
            "changed_at": None,
            "address": _address(row.path),
        }


class _Beside:
    """Walks rows (number, value) in step with numbers that rise: the values of each, without keeping the rest."""

    def __init__(self, rows: Iterator[tuple[int, str]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, number: int) -> list[str]:
        found = []
        while self._next is not None and self._next[0] <= number:
            if self._next[0] == number:
                found.append(self._next[1])
            self._next = next(self._rows, None)
        return found


# -- everything that changed -----------------------------------------------------------------------
FIRST, PROVEN, CHANGED, UNPROVEN = "first", "proven", "changed", "unproven"


def changes(since: datetime | None = None) -> Iterator[Mapping[str, Any]]:
    """One row per fact that a version says differently from the one before, by measure and version. Two queries.

    Read in order, the rows give every state of every measure again; what no source proves has no row.
    """
    found = _versions()
    if found is None:
        return
    if since is not None:
        found = found.filter(recorded_at__gte=since)
    before = MeasureVersion.objects.filter(measure=OuterRef("measure"), sequence=OuterRef("sequence") - 1)
    rows = (
        found.annotate(before=Subquery(before.values("facts")[:1], output_field=JSONField()))
        .order_by("measure__number", "sequence")
        .values(
            "measure__number", "measure__subject__public_id", "measure__subject__path", "sequence", "valid_from",
            "recorded_at", "revision__code", "facts", "before", "reason", "by", "source", "confidence",
        )
    )  # fmt: skip
    for row in rows.iterator(CHUNK):
        for fact, kind, old, new in _differences(row["before"], row["facts"]):
            yield {
                "measure": _code(row["measure__number"]),
                "subject": row["measure__subject__public_id"],
                "version": row["sequence"],
                "valid_from": row["valid_from"],
                "fact": fact,
                "kind": kind,
                "old": _plain(old),
                "new": _plain(new),
                "why": row["reason"],
                "by": row["by"],
                "source": row["source"],
                "confidence": row["confidence"],
                "revision": row["revision__code"] or "",
                "recorded_at": row["recorded_at"],
                "address": _address(row["measure__subject__path"]),
            }


def _differences(before: dict[str, Any] | None, facts: dict[str, Any]) -> Iterator[tuple[str, str, Any, Any]]:
    for fact in history.FACTS:
        new, is_proven = facts.get(fact), history.is_proven(facts, fact)
        if before is None or not history.is_proven(before, fact):
            if is_proven and new not in (None, "", [], False):
                yield fact, FIRST if before is None else PROVEN, None, new
        elif not is_proven:
            yield fact, UNPROVEN, before.get(fact), None
        elif before.get(fact) != new:
            yield fact, CHANGED, before.get(fact), new


def _plain(value: Any) -> str:
    """One text for every fact: lists joined by "; ", yes and no as true and false, nothing as empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    return "" if value is None else str(value)


def _versions() -> QuerySet[MeasureVersion] | None:
    strategy = queries.current_strategy()
    if strategy is None:
        return None
    found = MeasureVersion.objects.filter(measure__in=queries.public(strategy))
    day = past.day()
    return found if day is None else found.filter(Q(valid_from=None) | Q(valid_from__lte=day))


# -- revisions -------------------------------------------------------------------------------------
def revisions(since: datetime | None = None) -> Iterator[Mapping[str, Any]]:
    """One row per published revision, oldest first. Two queries.

    A revision that was loaded with its strategy has no moment of publication; its day in force stands in for it.
    """
    strategy = queries.current_strategy()
    if strategy is None:
        return
    found = Revision.objects.filter(strategy=strategy, state=Revision.State.PUBLISHED)
    if since is not None:
        day = timezone.localdate(since)
        found = found.filter(Q(published_at__gte=since) | Q(published_at=None, in_force__gte=day))
    rows = found.annotate(
        count_first=_count(strategy, "revision"), count_retired=_count(strategy, "retired_in")
    ).order_by("order", "pk")
    shown = past.day()
    for row in rows.iterator(CHUNK):
        if shown is not None and queries.day_of_revision(row) > shown:
            continue
        yield {
            "id": row.code,
            "name": row.name,
            "order": row.order,
            "body": row.body,
            "decided": row.decided,
            "in_force": row.in_force,
            "paper": row.paper,
            "changes": row.changes,
            "links": row.links,
            "note": row.note,
            "confidence": row.confidence,
            "measures_first": row.count_first,
            "measures_retired": row.count_retired,
            "published_at": row.published_at,
        }


def _count(strategy: Strategy, relation: str) -> Any:
    """How many public measures name the revision in `relation`."""
    counted = (
        queries.public(strategy)
        .filter(**{relation: OuterRef("pk")})
        .order_by()
        .values(relation)
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _code(number: int) -> str:
    return Measure(number=number).code


def _address(path: str) -> str:
    return settings.MITSTADT_BASE_URL.rstrip("/") + path


# -- when they changed -----------------------------------------------------------------------------
def _measures_modified() -> datetime | None:
    strategy = queries.current_strategy()
    if strategy is None:
        return None
    latest: datetime | None = queries.public(strategy).aggregate(latest=Max("facts_changed_at"))["latest"]
    return latest


def _changes_modified() -> datetime | None:
    found = _versions()
    latest: datetime | None = None if found is None else found.aggregate(latest=Max("recorded_at"))["latest"]
    return latest


def _revisions_modified() -> datetime | None:
    known = queries.revisions()
    return max((m for m in map(_revision_moment, known) if m is not None), default=None)


def _revision_moment(revision: Revision) -> datetime | None:
    if revision.published_at or revision.in_force is None:
        return revision.published_at
    return timezone.make_aware(datetime.combine(revision.in_force, time.min))


def _columns(*rows: tuple[str, str, Any]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


_DATE_FORMS = _("Jahr, Monat oder Tag, so genau wie die Quelle; leer, wenn unbekannt")

MEASURES = Dataset(
    slug="massnahmen",
    shows_past=True,
    title=_("Maßnahmen der Digitalstrategie"),
    description=_(
        "Jede öffentliche Maßnahme der Strategie mit Status, Zeitraum, Zuständigkeit und Beleg, auch die entfallenen."
    ),
    columns=_columns(
        ("id", "text", _("Dauerhafte Nummer der Maßnahme")),
        ("subject", "text", _("Kennung, unter der Beiträge und Bewertungen die Maßnahme nennen")),
        ("title", "text", _("Titel")),
        ("short_name", "text", _("Kurzname für das Bild")),
        ("kind", "text", _("Art: massnahme, programm, projekt, pruefauftrag oder veranstaltung")),
        ("summary", "text", _("Worum es geht")),
        ("field", "text", _("Kurzname des Handlungsfelds")),
        ("field_name", "text", _("Handlungsfeld")),
        ("core_area", "text", _("Kurzname des Kernbereichs")),
        ("core_area_name", "text", _("Kernbereich")),
        ("department", "text", _("Kürzel des zuständigen Referats")),
        ("department_name", "text", _("Zuständiges Referat")),
        ("district", "number", _("Nummer des Stadtbezirks; leer, wenn keiner genannt ist")),
        ("status", "text", _("geplant, in_umsetzung, abgeschlossen, eingestellt oder unbekannt")),
        ("status_as_of", "text", _("Stand des Status: Jahr, Monat oder Tag; leer, wenn ihn keine Quelle nennt")),
        ("start", "text", _DATE_FORMS),
        ("end", "text", _DATE_FORMS),
        ("principles", "text", _("Kurznamen der Prinzipien")),
        ("revision", "text", _("Fortschreibung, in der die Maßnahme belegt zuerst steht; leer heißt nicht belegt")),
        ("retired_in", "text", _("Fortschreibung, mit der die Maßnahme entfallen ist")),
        ("late_days", "number", _("Tage seit dem geplanten Ende am Tag des Abrufs; 0, wenn nicht verzögert")),
        ("postponed_times", "number", _("Wie oft das geplante Ende nach hinten rückte")),
        ("stale_days", "number", _("Tage ohne neuen Stand, wenn es zu viele sind; sonst 0")),
        ("milestones_done", "number", _("Erreichte Meilensteine")),
        ("milestones_all", "number", _("Alle Meilensteine")),
        ("confidence", "text", _("Wie gut belegt: high, medium, low oder leer")),
        ("source", "text", _("Quelle")),
        ("comments", "number", _("Öffentliche Beiträge")),
        ("ratings", "number", _("Bewertungen")),
        ("changed_at", "datetime", _("Wann sich zuletzt eine Angabe änderte")),
        ("address", "url", _("Seite der Maßnahme")),
    ),
    rows=measures,
    modified=_measures_modified,
    keywords=("Digitalstrategie", "Maßnahmen", "Radar"),
)

CHANGES = Dataset(
    slug="massnahmen-verlauf",
    shows_past=True,
    title=_("Verlauf der Maßnahmen"),
    description=_(
        "Jede Änderung an jeder Maßnahme: welche Angabe, ab wann, vorher und nachher, warum und von welcher Stelle."
    ),
    columns=_columns(
        ("measure", "text", _("Dauerhafte Nummer der Maßnahme")),
        ("subject", "text", _("Kennung, unter der Beiträge und Bewertungen die Maßnahme nennen")),
        ("version", "number", _("Fassung der Maßnahme, gezählt ab 1")),
        ("valid_from", "date", _("Ab wann das galt; leer, wenn keine Quelle den Tag nennt")),
        ("fact", "text", _("Welche Angabe, mit dem Namen der Spalte im Datensatz der Maßnahmen")),
        (
            "kind",
            "text",
            _(
                "first: erste Fassung; proven: nun belegt; changed: geändert; "
                "unproven: von da an durch keine Quelle belegt"
            ),
        ),
        ("old", "text", _("Vorher")),
        ("new", "text", _("Nachher")),
        ("why", "text", _("Grund der Änderung")),
        ("by", "text", _("Funktion und Referat, nie ein Name")),
        ("source", "text", _("Quelle")),
        ("confidence", "text", _("Wie gut belegt: high, medium, low oder leer")),
        ("revision", "text", _("Fortschreibung, mit der die Änderung kam")),
        ("recorded_at", "datetime", _("Wann die Änderung hier eingetragen wurde")),
        ("address", "url", _("Seite der Maßnahme")),
    ),
    rows=changes,
    modified=_changes_modified,
    keywords=("Digitalstrategie", "Maßnahmen", "Verlauf", "Änderungen"),
)

REVISIONS = Dataset(
    slug="fortschreibungen",
    shows_past=True,
    title=_("Fortschreibungen der Digitalstrategie"),
    description=_("Die Fassungen der Strategie, wie der Stadtrat sie beschlossen hat, mit Vorlage und Beleg."),
    columns=_columns(
        ("id", "text", _("Kennung der Fortschreibung")),
        ("name", "text", _("Name")),
        ("order", "number", _("Reihenfolge")),
        ("body", "text", _("Gremium, das beschlossen hat")),
        ("decided", "text", _("Tag, Monat oder Jahr des Beschlusses; leer, wenn unbekannt")),
        ("in_force", "date", _("Erster Tag, für den sie hier gilt")),
        ("paper", "text", _("Nummer der Vorlage")),
        ("changes", "text", _("Was sie änderte, nach der Quelle")),
        ("links", "url", _("Quellen im Netz")),
        ("note", "text", _("Anmerkung")),
        ("confidence", "text", _("Wie gut belegt: high, medium, low oder leer")),
        ("measures_first", "number", _("Öffentliche Maßnahmen, die hier belegt zuerst stehen")),
        ("measures_retired", "number", _("Öffentliche Maßnahmen, die mit ihr entfielen")),
        ("published_at", "datetime", _("Wann sie hier veröffentlicht wurde; leer, wenn sie mit der Strategie kam")),
    ),
    rows=revisions,
    modified=_revisions_modified,
    keywords=("Digitalstrategie", "Fortschreibung", "Beschluss"),
    frequency="IRREG",
)

ALL: Iterable[Dataset] = (MEASURES, CHANGES, REVISIONS)
