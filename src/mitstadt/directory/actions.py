"""Writes. One verb each, in one transaction: check, change, record, tell."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.geo import maps
from mitstadt.geo import queries as geo
from mitstadt.geo.models import District
from mitstadt.kit import cache, clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying
from mitstadt.organisations import actions as organisations
from mitstadt.organisations.models import Membership, Organisation
from mitstadt.subjects import actions as subjects

from . import access, copies, entries, openings, telling, words
from .entries import Entry, Place
from .importing.models import forget_places
from .models import OFFER, Attempt, Category, Change, Location, Missed, Notice, Provider, Report, Service, ServiceAt

_UMLAUTS: dict[int, str] = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}
MOST_WORDS = 8


class Faulty(DomainError):
    """An entry that cannot be saved; `faults` names each field and what is wrong with it."""

    def __init__(self, faults: list[entries.Fault]) -> None:
        super().__init__(" ".join(fault.text for fault in faults), field=faults[0].field, code="faulty")
        self.faults = faults


# -- providers --------------------------------------------------------------------------------------
def ensure_provider(name: str, *, is_example: bool = False) -> Provider:
    """The provider with this name, made where it is missing: an association or Träger known by name."""
    name = " ".join(name.split())[:160]
    found = Provider.objects.select_related("organisation").filter(organisation__name__iexact=name).first()
    if found is not None:
        return found
    with transaction.atomic():
        organisation = Organisation.objects.filter(name__iexact=name).first()
        if organisation is None:
            organisation = organisations.ensure_organisation(_free_code(name), name, kind=Organisation.Kind.PROVIDER)
        provider, _created = Provider.objects.get_or_create(
            organisation=organisation, defaults={"is_example": is_example, "changed_at": clock.now()}
        )
    return provider


def _free_code(name: str) -> str:
    """Codes are short and unique; a provider's is its name's beginning and a check sum of the rest."""
    return f"{_slug(name)[:11]}-{hashlib.sha256(name.lower().encode()).hexdigest()[:8]}"


def verify(actor: Actor, provider: Provider, verified: bool) -> None:
    """Say that an organisation is who it says; from then on its members edit its entries."""
    require(access.may_keep(actor))
    now = clock.now()
    with transaction.atomic():
        Provider.objects.filter(pk=provider.pk).update(
            verified_at=now if verified else None,
            verified_by=actor.label[:160] if verified else "",
            changed_at=now,
        )
        _record("directory.provider.verify" if verified else "directory.provider.doubt", actor, str(provider.uuid))


# -- entries ----------------------------------------------------------------------------------------
def _slug(name: str) -> str:
    return slugify(name.lower().translate(_UMLAUTS))


def _base_slug(name: str) -> str:
    base = _slug(name)[:70] or "angebot"
    return f"{base}-angebot" if base in RESERVED or base.isdigit() else base


def _is_slug_of(slug: str, name: str) -> bool:
    """Whether nothing but the name stands in it, and a number where others have the same name."""
    return re.fullmatch(re.escape(_base_slug(name)) + r"(-\d{1,3})?", slug) is not None


def _free_slug(name: str) -> str:
    base = _base_slug(name)
    taken = set(Service.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


RESERVED = frozenset(
    {"karte", "merkzettel", "jetzt-hilfe", "thema", "meine", "netzwerk", "anbieter", "bestaetigen", "neu"}
)


def save_entry(
    entry: Entry,
    service: Service | None = None,
    *,
    actor: Actor | None,
    publish: bool = True,
    confirmed: bool = True,
    confirmed_by: str = "",
    source: str = "",
    source_id: str = "",
    is_example: bool = False,
    known: Mapping[str, Category] | None = None,
) -> Service:
    """Write an entry, new or over `service`. Raises Faulty naming each field; nothing is half-written.

    `confirmed`: who saves it vouches for it today. Rights are asked by the callers below. `known` are the categories by
    slug, for those who write many.
    """
    by_slug = known if known is not None else {c.slug: c for c in Category.objects.all()}
    entry = entries.without_place(entry)
    wrong = entries.faults(entry, set(by_slug))
    if wrong:
        raise Faulty(wrong)
    now = clock.now()
    with transaction.atomic():
        provider = service.provider if service is not None and str(service.provider) == entry.provider else None
        provider = provider or ensure_provider(entry.provider, is_example=is_example)
        before = service.entry if service is not None else None
        if service is None:
            slug = _free_slug(entry.name)
            subject = subjects.create(OFFER, entry.name, f"/angebote/{slug}/", is_example=is_example)
            service = Service(
                subject=subject, slug=slug, source=source, source_id=source_id, is_example=is_example, created_at=now
            )
        else:
            service.version += 1
            if entry.protected and not _is_slug_of(service.slug, entry.name):
                service.slug = _free_slug(entry.name)  # a former name in the address of the page may tell where it is
        service.provider, service.name, service.data = provider, entry.name, entry.to_json()
        service.__dict__.pop("entry", None)
        service.status, service.protected, service.emergency = entry.status, entry.protected, entry.emergency
        service.free, service.walk_in = entry.cost in words.NO_COST, entry.appointment in words.WALK_IN
        service.languages = f"|{'|'.join(entry.languages)}|" if entry.languages else ""
        service.changed_at = now
        if publish:
            service.state = Service.State.PUBLIC
        if confirmed:
            service.confirmed_on, service.confirmed_by, service.asked_at = clock.today(), confirmed_by[:160], None
        service.save()
        service.categories.set([by_slug[code] for code in entry.categories])
        at = _write_places(service, entry)
        copies.write_one(service.pk)
        if entry.protected and before is not None and not before.protected:
            _forget_places(service)
        first = next((row.district_id for row in at if row.district_id), None)
        type(service.subject).objects.filter(pk=service.pk).update(district_id=first)
        service.subject.district_id = first
        subjects.mirror(
            service.subject, title=entry.name, published=_is_public(service), path=service.get_absolute_url()
        )
        telling.index(service)
        if actor is not None:
            changed = entries.difference(before, entry) if before is not None else ["*"]
            _record("directory.entry.save", actor, service.subject.public_id, {"fields": changed})
    cache.bump()
    return service


def _is_public(service: Service) -> bool:
    return service.state == Service.State.PUBLIC and service.status != "defunct"


def _write_places(service: Service, entry: Entry) -> list[ServiceAt]:
    """Bring the rows of the list in line with the entry; those that stay or move keep their id and what is theirs."""
    there = list(service.at.select_related("location"))
    by_address = {(r.location.street, r.location.postcode, r.location.name): r for r in there if r.location is not None}
    same = [by_address.pop((place.street, place.postcode, place.name), None) for place in entry.places]
    moved = [row for row in there if row not in same]
    rows: list[ServiceAt] = []
    for order, (place, kept_row) in enumerate(zip(entry.places, same, strict=True)):
        row = kept_row or (moved.pop(0) if moved else ServiceAt(service=service))
        row.location = _location(service.provider, place, row.location if kept_row else None)
        row.order, row.hours, row.hours_note = order, _hours(place.hours or entry.hours), place.hours_note
        row.lat, row.lon, row.district_id = row.location.lat, row.location.lon, row.location.district_id
        row.wheelchair, row.protected = words.WHEELCHAIR in place.access, entry.protected
        rows.append(row)
    if not rows:
        row = moved[0] if moved else ServiceAt(service=service)
        row.location = row.lat = row.lon = row.district = None
        row.order, row.hours, row.hours_note = 0, _hours(entry.hours), entry.hours_note
        row.wheelchair, row.protected = False, entry.protected
        rows.append(row)
    kept = {row.pk for row in rows if row.pk}
    service.at.exclude(pk__in=kept).delete()
    for row in rows:
        row.save()
    _tidy_locations(service.provider)
    openings.write(rows)
    return rows


def _hours(rules: Iterable[Any]) -> list[dict[str, Any]]:
    return [rule.to_json() for rule in rules]


def _location(provider: Provider, place: Place, location: Location | None) -> Location:
    found = location or (
        Location.objects.filter(
            provider=provider, name=place.name, street=place.street, postcode=place.postcode
        ).first()
        or Location(provider=provider)
    )
    found.provider, found.name, found.street, found.postcode = provider, place.name, place.street, place.postcode
    found.city, found.lat, found.lon = place.city, place.lat, place.lon
    found.access, found.access_note, found.transport = list(place.access), place.access_note, place.transport
    found.district = district_at(place.lat, place.lon)
    found.save()
    return found


def district_at(lat: float | None, lon: float | None) -> District | None:
    """The district around a point, if the city has outlines."""
    number = maps.district_number(lat, lon)
    return geo.by_number(number) if number is not None else None


def _tidy_locations(provider: Provider) -> None:
    provider.locations.filter(services__isnull=True).delete()


def _forget_places(service: Service) -> None:
    """The address became secret: no draft and no waiting import keeps it."""
    for change in service.changes.all():
        data = dict(change.data)
        if data.pop("places", None) is not None:
            Change.objects.filter(pk=change.pk).update(data=data)
    forget_places(service)


def _record(action: str, actor: Actor, obj: str, payload: dict[str, Any] | None = None) -> None:
    audit.record(action, by=actor, obj=obj, payload=payload)


def withdraw(actor: Actor, service: Service, reason: str) -> None:
    """Take an entry out of the list. For its age alone only after somebody tried to reach the provider."""
    require(access.may_edit(actor, service))
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise DomainError(_("Bitte schreiben Sie, warum."), field="reason")
    if (
        access.is_old(service, clock.today())
        and not access.is_own(actor, service)
        and not service.attempts.filter(at__gte=service.asked_at or service.created_at).exists()
    ):
        raise DomainError(
            _("Bevor ein alter Eintrag geht, versuchen Sie bitte, den Anbieter zu erreichen, und halten es fest."),
            field="reason",
            code="attempt",
        )
    with transaction.atomic():
        moved = Service.objects.filter(pk=service.pk, state=Service.State.PUBLIC).update(
            state=Service.State.WITHDRAWN, changed_at=clock.now()
        )
        if not moved:
            raise DomainError(_("Dieser Eintrag ist schon nicht mehr öffentlich."), code="gone")
        copies.write_one(service.pk)
        subjects.mirror(service.subject, title=service.name, published=False)
        _record("directory.entry.withdraw", actor, service.subject.public_id, {"reason": reason})
    cache.bump()


def publish(actor: Actor, service: Service) -> None:
    """Put a draft or withdrawn entry into the list (again)."""
    require(access.may_keep(actor, service))
    with transaction.atomic():
        Service.objects.filter(pk=service.pk).update(state=Service.State.PUBLIC, changed_at=clock.now())
        copies.write_one(service.pk)
        service.refresh_from_db()
        subjects.mirror(service.subject, title=service.name, published=_is_public(service))
        _record("directory.entry.publish", actor, service.subject.public_id)
    cache.bump()


def confirm(service: Service, *, by: str, actor: Actor | None = None) -> None:
    """Somebody who knows says that the entry is still true, today."""
    with transaction.atomic():
        Service.objects.filter(pk=service.pk).update(confirmed_on=clock.today(), confirmed_by=by[:160], asked_at=None)
        copies.write_one(service.pk)
        audit.record(
            "directory.entry.confirm",
            actor=actor.public_id if actor else "",
            actor_label=by[:160],
            obj=service.subject.public_id,
        )
    cache.bump()


def note_attempt(actor: Actor, service: Service, way: str, outcome: str) -> Attempt:
    """Staff tried to reach the provider."""
    require(access.may_keep(actor, service))
    outcome = " ".join(outcome.split())[:300]
    if way not in Attempt.Way.values:
        raise DomainError(_("Wie haben Sie es versucht?"), field="way")
    if not outcome:
        raise DomainError(_("Was kam dabei heraus?"), field="outcome")
    with transaction.atomic():
        attempt = Attempt.objects.create(
            service=service, way=way, outcome=outcome, by=actor.label[:160], at=clock.now()
        )
        _record("directory.entry.attempt", actor, service.subject.public_id, {"way": way, "outcome": outcome})
    return attempt


# -- drafts of providers ----------------------------------------------------------------------------
def propose(actor: Actor, provider: Provider, entry: Entry, service: Service | None, note: str = "") -> Change:
    """A member's draft of a new or changed entry; a waiting draft of the same entry is replaced."""
    require(access.may_propose(actor, provider))
    if service is not None and service.provider_id != provider.pk:
        raise DomainError(_("Dieser Eintrag gehört einer anderen Organisation."))
    entry = entries.without_place(entry)
    wrong = entries.faults(entry, set(Category.objects.values_list("slug", flat=True)))
    if wrong:
        raise Faulty(wrong)
    if service is not None and not entries.difference(service.entry, entry):
        raise DomainError(_("Es hat sich nichts geändert. Ist alles richtig, bestätigen Sie den Eintrag."))
    with transaction.atomic():
        if service is not None:
            Change.objects.filter(service=service, state=Change.State.OPEN).update(state=Change.State.WITHDRAWN)
        change = Change.objects.create(
            service=service,
            provider=provider,
            data=entry.to_json(),
            version=service.version if service is not None else 0,
            note=" ".join(note.split())[:300],
            by_id=actor.user_id,
            created_at=clock.now(),
        )
        _record("directory.change.propose", actor, change.public_id)
    return change


