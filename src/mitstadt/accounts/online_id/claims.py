"""What the city keeps of the claims: a level and yes-or-no facts. No Django, nothing stored here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

NONE, EID = 0, 3

# BundID and BayernID: level 1 is user name and password, 3 is substantial (ELSTER, authega), 4 is high (eID).
LEVELS: dict[str, int] = {
    "STORK-QAA-Level-1": NONE,
    "STORK-QAA-Level-3": EID,
    "STORK-QAA-Level-4": EID,
    "level1": NONE,
    "level3": EID,
    "level4": EID,
    "http://eidas.europa.eu/LoA/low": NONE,
    "http://eidas.europa.eu/LoA/substantial": EID,
    "http://eidas.europa.eu/LoA/high": EID,
}
LEVEL_CLAIMS = ("authlevel", "acr")
KEY_CLAIMS = ("bpk2", "bPK2", "sub")
DEFAULT_FACTS: tuple[dict[str, Any], ...] = (
    {"rule": "age_14", "claim": "birthdate", "min_age": 14},
    {"rule": "age_16", "claim": "birthdate", "min_age": 16},
    {"rule": "age_18", "claim": "birthdate", "min_age": 18},
)


@dataclass(frozen=True, slots=True)
class Identity:
    """`subject` is hashed at once by the caller; `facts` are complete: a rule that could not be judged is absent."""

    subject: str
    trust: int
    facts: dict[str, bool]


def read(claims: Mapping[str, Any], told: Mapping[str, Any], today: date) -> Identity:
    """Judge the claims by the city's settings (`online_id:` in city.yaml).

    ``levels`` extends LEVELS, ``level_claim`` and ``key_claim`` name other claims, ``facts`` is a list of rules such as
    ``{rule: resident, claim: postal_code, in: ["80331", …]}``, ``{rule: age_16, claim: birthdate, min_age: 16}``.
    An unknown level counts as none, and below the online identity no fact is believed.
    """
    levels = {**LEVELS, **told.get("levels", {})}
    names = [told["level_claim"]] if told.get("level_claim") else LEVEL_CLAIMS
    level = next((str(claims[name]) for name in names if name in claims), "")
    trust = int(levels.get(level, NONE))
    keys = [told["key_claim"]] if told.get("key_claim") else KEY_CLAIMS
    subject = next((str(claims[name]) for name in keys if claims.get(name)), "")
    rules = told.get("facts", DEFAULT_FACTS) if trust >= EID else ()
    return Identity(subject, trust, _facts(claims, rules, today))


def _facts(claims: Mapping[str, Any], rules: Sequence[Mapping[str, Any]], today: date) -> dict[str, bool]:
    facts: dict[str, bool] = {}
    for rule in rules:
        value = _value(claims, str(rule["claim"]))
        holds = None if value is None else _holds(value, rule, today)
        if holds is not None:
            facts[str(rule["rule"])] = holds
    return facts


def _value(claims: Mapping[str, Any], name: str) -> Any:
    """A claim, or one inside another (``address.postal_code``)."""
    value: Any = claims
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def _holds(value: Any, rule: Mapping[str, Any], today: date) -> bool | None:
    if "min_age" in rule or "max_age" in rule:
        age = _age(str(value), today)
        if age is None:
            return None
        return int(rule.get("min_age", 0)) <= age <= int(rule.get("max_age", 200))
    if "in" in rule:
        return str(value).strip().casefold() in {str(allowed).strip().casefold() for allowed in rule["in"]}
    return value is True or str(value).casefold() in {"true", "1", "yes", "ja"}


def _age(birthdate: str, today: date) -> int | None:
    """Full years. A date of which only the year is known (``1990-00-00``, ``1990``) counts from its last day."""
    parts = (birthdate.strip() + "-00-00").split("-")[:3]
    try:
        year, month, day = (int(part) for part in parts)
        if not 1880 <= year <= today.year:
            return None
        month = month or 12
        born = date(year, month, day) if day else None
    except ValueError:
        return None
    had_birthday = (today.month, today.day) >= (born.month, born.day) if born else False
    if born is None and month < today.month:
        had_birthday = True
    return today.year - year - (0 if had_birthday else 1)
