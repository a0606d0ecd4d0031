"""Writes of a round. Each step happens once; after closing nothing of the applications changes any more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.capacity import seekers
from mitstadt.capacity.models import Capacity, Seeker, Way
from mitstadt.directory import access
from mitstadt.kit import cache, clock, jobs
from mitstadt.kit import components as ui
from mitstadt.kit.errors import DomainError, require
from mitstadt.methods import assignment

from . import files, places
from .models import Application, Child, File, Outcome, Place, Programme, Round

MOST_CHILDREN = 8
BATCH = 500


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a family says about one child. `choices`: programme codes, the best first; `local`: code → criteria."""

    choices: Sequence[str]
    facts: Sequence[str] = ()
    local: Mapping[str, Sequence[str]] = field(default_factory=dict)
    name: str = ""
    born: date | None = None

    @property
    def sealed(self) -> str:
        return seekers.seal_words({"name": self.name[:80], "born": self.born.isoformat() if self.born else ""})


# -- what families do ------------------------------------------------------------------------------
def apply(
    round_: Round, wishes: Wishes, *, key: str, actor: Actor | None = None, email: str = "", language: str = "de"
) -> tuple[Application, str]:
    """A new application with its first child, and the secret of the family's link.

    Without an account each call is another family, except with the same `key` (a double click). Raises DomainError:
    not open, wishes that cannot be, ``there`` when somebody signed in has applied already.
    """
    check(round_, wishes)
    before = Application.objects.filter(round=round_, key=key).select_related("seeker").first()
    if before is not None:
        return before, seekers.contact_of(before.seeker).get("token", "")
    now = clock.now()
    try:
        with transaction.atomic():
            touch(round_)
            seeker, token = seekers.create(actor, email=email, language=language)
            application = Application.objects.create(
                round=round_, seeker=seeker, key=key, created_at=now, changed_at=now
            )
            _write(Child(application=application), wishes)
            audit.record("capacity.round.apply", obj=seeker.reference, payload={"round": round_.public_id})
            seekers.tell(
                seeker,
                _("Ihre Anmeldung zu „%(round)s“ ist da. Ändern können Sie sie bis zum Ende der Frist.")
                % {"round": round_.title},
                f"round:{application.public_id}:applied",
            )
    except IntegrityError as error:
        found = Application.objects.filter(round=round_, key=key).select_related("seeker").first()
        if found is not None:
            return found, seekers.contact_of(found.seeker).get("token", "")
        raise DomainError(_("Sie haben sich in dieser Runde schon angemeldet."), code="there") from error
    return application, token


def check(round_: Round, wishes: Wishes) -> None:
    """Raise DomainError for wishes that mean nothing in this round."""
    programmes = {p.code: p for p in round_.programmes.all()}
    if not wishes.choices:
        raise DomainError(_("Geben Sie mindestens einem Angebot einen Platz."), field="choices")
    if len(set(wishes.choices)) < len(wishes.choices) or not set(wishes.choices) <= set(programmes):
        raise DomainError(_("Ein Angebot ist unbekannt oder steht zweimal da."), field="choices")
    if not set(wishes.facts) <= {row["id"] for row in round_.for_all}:
        raise DomainError(_("Dieses Kriterium gibt es in dieser Runde nicht."), field="facts")
    for code, names in wishes.local.items():
        if code not in programmes or not set(names) <= local_of(programmes[code], round_):
            raise DomainError(_("Dieses Kriterium gilt dort nicht."), field="facts")


def local_of(programme: Programme, round_: Round) -> set[str]:
    """Criteria that can hold at this programme only."""
    return set(programme.points) | (set(programme.requires) & {row["id"] for row in round_.local})


def touch(round_: Round) -> None:
    """Inside the transaction of every change: only while the round is open. Closing waits for those under way."""
    now = clock.now()
    moved = Round.objects.filter(
        pk=round_.pk, state=Round.State.OPEN, opens_at__lte=now, closes_at__gt=now
    ).update(changes=F("changes") + 1)  # fmt: skip
    if not moved:
        raise DomainError(_("Diese Runde nimmt keine Anmeldungen und Änderungen mehr an."), code="closed")


def _write(child: Child, wishes: Wishes) -> None:
    child.choices, child.facts = list(wishes.choices), sorted(wishes.facts)
    child.local = {code: sorted(names) for code, names in wishes.local.items() if names}
    child.sealed = wishes.sealed
    child.save()


