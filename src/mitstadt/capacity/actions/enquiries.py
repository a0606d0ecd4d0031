"""One request to several providers, one after the other in the person's order; the rest falls away on acceptance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.keyed import keyed_hash
from mitstadt.audit import actions as audit
from mitstadt.capacity import demand, permissions, queries, seekers
from mitstadt.capacity.models import Ask, Capacity, Enquiry, Seeker
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.notify import actions as notify

MOST = 10  # providers in one request
DECIDE_HOURS = 48
LONGEST = 2_000


def enquire(
    seeker: Seeker,
    capacities: Sequence[Capacity],
    *,
    words: dict[str, Any],
    persons: int = 1,
    wanted_from: date | None = None,
    key: str = "",
) -> Enquiry:
    """Send a request; the first of `capacities` is asked at once.

    The same words to the same providers with the same `key` (a double click) are the same request. Raises DomainError
    naming what is wrong.
    """
    if not capacities:
        raise DomainError(_("Bitte wählen Sie mindestens einen Anbieter."), field="capacities")
    if len(capacities) > MOST:
        raise DomainError(_("Höchstens %(n)s Anbieter in einer Anfrage.") % {"n": MOST}, field="capacities")
    if len({c.pk for c in capacities}) != len(capacities):
        raise DomainError(_("Ein Anbieter steht zweimal in der Liste."), field="capacities")
    closed = next((c for c in capacities if c.way != "enquire" or not c.active), None)
    if closed is not None:
        raise DomainError(_("%(name)s nimmt hier keine Anfragen an.") % {"name": closed}, field="capacities")
    if len(str(words.get("text", ""))) > LONGEST:
        raise DomainError(_("Höchstens %(n)s Zeichen.") % {"n": LONGEST}, field="text")
    if not 1 <= persons <= 10:
        raise DomainError(_("Zwischen 1 und %(n)s Personen.") % {"n": 10}, field="persons")
    contents = json.dumps([key, words, persons, str(wanted_from), [c.public_id for c in capacities]], sort_keys=True)
    key_hash = keyed_hash("capacity-enquiry", contents) if key else ""
    if key_hash and (known := Enquiry.objects.filter(seeker=seeker, key_hash=key_hash).first()) is not None:
        return known
    try:
        with transaction.atomic():
            enquiry = Enquiry.objects.create(
                seeker=seeker, sealed=seekers.seal_words(words), persons=persons, wanted_from=wanted_from,
                key_hash=key_hash, created_at=clock.now(),
            )  # fmt: skip
            Ask.objects.bulk_create(
                [Ask(enquiry=enquiry, capacity=capacity, rank=rank) for rank, capacity in enumerate(capacities, 1)]
            )
            audit.record("capacity.enquiry.send", obj=seeker.reference, payload={"providers": len(capacities)})
            seekers.touch(seeker)
            _ask_next(enquiry)
    except IntegrityError:
        if not key_hash:
            raise
        return Enquiry.objects.get(seeker=seeker, key_hash=key_hash)  # the other click was first
    return enquiry


def _ask_next(enquiry: Enquiry) -> None:
    """Ask whoever is next; when nobody is left, the request has ended. What is not public any more is passed over:
    nobody is told of a person who could not have asked them now.
    """
    following = (
        enquiry.asks.filter(state=Ask.State.WAITING, capacity__in=queries.public().values("pk"))
        .select_related("capacity__service__provider__organisation")
        .order_by("rank")
        .first()
    )
    now = clock.now()
    if following is None:
        if Enquiry.objects.filter(pk=enquiry.pk, state=Enquiry.State.OPEN).update(
            state=Enquiry.State.ENDED, closed_at=now, sealed=""
        ):
            enquiry.asks.filter(state=Ask.State.WAITING).update(state=Ask.State.PASSED)
            first = enquiry.asks.select_related("capacity").order_by("rank").first()
            if first is not None:
                demand.count(first.capacity, "ended", days=(now - enquiry.created_at).days)
            seekers.tell(
                enquiry.seeker,
                _("Keiner der Gefragten hatte einen Platz. Auf Ihrer Seite sehen Sie, wer was antwortete."),
                f"ended:{enquiry.public_id}",
            )
        return
    Ask.objects.filter(pk=following.pk).update(
        state=Ask.State.ASKED, asked_at=now, due_at=now + timedelta(hours=following.capacity.answer_hours)
    )
    provider = following.capacity.service.provider
    if provider.email:
        with override("de"):
            notify.mail(
                provider.email,
                title=_("Eine Anfrage wartet auf Ihre Antwort"),
                text=_("Bitte antworten Sie in %(hours)s Stunden. Die Anfrage lesen Sie nach der Anmeldung.")
                % {"hours": following.capacity.answer_hours},
                key=f"ask:{following.pk}:{now:%Y%m%d%H%M}",
                path="/plaetze/anbieter/",
            )


def read(actor: Actor, ask: Ask) -> dict[str, Any]:
    """What the person wrote: only for the provider whose turn it is, and every look is written down."""
    require(permissions.may_read(actor, ask))
    with transaction.atomic():
        seekers.note_look(ask.enquiry.seeker, actor, _("Anfrage gelesen"))
    contact = seekers.contact_of(ask.enquiry.seeker) if ask.state == Ask.State.ACCEPTED else {}
    found = seekers.words_of(ask.enquiry.sealed)
    return {**found, **{k: v for k, v in contact.items() if k in ("name", "email", "phone")}}


def answer(actor: Actor, ask: Ask, yes: bool, text: str = "") -> None:
    """The provider offers a place or declines. Raises DomainError when it is not their turn any more."""
    require(permissions.may_answer(actor, ask))
    now = clock.now()
    with transaction.atomic():
        moved = Ask.objects.filter(pk=ask.pk, state=Ask.State.ASKED).update(
            state=Ask.State.OFFERED if yes else Ask.State.DECLINED,
            answered_at=now,
            answer=text.strip()[:500],
            due_at=now + timedelta(hours=DECIDE_HOURS) if yes else None,
        )
        if not moved:
            raise DomainError(_("Diese Anfrage ist nicht mehr bei Ihnen."), code="gone")
        audit.record(
            "capacity.ask.offer" if yes else "capacity.ask.decline",
            by=actor, obj=ask.enquiry.seeker.reference,
        )  # fmt: skip
        if yes:
            seekers.tell(
                ask.enquiry.seeker,
                _("Jemand hat einen Platz für Sie. Bitte sagen Sie in den nächsten %(hours)s Stunden ja oder nein.")
                % {"hours": DECIDE_HOURS},
                f"offered:{ask.pk}",
            )
        else:
            _ask_next(ask.enquiry)


def decide(ask: Ask, yes: bool) -> None:
    """The person takes the offered place (everybody else is withdrawn, what they held is gone) or lets it go."""
    now = clock.now()
    with transaction.atomic():
        moved = Ask.objects.filter(pk=ask.pk, state=Ask.State.OFFERED).update(
            state=Ask.State.ACCEPTED if yes else Ask.State.WITHDRAWN
        )
        if not moved:
            raise DomainError(_("Dieses Angebot gilt nicht mehr."), code="late")
        if not yes:
            _ask_next(ask.enquiry)
            return
        Ask.objects.filter(enquiry=ask.enquiry_id).exclude(pk=ask.pk).filter(
            state__in=(Ask.State.WAITING, Ask.State.ASKED)
        ).update(state=Ask.State.WITHDRAWN)
        Enquiry.objects.filter(pk=ask.enquiry_id).update(state=Enquiry.State.PLACED, closed_at=now)
        demand.count(ask.capacity, "placed", days=(now - ask.enquiry.created_at).days)
        audit.record("capacity.enquiry.placed", obj=ask.enquiry.seeker.reference)
        seekers.touch(ask.enquiry.seeker)


def withdraw(enquiry: Enquiry) -> None:
    """The person ends the request; nobody can read it from now on."""
    with transaction.atomic():
        if not Enquiry.objects.filter(pk=enquiry.pk, state=Enquiry.State.OPEN).update(
            state=Enquiry.State.WITHDRAWN, closed_at=clock.now(), sealed=""
        ):
            raise DomainError(_("Diese Anfrage ist schon beendet."), code="gone")
        enquiry.asks.filter(state__in=("waiting", "asked", "offered")).update(state=Ask.State.WITHDRAWN)
        audit.record("capacity.enquiry.withdraw", obj=enquiry.seeker.reference)


def pass_on() -> int:
    """The worker: who does not answer in time is passed over. Returns how many."""
    late = Ask.objects.filter(state__in=("asked", "offered"), due_at__lte=clock.now()).select_related("enquiry__seeker")
    passed = 0
    for ask in late[:500]:
        with transaction.atomic():
            if Ask.objects.filter(pk=ask.pk, state=ask.state).update(state=Ask.State.PASSED):
                _ask_next(ask.enquiry)
                passed += 1
    return passed


def periodic() -> None:
    pass_on()
