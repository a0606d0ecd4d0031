"""Objects of HSDS 3.1 from offers, places and providers. Reads what was selected and prefetched, asks nothing.

Nothing empty is written. Of a protected offer there is no place here, whatever the tables say: no location, address,
coordinates, service area or district.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, time
from typing import Any
from urllib.parse import quote, urlsplit

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from django.conf import settings
from django.utils import timezone

from mitstadt.directory.entries import Entry, Phone, Place
from mitstadt.directory.hours import Hours
from mitstadt.directory.models import Location, Provider, Service, ServiceAt
from mitstadt.kit.city import current

from . import extending, profile
from .profile import Term

Shape = dict[str, Any]
COUNTRY = "DE"
ANCHOR = date(2024, 1, 1)  # where `hours.between` counts intervals from
_URI = re.compile(r"^https?://[A-Za-z0-9._~%!$&'()*+,;=-]+(:\d+)?([/?#][A-Za-z0-9._~%!$&'()*+,;=:@/?#-]*)?$")
_EMAIL = re.compile(
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"
)


# -- small things -----------------------------------------------------------------------------------
def filled(**values: Any) -> Shape:
    """Without what is empty; zero is not."""
    return {name: value for name, value in values.items() if value is not None and value != "" and value != []}


def nested(parent: uuid.UUID | str, *parts: object) -> str:
    """The identifier of something within `parent`, stable as long as its kind and place are."""
    return str(uuid.uuid5(uuid.UUID(str(parent)), "/".join(str(part) for part in parts)))


def uri(text: str) -> str:
    """A web address as RFC 3986 wants it, umlauts escaped; empty where that cannot be said."""
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return ""
    tail = text.partition("://")[2][len(parts.netloc) :]
    before, mark, fragment = tail.partition("#")
    tail = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", before + mark + fragment.replace("#", "%23"))
    found = f"{parts.scheme}://{host}{port}" + quote(tail, safe="/%:@!$&'()*+,;=?#-._~")
    return text if _URI.match(text) and found.lower() == text.lower() else found if _URI.match(found) else ""


def email(text: str) -> str:
    """An address in ASCII (RFC 5321); empty where that cannot be said."""
    local, _at, domain = text.rpartition("@")
    try:
        found = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return ""
    return text if _EMAIL.match(text) else found if _EMAIL.match(found) else ""


def moment(value: datetime) -> str:
    return timezone.localtime(value).isoformat(timespec="seconds")


def page_of(service: Service) -> str:
    return settings.MITSTADT_BASE_URL.rstrip("/") + service.get_absolute_url()


def last_modified(service: Service) -> datetime:
    """The last change, or the beginning of the day on which it was last confirmed."""
    if service.confirmed_on is None:
        return service.changed_at
    confirmed = datetime.combine(service.confirmed_on, time(0), tzinfo=timezone.get_current_timezone())
    return max(service.changed_at, confirmed)


# -- taxonomies -------------------------------------------------------------------------------------
def taxonomy(found: profile.Taxonomy, base: str) -> Shape:
    return {
        "id": found.id, "name": found.name, "description": found.description, "version": profile.PROFILE,
        "uri": f"{base}taxonomies/{found.id}",
    }  # fmt: skip


def term(found: Term, base: str = "") -> Shape:
    """With `base` (of the taxonomy's address) as at `/taxonomy_terms`, without as in an attribute."""
    return filled(
        id=found.id, code=found.code, name=found.name, description=found.description, parent_id=found.parent,
        taxonomy=found.taxonomy.name, taxonomy_id=found.taxonomy.id, language=found.language,
        taxonomy_detail=taxonomy(found.taxonomy, base) if base else None,
        term_uri=f"{base}taxonomy_terms/{found.id}" if base else "",
    )  # fmt: skip


def _attribute(owner: uuid.UUID | str, entity: str, found: Term, value: str = "") -> Shape:
    return filled(
        id=nested(owner, "attribute", found.id), link_id=str(owner), link_entity=entity,
        link_type=found.taxonomy.link_type, taxonomy_term_id=found.id, value=value, taxonomy_term=term(found),
    )  # fmt: skip


def _coded(owner: uuid.UUID | str, entity: str, taxonomy_of: profile.Taxonomy, codes: Iterable[str]) -> Iterable[Shape]:
    for code in codes:
        found = profile.term(taxonomy_of, code)
        if found is not None:
            yield _attribute(owner, entity, found)


def _field(owner: uuid.UUID | str, code: str, value: str) -> Iterable[Shape]:
    found = profile.term(profile.FIELDS, code)
    if found is not None and value:
        yield _attribute(owner, profile.FIELD_TERMS[code][0], found, value)


# -- parts of a service -----------------------------------------------------------------------------
def _languages(owner: str, link: Shape, codes: Sequence[str]) -> list[Shape]:
    found = []
    for code in codes:
        known = profile.term(profile.LANGUAGES, code)
        key = nested(owner, "language", code)
        attributes = list(_coded(key, "language", profile.LANGUAGES, [code])) if code in profile.ISO else []
        found.append(
            filled(
                id=key, **link, name=known.name if known else code, code=profile.ISO.get(code, code),
                attributes=attributes,
            )
        )  # fmt: skip
    return found


def _phones(service: Service, phones: Sequence[Phone]) -> list[Shape]:
    owner = str(service.uuid)
    found = []
    for place, phone in enumerate(phones):
        key = nested(owner, "phone", place)
        found.append(
            filled(
                id=key, service_id=owner, number=phone.number, type="voice", description=phone.label,
                languages=_languages(key, {"phone_id": key}, phone.languages),
            )
        )  # fmt: skip
    return found


def first_day(rule: Hours, anchor: date | None = None) -> date | None:
    """The first day of a rule that counts intervals, from `anchor`, its own first day, or the house's."""
    start = datetime.combine(anchor or rule.valid_from or ANCHOR, rule.opens)
    found = next(iter(rrulestr(rule.rrule(), dtstart=start)), None)
    return found.date() if found is not None else None


def _schedules(owner: uuid.UUID | str, link: Shape, rules: Sequence[Hours], note: str) -> list[Shape]:
    """One schedule per rule, times local; what is only words is one with a description alone."""
    found = []
    for place, rule in enumerate(rules):
        day = first_day(rule) if rule.interval != 1 else None
        found.append(
            filled(
                id=nested(owner, "schedule", place), **link, freq=rule.freq, byday=",".join(rule.byday),
                interval=rule.interval if rule.interval != 1 else None,
                dtstart=day.isoformat() if day is not None else "",
                valid_from=rule.valid_from.isoformat() if rule.valid_from else "",
                valid_to=rule.valid_to.isoformat() if rule.valid_to else "",
                opens_at=rule.opens.strftime("%H:%M"), closes_at=rule.closes.strftime("%H:%M"), notes=rule.note,
            )
        )  # fmt: skip
    if note:
        found.append({"id": nested(owner, "schedule", "note"), **link, "description": note})
    return found


def _areas(service: Service, entry: Entry, names: Mapping[int, str]) -> list[Shape]:
    if service.protected:
        return []
    owner, found = str(service.uuid), []
    for number in entry.districts:
        known = profile.district(number, names)
        key = nested(owner, "area", "district", number)
        found.append(
            {
                "id": key, "service_id": owner, "name": known.name, "extent": known.name, "extent_type": "text",
                "attributes": [_attribute(key, "service_area", known)],
            }
        )  # fmt: skip
    if entry.area:
        found.append({"id": nested(owner, "area", "words"), "service_id": owner, "name": entry.area})
    return found


def _attributes(service: Service, entry: Entry) -> list[Shape]:
    owner = str(service.uuid)
    place = {slug: number for number, slug in enumerate(entry.categories)}
    topics = sorted(service.categories.all(), key=lambda category: place.get(category.slug, len(place)))
    found = [_attribute(owner, "service", profile.topic(category)) for category in topics]
    for taxonomy_of, codes in (
        (profile.SITUATIONS, entry.situations), (profile.COST, (entry.cost,)),
        (profile.APPOINTMENT, (entry.appointment,)), (profile.WAYS, entry.ways),
    ):  # fmt: skip
        found += _coded(owner, "service", taxonomy_of, codes)
    has_hours = bool(entry.hours) or any(place.hours for place in entry.places)
    texts = {
        "lead": entry.lead,
        "simple": entry.simple,
        "protected": "true" if service.protected else "",
        "emergency": "true" if entry.emergency else "",
        "example": "true" if service.is_example else "",
        "timezone": str(timezone.get_default_timezone()) if has_hours else "",
        "url": entry.url if uri(entry.url) != entry.url else "",
        "email": entry.email if email(entry.email) != entry.email else "",
    }
    for code, value in texts.items():
        found += _field(owner, code, value)
    return found


# -- services ---------------------------------------------------------------------------------------
def minimal(service: Service) -> Shape:
    """What a harvester compares. `name` and `status` are there because the schema wants them."""
    return {
        "id": str(service.uuid), "name": service.name, "status": service.status,
        "last_modified": moment(last_modified(service)),
    }  # fmt: skip


def service_flat(service: Service) -> Shape:
    """The fields that stand once."""
    entry = service.entry
    return filled(
        id=str(service.uuid),
        organization_id=str(service.provider.uuid),
        name=entry.name,
        alternate_name=entry.alternate_name,
        description="\n\n".join(filter(None, [entry.lead, entry.description])),
        url=uri(entry.url),
        email=email(entry.email),
        status=service.status,
        interpretation_services=entry.interpretation,
        application_process=entry.application,
        fees_description=entry.fees,
        eligibility_description=entry.eligibility,
        minimum_age=entry.min_age,
        maximum_age=entry.max_age,
        assured_date=service.confirmed_on.isoformat() if service.confirmed_on else "",
        alert=entry.alert,
        last_modified=moment(last_modified(service)),
    )


def service_listed(service: Service) -> Shape:
    return service_flat(service) | {"organization": organization_flat(service.provider)}


def service_full(
    service: Service, names: Mapping[int, str], *, organization: bool = True, places: bool = True
) -> Shape:
    """Everything. `names` are those of the districts; `organization` and `places` are left out where they stand around
    the service."""
    entry, owner = service.entry, str(service.uuid)
    link = {"service_id": owner}
    found = service_flat(service) | filled(
        additional_urls=[{"id": nested(owner, "url", "page"), **link, "label": profile.PAGE_LABEL,
                          "url": uri(page_of(service))}],
        phones=_phones(service, entry.phones),
        schedules=_schedules(owner, link, entry.hours, entry.hours_note),
        service_areas=_areas(service, entry, names),
        languages=_languages(owner, link, entry.languages),
        cost_options=[
            filled(id=nested(owner, "cost", place), **link, option=cost.label, amount=cost.amount,
                   currency=cost.currency)
            for place, cost in enumerate(entry.costs)
        ],
        required_documents=[
            {"id": nested(owner, "document", place), **link, "document": text}
            for place, text in enumerate(entry.documents)
        ],
        attributes=_attributes(service, entry),
        **extending.shapes(service),
    )  # fmt: skip
    if organization:
        found["organization"] = organization_flat(service.provider)
    if places:
        found |= filled(service_at_locations=[at_location(row, entry, names) for row in shown_places(service)])
    return found


def shown_places(service: Service) -> list[ServiceAt]:
    """The rows that have a place anybody may know."""
    if service.protected:
        return []
    return [row for row in service.at.all() if row.location is not None and not row.protected]


# -- places -----------------------------------------------------------------------------------------
def at_location(row: ServiceAt, entry: Entry, names: Mapping[int, str]) -> Shape:
    """An offer at a place, within its service."""
    assert row.location is not None
    key = str(row.uuid)
    place = entry.places[row.order] if row.order < len(entry.places) else None
    other = _difference(place, row.location) if place is not None else {}
    rules, note = (place.hours, place.hours_note) if place is not None else ((), "")
    return filled(
        id=key,
        service_id=str(row.service.uuid),
        location_id=str(row.location.uuid),
        schedules=_schedules(key, {"service_at_location_id": key}, rules, note),
        location=location(row.location, names),
        attributes=list(_field(key, "place", json.dumps(other, ensure_ascii=False) if other else "")),
    )


def at_location_listed(row: ServiceAt) -> Shape:
    assert row.location is not None
    return {
        "id": str(row.uuid),
        "service_id": str(row.service.uuid),
        "location_id": str(row.location.uuid),
        "location": location_flat(row.location),
        "service": service_listed(row.service),
    }


def at_location_full(row: ServiceAt, names: Mapping[int, str]) -> Shape:
    found = at_location(row, row.service.entry, names)
    return found | {"service": service_full(row.service, names, places=False)}


def _difference(place: Place, shared: Location) -> Shape:
    """What an offer says about its place otherwise than the location that it shares with other offers."""
    there = Place(
        name=shared.name, street=shared.street, postcode=shared.postcode, city=shared.city, lat=shared.lat,
        lon=shared.lon, access=tuple(shared.access), access_note=shared.access_note, transport=shared.transport,
    )  # fmt: skip
    found = {}
    for one in fields(Place):
        value = getattr(place, one.name)
        if one.name not in ("hours", "hours_note") and value != getattr(there, one.name):
            found[one.name] = list(value) if isinstance(value, tuple) else value
    return found


def location_flat(found: Location) -> Shape:
    return filled(
        id=str(found.uuid), location_type="physical", organization_id=str(found.provider.uuid), name=found.name,
        transportation=found.transport, latitude=found.lat, longitude=found.lon,
    )  # fmt: skip


def location(found: Location, names: Mapping[int, str]) -> Shape:
    """Reads `found.provider` and `found.district`."""
    key = str(found.uuid)
    return location_flat(found) | filled(
        addresses=_addresses(found),
        accessibility=_accessibility(found),
        attributes=[_attribute(key, "location", profile.district(found.district.number, names))]
        if found.district is not None
        else [],
    )


def _addresses(found: Location) -> list[Shape]:
    """HSDS wants a state in each address: the city's own."""
    if not found.address:
        return []
    key = str(found.uuid)
    return [
        {
            "id": nested(key, "address"), "location_id": key, "address_1": found.street, "city": found.city,
            "state_province": current().state, "postal_code": found.postcode, "country": COUNTRY,
            "address_type": "physical",
        }
    ]  # fmt: skip


def _accessibility(found: Location) -> list[Shape]:
    owner, rows = str(found.uuid), []
    for code in found.access:
        known = profile.term(profile.ACCESS, code)
        if known is not None:
            key = nested(owner, "accessibility", code)
            rows.append(
                {
                    "id": key, "location_id": owner, "description": known.name,
                    "attributes": [_attribute(key, "accessibility", known)],
                }
            )  # fmt: skip
    if found.access_note:
        key = nested(owner, "accessibility", "note")
        rows.append({"id": key, "location_id": owner, "description": found.access_note})
    return rows


# -- organizations ----------------------------------------------------------------------------------
def organization_flat(provider: Provider) -> Shape:
    """What an organisation says publicly. Whom to ask and their number are for other organisations only."""
    name = provider.organisation.name
    return filled(id=str(provider.uuid), name=name, description=provider.description or name, website=uri(provider.url))


def organization_full(
    provider: Provider,
    services: Sequence[Service],
    locations: Sequence[Location],
    names: Mapping[int, str],
    *,
    full_service: bool = False,
) -> Shape:
    """With its places and its public offers, each in short or, with `full_service`, whole."""
    shown = [
        service_full(service, names, organization=False) if full_service else service_flat(service)
        for service in services
    ]
    return organization_flat(provider) | filled(
        locations=[location(found, names) for found in locations], services=shown
    )