def accept(actor: Actor, change: Change, entry: Entry | None = None) -> Service:
    """Take a draft over, perhaps as staff corrected it. Raises DomainError when it was decided already."""
    require(access.may_keep(actor, change.service))
    with transaction.atomic():
        _decide(actor, change, Change.State.ACCEPTED, "")
        service = save_entry(
            entry or change.entry,
            change.service,
            actor=actor,
            confirmed_by=str(change.provider),
        )
        Change.objects.filter(pk=change.pk).update(service=service)
        _tell_author(change, service, gettext_noop("Ihr Entwurf ist veröffentlicht: %(name)s"), "")
    return service


def refuse(actor: Actor, change: Change, reason: str) -> None:
    """Send a draft back with a reason."""
    require(access.may_keep(actor, change.service))
    reason = reason.strip()[:500]
    if not reason:
        raise DomainError(_("Bitte schreiben Sie, was fehlt oder nicht stimmt."), field="reason")
    with transaction.atomic():
        _decide(actor, change, Change.State.REFUSED, reason)
        if change.service is not None:
            _tell_author(change, change.service, gettext_noop("Ihr Entwurf kam zurück: %(name)s"), reason)


def _decide(actor: Actor, change: Change, state: str, reason: str) -> None:
    moved = Change.objects.filter(pk=change.pk, state=Change.State.OPEN).update(
        state=state, reason=reason, decided_by=actor.label[:160], decided_at=clock.now()
    )
    if not moved:
        raise DomainError(_("Über diesen Entwurf wurde schon entschieden."), code="decided")
    _record(f"directory.change.{state}", actor, change.public_id, {"reason": reason} if reason else None)


