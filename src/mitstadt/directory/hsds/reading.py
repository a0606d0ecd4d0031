"""A service of HSDS 3.0 or 3.1, anybody's, as an entry; and of our own exports exactly the entry that was exported.

Nothing is guessed and nothing disappears silently: `faults` are what keeps an entry from being saved, `lost` what HSDS
says and an entry cannot. Pure: reads no database.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from mitstadt.directory import entries, words
from mitstadt.directory.entries import Entry, Fault
from mitstadt.directory.hours import END_OF_DAY, WEEKLY, BadHours, Hours

from . import profile, shapes
from .profile import Taxonomy

Map = Mapping[str, Any]
MOST_LEAD, MOST_NOTE, MOST_SHORT = 300, 200, 300
_ISO = {  # ISO 639-2 and -3 of the languages that are kept; what is kept together is one
    "deu": "de", "ger": "de", "gsg": "dgs", "eng": "en", "tur": "tr", "ara": "ar", "ukr": "uk", "rus": "ru",
    "fas": "fa", "per": "fa", "prs": "fa", "pes": "fa", "pus": "ps", "kur": "ku", "kmr": "ku", "ckb": "ku",
    "hrv": "hr", "bos": "hr", "srp": "hr", "bs": "hr", "sr": "hr", "sqi": "sq", "alb": "sq", "pol": "pl", "ron": "ro",
    "rum": "ro", "bul": "bg", "ell": "el", "gre": "el", "ita": "it", "spa": "es", "por": "pt", "fra": "fr", "fre": "fr",
    "hun": "hu", "vie": "vi", "zho": "zh", "chi": "zh", "cmn": "zh", "som": "so", "tir": "ti", "amh": "am",
}  # fmt: skip
# What a service of HSDS may say and an entry has no field for.
UNKNOWN = ("accreditations", "licenses", "wait_time", "funding", "program", "capacities", "additional_urls", "metadata")
_RULES = ("byweekno", "bymonthday", "byyearday")


@dataclass(frozen=True, slots=True)
class Read:
    """`source_id` is the service's id. `entry` is None where not even a name and a provider are there; it can be saved
    when `faults` is empty. Each fault names a field of the form."""

    source_id: str
    entry: Entry | None
    faults: tuple[Fault, ...] = ()
    lost: tuple[Fault, ...] = ()


def services(document: Any) -> Iterator[Map]:
    """The services in a document: one, a list, a page (`contents`), an organization with `services`, a
    service_at_location with `service`. What is none of these is left out."""
    if isinstance(document, list):
        for one in document:
            yield from services(one)
    elif isinstance(document, Mapping):
        if isinstance(document.get("contents"), list):
            yield from services(document["contents"])
        elif isinstance(document.get("services"), list):
            organization = {key: value for key, value in document.items() if key != "services"}
            yield from ({"organization": organization, **one} for one in _maps(document["services"]))
        elif isinstance(document.get("service"), Mapping):
            here = {key: value for key, value in document.items() if key != "service"}
            yield {"service_at_locations": [here], **document["service"]}
        else:
            yield document


def read(service: Map, categories: set[str] | None = None, topics: Mapping[str, str] | None = None) -> Read:
    """`categories` are the slugs known here, None does not look; `topics` maps ids, codes or names of somebody else's
    taxonomy terms to them."""
    reader = _Reader(service, topics or {})
    data = {name: value for name, value in reader.data().items() if value not in (None, "", [])}
    source_id = str(service.get("id") or "")[:300]
    faults = list(reader.faults)
    missing = {name: "?" for name in ("name", "provider") if not data.get(name)}
    faults.extend(Fault(name, _("Das fehlt.")) for name in missing)
    entry = None
    try:
        entry = entries.without_place(Entry.from_json(data | missing))  # the rest is looked at all the same
    except ValueError as error:
        faults.append(Fault(str(error).partition(":")[0].partition(".")[0], str(error)))
    else:
        faults += entries.faults(entry, categories)
    entry = None if missing else entry
    return Read(source_id, entry, tuple(dict.fromkeys(faults)), tuple(dict.fromkeys(reader.lost)))


def _maps(value: Any) -> list[Map]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


@dataclass(slots=True)
class _Reader:
    service: Map
    topics: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)
    lost: list[Fault] = field(default_factory=list)
    own: bool = False

    # -- what is said how ---------------------------------------------------------------------------
    def lose(self, name: str, text: str) -> None:
        self.lost.append(Fault(name, text))

    def text(self, holder: Map, key: str, name: str) -> str:
        """Text as it stands; anything else than text is a fault."""
        value = holder.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.faults.append(
                Fault(name, _("Hier wird Text erwartet: %(field)s") % {"field": f"{key}: {str(value)[:60]}"})
            )
            return ""
        return value.strip()

    def cut(self, text: str, most: int, name: str) -> str:
        if len(text) <= most:
            return text
        self.lose(name, _("Gekürzt auf %(n)s Zeichen: %(text)s") % {"n": most, "text": f"{text[:60]}…"})
        return text[: most - 1].rstrip() + "…"

    def joined(self, texts: Sequence[str], most: int, name: str) -> str:
        return self.cut("; ".join(dict.fromkeys(filter(None, texts))), most, name)

    def number(self, holder: Map, key: str, name: str) -> float | None:
        value = holder.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.faults.append(
                Fault(name, _("Hier wird eine Zahl erwartet: %(field)s") % {"field": f"{key}: {str(value)[:60]}"})
            )
            return None
        return float(value)

    # -- attributes ---------------------------------------------------------------------------------
    def tags(self, holder: Map) -> list[tuple[Taxonomy, str, str]]:
        """(taxonomy, code, value) of those attributes that are of our profile."""
        found = []
        for attribute in _maps(holder.get("attributes")):
            term = attribute.get("taxonomy_term")
            term = term if isinstance(term, Mapping) else {}
            key = str(term.get("id") or attribute.get("taxonomy_term_id") or "")
            known = profile.fixed_terms().get(key)
            taxonomy = profile.BY_ID.get(str(term.get("taxonomy_id") or ""))
            if known is not None:
                found.append((known.taxonomy, known.code, str(attribute.get("value") or "")))
            elif taxonomy is not None and term.get("code"):
                found.append((taxonomy, str(term["code"]), str(attribute.get("value") or "")))
        return found

    def codes(self, holder: Map, taxonomy: Taxonomy) -> list[str]:
        return [code for known, code, _value in self.tags(holder) if known is taxonomy]

    def foreign(self) -> list[str]:
        """Topics by somebody else's terms, as far as `topics` knows them."""
        found = []
        for attribute in _maps(self.service.get("attributes")):
            term = attribute.get("taxonomy_term")
            if not isinstance(term, Mapping) or self.tags({"attributes": [attribute]}):
                continue
            names = [str(term[key]) for key in ("id", "code", "name", "term") if term.get(key)]
            slug = next((self.topics[name] for name in names if name in self.topics), "")
            if slug:
                found.append(slug)
            elif names:
                self.lose("categories", _("Dieses Thema kennen wir nicht: %(value)s") % {"value": names[-1][:60]})
        return found

    # -- the entry ----------------------------------------------------------------------------------
    def data(self) -> dict[str, Any]:
        service = self.service
        tags = self.tags(service)
        self.own = any(taxonomy in (profile.COST, profile.APPOINTMENT) for taxonomy, _code, _value in tags)
        fields_of = {code: value for taxonomy, code, value in tags if taxonomy is profile.FIELDS}
        organization = service.get("organization")
        found: dict[str, Any] = {
            "name": self.text(service, "name", "name"),
            "provider": self.text(organization, "name", "provider") if isinstance(organization, Mapping) else "",
            **self.described(fields_of),
            "simple": fields_of.get("simple", ""),
            "alternate_name": self.text(service, "alternate_name", "alternate_name"),
            "status": self.text(service, "status", "status"),
            "alert": self.text(service, "alert", "alert"),
            "categories": self.codes(service, profile.TOPICS) + self.foreign(),
            "url": fields_of.get("url") or self.text(service, "url", "url"),
            "email": fields_of.get("email") or self.text(service, "email", "email"),
            "phones": self.phones(),
            "ways": self.codes(service, profile.WAYS),
            "languages": self.languages(service.get("languages"), "languages"),
            "interpretation": self.text(service, "interpretation_services", "interpretation"),
            "fees": self.text(service, "fees_description", "fees") or self.text(service, "fees", "fees"),
            "application": self.text(service, "application_process", "application"),
            "min_age": self.number(service, "minimum_age", "min_age"),
            "max_age": self.number(service, "maximum_age", "max_age"),
            "situations": self.codes(service, profile.SITUATIONS),
            "documents": [self.text(one, "document", "documents") for one in _maps(service.get("required_documents"))],
            "eligibility": self.text(service, "eligibility_description", "eligibility"),
            "protected": fields_of.get("protected") == "true",
            "emergency": fields_of.get("emergency") == "true",
        }
        found["cost"], found["costs"] = self.costs()
        found["appointment"] = next(iter(self.codes(service, profile.APPOINTMENT)), "")
        found["districts"], found["area"] = self.areas()
        found["hours"], found["hours_note"] = self.schedules(service.get("schedules"), "hours")
        found["places"] = [] if found["protected"] else self.places()
        self.leave_out()
        return found

    def described(self, fields_of: Mapping[str, str]) -> dict[str, str]:
        """HSDS has one text. Ours begins with the short one; of others the first sentence is taken for it."""
        text = self.text(self.service, "description", "description")
        if self.own or "lead" in fields_of:
            lead = fields_of.get("lead", "")
            return {"lead": lead, "description": text.removeprefix(lead).strip()}
        if len(text) <= MOST_LEAD:
            return {"lead": text}
        first = re.match(rf"(.{{1,{MOST_LEAD - 1}}}[.!?])\s", text, re.DOTALL)
        return {"lead": first[1] if first else text[: MOST_LEAD - 1].rsplit(" ", 1)[0] + "…", "description": text}

    def phones(self) -> list[dict[str, Any]]:
        """Those of the service; if it has none, of its contacts, places or organization."""
        service = self.service
        rows = _maps(service.get("phones"))
        contacts = _maps(service.get("contacts"))
        if contacts:
            self.lose("phones", _("Namen von Personen werden nicht übernommen."))
        if not rows:
            rows = [phone for one in contacts for phone in _maps(one.get("phones"))]
        if not rows:
            at = _maps(service.get("service_at_locations"))
            places = [one["location"] for one in at if isinstance(one.get("location"), Mapping)]
            rows = [phone for one in (*at, *places) for phone in _maps(one.get("phones"))]
        if not rows and isinstance(service.get("organization"), Mapping):
            rows = _maps(service["organization"].get("phones"))
        found: dict[str, dict[str, Any]] = {}
        for row in rows:
            number = self.text(row, "number", "phones").strip("\"' ")
            label = self.text(row, "description", "phones")
            if row.get("extension") not in (None, ""):
                extension = _("Durchwahl %(number)s") % {"number": row["extension"]}
                label = ", ".join(filter(None, [extension, label]))
            if row.get("type") not in (None, "", "voice"):
                label = ", ".join(filter(None, [str(row["type"]), label]))
            languages = self.languages(row.get("languages"), "phones")
            found.setdefault(
                number + label if self.own else number, {"number": number, "label": label, "languages": languages}
            )
        return list(found.values())

    def languages(self, value: Any, name: str) -> list[str]:
        found = []
        for row in _maps(value):
            own = self.codes(row, profile.LANGUAGES)
            told = [str(row[key]).strip() for key in ("code", "language", "name") if row.get(key)]
            code = own[0] if own else next(filter(None, map(_language, told)), "")
            if code:
                found.append(code)
            elif told:
                self.lose(name, _("Diese Sprache kennen wir nicht: %(value)s") % {"value": told[-1][:40]})
        return found

    def costs(self) -> tuple[str, list[dict[str, Any]]]:
        rows, amounts = [], []
        for row in _maps(self.service.get("cost_options")):
            label = self.text(row, "option", "costs")
            details = self.text(row, "amount_description", "costs")
            label = ", ".join(filter(None, [label, details]))
            amount = self.number(row, "amount", "costs")
            if amount is not None:
                amounts.append(amount)
            currency = self.text(row, "currency", "costs") or "EUR"
            rows.append({"label": label, "amount": amount, "currency": currency if self.own else currency.upper()})
            if any(row.get(key) for key in ("valid_from", "valid_to")):
                self.lose("costs", _("Ein Preis gilt nur eine Zeit lang: %(label)s") % {"label": label[:60]})
        code = next(iter(self.codes(self.service, profile.COST)), "")
        if not code and amounts:
            code = "paid" if any(amounts) else "free"
        return code, rows

    def areas(self) -> tuple[list[int], str]:
        numbers, texts = [], []
        for row in _maps(self.service.get("service_areas")):
            codes = [code for code in self.codes(row, profile.DISTRICTS) if code.isascii() and code.isdigit()]
            if codes:
                numbers += [int(code) for code in codes]
                continue
            texts.append(self.text(row, "name", "area") or self.text(row, "description", "area"))
            if row.get("extent") and row.get("extent_type") not in (None, "", "text"):
                self.lose("area", _("Das kann ein Eintrag nicht sagen: %(field)s") % {"field": "extent"})
        return numbers, self.joined(texts, MOST_SHORT, "area")

    # -- when ---------------------------------------------------------------------------------------
    def schedules(self, value: Any, name: str) -> tuple[list[dict[str, Any]], str]:
        """(rules, what is only said in words)."""
        rules: list[dict[str, Any]] = []
        notes = []
        for row in _maps(value):
            notes.append(self.text(row, "description", name))
            if row.get("attending_type"):
                notes.append(self.text(row, "attending_type", name))
            if any(row.get(key) for key in ("byday", "opens_at", "closes_at", "freq", *_RULES)):
                rules += self.rule(row, name)
            else:
                notes.append(self.text(row, "notes", name))
        return rules, self.joined(notes, MOST_SHORT, "hours_note" if name == "hours" else name)

    def rule(self, row: Map, name: str) -> list[dict[str, Any]]:
        """Two rules where it is open over midnight. A rule that is understood only in part is left out: better no
        opening hours than wrong ones; what is said in words stays."""
        try:
            found = _rules(row)
        except (BadHours, ValueError, TypeError, OverflowError, IndexError):
            told = ", ".join(f"{key}={row[key]}" for key in ("freq", "byday", *_RULES, "opens_at") if row.get(key))
            self.lose(name, _("Diese Öffnungszeit verstehen wir nicht: %(value)s") % {"value": told[:120]})
            return []
        note = self.cut(self.text(row, "notes", name), MOST_NOTE, name)
        return [replace(rule, note=note).to_json() for rule in found]

    # -- where --------------------------------------------------------------------------------------
    def places(self) -> list[dict[str, Any]]:
        found = []
        for row in _maps(self.service.get("service_at_locations")):
            location = row.get("location")
            if not isinstance(location, Mapping):
                continue
            if location.get("location_type") == "virtual":
                self.lose("places", _("Ein Ort im Netz wird nicht übernommen."))
                continue
            place = self.place(location)
            for _taxonomy, code, value in self.tags(row):
                if code == "place":
                    place |= _differences(value)
            rules, note = self.schedules(row.get("schedules") or location.get("schedules"), "places")
            place |= {"hours": rules, "hours_note": note}
            found.append({name: value for name, value in place.items() if value not in (None, "", [])})
        return found

    def place(self, location: Map) -> dict[str, Any]:
        addresses = _maps(location.get("addresses"))
        address = next((a for a in addresses if a.get("address_type") == "physical"), next(iter(addresses), {}))
        street = [self.text(address, key, "places") for key in ("address_1", "address_2")]
        access, notes = [], []
        for row in _maps(location.get("accessibility")):
            codes = self.codes(row, profile.ACCESS)
            access += codes
            if not codes:
                said = [self.text(row, key, "places") for key in ("description", "details", "accessibility")]
                notes.append(" ".join(dict.fromkeys(filter(None, said))))
        return {
            "name": self.text(location, "name", "places"),
            "street": ", ".join(filter(None, street)),
            "postcode": self.text(address, "postal_code", "places"),
            "city": self.text(address, "city", "places"),
            "lat": self.number(location, "latitude", "places"),
            "lon": self.number(location, "longitude", "places"),
            "access": access,
            "access_note": self.joined(notes, 500, "places"),
            "transport": self.text(location, "transportation", "places"),
        }

    def leave_out(self) -> None:
        for name in UNKNOWN:
            value = self.service.get(name)
            if name == "additional_urls":
                value = [one for one in _maps(value) if one.get("label") != profile.PAGE_LABEL]
            if value:
                self.lose(name, _("Das kann ein Eintrag nicht sagen: %(field)s") % {"field": name})


