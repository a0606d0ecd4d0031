"""After publishing: families say yes or no until a deadline, and what becomes free goes to the next in line.

The line of a programme are the children whom the draw refused there, in its order: points, then lottery number. Whoever
said no there or holds a better wish is passed over; whoever did not answer at all has left every line. Every write
takes the row of the round first, so one follows the other; that no place is given twice is held by the row of the
programme (a conditional update, and a constraint behind it).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.capacity import demand, permissions, seekers
from mitstadt.capacity.models import Seeker
from mitstadt.directory import access
from mitstadt.kit import clock
from mitstadt.kit import components as ui
from mitstadt.kit.errors import DomainError, require
from mitstadt.notify import actions as notify

from .models import Outcome, Place, Programme, Round

BATCH = 500
REMIND = timedelta(days=3)  # before the time to answer is over, and never in its first half
AGAIN = timedelta(days=30)  # between two questions of a house whether a family still comes
REFUSED = ("points", "lottery")  # codes of the result, docs/methods.md
HELD = (Place.State.OFFERED, Place.State.ACCEPTED)


def start(round_: Round, now: datetime) -> None:
    """Inside the transaction that publishes: what was drawn is offered, whoever was refused stands in line."""
    programmes = {p.code: p for p in round_.programmes.all()}
    until = now + timedelta(days=round_.answer_days)
    rows: list[Place] = []
    lines: dict[str, list[tuple[int, str, Place]]] = {code: [] for code in programmes}
    for child_id, row in Outcome.objects.filter(child__application__round=round_).values_list("child_id", "row"):
        if row["programme"] is not None:
            programme = programmes[row["programme"]]
            programme.taken += 1
            rows.append(
                Place(
                    programme=programme, child_id=child_id, position=row["position"] or 0,
                    state=Place.State.OFFERED, offered_at=now, answer_until=until,
                )
            )  # fmt: skip
        for why in row["choices"]:
            if why["code"] in REFUSED:
                place = Place(
                    programme=programmes[why["programme"]], child_id=child_id, position=why["position"]
                )  # fmt: skip
                lines[why["programme"]].append((-why["points"], row["lottery_number"], place))
    for line in lines.values():
        for rank, (_points, _number, place) in enumerate(sorted(line, key=lambda entry: entry[:2]), start=1):
            place.rank = rank
            rows.append(place)
    Place.objects.bulk_create(rows, batch_size=BATCH)
    Programme.objects.bulk_update(programmes.values(), ["taken"], batch_size=BATCH)
    for programme in programmes.values():
        if programme.taken < programme.quota:  # a family drawn here had everything erased
            offer_next(programme)


def accept(place: Place, *, name: str = "", email: str = "", phone: str = "") -> None:
    """The family takes the place and says how the house reaches it; what it held of worse wishes is free.

    Raises DomainError, code ``late``: over, taken already, or not offered.
    """
    now, seeker = clock.now(), place.child.application.seeker
    with transaction.atomic():
        _take(place.programme.round_id)
        others = Place.objects.filter(child=place.child_id).exclude(pk=place.pk)
        worse = others.filter(Q(state=Place.State.ACCEPTED) | Q(state=Place.State.OFFERED, position__gt=place.position))
        freed = list(worse.values_list("programme_id", flat=True))
        worse.update(state=Place.State.BETTER, answered_at=now)
        others.filter(state=Place.State.WAITING, position__gt=place.position).update(state=Place.State.LEFT)
        if not Place.objects.filter(pk=place.pk, state=Place.State.OFFERED, answer_until__gt=now).update(
            state=Place.State.ACCEPTED, answered_at=now
        ):
            raise late()
        seekers.put_contact(seeker, name=name, email=email, phone=phone)
        if place.asked_again_at is None:
            demand.count(place.programme.capacity, "placed", days=(now - place.child.application.created_at).days)
        audit.record("capacity.place.accept", obj=seeker.reference, payload={"round": place.programme.round.public_id})
        seekers.touch(seeker)
        _tell_house(place.programme, now)
        _free(freed)


def decline(place: Place) -> None:
    """The family does not want the place, or gives it back later; better wishes stay in line.

    Raises DomainError, code ``late``: nothing to decline any more.
    """
    seeker = place.child.application.seeker
    with transaction.atomic():
        _take(place.programme.round_id)
        if not Place.objects.filter(pk=place.pk, state__in=HELD).update(
            state=Place.State.DECLINED, answered_at=clock.now()
        ):
            raise late()
        audit.record("capacity.place.decline", obj=seeker.reference, payload={"round": place.programme.round.public_id})
        seekers.touch(seeker)
        _free([place.programme_id])


def ask_again(actor: Actor, place: Place) -> None:
    """The house says that nobody came: the family confirms until a new deadline, or the next child is asked.

    So that a house empties no place by itself. Raises Refused; DomainError, code ``late``: not accepted, or asked in
    the last `AGAIN`.
    """
    require(permissions.may_read_place(actor, place))
    now, seeker = clock.now(), place.child.application.seeker
    until = now + timedelta(days=place.programme.round.answer_days)
    recently = Q(asked_again_at__gt=now - AGAIN)
    with transaction.atomic():
        _take(place.programme.round_id)
        rows = Place.objects.filter(pk=place.pk, state=Place.State.ACCEPTED).exclude(recently)
        if not rows.update(
            state=Place.State.OFFERED, offered_at=now, answer_until=until, answered_at=None, asked_again_at=now,
            reminded=False,
        ):  # fmt: skip
            raise late()
        _note("ask_again", actor, place.programme, place=seeker.reference)
        seekers.touch(seeker)
        with override(seeker.language):
            text = _(
                "Das Haus hat gemeldet, dass es Sie nicht erreicht oder Ihr Kind nicht gekommen ist. Wenn Sie den "
                "Platz noch möchten, bestätigen Sie ihn bitte bis %(until)s auf Ihrer Seite. Sonst geht er an das "
                "nächste Kind."
            )
            seekers.tell(seeker, text % {"until": ui.moment(until)}, f"place:{place.public_id}:again:{until.date()}")


def free_gone(actor: Actor, programme: Programme) -> None:
    """The house says that one of the places whose families are erased is empty; the next in line is asked.

    Raises Refused; DomainError, code ``late``: there is no such place.
    """
    require(access.may_propose(actor, programme.capacity.service.provider))
    with transaction.atomic():
        _take(programme.round_id)
        held = Place.objects.filter(programme=programme, state__in=HELD).count()
        if not Programme.objects.filter(pk=programme.pk, taken__gt=held).exists():
            raise late()
        _note("free", actor, programme)
        _free([programme.pk])


def _note(verb: str, actor: Actor, programme: Programme, **payload: Any) -> None:
    audit.record(
        f"capacity.place.{verb}", by=actor,
        obj=programme.capacity.public_id, payload={"round": programme.round.public_id, **payload},
    )  # fmt: skip


def remind() -> int:
    """The worker: whoever was offered a place and said nothing hears once that the time runs out. Returns how many."""
    now = clock.now()
    due = Place.objects.filter(
        state=Place.State.OFFERED, reminded=False, answer_until__gt=now, answer_until__lte=now + REMIND
    )
    rows = due.select_related("child__application__seeker").order_by("answer_until", "pk")[:BATCH]
    told = []
    with transaction.atomic():
        for place in rows:
            if place.offered_at is None or place.answer_until is None:
                continue
            if now - place.offered_at < place.answer_until - now:
                continue
            seeker = place.child.application.seeker
            with override(seeker.language):
                text = _("Ein Platz wartet auf Ihre Antwort, noch bis %(until)s. Danach geht er an das nächste Kind.")
                key = f"place:{place.public_id}:remind:{place.answer_until.date()}"
                seekers.tell(seeker, text % {"until": ui.moment(place.answer_until)}, key)
            told.append(place.pk)
        Place.objects.filter(pk__in=told).update(reminded=True)
    return len(told)


def tell_houses(round_: Round) -> None:
    """Each house that takes part hears once that the result is there."""
    with override("de"):
        text = _("Das Ergebnis von „%(round)s“ ist da. Auf Ihrer Seite steht, welche Plätze angeboten sind.")
        _mail_houses(round_, round_.programmes.all(), text % {"round": round_.title}, "published")


def _tell_house(programme: Programme, now: datetime) -> None:
    """One mail a day says that families took places, however many."""
    with override("de"):
        text = _("Familien haben Plätze aus „%(round)s“ angenommen. Auf Ihrer Seite lesen Sie, wie Sie sie erreichen.")
        text %= {"round": programme.round.title}
        rows = Programme.objects.filter(pk=programme.pk)
        _mail_houses(programme.round, rows, text, f"accepted:{timezone.localdate(now)}")


def _mail_houses(round_: Round, programmes: QuerySet[Programme], text: str, key: str) -> None:
    providers = {p.capacity.service.provider for p in programmes.select_related("capacity__service__provider")}
    notify.mail_all(
        notify.Letter(
            provider.email, _("Plätze bei Ihnen"), text, key=f"round:{round_.public_id}:{provider.pk}:{key}",
            path=f"/plaetze/anbieter/runden/{round_.public_id}/",
        )
        for provider in providers if provider.email
    )  # fmt: skip


def lapse() -> int:
    """The worker: places without an answer go to the next. Returns how many.

    All of a round at once, so that nobody is offered a better place in the moment in which they lose their own.
    """
    now, ended = clock.now(), 0
    late_ones = Place.objects.filter(state=Place.State.OFFERED, answer_until__lte=now)
    for round_id in list(late_ones.order_by().values_list("programme__round_id", flat=True).distinct()):
        with transaction.atomic():
            _take(round_id)
            here = late_ones.filter(programme__round=round_id)
            found = list(here.select_related("child__application__seeker").order_by("programme_id", "pk"))
            here.update(state=Place.State.LAPSED)
            silent = Place.objects.filter(programme__round=round_id, state=Place.State.LAPSED).values("child_id")
            Place.objects.filter(programme__round=round_id, state=Place.State.WAITING, child__in=silent).update(
                state=Place.State.LEFT
            )
            for place in found:
                seeker = place.child.application.seeker
                audit.record("capacity.place.lapse", obj=seeker.reference)
                with override(seeker.language):
                    text = _(
                        "Bis zum Ende der Frist kam keine Antwort, deshalb geht der Platz an das nächste Kind. "
                        "Einen anderen Platz bieten wir in dieser Runde nicht mehr an."
                    )
                    seekers.tell(seeker, text, f"place:{place.public_id}:lapsed")
            _free([place.programme_id for place in found])
            ended += len(found)
    return ended


def give_up(seeker: Seeker) -> None:
    """Inside the transaction that erases somebody: what is offered to them goes to the next, what they accepted stays
    theirs (the house knows them by now)."""
    mine = Place.objects.filter(child__application__seeker=seeker)
    for round_id in list(mine.order_by().values_list("programme__round_id", flat=True).distinct()):
        _take(round_id)
        mine.filter(programme__round=round_id, state=Place.State.WAITING).update(state=Place.State.LEFT)
        offered = mine.filter(programme__round=round_id, state=Place.State.OFFERED)
        freed = list(offered.values_list("programme_id", flat=True))
        offered.update(state=Place.State.DECLINED, answered_at=clock.now())
        _free(freed)


def offer_next(programme: Programme) -> int:
    """Offer what is free to those in line; inside a transaction that has taken the round. Returns how many offers."""
    made = 0
    row = Programme.objects.filter(pk=programme.pk)
    while row.filter(taken__lt=F("quota")).update(taken=F("taken") + 1):
        place = _next(programme.pk)
        if place is None:
            row.update(taken=F("taken") - 1)
            break
        _offer(place, programme)
        made += 1
    return made


def _next(programme_id: int) -> Place | None:
    """The first in line who has no better wish on offer."""
    better = Place.objects.filter(
        child=OuterRef("child"), state=Place.State.OFFERED, position__lt=OuterRef("position")
    )  # fmt: skip
    waiting = Place.objects.filter(~Exists(better), programme=programme_id, state=Place.State.WAITING)
    return waiting.select_related("child__application__seeker").order_by("rank").first()


def _offer(place: Place, programme: Programme) -> None:
    now = clock.now()
    until = now + timedelta(days=programme.round.answer_days)
    Place.objects.filter(pk=place.pk).update(
        state=Place.State.OFFERED, moved_up=True, offered_at=now, answer_until=until
    )
    seeker = place.child.application.seeker
    audit.record("capacity.place.offer", obj=seeker.reference, payload={"round": programme.round.public_id})
    seekers.touch(seeker)
    with override(seeker.language):
        text = _("Für Sie ist ein Platz frei geworden. Bitte antworten Sie bis %(until)s auf Ihrer Seite.")
        seekers.tell(seeker, text % {"until": ui.moment(until)}, f"place:{place.public_id}:offered")


def _free(programmes: Sequence[int]) -> None:
    """Places that nobody holds any more, one for each entry: less taken, and the next in line is asked."""
    counts = Counter(programmes)
    for programme in Programme.objects.filter(pk__in=counts).select_related("round").order_by("pk"):
        Programme.objects.filter(pk=programme.pk).update(taken=F("taken") - counts[programme.pk])
        offer_next(programme)


def _take(round_id: int) -> None:
    """The row of the round, before anything else."""
    if not Round.objects.filter(pk=round_id, state=Round.State.PUBLISHED).update(changes=F("changes") + 1):
        raise late()


def late() -> DomainError:
    return DomainError(_("Dieses Angebot gilt nicht mehr."), code="late")


# -- reads -----------------------------------------------------------------------------------------
def read(actor: Actor, place: Place) -> dict[str, str]:
    """Child's name and birthday, the family's name, e-mail and telephone: for the house, once the family said yes.

    Every look is written down and visible to the family. Raises Refused.
    """
    require(permissions.may_read_place(actor, place))
    seeker = place.child.application.seeker
    with transaction.atomic():
        seekers.note_look(seeker, actor, _("Name und Kontakt nach Ihrer Zusage"))
    words, contact = seekers.words_of(place.child.sealed), seekers.contact_of(seeker)
    return {
        "child": words.get("name", ""),
        "born": words.get("born", ""),
        **{field: contact.get(field, "") for field in ("name", "email", "phone")},
    }


def counts(round_: Round) -> dict[int, dict[str, Any]]:
    """Programme → how many places of each state; one query."""
    totals = {state: Count("pk", filter=Q(state=state)) for state in Place.State.values}
    rows = Place.objects.filter(programme__round=round_).order_by().values("programme_id").annotate(**totals)
    return {row.pop("programme_id"): row for row in rows}


def periodic() -> None:
    remind()
    lapse()