def _tell_author(change: Change, service: Service, title: str, text: str) -> None:
    if change.by_id is None:
        return
    notify.notify(
        "directory.change.decided",
        subject=service.subject,
        title=Saying(title, {"name": service.name}),
        text=text,
        path="/angebote/meine/",
        key=f"change:{change.public_id}",
        recipients=[("user", change.by_id)],
        followers=False,
    )


# -- hints ------------------------------------------------------------------------------------------
def report(service: Service, text: str) -> Report:
    """Somebody says what is wrong. No name is kept; those who keep the entry see it in their list."""
    text = text.strip()[:2000]
    if len(text) < 5:
        raise DomainError(_("Bitte schreiben Sie in ein paar Worten, was nicht stimmt."), field="text")
    return Report.objects.create(service=service, text=text, at=clock.now())


def close_report(actor: Actor, found: Report, outcome: str) -> None:
    require(access.may_edit(actor, found.service))
    outcome = " ".join(outcome.split())[:300]
    if not outcome:
        raise DomainError(_("Bitte schreiben Sie, was daraus wurde."), field="outcome")
    with transaction.atomic():
        if not Report.objects.filter(pk=found.pk, done_at=None).update(
            done_at=clock.now(), done_by=actor.label[:160], outcome=outcome
        ):
            raise DomainError(_("Dieser Hinweis ist schon erledigt."), code="gone")
        _record("directory.report.close", actor, found.public_id, {"outcome": outcome})


