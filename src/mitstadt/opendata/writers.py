"""Streams of CSV, JSON and GeoJSON: memory does not grow with the number of rows."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from mitstadt.kit.datasets import Dataset, Rows
from mitstadt.kit.spreadsheets import cell


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _value(value: Any) -> Any:
    return sorted(value) if isinstance(value, set | frozenset) else value


def csv_lines(dataset: Dataset, rows: Rows) -> Iterator[str]:
    """RFC 4180 with a header line, UTF-8 with a mark at the start so that Excel reads umlauts."""
    writer = csv.writer(_Line())
    yield "\ufeff"
    yield writer.writerow(dataset.names)
    for row in rows:
        yield writer.writerow([cell(flat(row.get(name))) for name in dataset.names])


def flat(value: Any) -> Any:
    """A geometry as the text of its JSON, several values joined by "; ", anything else as it is."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return (
        "; ".join(str(item) for item in _value(value)) if isinstance(value, list | tuple | set | frozenset) else value
    )


def _joined(items: Iterable[str]) -> Iterator[str]:
    for number, item in enumerate(items):
        yield ("" if number == 0 else ",\n") + item


def json_pieces(dataset: Dataset, rows: Rows, about: Mapping[str, Any]) -> Iterator[str]:
    """``{"about": {…}, "rows": [{…}, …]}``."""
    yield '{"about": ' + json.dumps(about, ensure_ascii=False, cls=DjangoJSONEncoder) + ',\n"rows": [\n'
    yield from _joined(
        json.dumps({name: _value(row.get(name)) for name in dataset.names}, ensure_ascii=False, cls=DjangoJSONEncoder)
        for row in rows
    )
    yield "\n]}\n"


def geojson_pieces(dataset: Dataset, rows: Rows) -> Iterator[str]:
    """An RFC 7946 FeatureCollection (WGS 84); rows without a place have a null geometry."""
    yield '{"type": "FeatureCollection", "features": [\n'
    yield from _joined(
        json.dumps(
            {
                "type": "Feature",
                "geometry": row.get(dataset.geometry),
                "properties": {n: _value(row.get(n)) for n in dataset.names if n != dataset.geometry},
            },
            ensure_ascii=False,
            cls=DjangoJSONEncoder,
        )
        for row in rows
    )
    yield "\n]}\n"


def pieces(suffix: str, dataset: Dataset, rows: Rows, about: Callable[[], Mapping[str, Any]]) -> Iterator[str]:
    """The file in one format (``csv``, ``json`` or ``geojson``). Raises KeyError for another one."""
    writers: dict[str, Callable[[], Iterator[str]]] = {
        "csv": lambda: csv_lines(dataset, rows),
        "json": lambda: json_pieces(dataset, rows, about()),
        "geojson": lambda: geojson_pieces(dataset, rows),
    }
    return writers[suffix]()
