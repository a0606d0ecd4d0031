"""One row becomes an entry, by a mapping: `Reader.read` gives the entry, or everything that is wrong with the row."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mitstadt.directory import entries, hours
from mitstadt.directory.entries import Entry, Fault

from . import flat, hsds, recipe, values
from .reading import Row
from .recipe import AGES, FLAGS, LISTS, Group, Recipe, Spec, Template
from .values import Unclear

MOST_ID = 300
LONG = frozenset({"description", "simple", "application", "eligibility"})  # texts with paragraphs
_GAP = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a row. `entry` is None where `faults` has something; `hints` are what was left out."""

    line: int
    source_id: str
    title: str
    entry: Entry | None
    faults: tuple[Fault, ...] = ()
    hints: tuple[Fault, ...] = ()


class Reader:
    """A mapping held against the columns of one file."""

    def __init__(self, plan: Recipe, columns: Iterable[str], categories: set[str]) -> None:
        self.plan, self.categories = plan, categories
        self.here = recipe.names_of(tuple(columns))
        self.names: dict[str, str | None] = {}

    def read(self, row: Row) -> Reading:
        """Never raises for what stands in a row."""
        return _Attempt(self, row).reading()

    def value(self, row: Mapping[str, Any], name: str) -> Any:
        if name not in self.names:
            self.names[name] = recipe.resolve(name, self.here)
        resolved = self.names[name]
        return recipe.find(row, resolved) if resolved else None