# -- organisations among themselves -----------------------------------------------------------------
def post_notice(
    actor: Actor, provider: Provider, kind: str, title: str, text: str, until: date, day: date | None
) -> Notice:
    require(access.may_propose(actor, provider))
    if not title.strip() or kind not in Notice.Kind.values:
        raise DomainError(_("Bitte geben Sie eine Überschrift an."), field="title")
    today = clock.today()
    if not today <= until or (until - today).days > 366:
        raise DomainError(_("Bitte wählen Sie einen Tag im nächsten Jahr."), field="until")
    with transaction.atomic():
        notice = Notice.objects.create(
            provider=provider, kind=kind, title=title.strip()[:120], text=text.strip()[:2000], until=until, day=day,
            by_id=actor.user_id, created_at=clock.now(),
        )  # fmt: skip
        _record("directory.notice.post", actor, notice.public_id)
    return notice


def close_notice(actor: Actor, notice: Notice) -> None:
    """Its organisation takes it down, or staff do."""
    if not access.may_keep(actor):
        require(access.may_propose(actor, notice.provider))
    with transaction.atomic():
        Notice.objects.filter(pk=notice.pk, closed_at=None).update(closed_at=clock.now())
        _record("directory.notice.close", actor, notice.public_id)


# -- demand -----------------------------------------------------------------------------------------
def note_missed(found: Iterable[str]) -> None:
    """Count words that were searched for without a hit; single words, by month, with nobody's name."""
    month = clock.today().replace(day=1)
    for word in sorted({w[:40] for w in found if len(w) >= 3 and not any(c.isdigit() for c in w)})[:MOST_WORDS]:
        row, created = Missed.objects.get_or_create(month=month, word=word)
        if not created:
            Missed.objects.filter(pk=row.pk).update(count=F("count") + 1)


def members_of(provider: Provider) -> list[int]:
    """Keys of the accounts that belong to the organisation."""
    return list(Membership.objects.filter(organisation_id=provider.pk).values_list("user_id", flat=True).distinct())
