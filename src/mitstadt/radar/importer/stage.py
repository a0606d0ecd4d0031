"""From bytes to a staged import: read, check, compare, keep. Nothing that the public sees changes here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext

from mitstadt.accounts.actor import Actor
from mitstadt.kit import clock
from mitstadt.radar import dates
from mitstadt.radar.models import FormerAddress, Measure, MeasureVersion, Revision, StagedImport, StagedRow, Strategy

from . import frame as frames
from . import plan as plans
from . import read_csv, read_xlsx, read_yaml, state, values
from .check import check
from .limits import UnreadableError, check_size
from .shape import Known, MeasureIn, Parsed, Problems, Raw, quoted

Progress = Callable[[str, int, int], None]
CHUNK = 250
READERS: dict[str, Callable[[bytes], Raw]] = {
    ".yaml": read_yaml.read,
    ".yml": read_yaml.read,
    ".csv": read_csv.read,
    ".xlsx": read_xlsx.read,
}
TARGET_KEYS = ("code", "name", "decided", "body", "prepared_by", "paper", "links", "changes", "note")
TARGET_TEXTS = {"code": 40, "name": 200, "body": 120, "prepared_by": 200, "paper": 80, "note": 4_000}


def read(data: bytes, name: str) -> Raw:
    """The rows of a file. Raises UnreadableError with words for the person."""
    check_size(data)
    ending = PurePath(name).suffix.lower()
    if ending not in READERS:
        raise UnreadableError(
            gettext("Dateien mit der Endung „%(ending)s“ werden nicht gelesen; möglich sind YAML, CSV und XLSX.")
            % {"ending": ending[:12]}
        )
    return READERS[ending](data)


def understand(
    data: bytes, name: str, strategy: Strategy | None, mapping: dict[str, str] | None = None, code: str = ""
) -> Parsed:
    """Read and check; whatever is wrong is in `problems`. `code` is the revision that the file is to become."""
    try:
        raw = read(data, name)
    except UnreadableError as error:
        problems = Problems()
        problems.add(0, "", name, error)
        return Parsed(PurePath(name).suffix.lower().lstrip("."), [], frozenset(), {}, None, problems)
    known: Known | None = None
    framed = Problems()
    if raw.frame:
        frames.check(raw.frame, framed)
        known = frames.known_of(raw.frame, state.districts())
    if strategy is not None:
        known = _both(state.known_of(strategy), known)
    if known is not None and code:
        known = replace(known, revisions=known.revisions | {code})
    parsed = check(raw, known, mapping)
    if not parsed.frame and strategy is None:
        parsed.frame = frames.frame_for(parsed.measures, _names(raw, parsed))
    for problem in framed.found:
        parsed.problems.add(problem.row, problem.field, problem.value, problem.message, problem.level)
    return parsed


def _both(here: Known, file: Known | None) -> Known:
    if file is None:
        return here
    return Known(
        fields={**here.fields, **file.fields},
        core_areas={**here.core_areas, **file.core_areas},
        departments={**here.departments, **file.departments},
        principles={**here.principles, **file.principles},
        revisions=here.revisions | file.revisions,
        districts=here.districts,
    )


def _names(raw: Raw, parsed: Parsed) -> dict[str, dict[str, str]]:
    """Names behind the slugs that were made from them, for a first import from a table."""
    from . import cells

    result: dict[str, dict[str, str]] = {}
    for heading, field in parsed.mapping.items():
        if field not in ("field", "core_area", "department", "principles"):
            continue
        names = result.setdefault(field, {})
        for _row, cells_ in raw.rows:
            cell = cells_.get(heading)
            if isinstance(cell, list):
                found = [str(item).strip() for item in cell]
            elif field == "principles":
                found = [part[0] for part in cells.split(str(cell or ""), also=";")]
            else:
                found = [str(cell or "").strip()]
            for item in found:
                if item:
                    names.setdefault(values.slug_from(item), item)
    return result


def make_plan(strategy: Strategy | None, parsed: Parsed, *, full: bool) -> tuple[plans.Plan, dict[int, int]]:
    """The plan, and the database keys of measures by number."""
    existing = state.measures_of(strategy) if strategy else {}
    former: frozenset[str] = frozenset()
    if strategy:
        former = frozenset(FormerAddress.objects.filter(strategy=strategy).values_list("slug", flat=True))
    made = plans.make(
        existing.values(),
        parsed.measures,
        given=parsed.given,
        full=full,
        problems=parsed.problems,
        address_taken=former,
    )
    return made, {m.number: pk for pk, m in existing.items()}


def base_of(strategy: Strategy | None) -> str:
    """A digest of the state that a plan was made against: it changes with every publication."""
    if strategy is None or strategy.pk is None:
        return ""
    found = (
        MeasureVersion.objects.filter(measure__strategy=strategy).aggregate(v=Max("id"), n=Count("id")),
        Measure.objects.filter(strategy=strategy).aggregate(c=Max("subject__changed_at"), n=Count("pk")),
        Revision.objects.filter(strategy=strategy).aggregate(r=Max("id")),
    )
    return hashlib.sha256(repr(found).encode()).hexdigest()


def check_target(strategy: Strategy | None, target: dict[str, Any], problems: Problems) -> dict[str, Any]:
    """The revision that the import is to become. Its decision must not lie ahead or before the last one."""
    found = {key: target[key] for key in TARGET_KEYS if target.get(key)}
    if not found:
        return {}
    code = str(found.get("code", "")).strip()
    if not code or len(code) > 40:
        problems.add(0, "revision.code", code, gettext("Die Fortschreibung braucht eine Kennung, etwa „2024“."))
        return {}
    found["code"] = code
    for key in TARGET_TEXTS.keys() & found.keys():
        try:
            found[key] = values.text(found[key], TARGET_TEXTS[key])
        except ValueError as error:
            problems.add(0, f"revision.{key}", found[key], error)
            found[key] = quoted(found[key])  # it is kept with the import, and PostgreSQL keeps no NUL
    code = found["code"]
    found.setdefault("name", gettext("Fortschreibung %(code)s") % {"code": code})
    try:
        found["decided"] = decided = values.partial_date(found.get("decided", ""))
    except ValueError as error:
        problems.add(0, "revision.decided", found.get("decided"), error)
        found["decided"] = quoted(found.get("decided"))
        return found
    if decided and dates.first_day(decided) > clock.today():
        problems.add(0, "revision.decided", decided, gettext("Der Beschluss liegt in der Zukunft."))
    if strategy is None:
        return found
    if Revision.objects.filter(strategy=strategy, code=code, state=Revision.State.PUBLISHED).exists():
        problems.add(0, "revision.code", code, gettext("Diese Fortschreibung ist schon veröffentlicht."))
    newest = (
        Revision.objects.filter(strategy=strategy, state=Revision.State.PUBLISHED)
        .exclude(in_force=None)
        .order_by("-in_force")
        .first()
    )
    if decided and newest and newest.in_force and dates.last_day(decided) < newest.in_force:
        problems.add(
            0,
            "revision.decided",
            decided,
            gettext("Es gibt schon eine neuere Fortschreibung: %(name)s.") % {"name": newest.name},
        )
    return found


def stage(
    actor: Actor,
    data: bytes,
    name: str,
    *,
    strategy_slug: str,
    target: dict[str, Any] | None = None,
    full: bool = True,
    mapping: dict[str, str] | None = None,
    progress: Progress | None = None,
) -> StagedImport:
    """Keep a file with everything that is known about it; see `actions.stage_import`."""
    say = progress or (lambda _step, _done, _of: None)
    strategy = Strategy.objects.filter(slug=strategy_slug).first()
    base = base_of(strategy)
    say("read", 0, 1)
    parsed = understand(data, name, strategy, mapping, str((target or {}).get("code", "")))
    say("read", 1, 1)
    chosen = check_target(strategy, target or {}, parsed.problems)
    if strategy is not None and full and not chosen:
        full = False  # a correction never retires: only a revision can say that something is dropped
    made, keys = make_plan(strategy, parsed, full=full) if not parsed.problems.errors else (plans.Plan([]), {})
    broken = bool(parsed.problems.errors)
    staged = StagedImport(
        strategy=strategy,
        strategy_slug=strategy_slug,
        file_name=PurePath(name).name[:200],
        file_format=parsed.format[:8],
        digest=hashlib.sha256(data).hexdigest(),
        state=StagedImport.State.BROKEN if broken else StagedImport.State.READY,
        frame=None if broken else parsed.frame,
        target=chosen,
        mapping=parsed.mapping,
        columns=sorted(parsed.given),
        full=full,
        summary={**made.summary(), "errors": parsed.problems.errors, "problems": parsed.problems.count},
        problems=[asdict(problem) for problem in parsed.problems.found],
        base=base,
        staged_at=clock.now(),
        staged_by=actor.label,
    )
    staged.summary["drafts"] = drafts_in_the_way(keys, made)
    rows = [] if broken else [_row(staged, n, entry, keys) for n, entry in enumerate(made.entries, start=1)]
    staged.save()
    for start in range(0, len(rows), CHUNK):
        with transaction.atomic():
            StagedRow.objects.bulk_create(rows[start : start + CHUNK])
        say("stage", min(start + CHUNK, len(rows)), len(rows))
    return staged


def drafts_in_the_way(keys: dict[int, int], made: plans.Plan) -> int:
    """How many changed measures have an unpublished draft, which the publication would set aside."""
    changed = [keys[e.number] for e in made.of(plans.CHANGED) if e.number in keys]
    return Measure.objects.filter(pk__in=changed, has_unpublished_changes=True).count() if changed else 0


def _row(staged: StagedImport, position: int, entry: plans.Entry, keys: dict[int, int]) -> StagedRow:
    return StagedRow(
        staged=staged,
        position=position,
        row=entry.row,
        verdict=entry.verdict,
        measure_id=keys.get(entry.number),
        slug=entry.slug[:120],
        title=entry.title[:300],
        payload=entry.measure.payload() if entry.measure and entry.verdict != plans.SAME else None,
        differences=[{"field": d.field, "before": d.before, "after": d.after} for d in entry.differences],
    )


def measure_of(row: StagedRow) -> MeasureIn:
    assert row.payload is not None
    return MeasureIn.of(row.payload)
