"""From rows of values to measures; every problem is collected with its row, field and value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext

from mitstadt.radar import addresses, dates

from . import cells, values
from .columns import fold, recognise
from .shape import FIELDS, Known, MeasureIn, Parsed, Problems, Raw, quoted

Converter = Callable[[Any], Any]


def check(raw: Raw, known: Known | None, mapping: dict[str, str] | None = None) -> Parsed:
    """Understand a file. With `known` None any name of a field or department is new (the first import)."""
    problems = Problems()
    columns, unknown = recognise(raw.headings, mapping)
    for heading in unknown:
        if raw.format == "yaml":
            problems.add(0, heading, heading, gettext("Diesen Schlüssel gibt es bei Maßnahmen nicht."))
        else:
            problems.warn(0, heading, heading, gettext("Diese Spalte wird nicht erkannt und bleibt unberücksichtigt."))
    given = frozenset(columns.values())
    if "title" not in given and not given & {"number", "slug"}:
        problems.add(0, "title", "", gettext("Es fehlt eine Spalte „Titel“."))
        return Parsed(raw.format, [], given, columns, raw.frame, problems)
    reader = _Reader(known, problems, table=raw.format != "yaml")
    measures = [reader.measure(row, _by_field(values_, columns, reader)) for row, values_ in raw.rows]
    if not measures:
        problems.add(0, "", "", gettext("Die Datei enthält keine Maßnahmen."))
    _check_together(measures, problems)
    return Parsed(raw.format, measures, given, columns, raw.frame, problems)


def _by_field(row: dict[str, Any], columns: dict[str, str], reader: _Reader) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for heading, value in row.items():
        field = columns.get(heading)
        if field is not None and (field not in found or found[field] in (None, "")):
            found[field] = value
    return found


class _Reader:
    """Converts one field after the other; a value that cannot be read is a problem and stays empty."""

    def __init__(self, known: Known | None, problems: Problems, *, table: bool) -> None:
        self.problems, self.table = problems, table
        self.row = 0
        fields = known.fields if known else None
        self.converters: dict[str, Converter] = {
            "number": values.number,
            "slug": values.slug,
            "title": self._text(300),
            "short_name": self._text(40),
            "kind": lambda v: values.choice(v, values.KINDS, "massnahme"),
            "summary": self._text(10_000),
            "reason": self._text(10_000),
            "audience": self._text(10_000),
            "plain_text": self._text(10_000),
            "core_area": self._named(known.core_areas if known else None),
            "core_area_basis": lambda v: values.choice(v, values.BASES, "source"),
            "field": self._named(fields),
            "department": self._named(known.departments if known else None),
            "contact": self._text(200),
            "start": values.partial_date,
            "end": values.partial_date,
            "status": lambda v: values.choice(v, values.STATUSES, "unbekannt"),
            "status_as_of": values.partial_date,
            "revision": self._revision(known.revisions if known else None),
            "district": self._district(known.districts if known else {}),
            "principles": self._list(self._named(known.principles if known else None)),
            "links": self._items(self._link, ("url", "label")),
            "source": self._text(4_000),
            "confidence": lambda v: values.choice(v, values.CONFIDENCES, ""),
            "note": self._text(10_000),
            "related": self._list(values.slug),
            "indicators": self._items(self._indicator, ("name", "value")),
            "council": self._items(self._council, ("vorlage", "date", "body", "url")),
            "milestones": self._items(self._milestone, ("text", "due", "done_on", "source")),
            "progress": self._items(self._progress, ("percent", "end", "as_of", "confidence")),
            "merged_into": values.slug,
            "split_from": values.slug,
            "retired_in": self._revision(known.revisions if known else None),
            "participate_path": self._path,
            "participate_until": values.full_date,
            "change_reason": self._text(2_000),
        }

    def measure(self, row: int, given: dict[str, Any]) -> MeasureIn:
        self.row = row
        found: dict[str, Any] = {}
        refused = set()
        for name in FIELDS:
            if name in given:
                try:
                    found[name] = self.converters[name](given[name])
                except ValueError as error:
                    refused.add(name)
                    self.problems.add(row, name, given[name], error)
        if "title" not in refused and not found.get("title") and not (found.get("number") or found.get("slug")):
            self.problems.add(row, "title", given.get("title"), gettext("Der Titel fehlt."))
        slug = found.pop("slug", "") or ""
        measure = MeasureIn(slug=slug, row=row, **found)
        self._check_dates(measure)
        return measure

    def _check_dates(self, measure: MeasureIn) -> None:
        if measure.start and measure.end and dates.last_day(measure.end) < dates.first_day(measure.start):
            self.problems.add(measure.row, "end", measure.end, gettext("Das Ende liegt vor dem Beginn."))

    def _text(self, most: int) -> Converter:
        return lambda value: values.text(value, most, table=self.table)

    def _named(self, known: dict[str, str] | None) -> Converter:
        if known is None:
            return lambda value: values.slug_from(name) if (name := values.text(value, 160)) else ""
        return lambda value: values.named(value, known)

    def _revision(self, known: frozenset[str] | None) -> Converter:
        def convert(value: Any) -> str:
            found = values.text(value, 40)
            if found.endswith(".0"):
                found = found[:-2]
            if found and known is not None and found not in known:
                raise ValueError(
                    gettext("Diese Fortschreibung gibt es nicht. Bekannt sind: %(names)s.")
                    % {"names": ", ".join(sorted(known))}
                )
            return found

        return convert

    def _district(self, known: dict[str, int]) -> Converter:
        def convert(value: Any) -> int | None:
            raw = values.text(value)
            if not raw:
                return None
            found = known.get(fold(raw.removesuffix(".0").replace("ß", "ss")))
            if found is None:
                raise ValueError(gettext("Diesen Stadtbezirk gibt es nicht."))
            return found

        return convert

    def _list(self, convert: Converter) -> Converter:
        def all_of(value: Any) -> list[Any]:
            items = self._split(value, ";")
            return list(dict.fromkeys(found for item in items if (found := convert(self._single(item)))))

        return all_of

    def _items(self, convert: Callable[[dict[str, Any]], Any], parts: tuple[str, ...]) -> Converter:
        """A list of items with parts: in YAML mappings (or the first part alone), in tables one item per line."""

        def all_of(value: Any) -> list[Any]:
            result = []
            for item in self._split(value, ""):
                if isinstance(item, dict):
                    result.append(convert(item))
                elif isinstance(item, list):
                    if len(item) > len(parts):
                        raise ValueError(gettext("Zu viele Teile: %(value)s") % {"value": quoted(" | ".join(item))})
                    result.append(convert(dict(zip(parts, item, strict=False))))
                else:
                    result.append(convert({parts[0]: item}))
            return result

        return all_of

    def _split(self, value: Any, also: str) -> list[Any]:
        if value is None or value == "":
            return []
        if self.table:
            return cells.split(values.text(value, table=True), also=also)
        if not isinstance(value, list):
            raise ValueError(gettext("Hier wird eine Liste erwartet."))
        return value

    def _single(self, item: Any) -> Any:
        return item[0] if self.table and isinstance(item, list) and len(item) == 1 else item

    def _only(self, item: dict[str, Any], *keys: str) -> None:
        for key in item:
            if key not in keys:
                raise ValueError(gettext("Den Schlüssel „%(key)s“ gibt es hier nicht.") % {"key": quoted(key)})

    def _link(self, item: dict[str, Any]) -> dict[str, str]:
        self._only(item, "url", "label")
        address = values.url(item.get("url"))
        if not address:
            raise ValueError(gettext("Die Adresse fehlt."))
        return {"url": address, "label": values.text(item.get("label"), 200)}

    def _indicator(self, item: dict[str, Any]) -> dict[str, Any]:
        self._only(item, "name", "value")
        name = values.text(item.get("name"), 300)
        if not name:
            raise ValueError(gettext("Die Kennzahl hat keinen Namen."))
        return {"name": name, "value": values.decimal(item.get("value"))}

    def _council(self, item: dict[str, Any]) -> dict[str, str]:
        self._only(item, "vorlage", "paper", "date", "body", "url")
        paper = values.text(item.get("vorlage", item.get("paper")), 120)
        if not paper:
            raise ValueError(gettext("Die Vorlage fehlt."))
        return {
            "paper": paper,
            "date": values.partial_date(item.get("date")),
            "body": values.text(item.get("body"), 120),
            "url": values.url(item.get("url")),
        }

    def _milestone(self, item: dict[str, Any]) -> dict[str, str]:
        self._only(item, "text", "title", "date", "due", "done_on", "source")
        title = values.text(item.get("text", item.get("title")), 2_000)
        if not title:
            raise ValueError(gettext("Der Meilenstein hat keinen Text."))
        due, done = values.partial_date(item.get("due")), values.partial_date(item.get("done_on"))
        if day := values.partial_date(item.get("date")):
            from mitstadt.kit import clock

            # a bare date is when it happened, or, if that is still to come, when it is planned
            if dates.first_day(day) > clock.today():
                due = due or day
            else:
                done = done or day
        return {"title": title, "due": due, "done_on": done, "source": values.text(item.get("source"), 2_000)}

    def _progress(self, item: dict[str, Any]) -> dict[str, Any]:
        self._only(item, "percent", "end_year", "end", "as_of", "confidence")
        return {
            "percent": values.percent(item.get("percent")),
            "end": values.partial_date(item.get("end", item.get("end_year"))),
            "as_of": values.partial_date(item.get("as_of")),
            "confidence": values.choice(item.get("confidence"), values.CONFIDENCES, ""),
        }

    def _path(self, value: Any) -> str:
        raw = values.text(value, 300)
        if raw and not addresses.is_ours(raw):
            raise ValueError(addresses.refusal(raw))
        return raw


def _check_together(measures: list[MeasureIn], problems: Problems) -> None:
    """What only shows when all rows are seen: numbers and short addresses that stand twice."""
    for name in ("number", "slug"):
        first: dict[Any, int] = {}
        for measure in measures:
            value = getattr(measure, name)
            if not value:
                continue
            if value in first:
                problems.add(
                    measure.row, name, value, gettext("Das steht schon in Zeile %(row)s.") % {"row": first[value]}
                )
            first.setdefault(value, measure.row)
