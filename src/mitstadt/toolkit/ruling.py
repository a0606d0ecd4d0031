"""Which rules and which calendar the adviser uses: the newest version from the back office, else the city's file, else
the house's."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.kit import cache, yamls
from mitstadt.kit.city import current

from . import asking, planning, rulebook
from .models import RuleVersion

HERE = Path(__file__).parent / "data"
FILES = {RuleVersion.Kind.RULES: "adviser.yaml", RuleVersion.Kind.CALENDAR: "calendar.yaml"}


def text_of(kind: str) -> str:
    """The text in force. One query."""
    newest = RuleVersion.objects.filter(kind=kind).order_by("-pk").values_list("text", flat=True).first()
    return newest if newest is not None else _file(kind)


def _file(kind: str) -> str:
    name = FILES[RuleVersion.Kind(kind)]
    own = current().folder / name
    return (own if own.is_file() else HERE / name).read_text(encoding="utf-8")


def both() -> tuple[rulebook.RuleSet, planning.Calendar]:
    """Rules and calendar in force. One query."""
    newest = dict(RuleVersion.objects.order_by("pk").values_list("kind", "text"))
    return (
        read_rules(newest.get(RuleVersion.Kind.RULES) or _file(RuleVersion.Kind.RULES)),
        read_calendar(newest.get(RuleVersion.Kind.CALENDAR) or _file(RuleVersion.Kind.CALENDAR)),
    )


def _plain(text: str) -> Any:
    try:
        return yamls.strict(text)
    except yamls.AliasError as error:
        raise rulebook.BadRules(_("Verweise (*name) sind nicht erlaubt.")) from error
    except yamls.TwiceError as error:
        raise rulebook.BadRules(
            _("Zeile %(n)s: „%(key)s“ steht zweimal.") % {"key": error.key[:40], "n": error.line}
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise rulebook.BadRules(
            _("Zeile %(n)s ist nicht lesbar.") % {"n": mark.line + 1 if mark is not None else "?"}
        ) from error
    except (ValueError, RecursionError) as error:  # 2027-99-99, a number of thousands of digits, nested without end
        raise rulebook.BadRules(_("Die Datei ist nicht lesbar.")) from error


@lru_cache(maxsize=8)
def read_rules(text: str) -> rulebook.RuleSet:
    """Raises BadRules."""
    return rulebook.read(_plain(text))


@lru_cache(maxsize=8)
def read_calendar(text: str) -> planning.Calendar:
    """Raises BadRules."""
    data = _plain(text)
    if not isinstance(data, dict):
        raise rulebook.BadRules(
            _("Der Kalender braucht committee_weeks, evaluation_weeks, procurement, holidays und committees.")
        )
    known = {"committee_weeks", "evaluation_weeks", "procurement", "holidays", "committees"}
    for name in data:
        if name not in known:
            raise _bad_calendar(str(name)[:40], _("Dieses Feld kennen wir nicht."))
    return planning.Calendar(
        committee_weeks=_weeks(data, "committee_weeks"),
        evaluation_weeks=_weeks(data, "evaluation_weeks"),
        procurement=tuple(
            (_whole(row, "from", place, 1_000_000_000), _whole(row, "weeks", place, 520), _words(row, "text", place))
            for place, row in _rows(data, "procurement")
        ),
        holidays=tuple(_holiday(place, row) for place, row in _rows(data, "holidays")),
        sittings=tuple(one for place, row in _rows(data, "committees") for one in _sittings(place, row)),
    )


def _bad_calendar(place: str, what: str) -> rulebook.BadRules:
    return rulebook.BadRules(_("%(place)s: %(what)s") % {"place": place, "what": what})


def _whole(row: dict[str, Any], name: str, place: str, most: int) -> int:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise _bad_calendar(f"{place} {name}".strip(), _("Hier wird eine ganze Zahl erwartet, null oder mehr."))
    return value


def _weeks(data: dict[str, Any], name: str) -> int:
    return _whole(data, name, "", 520)


def _rows(data: dict[str, Any], name: str) -> list[tuple[str, dict[str, Any]]]:
    """Each row of a list with its place in words: ``holidays 2``."""
    rows = data.get(name) or []
    if not isinstance(rows, list):
        raise _bad_calendar(name, _("Hier wird eine Liste erwartet."))
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise _bad_calendar(f"{name} {number}", _("Hier wird ein Eintrag mit Feldern erwartet."))
    return [(f"{name} {number}", row) for number, row in enumerate(rows, 1)]


def _day(value: Any, place: str) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise _bad_calendar(place, _("Hier wird ein Tag erwartet, zum Beispiel 2027-05-18."))
    day: date = value
    if day.year not in asking.YEARS:
        raise _bad_calendar(place, _("Dieser Tag liegt zu weit weg."))
    return day


def _words(row: dict[str, Any], name: str, place: str) -> planning.Words:
    """`name` and `name_en` of a row."""
    found = [row.get(key) or "" for key in (name, f"{name}_en")]
    for key, text in zip((name, f"{name}_en"), found, strict=True):
        if not isinstance(text, str) or len(text) > 200:
            raise _bad_calendar(f"{place} {key}", _("Hier wird ein Text mit höchstens 200 Zeichen erwartet."))
    return planning.Words(*found)


def _holiday(place: str, row: dict[str, Any]) -> tuple[planning.Words, date, date]:
    first, last = _day(row.get("from"), f"{place} from"), _day(row.get("to"), f"{place} to")
    if not row.get("name"):
        raise _bad_calendar(f"{place} name", _("Diese Angabe fehlt."))
    if last < first:
        raise _bad_calendar(place, _("Das Ende liegt vor dem Anfang."))
    return _words(row, "name", place), first, last


def _sittings(place: str, row: dict[str, Any]) -> list[tuple[date, planning.Words]]:
    days = row.get("dates")
    if not row.get("name") or not isinstance(days, list) or not days:
        raise _bad_calendar(place, _("Ein Gremium braucht name und dates."))
    name = _words(row, "name", place)
    return [(_day(day, f"{place} dates"), name) for day in days]


def save(kind: str, text: str, note: str, actor: Actor) -> RuleVersion:
    """Check and put in force. Raises BadRules; the version before stays readable."""
    (read_rules if kind == RuleVersion.Kind.RULES else read_calendar)(text)
    with transaction.atomic():
        made = RuleVersion.objects.create(kind=kind, text=text, note=note, by=actor.label[:160])
        audit.record(
            "toolkit.rules.changed",
            by=actor,
            payload={"kind": kind, "version": made.pk, "note": note},
        )
        cache.bump()
    return made