def _changed(application: Application, verb: str, **fields: Any) -> None:
    Application.objects.filter(pk=application.pk).update(changed_at=clock.now(), **fields)
    audit.record(
        f"capacity.round.{verb}", obj=application.seeker.reference, payload={"round": application.round.public_id}
    )
    seekers.touch(application.seeker)


def change(child: Child, wishes: Wishes) -> None:
    """Other wishes for a child, until closing."""
    check(child.application.round, wishes)
    with transaction.atomic():
        touch(child.application.round)
        _write(child, wishes)
        _changed(child.application, "change")


def add_child(application: Application, wishes: Wishes) -> Child:
    """A sibling. How they apply together is asked anew: options name every child."""
    check(application.round, wishes)
    with transaction.atomic():
        touch(application.round)
        if application.children.count() >= MOST_CHILDREN:
            raise DomainError(_("Höchstens %(n)s Kinder in einer Anmeldung.") % {"n": MOST_CHILDREN})
        child = Child(application=application)
        _write(child, wishes)
        _changed(application, "add_child", together="", options=[])
    return child


def remove_child(child: Child) -> None:
    """One child less; the last one goes with the application."""
    application = child.application
    with transaction.atomic():
        touch(application.round)
        if application.children.count() < 2:
            raise DomainError(_("Das ist das einzige Kind. Ziehen Sie die Anmeldung zurück."))
        child.delete()
        _changed(application, "remove_child", together="", options=[])


def go_together(application: Application, together: str, options: Sequence[Mapping[str, str]]) -> None:
    """How siblings apply: each alone, or by options that say who would go where, the best first."""
    references = set(application.children.values_list("reference", flat=True))
    codes = set(application.round.programmes.values_list("code", flat=True))
    if together not in Application.Together.values:
        raise DomainError(_("Bitte wählen Sie aus, wie sich die Kinder anmelden."), field="together")
    kept = [dict(option) for option in options] if together else []
    if together and (len(references) < 2 or not kept):
        raise DomainError(_("Nennen Sie mindestens eine Möglichkeit für alle Kinder zusammen."), field="together")
    for option in kept:
        if set(option) != references or not set(option.values()) <= codes:
            raise DomainError(_("Jede Möglichkeit nennt für jedes Kind ein Angebot."), field="together")
    if any(kept.count(option) > 1 for option in kept):
        raise DomainError(_("Eine Möglichkeit steht zweimal da."), field="together")
    with transaction.atomic():
        touch(application.round)
        _changed(application, "together", together=together, options=kept)


def withdraw(application: Application) -> None:
    """The whole application goes, until closing."""
    with transaction.atomic():
        touch(application.round)
        _changed(application, "withdraw")
        application.delete()


# -- what the city does ----------------------------------------------------------------------------
def _note(verb: str, actor: Actor, round_: Round, **payload: Any) -> None:
    audit.record(
        f"capacity.round.{verb}", by=actor, obj=round_.public_id,
        payload=payload or None,
    )  # fmt: skip


def save(actor: Actor, round_: Round) -> Round:
    """Write a draft down; from opening on nothing of it changes."""
    require(access.may_keep(actor))
    if round_.closes_at <= round_.opens_at:
        raise DomainError(_("Das Ende liegt nach dem Anfang."), field="closes_at")
    with transaction.atomic():
        if round_.pk is None:
            round_.created_at = clock.now()
        elif not Round.objects.filter(pk=round_.pk, state=Round.State.DRAFT).exists():
            raise DomainError(_("Diese Runde ist eröffnet. Ihre Regeln ändern sich nicht mehr."), code="fixed")
        round_.save()
        _note("save", actor, round_)
    return round_