class _Attempt:
    def __init__(self, reader: Reader, row: Row) -> None:
        self.reader, self.plan, self.row = reader, reader.plan, row
        self.faults: list[Fault] = []
        self.hints: list[Fault] = []

    def reading(self) -> Reading:
        data = self._data()
        source_id = self._id(data)
        title = _short(data.get("name")) or _short(self.row.values.get("name")) or source_id[:80]
        if not source_id:
            self.faults.append(Fault("id", _("Die Kennung ist leer.")))
        entry = None
        if not self.faults:
            entry = self._entry(data)
        if entry is not None:
            entry = entries.without_place(entry)
        return Reading(
            self.row.line, source_id, title, None if self.faults else entry, tuple(self.faults), tuple(self.hints)
        )

    # -- the whole -----------------------------------------------------------------------------------
    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        try:
            if self.plan.shape == "hsds":
                given = {*self.plan.fields, *(name for name, _group in self.plan.groups())}
                data, faults, lost = hsds.entry_of(self.row.values, self.reader.categories, self.plan.topics, given)
                self.faults += faults
                self.hints += lost
            elif self.plan.shape == "entry":
                data = flat.entry_of(self.row.values)
        except Unclear as error:
            self.faults.append(Fault("*", str(error)))
        for name, spec in self.plan.fields.items():
            self._set(data, name, spec)
        for name, build in (("phones", self._phones), ("costs", self._costs), ("places", self._places)):
            groups = getattr(self.plan, name)
            if groups is not None:
                found = [item for group in groups for item in build(group)]
                data.pop(name, None)
                if found:
                    data[name] = found
        return data

    def _id(self, data: Mapping[str, Any]) -> str:
        text = ""
        if self.plan.identity is not None:
            text = self._one(self.plan.identity, self.row.values) or ""
        elif self.plan.shape == "hsds":
            text = values.clean(str(self.row.values.get("id") or ""))
        elif self.plan.shape == "entry":
            text = values.clean(str(self.row.values.get("uuid") or self.row.values.get("id") or ""))
        if len(text) > MOST_ID:
            text = f"{text[: MOST_ID - 65]}#{hashlib.sha256(text.encode()).hexdigest()}"
        return text

    def _entry(self, data: dict[str, Any]) -> Entry | None:
        """The entry as it could be saved. What may be left out is left out, once per field."""
        wrong: list[Fault] = []
        for _round in range(len(data) + 1):
            try:
                entry = Entry.from_json(data)
            except ValueError as error:
                name, _colon, reason = str(error).partition(": ")
                told = {"name: missing": _("Der Name fehlt."), "provider: missing": _("Der Anbieter fehlt.")}
                self.faults.append(Fault(name.partition(".")[0], told.get(str(error), reason)))
                return None
            wrong = entries.faults(entry, self.reader.categories)
            away = [fault for fault in wrong if self._may_leave_out(fault.field) and fault.field in data]
            if not away:
                break
            for fault in away:
                if data.pop(fault.field, None) is not None:
                    self.hints.append(fault)
        self.faults += wrong
        return None if wrong else entry

    def _may_leave_out(self, name: str) -> bool:
        spec = self.plan.fields.get(name)
        groups = getattr(self.plan, name, None) if name in ("phones", "costs") else None
        return bool(spec and spec.leave_out) or any(s.leave_out for g in groups or () for s in g.specs.values())

    # -- single fields -------------------------------------------------------------------------------
    def _set(self, data: dict[str, Any], name: str, spec: Spec) -> None:
        data.pop(name, None)
        try:
            if name == "hours":
                self._hours(data, spec, self.row.values)
            elif name in LISTS:
                if found := self._many(spec, self.row.values):
                    data[name] = found
            elif name == "districts":
                if numbers := [values.whole(text) for text in self._many(spec, self.row.values)]:
                    data[name] = numbers
            elif (text := self._text(spec, self.row.values)) is not None:
                data[name] = _typed(name, text if name in LONG else " ".join(text.split()))
        except Unclear as error:
            self._wrong(name, spec, error)

    def _wrong(self, name: str, spec: Spec, error: Unclear) -> None:
        (self.hints if spec.leave_out else self.faults).append(Fault(name, str(error)))

    def _one(self, spec: Spec, row: Mapping[str, Any], key: str = "") -> str | None:
        """`_text`, with what is wrong said; None for that and for nothing."""
        try:
            return self._text(spec, row)
        except Unclear as error:
            self._wrong(key or spec.key.partition(".")[0], spec, error)
            return None

    def _text(self, spec: Spec, row: Mapping[str, Any]) -> str | None:
        found = self._many(spec, row, single=True)
        return found[0] if found else None

    def _many(self, spec: Spec, row: Mapping[str, Any], *, single: bool = False) -> list[str]:
        """The values: of all sources, or of the first with something in it (`single`)."""
        found: list[str] = []
        for source in spec.sources:
            found += self._parts(spec, source, row, single)
            if single and found:
                break
        if spec.table is not None:
            found = [text for one in found for text in _looked_up(spec, one)]
        return list(dict.fromkeys(found)) or list(spec.default)

    def _parts(self, spec: Spec, source: Template, row: Mapping[str, Any], single: bool) -> list[str]:
        single_column = source.single
        raw: Any = self.reader.value(row, single_column.name) if single_column else self._filled(source, row)
        if isinstance(raw, list) and not (single and spec.table is None):
            pieces = [values.text_of(item) for item in raw]
        else:
            pieces = [values.text_of(raw)]
        if spec.split:
            pieces = [part for piece in pieces for part in re.split(spec.split, piece)]
        return [piece.strip() for piece in pieces if piece.strip()]

    def _filled(self, source: Template, row: Mapping[str, Any]) -> str:
        found = ""
        has_value = source.constant is not None
        for optional, pieces in source.parts:
            texts = []
            is_empty = False
            for piece in pieces:
                if isinstance(piece, str):
                    texts.append(piece)
                    continue
                text = values.text_of(self.reader.value(row, piece.name))
                text = values.cut(text, piece.most) if piece.most else text
                is_empty = is_empty or not text
                has_value = has_value or bool(text)
                texts.append(text)
            if not (optional and is_empty):
                found += "".join(texts)
        return _GAP.sub(" ", found).strip() if has_value else ""

    def _hours(self, data: dict[str, Any], spec: Spec, row: Mapping[str, Any]) -> None:
        """Rules where they can be read; otherwise the words stay as a note."""
        lines = self._many(spec, row)
        if not lines:
            return
        try:
            data["hours"] = [rule.to_json() for rule in hours.parse("\n".join(lines))]
        except hours.BadHours:
            note = "; ".join([*([data["hours_note"]] if data.get("hours_note") else []), *lines]).replace("\n", "; ")
            data["hours_note"] = values.cut(note, 300)

    # -- groups --------------------------------------------------------------------------------------
    def _rows(self, group: Group) -> list[tuple[dict[str, Any], bool]]:
        """(values, does it stand in the list that `each` names): the columns of the item as ``each.column``."""
        if not group.each:
            return [(self.row.values, False)]
        items = self.reader.value(self.row.values, group.each)
        items = items if isinstance(items, list) else [items] if isinstance(items, dict) else []
        resolved = recipe.resolve(group.each, self.reader.here) or group.each
        found = [(_nested(self.row.values, resolved, item), True) for item in items if isinstance(item, dict)]
        return found or [(_nested(self.row.values, resolved, {}), False)]

    def _phones(self, group: Group) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for row, _listed in self._rows(group):
            spec = group.specs.get("number") or group.specs["text"]
            label = self._one(group.specs["label"], row, "phones") if "label" in group.specs else None
            for text in self._quietly(spec, row, "phones"):
                try:
                    numbers = values.phones(text)
                except Unclear as error:
                    self._wrong("phones", spec, error)
                    continue
                found += [{"number": n["number"], "label": label or n["label"]} for n in numbers]
        return [one for place, one in enumerate(found) if one not in found[:place]]

    def _quietly(self, spec: Spec, row: Mapping[str, Any], name: str) -> list[str]:
        try:
            return self._many(spec, row)
        except Unclear as error:
            self._wrong(name, spec, error)
            return []

    def _costs(self, group: Group) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for row, _listed in self._rows(group):
            if "text" in group.specs:
                found += [values.cost(text) for text in self._quietly(group.specs["text"], row, "costs")]
                continue
            label = self._one(group.specs["label"], row, "costs")
            amount = self._one(group.specs["amount"], row, "costs") if "amount" in group.specs else None
            if not label and not amount:
                continue
            one: dict[str, Any] = {"label": label or amount or ""}
            if amount:
                priced = values.cost(amount)
                if "amount" not in priced:
                    self._wrong("costs", group.specs["amount"], Unclear(
                        _("Das ist kein Betrag: %(value)s") % {"value": amount[:40]}
                    ))  # fmt: skip
                    continue
                one["amount"] = priced["amount"]
            found.append(one)
        return found

    def _places(self, group: Group) -> list[dict[str, Any]]:
        found = []
        for order, (row, _listed) in enumerate(self._rows(group)):
            place = self._place(group, row, with_point=order == 0)
            if place:
                found.append(place)
        return found

    def _place(self, group: Group, row: Mapping[str, Any], *, with_point: bool) -> dict[str, Any]:
        """One place; nothing when no column says where, constants alone are no place. A point that stands in the row
        and not in the list belongs to the first place only."""
        specs = group.specs
        told: dict[str, Any] = {}
        place: dict[str, Any] = {}
        for name in ("address", "town", "name", "street", "postcode", "city", "access_note", "transport", "hours_note"):
            if name not in specs or not (text := self._part(specs[name], row, name)):
                continue
            if name == "address":
                place |= {key: value for key, value in values.address(text).items() if value}
            elif name == "town":
                pair = dict(zip(("postcode", "city"), values.town(text), strict=True))
                place |= {key: value for key, value in pair.items() if value}
            else:
                place[name] = " ".join(text.split())
            if any(True for source in specs[name].sources for _column in source.columns):
                told[name] = text
        if "lat" in specs and "lon" in specs:
            point = self._point(specs, row, group.each, with_point)
            place |= point
            told |= point
        if not told:
            return {}
        if "access" in specs and (access := self._quietly(specs["access"], row, "places")):
            place["access"] = access
        if "hours" in specs:
            self._hours(place, specs["hours"], row)
        return place

    def _part(self, spec: Spec, row: Mapping[str, Any], name: str) -> str | None:
        if name == "postcode" and len(spec.sources) == 1 and spec.sources[0].single and spec.table is None:
            try:
                return values.postcode(self.reader.value(row, spec.sources[0].single.name)) or self._default(spec)
            except Unclear as error:
                self._wrong("places", spec, error)
                return None
        return self._one(spec, row, "places")

    def _default(self, spec: Spec) -> str | None:
        return spec.default[0] if spec.default else None

    def _point(self, specs: Mapping[str, Spec], row: Mapping[str, Any], each: str, first: bool) -> dict[str, float]:
        own = bool(each) and all(
            column.name.startswith(f"{each}.") for name in ("lat", "lon") for source in specs[name].sources
            for column in source.columns
        )  # fmt: skip
        if not first and not own:
            return {}
        texts = {name: self._one(specs[name], row, "places") for name in ("lat", "lon")}
        if not texts["lat"] or not texts["lon"]:
            if texts["lat"] or texts["lon"]:
                self._wrong("places", specs["lat"], Unclear(_("Ein Punkt braucht Breite und Länge.")))
            return {}
        try:
            point = {name: values.number(text or "") for name, text in texts.items()}
        except Unclear as error:
            self._wrong("places", specs["lat"], error)
            return {}
        if point == {"lat": 0.0, "lon": 0.0}:  # how databases write "unknown"
            return {}
        if not (-90 <= point["lat"] <= 90 and -180 <= point["lon"] <= 180):
            self._wrong("places", specs["lat"], Unclear(
                _("Diesen Punkt gibt es auf der Erde nicht: %(lat)s, %(lon)s") % point
            ))  # fmt: skip
            return {}
        return point


def _looked_up(spec: Spec, text: str) -> tuple[str, ...]:
    assert spec.table is not None
    found = spec.table.get(recipe.fold(text))
    if found is None:
        if spec.other is None:
            raise Unclear(_("„%(value)s“ steht nicht in der Tabelle der Zuordnung.") % {"value": text[:60]})
        return spec.other
    return found


def _typed(name: str, text: str) -> Any:
    if name in AGES:
        return values.whole(text)
    if name in FLAGS:
        return values.yes_or_no(text)
    if name == "url":
        return values.web_address(text)
    if name == "email":
        return values.email(text)
    return text


def _nested(row: Mapping[str, Any], path: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """The row with one item of a list in the place of the list."""
    first, _dot, rest = path.partition(".")
    inner: Any = item
    for step in reversed(rest.split(".") if rest else []):
        inner = {step: inner}
    return {**row, first: inner}


def _short(value: object) -> str:
    return value[:160] if isinstance(value, str) else ""
