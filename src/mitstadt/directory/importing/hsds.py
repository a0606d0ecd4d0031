"""A service of HSDS 3 (Open Referral) as an entry. What HSDS says and an entry cannot hold is left out and noted.

Shape of the input: the full service object of HSDS 3.0 and 3.1, https://docs.openreferral.org/en/v3.1.0/. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from mitstadt.directory import words
from mitstadt.directory.entries import Fault
from mitstadt.directory.hours import BadHours, Hours

from . import values
from .values import Unclear

FIELDS = frozenset(
    {
        "name", "provider", "lead", "description", "alternate_name", "status", "alert", "url", "email", "phones",
        "languages", "interpretation", "cost", "costs", "fees", "application", "min_age", "max_age", "area",
        "documents", "eligibility", "places", "hours", "hours_note",
    }
)  # fmt: skip
_TEXTS = {
    "alternate_name": ("alternate_name", 160), "alert": ("alert", 500), "interpretation_services": (
        "interpretation", 500
    ), "fees_description": ("fees", 1000), "application_process": ("application", 2000),
    "eligibility_description": ("eligibility", 2000),
}  # fmt: skip
_THREE = {  # ISO 639-2 and -3 for the languages that are kept
    "deu": "de", "ger": "de", "gsg": "dgs", "eng": "en", "tur": "tr", "ara": "ar", "ukr": "uk", "rus": "ru",
    "fas": "fa", "per": "fa", "prs": "fa", "pus": "ps", "kur": "ku", "kmr": "ku", "hrv": "hr", "bos": "hr", "srp": "hr",
    "sqi": "sq", "alb": "sq", "pol": "pl", "ron": "ro", "rum": "ro", "bul": "bg", "ell": "el", "gre": "el", "ita": "it",
    "spa": "es", "por": "pt", "fra": "fr", "fre": "fr", "hun": "hu", "vie": "vi", "zho": "zh", "chi": "zh", "som": "so",
    "tir": "ti", "amh": "am", "bs": "hr", "sr": "hr",
}  # fmt: skip
MOST_LEAD = 300


def services(items: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The services of a list; an organization in it stands for its own services."""
    for item in items:
        inner = item.get("services")
        if not isinstance(inner, list):
            yield dict(item)
            continue
        organization = {name: value for name, value in item.items() if name != "services"}
        for service in inner:
            if isinstance(service, Mapping):
                yield {"organization": organization, **service}


