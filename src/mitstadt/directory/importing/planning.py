"""From a file to a comparison: what is new, changed, the same, broken, perhaps there already, gone. Nothing public
changes here; rows are kept in short transactions so that somebody can look at them and decide."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import PurePath
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.directory import access, entries
from mitstadt.directory.entries import Entry
from mitstadt.directory.models import Category, Service, ServiceAt
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.kit.tables import UnreadableError

from . import hsds, reading, recipe, shipped, twins
from .models import Import, ImportRow, Origin
from .reading import Content
from .recipe import Recipe
from .twins import Index, Point, Thing
from .understand import Reader, Reading
from .values import clean

CHUNK = 250
KEPT_ROWS = 60  # days after which the rows of a finished import go
Verdict = ImportRow.Verdict
T = TypeVar("T")


def stage(actor: Actor, data: bytes, name: str, mapping: str) -> Import:
    """Read and compare a file with the mapping of that slug. The result is READY with its rows, or BROKEN with `notes`.

    Raises Refused, and DomainError for a mapping that does not exist.
    """
    require(access.may_keep(actor))
    known = shipped.find(mapping)
    if known is None:
        raise DomainError(_("Diese Zuordnung gibt es nicht."), field="mapping")
    _tidy()
    staged = Import.objects.create(
        file_name=clean(PurePath(name).name)[:160] or "?",
        digest=hashlib.sha256(data).hexdigest(),
        mapping=known.slug,
        staged_by=actor.label[:160],
        staged_at=clock.now(),
    )
    try:
        plan = recipe.parse(known.text)
        content = _content(plan, data, name)
        categories = set(Category.objects.values_list("slug", flat=True))
        flaws = recipe.check(plan, content.columns, categories)
        if flaws:
            raise recipe.BadRecipe(flaws)
    except UnreadableError as error:
        notes = [str(flaw) for flaw in error.flaws] if isinstance(error, recipe.BadRecipe) else [str(error)]
        return _finish(actor, staged, Import.State.BROKEN, notes[:100])
    staged.source, staged.publish = plan.source, plan.publish
    is_own = plan.shape == "hsds" and any(hsds.is_own(row.values) for row in content.rows)
    staged.covered = sorted(recipe.FIELDS if is_own else plan.covered(content.columns))
    staged.save(update_fields=["source", "publish", "covered"])
    counts = _write(staged, plan, content, categories)
    staged.counts = counts
    return _finish(actor, staged, Import.State.READY, list(content.notes))


def _content(plan: Recipe, data: bytes, name: str) -> Content:
    content = reading.read(data, name, path=plan.rows, separator=plan.separator)
    if plan.shape != "hsds":
        return content
    content = hsds.content_of(content)
    if not content.rows:
        raise UnreadableError(_("In der Datei steht kein Angebot."))
    return content


def _finish(actor: Actor, staged: Import, state: str, notes: list[str]) -> Import:
    staged.state, staged.notes = state, notes
    with transaction.atomic():
        staged.save(update_fields=["state", "notes", "counts"])
        audit.record(
            "directory.import.stage", by=actor, obj=staged.public_id,
            payload={"file": staged.file_name, "digest": staged.digest, "mapping": staged.mapping, "state": state,
                     "counts": staged.counts},
        )  # fmt: skip
    return staged


def _tidy() -> None:
    """Rows of imports that nobody needs any more."""
    old = Import.objects.filter(staged_at__lt=clock.now() - timedelta(days=KEPT_ROWS))
    ImportRow.objects.filter(staged__in=old.exclude(state=Import.State.RUNNING)).delete()


# -- comparing --------------------------------------------------------------------------------------
def marks_of(entry: Entry, covered: Sequence[str]) -> dict[str, str]:
    """Short hashes of what the source says in these fields; of a secret address none."""
    told = entry.to_json()
    hashes = {}
    for name in covered:
        if name == "places" and entry.protected:
            continue
        text = json.dumps(told.get(name), ensure_ascii=False, sort_keys=True)
        hashes[name] = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    return hashes


@dataclass(frozen=True, slots=True)
class Compared:
    """`after`: the entry as it shall be; `changed`: in what; `kept`: what was changed here and not by the source."""

    after: Entry
    changed: list[str]
    kept: list[str]


def compare(before: Entry, fresh: Entry, covered: Sequence[str], marks: dict[str, str]) -> Compared:
    """What a source says now against what stands here. An address that is secret here stays secret."""
    if before.protected:
        districts, area = fresh.districts or before.districts, fresh.area or before.area  # our export leaves them out
        fresh = replace(fresh, protected=True, places=(), districts=districts, area=area)
    names = [name for name in entries.difference(before, fresh) if name in covered]
    here = marks_of(fresh, names)
    kept = [name for name in names if name in marks and marks[name] == here.get(name)]
    after = entries.merged(before, fresh, [name for name in names if name not in kept])
    after = entries.without_place(after)
    return Compared(after, entries.difference(before, after), kept)


# -- the rows ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Link:
    service: int
    marks: dict[str, str]
    followed: bool


def _write(staged: Import, plan: Recipe, content: Content, categories: set[str]) -> dict[str, int]:
    reader = Reader(plan, content.columns, categories)
    links = _links(plan)
    own = {("service", link.service) for link in links.values()}
    told: dict[str, int] = {}
    index: Index | None = None
    counts: Counter[str] = Counter()
    position = 0
    for chunk in _chunks(content.rows):
        readings = [_once(reader.read(row), told) for row in chunk]
        if plan.shape != "columns":
            links |= _by_uuid(readings, links)
        services = Service.objects.in_bulk({links[r.source_id].service for r in readings if r.source_id in links})
        rows = []
        for one in readings:
            position += 1
            row = ImportRow(
                staged=staged, position=position, line=one.line, source_id=one.source_id, title=one.title,
                faults=[asdict(fault) for fault in one.faults][:20], hints=[asdict(hint) for hint in one.hints][:20],
            )  # fmt: skip
            link = links.get(one.source_id)
            if one.entry is None:
                row.verdict = Verdict.BROKEN
                row.service_id = link.service if link else None
            elif link is not None and (service := services.get(link.service)) is not None:
                _known(row, service, one.entry, staged.covered, link, categories)
            else:
                index = index if index is not None else Index(things())
                _unknown(row, one.entry, staged.covered, index, own)
            counts[row.verdict] += 1
            rows.append(row)
        ImportRow.objects.bulk_create(rows)
    counts[Verdict.GONE] = _write_gone(staged, position, links, told)
    return {verdict.value: counts[verdict] for verdict in Verdict}


def _write_gone(staged: Import, position: int, links: Mapping[str, _Link], told: Mapping[str, int]) -> int:
    """What the source said before and says no more; only listed, and not when it is withdrawn already."""
    away = {source_id: link.service for source_id, link in links.items() if source_id not in told and link.followed}
    if not away:
        return 0
    known = Service.objects.filter(Q(origins__source=staged.source) | Q(source=staged.source))
    names = dict(known.exclude(state=Service.State.WITHDRAWN).values_list("pk", "name"))
    listed = [(source_id, pk) for source_id, pk in away.items() if pk in names]
    for chunk in _chunks(listed):
        rows = []
        for source_id, pk in chunk:
            position += 1
            rows.append(
                ImportRow(
                    staged=staged, position=position, source_id=source_id, title=names[pk], verdict=Verdict.GONE,
                    service_id=pk,
                )
            )  # fmt: skip
        ImportRow.objects.bulk_create(rows)
    return len(listed)


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def _once(one: Reading, told: dict[str, int]) -> Reading:
    """An id that stands twice in a file means two things: the second is broken."""
    if not one.source_id:
        return one
    if one.source_id in told:
        fault = entries.Fault("id", _("Diese Kennung steht schon in Zeile %(line)s.") % {"line": told[one.source_id]})
        return replace(one, entry=None, faults=(*one.faults, fault))
    told[one.source_id] = one.line
    return one


def _links(plan: Recipe) -> dict[str, _Link]:
    """What the source is known by here: source id → entry."""
    found = {
        source_id: _Link(pk, {}, True)
        for source_id, pk in Service.objects.filter(source=plan.source).values_list("source_id", "pk")
    }
    rows = Origin.objects.filter(source=plan.source).values_list("source_id", "service_id", "marks", "followed")
    with_marks = plan.shape != "entry"  # an export of ours that comes back has no history of its own
    found |= {sid: _Link(pk, marks if with_marks else {}, followed) for sid, pk, marks, followed in rows.iterator()}
    return found


def _by_uuid(readings: Sequence[Reading], links: dict[str, _Link]) -> dict[str, _Link]:
    """Entries of this city in a file that was exported here."""
    wanted = {}
    for one in readings:
        try:
            wanted[UUID(one.source_id)] = one.source_id
        except ValueError:
            continue
    rows = Service.objects.filter(uuid__in=wanted).values_list("uuid", "pk")
    return {wanted[uuid]: _Link(pk, {}, True) for uuid, pk in rows if wanted[uuid] not in links}


def _known(
    row: ImportRow, service: Service, fresh: Entry, covered: Sequence[str], link: _Link, categories: set[str]
) -> None:
    row.service, row.version = service, service.version
    if not link.followed:
        row.verdict = Verdict.SAME
        row.hints = [
            {"field": "*", "text": _("Bekannt als „%(name)s“; wird nicht verändert.") % {"name": service.name}}
        ]
        return
    compared = compare(service.entry, fresh, covered, link.marks)
    row.kept, row.marks = compared.kept, marks_of(fresh, covered)
    if service.protected:
        row.marks.pop("places", None)
    if not compared.changed:
        row.verdict = Verdict.SAME
        return
    wrong = entries.faults(compared.after, categories)
    if wrong:
        row.verdict, row.faults, row.marks = Verdict.BROKEN, [asdict(fault) for fault in wrong], {}
        return
    row.verdict, row.fields, row.data = Verdict.CHANGED, compared.changed, compared.after.to_json()


def _unknown(row: ImportRow, fresh: Entry, covered: Sequence[str], index: Index, own: set[tuple[str, int]]) -> None:
    row.data, row.marks = fresh.to_json(), marks_of(fresh, covered)
    thing = thing_of(("position", row.position), fresh)
    found = index.twins(thing, lambda other: other.key in own or other.key[0] == "position")  # type: ignore[index]
    row.verdict = Verdict.TWIN if found else Verdict.NEW
    row.twins = [{other.key[0]: other.key[1]} for _score, other in found]  # type: ignore[index]
    index.add(thing)


def thing_of(key: tuple[str, int], entry: Entry) -> Thing:
    names = tuple(dict.fromkeys(twins.name_key(name) for name in (entry.name, entry.alternate_name) if name))
    places = tuple(
        Point(twins.street_key(place.street), place.postcode, place.lat, place.lon)
        for place in entry.places
        if place.street or place.lat is not None
    )
    return Thing(key, names, places)


def things() -> Iterator[Thing]:
    """All entries here with name and place, as `twins` compares them."""
    places: dict[int, list[Point]] = {}
    rows = ServiceAt.objects.values_list("service_id", "location__street", "location__postcode", "lat", "lon")
    for pk, street, postcode, lat, lon in rows.iterator():
        if street or lat is not None:
            places.setdefault(pk, []).append(Point(twins.street_key(street or ""), postcode or "", lat, lon))
    named = Service.objects.values_list("pk", "name", "data__alternate_name")
    for pk, name, other in named.iterator():
        names = tuple(dict.fromkeys(twins.name_key(text) for text in (name, other) if text))
        yield Thing(("service", pk), names, tuple(places.get(pk, ())))
