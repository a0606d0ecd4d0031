"""The catalogue in the shape of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .entries import Catalogue, CombinationData, MethodData


def to_data(catalogue: Catalogue) -> dict[str, Any]:
    """The catalogue in the file's own shape; `parse(to_data(x))` gives `x` again."""
    return {
        "formats": [_method_out(method) for method in catalogue.methods],
        "combinations": [_combination_out(combination) for combination in catalogue.combinations],
        "experiences": [
            {name: value for name, value in asdict(one).items() if value not in ("", None, False)}
            for one in catalogue.experiences
        ],
    }


def _method_out(method: MethodData) -> dict[str, Any]:
    row = asdict(method)
    row["group_size"] = {"min": row.pop("group_min"), "max": row.pop("group_max")}
    row["prep_weeks"] = {"min": row.pop("prep_min"), "max": row.pop("prep_max")}
    return _shaped(row)


def _combination_out(combination: CombinationData) -> dict[str, Any]:
    row = asdict(combination)
    row["duration_weeks"] = [row.pop("weeks_min"), row.pop("weeks_max")]
    return _shaped(row)


def _shaped(row: Mapping[str, Any]) -> dict[str, Any]:
    """Plain lists, and nothing that is empty."""
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in row.items()}
    return {key: value for key, value in plain.items() if value not in ("", [])}
