"""The frame of a strategy file: what surrounds the measures. Checked key by key, so that nothing is lost unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext

from . import values
from .columns import fold
from .shape import Known, MeasureIn, Problems

Check = Callable[[Any], object]


def _text(most: int) -> Check:
    def check(value: Any) -> None:
        values.text(value, most)

    return check


def _needed(most: int) -> Check:
    def check(value: Any) -> None:
        if not values.text(value, most):
            raise ValueError(gettext("Der Wert fehlt."))

    return check


def _slug(value: Any) -> None:
    if not values.slug(value):
        raise ValueError(gettext("Der Wert fehlt."))


def _date(value: Any) -> None:
    values.partial_date(value)


def _confidence(value: Any) -> None:
    values.choice(value, values.CONFIDENCES, "")


def _whole(value: Any) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 32_000):
        raise ValueError(gettext("Hier wird eine ganze Zahl erwartet."))


def _texts(value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, list):
        raise ValueError(gettext("Hier wird eine Liste erwartet."))
    for item in value:
        values.text(item, 2_000)


def _urls(value: Any) -> None:
    _texts(value)
    for item in value or []:
        values.url(item)


def _plain(value: Any) -> None:
    """A mapping of single values, as deep as one level of mappings or lists."""
    if value is None:
        return
    if not isinstance(value, dict):
        raise ValueError(gettext("Hier wird ein Eintrag mit Schlüsseln erwartet."))
    for item in value.values():
        for single in item.values() if isinstance(item, dict) else item if isinstance(item, list) else [item]:
            if isinstance(single, bool | int | float) or single is None:
                continue
            values.text(single, 4_000)


SECTIONS: dict[str, dict[str, Check]] = {
    "vision": {
        "revision": _needed(40), "summary": _text(4_000), "points": _texts, "source": _text(2_000),
        "confidence": _confidence, "valid_from": _date,
    },
    "kernbereiche": {
        "slug": _slug, "name": _needed(160), "summary": _text(4_000), "handlungsfelder_2019": _texts,
        "color_hint": _text(9), "note": _text(4_000), "confidence": _confidence, "order": _whole,
    },
    "handlungsfelder": {
        "slug": _slug, "order": _whole, "name": _needed(160), "kernbereich": _text(80), "schwerpunkte": _texts,
        "goals": _texts, "links": _urls, "radar_counts": _plain, "confidence": _confidence, "note": _text(4_000),
    },
    "principles": {
        "slug": _slug, "name": _needed(200), "since": _date, "supersedes": _text(200), "summary": _text(4_000),
        "confidence": _confidence, "note": _text(4_000),
    },
    "referate": {"code": _needed(20), "name": _needed(160), "confidence": _confidence},
    "revisions": {
        "id": _needed(40), "name": _needed(200), "body": _text(120), "decided": _date, "prepared_by": _text(200),
        "vorlage": _text(80), "links": _urls, "changes": _texts, "note": _text(4_000), "confidence": _confidence,
    },
    "timeline": {"date": _date, "text": _needed(2_000), "source": _text(2_000)},
    "reports": {
        "no": _whole, "period": _needed(40), "date": _date, "form": _text(120), "url": values.url, "measures": _whole,
        "structure": _text(2_000), "note": _text(2_000), "confidence": _confidence,
    },
    "citizen_needs": {"need": _needed(2_000), "source": _text(2_000)},
}  # fmt: skip
SECTIONS["mission"] = SECTIONS["vision"]
KEY_OF = {
    "kernbereiche": "slug", "handlungsfelder": "slug", "principles": "slug", "referate": "code", "revisions": "id",
    "vision": "revision", "mission": "revision", "reports": "no",
}  # fmt: skip
TEMPLATE = {"name": _needed(200), "source": _text(2_000), "lesson": _text(4_000)}
SECTION = {"heading": _needed(300), "measures": _texts, "refers_to": _text(300)}
PARTICIPATION = "participation_"
SINGLE = {"meta", "motto", "sachstandsbericht_template", *SECTIONS}


def check(frame: dict[str, Any], problems: Problems) -> None:
    """Every key, type and reference of the frame. Problems name the section and the item."""
    for key in frame:
        if key not in SINGLE and not key.startswith(PARTICIPATION):
            problems.add(0, key, key, gettext("Diesen Abschnitt gibt es nicht."))
    _check(problems, "motto", frame.get("motto"), _text(200))
    _check(problems, "meta", frame.get("meta"), _plain)
    for name, spec in SECTIONS.items():
        _check_section(name, frame.get(name), spec, problems)
    for key, value in frame.items():
        if key.startswith(PARTICIPATION):
            _check(problems, key, value, _plain)
    _check_template(frame.get("sachstandsbericht_template"), problems)
    _check_references(frame, problems)


def _check(problems: Problems, where: str, value: Any, check: Check) -> None:
    try:
        check(value)
    except ValueError as error:
        problems.add(0, where, value, error)


def _check_section(name: str, items: Any, spec: dict[str, Check], problems: Problems) -> None:
    if items is None:
        return
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        problems.add(0, name, items, gettext("Hier wird eine Liste von Einträgen erwartet."))
        return
    seen: set[Any] = set()
    key = KEY_OF.get(name)
    for position, item in enumerate(items, start=1):
        where = f"{name}[{item.get(key, position) if key else position}]"
        _check_item(where, item, spec, problems)
        if key and item.get(key) in seen:
            problems.add(0, f"{where}.{key}", item.get(key), gettext("Das steht zweimal."))
        if key and isinstance(item.get(key), str | int):
            seen.add(item.get(key))


def _check_item(where: str, item: dict[str, Any], spec: dict[str, Check], problems: Problems) -> None:
    for key in item:
        if key not in spec:
            problems.add(0, f"{where}.{key}", key, gettext("Diesen Schlüssel gibt es hier nicht."))
    for key, check_value in spec.items():
        if key in item or check_value is _slug or getattr(check_value, "__qualname__", "").startswith("_needed"):
            _check(problems, f"{where}.{key}", item.get(key), check_value)


def _check_template(template: Any, problems: Problems) -> None:
    if template is None:
        return
    if not isinstance(template, dict) or not isinstance(template.get("sections", []), list):
        problems.add(0, "sachstandsbericht_template", template, gettext("Hier wird ein Eintrag erwartet."))
        return
    alone = {key: value for key, value in template.items() if key != "sections"}
    _check_item("sachstandsbericht_template", alone, TEMPLATE, problems)
    for position, section in enumerate(template.get("sections") or [], start=1):
        where = f"sachstandsbericht_template.sections[{position}]"
        if isinstance(section, dict):
            _check_item(where, section, SECTION, problems)
        else:
            problems.add(0, where, section, gettext("Hier wird ein Eintrag erwartet."))


def _check_references(frame: dict[str, Any], problems: Problems) -> None:
    areas = {item.get("slug") for item in _items(frame, "kernbereiche")}
    for item in _items(frame, "handlungsfelder"):
        if item.get("kernbereich") and item["kernbereich"] not in areas:
            problems.add(
                0,
                f"handlungsfelder[{item.get('slug')}].kernbereich",
                item["kernbereich"],
                gettext("Diesen Kernbereich gibt es nicht."),
            )


def _items(frame: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = frame.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def known_of(frame: dict[str, Any], districts: dict[str, int] | None = None) -> Known:
    """What measures of a file with this frame may name."""

    def names(section: str, key: str) -> dict[str, str]:
        result: dict[str, str] = {}
        for item in _items(frame, section):
            code, name = str(item.get(key) or ""), str(item.get("name") or "")
            result.setdefault(fold(name.replace("ß", "ss")), code)
        for item in _items(frame, section):
            code = str(item.get(key) or "")
            result[fold(code)] = code
        result.pop("", None)
        return result

    return Known(
        fields=names("handlungsfelder", "slug"),
        core_areas=names("kernbereiche", "slug"),
        departments=names("referate", "code"),
        principles=names("principles", "slug"),
        revisions=frozenset(str(item.get("id")) for item in _items(frame, "revisions")),
        districts=districts or {},
    )


def frame_for(measures: list[MeasureIn], names: dict[str, dict[str, str]]) -> dict[str, Any]:
    """A frame made of the names that a table uses, for a first import without one. `names`: section → {slug: name}."""

    def used(attribute: str) -> list[str]:
        found: dict[str, None] = {}
        for measure in measures:
            value = getattr(measure, attribute)
            found.update(dict.fromkeys(value if isinstance(value, list) else [value] if value else []))
        return list(found)

    def items(section: str, attribute: str) -> list[dict[str, Any]]:
        known = names.get(section, {})
        return [{"slug": slug, "name": known.get(slug, slug)} for slug in used(attribute)]

    fields = [{**item, "order": n} for n, item in enumerate(items("field", "field"), start=1)]
    departments = [{"code": item["slug"], "name": item["name"]} for item in items("department", "department")]
    return {
        "kernbereiche": items("core_area", "core_area"),
        "handlungsfelder": fields,
        "principles": items("principles", "principles"),
        "referate": departments,
        "revisions": [{"id": code, "name": code} for code in used("revision")],
    }