def entry_of(service: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """(an entry as `Entry.to_json` writes it, what was left out)."""
    made = _Made(service)
    return {name: value for name, value in made.data().items() if value not in (None, "", [])}, made.hints


class _Made:
    def __init__(self, service: Mapping[str, Any]) -> None:
        self.service = service
        self.hints: list[Fault] = []

    def hint(self, name: str, text: str) -> None:
        self.hints.append(Fault(name, text))

    def text(self, holder: Mapping[str, Any], key: str, name: str, most: int) -> str:
        value = holder.get(key)
        text = values.clean(value) if isinstance(value, str) else ""
        if len(text) > most:
            self.hint(name, _("Gekürzt auf %(n)s Zeichen.") % {"n": most})
        return values.cut(text, most)

    def data(self) -> dict[str, Any]:
        service = self.service
        description = self.text(service, "description", "description", 8000)
        lead = values.cut(re.split(r"(?<=[.!?])\s+|\n\n", description, maxsplit=1)[0], MOST_LEAD)
        organization = service.get("organization")
        provider = self.text(organization, "name", "provider", 160) if isinstance(organization, Mapping) else ""
        found: dict[str, Any] = {
            "name": self.text(service, "name", "name", 160),
            "provider": provider,
            "lead": lead,
            "description": description if description != lead else "",
        }
        for key, (name, most) in _TEXTS.items():
            found[name] = self.text(service, key, name, most)
        status = self.text(service, "status", "status", 40)
        if status and status not in words.STATUSES:
            self.hint("status", _("Das kennen wir nicht: %(value)s") % {"value": status})
        found["status"] = status if status in words.STATUSES else ""
        found["url"] = self.readable("url", values.web_address)
        found["email"] = self.readable("email", values.email)
        for key, name in (("minimum_age", "min_age"), ("maximum_age", "max_age")):
            found[name] = self.age(service.get(key), name)
        found["phones"] = self.phones()
        found["languages"] = self.languages(service.get("languages"), "languages")
        found["documents"] = [
            text for item in _maps(service.get("required_documents")) if (text := self.text(item, "document", "", 500))
        ]
        areas = [self.text(item, "name", "", 300) or self.text(item, "description", "", 300)
                 for item in _maps(service.get("service_areas"))]  # fmt: skip
        found["area"] = values.cut("; ".join(dict.fromkeys(filter(None, areas))), 300)
        self.costs(found)
        self.schedules(found, service.get("schedules"))
        found["places"] = [
            place for item in _maps(service.get("service_at_locations")) if (place := self.place(item))
        ][:50]  # fmt: skip
        return found

    def readable(self, name: str, read: Any) -> str:
        text = self.text(self.service, name, name, 500)
        try:
            return str(read(text)) if text else ""
        except Unclear as error:
            self.hint(name, str(error))
            return ""

    def age(self, value: Any, name: str) -> int | None:
        if value is None or value == "":
            return None
        try:
            years = int(values.number(values.text_of(value)))
        except Unclear as error:
            self.hint(name, str(error))
            return None
        return min(max(years, 0), 120)

    def phones(self) -> list[dict[str, Any]]:
        found = []
        for item in _maps(self.service.get("phones")):
            number = values.text_of(item.get("number"))
            try:
                first = values.phones(number)[0]
            except Unclear as error:
                if number:
                    self.hint("phones", str(error))
                continue
            extension = values.text_of(item.get("extension"))
            label = self.text(item, "description", "", 80)
            if extension:
                label = values.cut(", ".join(filter(None, [_("Durchwahl %(n)s") % {"n": extension}, label])), 80)
            found.append(
                {
                    "number": first["number"], "label": label or first["label"],
                    "languages": self.languages(item.get("languages"), "phones"),
                }
            )  # fmt: skip
        return [{key: value for key, value in one.items() if value} for one in found]

    def languages(self, value: Any, name: str) -> list[str]:
        found = []
        for item in _maps(value):
            told = values.text_of(item.get("code") or item.get("language") or item.get("name")).casefold()
            code = told.partition("-")[0] if told not in words.LANGUAGES else told
            code = code if code in words.LANGUAGES else _THREE.get(code, "")
            if code:
                found.append(code)
            elif told:
                self.hint(name, _("Diese Sprache kennen wir nicht: %(value)s") % {"value": told[:40]})
        return list(dict.fromkeys(found))

    def costs(self, found: dict[str, Any]) -> None:
        amounts = []
        found["costs"] = []
        for item in _maps(self.service.get("cost_options")):
            label = self.text(item, "option", "", 200) or self.text(item, "amount_description", "", 200)
            amount = item.get("amount")
            one: dict[str, Any] = {
                "label": label,
                "currency": values.text_of(item.get("currency") or "EUR").upper()[:3],
            }
            if isinstance(amount, int | float) and not isinstance(amount, bool) and 0 <= amount <= 1_000_000:
                one["amount"] = float(amount)
                amounts.append(amount)
            if label or "amount" in one:
                found["costs"].append(one)
        if amounts:
            found["cost"] = "paid" if any(amounts) else "free"

    def schedules(self, found: dict[str, Any], value: Any) -> None:
        rules, notes = [], []
        for item in _maps(value):
            rule = _rule(item)
            if rule is not None:
                rules.append(rule)
            elif told := self.text(item, "description", "hours_note", 300):
                notes.append(told)
        if rules:
            found["hours"] = rules
        if notes:
            found["hours_note"] = values.cut("; ".join(dict.fromkeys(notes)), 300)

    def place(self, item: Mapping[str, Any]) -> dict[str, Any]:
        location = item.get("location")
        if not isinstance(location, Mapping) or location.get("location_type") in ("virtual", "postal"):
            return {}
        address = next(iter(_maps(location.get("addresses"))), {})
        lines = [self.text(address, key, "places", 160) for key in ("address_1", "address_2")]
        access = [self.text(one, "description", "", 500) or self.text(one, "details", "", 500)
                  for one in _maps(location.get("accessibility"))]  # fmt: skip
        place: dict[str, Any] = {
            "name": self.text(location, "name", "places", 160),
            "street": values.cut(", ".join(filter(None, lines)), 160),
            "postcode": self.text(address, "postal_code", "places", 12),
            "city": self.text(address, "city", "places", 80),
            "access_note": values.cut("; ".join(filter(None, access)), 500),
            "transport": self.text(location, "transportation", "places", 300),
        }
        lat, lon = location.get("latitude"), location.get("longitude")
        if isinstance(lat, int | float) and isinstance(lon, int | float):
            if -90 <= lat <= 90 and -180 <= lon <= 180:
                place |= {"lat": float(lat), "lon": float(lon)}
            else:
                self.hint(
                    "places", _("Diesen Punkt gibt es auf der Erde nicht: %(lat)s, %(lon)s") % {"lat": lat, "lon": lon}
                )
        self.schedules(place, item.get("schedules") or location.get("schedules"))
        return {name: value for name, value in place.items() if value not in (None, "", [])}


def _rule(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """Weekly and monthly rules with days and both times; anything else is only described."""
    days = [day.strip().upper() for day in values.text_of(item.get("byday")).split(",") if day.strip()]
    opens, closes = (_clock(item.get(name)) for name in ("opens_at", "closes_at"))
    interval = item.get("interval")
    try:
        rule = Hours.from_json(
            {
                "freq": values.text_of(item.get("freq")).upper(), "byday": days, "opens": opens,
                "closes": "23:59" if closes in ("24:00", "00:00") else closes,
                "interval": interval if isinstance(interval, int) and interval else 1,
                "valid_from": item.get("valid_from"), "valid_to": item.get("valid_to"),
                "note": values.cut(values.text_of(item.get("notes")), 200),
            }
        )  # fmt: skip
    except (BadHours, Unclear):
        return None
    return rule.to_json()


def _clock(value: Any) -> str:
    found = re.match(r"(\d{1,2}):(\d{2})", str(value or ""))
    return f"{int(found[1]):02d}:{found[2]}" if found else ""


def _maps(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
