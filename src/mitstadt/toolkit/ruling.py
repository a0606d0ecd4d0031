"""Which rules and which calendar the adviser uses: the newest version from the back office, else the city's file, else
the house's."""

from __future__ import annotations

from datetime import date
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

from . import planning, rulebook
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
        for event in yaml.parse(text, Loader=yamls.Loader):
            if isinstance(event, yaml.AliasEvent):
                raise rulebook.BadRules(_("Verweise (*name) sind nicht erlaubt."))
        return yamls.load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise rulebook.BadRules(
            _("Zeile %(n)s ist nicht lesbar.") % {"n": mark.line + 1 if mark is not None else "?"}
        ) from error


@lru_cache(maxsize=8)
def read_rules(text: str) -> rulebook.RuleSet:
    """Raises BadRules."""
    return rulebook.read(_plain(text))


@lru_cache(maxsize=8)
def read_calendar(text: str) -> planning.Calendar:
    """Raises BadRules."""
    data = _plain(text)
    try:
        holidays = tuple((str(row["name"]), row["from"], row["to"]) for row in data.get("holidays") or ())
        if any(not isinstance(day, date) for _name, *days in holidays for day in days):
            raise TypeError("date")
        return planning.Calendar(
            committee_weeks=int(data["committee_weeks"]),
            evaluation_weeks=int(data["evaluation_weeks"]),
            procurement=tuple(
                (int(row["from"]), int(row["weeks"]), str(row["text"])) for row in data.get("procurement") or ()
            ),
            holidays=holidays,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise rulebook.BadRules(
            _("Der Kalender braucht committee_weeks, evaluation_weeks, procurement und holidays mit Tagen.")
        ) from error


def save(kind: str, text: str, note: str, actor: Actor) -> RuleVersion:
    """Check and put in force. Raises BadRules; the version before stays readable."""
    (read_rules if kind == RuleVersion.Kind.RULES else read_calendar)(text)
    with transaction.atomic():
        made = RuleVersion.objects.create(kind=kind, text=text, note=note, by=actor.label[:160])
        audit.record(
            "toolkit.rules.changed",
            actor=actor.public_id,
            actor_label=actor.label[:160],
            payload={"kind": kind, "version": made.pk, "note": note},
        )
        cache.bump()
    return made