def put_programme(actor: Actor, programme: Programme) -> Programme:
    """A capacity joins by contract, or what it brings changes; only in a draft."""
    require(access.may_keep(actor))
    capacity, round_ = programme.capacity, programme.round
    if capacity.emergency:
        raise DomainError(_("Notplätze nehmen nie an einer Runde teil."), field="capacity")
    if capacity.way != Way.ROUND:
        raise DomainError(_("Der Weg zu diesem Platz ist nicht „Vergabe nach Punkten“."), field="capacity")
    known = {row["id"] for row in round_.criteria}
    if not set(programme.points) <= {row["id"] for row in round_.local}:
        raise DomainError(_("Punkte je Angebot gibt es nur für Kriterien ohne eigene Punkte."), field="points")
    if not set(programme.requires) <= known:
        raise DomainError(_("Dieses Kriterium gibt es in dieser Runde nicht."), field="requires")
    programme.code = programme.code or _code(programme)
    try:
        with transaction.atomic():
            if not Round.objects.filter(pk=round_.pk, state=Round.State.DRAFT).update(changes=F("changes") + 1):
                raise DomainError(_("Diese Runde ist eröffnet. Ihre Regeln ändern sich nicht mehr."), code="fixed")
            programme.save()
            _note("programme", actor, round_, programme=programme.code, contract_on=programme.contract_on.isoformat())
    except IntegrityError as error:
        raise DomainError(_("Dieses Angebot ist schon in der Runde."), field="capacity") from error
    return programme


def _code(programme: Programme) -> str:
    """A speaking ASCII id: house and what it is."""
    words = str(programme).lower()
    for german, ascii_ in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        words = words.replace(german, ascii_)
    stem = slugify(words)[:58] or "a"
    taken = set(programme.round.programmes.values_list("code", flat=True))
    return next(c for c in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if c not in taken)


def remove_programme(actor: Actor, programme: Programme) -> None:
    require(access.may_keep(actor))
    with transaction.atomic():
        if not Round.objects.filter(pk=programme.round_id, state=Round.State.DRAFT).update(changes=F("changes") + 1):
            raise DomainError(_("Diese Runde ist eröffnet. Ihre Regeln ändern sich nicht mehr."), code="fixed")
        _note("programme_remove", actor, programme.round, programme=programme.code)
        programme.delete()


def open_round(actor: Actor, round_: Round) -> None:
    """From now on families may apply (at `opens_at`) and the rules are fixed."""
    require(access.may_keep(actor))
    programmes = list(round_.programmes.select_related("capacity"))
    if not programmes:
        raise DomainError(_("Noch kein Angebot nimmt teil."))
    if any(p.capacity.emergency or p.capacity.way != Way.ROUND for p in programmes):
        raise DomainError(_("Ein Angebot wird nicht mehr nach Punkten vergeben."))
    if round_.closes_at <= clock.now():
        raise DomainError(_("Die Frist ist schon vorbei."), field="closes_at")
    files.check(round_, programmes)
    with transaction.atomic():
        _move(round_, Round.State.DRAFT, state=Round.State.OPEN)
        _note("open", actor, round_)
    cache.bump()


def _move(round_: Round, before: str, **fields: Any) -> None:
    """The conditional update behind every step; raises DomainError for whoever comes second."""
    if not Round.objects.filter(pk=round_.pk, state=before).update(**fields):
        raise DomainError(_("Dieser Schritt ist schon getan oder noch nicht möglich."), code="step")
    for name, value in fields.items():
        setattr(round_, name, value)


def close(actor: Actor, round_: Round) -> None:
    """Freeze all applications and say their hash, before anybody knows the seed."""
    require(access.may_keep(actor))
    now = clock.now()
    if now < round_.closes_at:
        raise DomainError(_("Die Frist läuft noch. Vorher wird nicht geschlossen."))
    with transaction.atomic():
        if not Round.objects.filter(pk=round_.pk, state=Round.State.OPEN).update(changes=F("changes") + 1):
            raise DomainError(_("Dieser Schritt ist schon getan oder noch nicht möglich."), code="step")
        text = assignment.canonical(files.entries(round_)).decode()
        entries_hash = hashlib.sha256(text.encode()).hexdigest()
        File.objects.create(round=round_, kind="entries", text=text, at=now)
        _move(round_, Round.State.OPEN, state=Round.State.CLOSED, closed_at=now, entries_hash=entries_hash)
        _note("close", actor, round_, sha256=entries_hash)
    cache.bump()


def enter_seed(actor: Actor, round_: Round, seed: str) -> None:
    """The number that was announced, once, after closing."""
    require(access.may_keep(actor))
    seed = " ".join(seed.split())
    if not (seed and seed.isascii() and seed.isprintable() and len(seed) <= 200):
        raise DomainError(_("Nur Ziffern, Buchstaben ohne Umlaute und Satzzeichen, höchstens 200."), field="seed")
    now = clock.now()
    with transaction.atomic():
        if not Round.objects.filter(pk=round_.pk, state=Round.State.CLOSED, seed="").update(seed=seed, seed_at=now):
            raise DomainError(_("Dieser Schritt ist schon getan oder noch nicht möglich."), code="step")
        round_.seed, round_.seed_at = seed, now
        _note("seed", actor, round_, seed=seed)
    cache.bump()