# -- small things -----------------------------------------------------------------------------------
def _language(told: str) -> str:
    """Our code for a code of ISO 639 (with or without a region) or a German or English name."""
    text = told.casefold()
    if text in words.LANGUAGES:
        return text
    code = re.split(r"[-_]", text)[0]
    if code in words.LANGUAGES or code in _ISO:
        return _ISO.get(code, code)
    return next((term.code for term in profile.fixed_terms().values() if term.taxonomy is profile.LANGUAGES
                 and term.name.casefold() == text), "")  # fmt: skip


def _differences(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    known = {"city", "lat", "lon", "access", "access_note", "transport", "name", "street", "postcode"}
    return {key: value for key, value in found.items() if key in known} if isinstance(found, dict) else {}


def _clock(value: object) -> time:
    """The time on the wall. An offset says which wall and changes nothing about the clock."""
    found = re.match(r"^\s*(\d{1,2}):(\d{2})", str(value))
    if found is None:
        raise BadHours(f"no time: {value!r}"[:80])
    return END_OF_DAY if int(found[1]) == 24 else time(int(found[1]), int(found[2]))


def _date(value: object) -> date | None:
    found = date.fromisoformat(str(value)[:10]) if value else None
    if found is not None and not 1970 <= found.year <= 2100:
        raise BadHours(f"no day of our time: {value!r}"[:80])
    return found


def _rules(row: Map) -> list[Hours]:
    """One rule, or two. Raises BadHours, ValueError and the like for what cannot be said exactly."""
    if any(row.get(key) for key in _RULES):
        raise BadHours("some weeks or days only")
    days = tuple(day.strip().upper() for day in str(row.get("byday") or "").split(",") if day.strip())
    freq = str(row.get("freq") or WEEKLY).upper()
    if freq == WEEKLY and not set(days) <= set(words.DAYS):
        raise BadHours("a week has each day once")
    opens, closes = _clock(row.get("opens_at")), _clock(row.get("closes_at"))
    closes = END_OF_DAY if closes == time(0) else closes
    over_midnight = opens >= closes
    ends = [day for day in (_date(row.get("valid_to")), _date(row.get("until"))) if day is not None]
    plain = Hours(
        days, opens, END_OF_DAY if over_midnight else closes, freq, int(row.get("interval") or 1),
        _date(row.get("valid_from")), min(ends, default=None),
    )  # fmt: skip
    rule = Hours.from_json(plain.to_json())  # checked before anything counts with it
    first = _date(row.get("dtstart"))
    rule = _anchored(rule, first)
    if row.get("count"):
        rule = _counted(rule, int(row["count"]), first)
    if not over_midnight:
        return [rule]
    if freq != WEEKLY or rule.interval != 1 or rule.valid_to is not None:
        raise BadHours("open over midnight")
    following = tuple(words.DAYS[(words.DAYS.index(day) + 1) % 7] for day in rule.byday)
    return [rule, replace(rule, byday=following, opens=time(0), closes=closes)]


def _anchored(rule: Hours, first: date | None) -> Hours:
    """With an interval it matters which week or month is the first: `dtstart` says it."""
    if rule.interval == 1 or first is None or shapes.first_day(rule) == first:
        return rule
    if rule.valid_from is None or rule.valid_from <= first:
        return replace(rule, valid_from=first)
    for day in rrulestr(rule.rrule(), dtstart=datetime.combine(first, rule.opens)):
        if day.date() >= rule.valid_from:
            return replace(rule, valid_from=day.date())
    return rule


def _counted(rule: Hours, count: int, first: date | None) -> Hours:
    """A rule that ends after so many times ends on the day of the last one."""
    start = first or rule.valid_from
    if start is None:
        raise BadHours("a count needs a first day")
    last = rrulestr(f"{rule.rrule()};COUNT={min(count, 1000)}", dtstart=datetime.combine(start, rule.opens))[-1].date()
    return replace(rule, valid_to=min(filter(None, [last, rule.valid_to])))