def draw(actor: Actor, round_: Round) -> None:
    """Reckon the result. It is written once: a second draw is refused, by the state and by the files' constraint."""
    require(access.may_keep(actor))
    entries = File.objects.filter(round=round_, kind="entries").first()
    if entries is None or not round_.seed:
        raise DomainError(_("Dieser Schritt ist schon getan oder noch nicht möglich."), code="step")
    given = assignment.read_round(json.loads(entries.text) | {"lottery_seed": round_.seed})
    result = assignment.assign(given)
    found = result.to_json()
    now = clock.now()
    text = assignment.canonical(assignment.to_json(given)).decode()
    try:
        with transaction.atomic():
            _move(
                round_, Round.State.CLOSED, state=Round.State.DRAWN, input_hash=result.input_sha256, drawn_at=now,
                summary=assignment.summary(result),
            )  # fmt: skip
            File.objects.bulk_create(
                [
                    File(round=round_, kind="input", text=text, at=now),
                    File(round=round_, kind="result", text=assignment.canonical(found).decode(), at=now),
                ]
            )
            Outcome.objects.bulk_create(_outcomes(round_, given, found), batch_size=BATCH)
            _note("draw", actor, round_, sha256=result.input_sha256, conflicts=len(result.conflicts))
    except IntegrityError as error:
        raise DomainError(_("Dieser Schritt ist schon getan oder noch nicht möglich."), code="step") from error


def _outcomes(round_: Round, given: assignment.Round, found: Mapping[str, Any]) -> list[Outcome]:
    """For every child that is still there: who had everything erased after closing has a row in the files only."""
    rows = {row["id"]: row for row in found["applicants"]}
    families = {row["id"]: row for row in found["groups"]}
    children = Child.objects.filter(application__round=round_).values_list("pk", "reference")
    return [
        Outcome(
            child_id=pk, row=rows[reference] | {"certain": found["enough_points_are_certain"]},
            family=families.get(given.applicants[reference].group or ""),
            case=assignment.case_json(given, reference),
        )
        for pk, reference in children
    ]  # fmt: skip


def publish(actor: Actor, round_: Round) -> None:
    """Everybody may read the result now, each family is told once, and whoever has a place is asked for an answer."""
    require(access.may_keep(actor))
    now = clock.now()
    with transaction.atomic():
        _move(round_, Round.State.DRAWN, state=Round.State.PUBLISHED, published_at=now)
        Seeker.objects.filter(applications__round=round_).update(erase_at=now + seekers.keep())
        places.start(round_, now)
        _note("publish", actor, round_)
        jobs.enqueue("mitstadt.capacity.rounds.actions.tell_all", round_.pk, key=f"round-told:{round_.pk}")
    cache.bump()


def tell_all(round_id: int) -> None:
    """The worker: one message per family that left an address, and per house; running twice sends nothing twice."""
    round_ = Round.objects.get(pk=round_id)
    places.tell_houses(round_)
    asked = Place.objects.filter(child__application=OuterRef("pk"), state=Place.State.OFFERED)
    rows = round_.applications.select_related("seeker").annotate(is_asked=Exists(asked))
    for application in rows.iterator(BATCH):
        with override(application.seeker.language):
            text = _("Das Ergebnis von „%(round)s“ ist da. Auf Ihrer Seite steht, welcher Platz es ist und warum.")
            text %= {"round": round_.title}
            if application.is_asked and round_.published_at is not None:
                until = round_.published_at + timedelta(days=round_.answer_days)
                text += " " + _("Bitte antworten Sie dort bis %(until)s.") % {"until": ui.moment(until)}
            seekers.tell(application.seeker, text, f"round:{application.public_id}:published")


def look(actor: Actor, child: Child) -> dict[str, Any]:
    """Staff read a child's name; the family sees that they did."""
    require(access.may_keep(actor))
    with transaction.atomic():
        seekers.note_look(child.application.seeker, actor, _("Name und Geburtstag des Kindes"))
        return seekers.words_of(child.sealed)


def capacities() -> Any:
    """What can take part: never an emergency place."""
    return Capacity.objects.filter(way=Way.ROUND, emergency=False, active=True).select_related("service")
