"""Proposing, drafting, pictures, and the deadline that begins when enough people stand behind an idea."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from mitstadt.accounts import guests, who
from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.comments import conf
from mitstadt.comments.actions.writing import checked_name
from mitstadt.comments.models import Channel
from mitstadt.comments.permissions import SOMEBODY
from mitstadt.comments.rules import add_working_days, clean
from mitstadt.geo import maps
from mitstadt.geo.models import District
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused, require
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying
from mitstadt.participation import access
from mitstadt.participation import queries as participation
from mitstadt.participation.actions import contributions, supports
from mitstadt.participation.entry import pictures
from mitstadt.participation.models import Assessment, Category, Contribution, Kind, Module

from .models import PICTURES, Picture

PURPOSE, SUPPORT = "ideas.propose", "ideas.support"


@dataclass(frozen=True, slots=True)
class Words:
    """What an idea says. `geometry` is GeoJSON as text, `district` a number as text; both may be empty."""

    title: str
    text: str
    category: Category | None = None
    district: str = ""
    place: str = ""
    geometry: str = ""


def where(words: Words, module: Module, *, needed: bool = True) -> dict[str, Any]:
    """Checked fields of the place: geometry, district_id, place. The district follows from the point if none is named.

    Raises DomainError (field ``geometry`` or ``place``).
    """
    number: int | None = int(words.district) if words.district.isdecimal() and len(words.district) < 6 else None
    geometry = None
    try:
        drawn = maps.read(words.geometry, "geometry")
    except DomainError as error:
        if error.code == "no_map":
            error.field = "place"
        raise
    if drawn is not None:
        geometry, at = drawn
        number = number if number is not None else at
    place = " ".join(clean(words.place).split())[:200]
    if needed and module.settings.get("needs_place") and geometry is None and not place and number is None:
        raise DomainError(
            _("Bitte zeigen Sie den Ort: auf der Karte, oder nennen Sie Stadtbezirk oder Straße."), field="place"
        )
    district_id = (
        District.objects.filter(number=number).values_list("pk", flat=True).first() if number is not None else None
    )
    return {"geometry": geometry, "district_id": district_id, "place": place}


def propose(
    actor: Actor,
    module: Module,
    words: Words,
    *,
    draft: bool = False,
    key: str = "",
    name: str = "",
    channel: str = Channel.ONLINE,
    sheet: str = "",
    person: who.Who | None = None,
    is_example: bool = False,
) -> Contribution:
    """Write an idea, or keep it as a draft of somebody with an account. Raises Refused or DomainError."""
    if draft and actor.user_id is None:
        raise DomainError(_("Einen Entwurf aufheben können Sie mit einem Konto."), code="login")
    return contributions.add(
        actor,
        module,
        Kind.IDEA,
        "propose",
        title=words.title,
        text=words.text,
        category=words.category,
        channel=channel,
        sheet=sheet,
        person=person,
        name=name,
        draft=draft,
        key=key,
        is_example=is_example,
        details=None if draft else _owe_if_all,
        **where(words, module, needed=not draft and channel == Channel.ONLINE),
    )


def change_draft(actor: Actor, idea: Contribution, words: Words) -> Contribution:
    """Keep what changed in a draft. Raises Refused or DomainError."""
    assert idea.module is not None
    return contributions.edit(
        actor,
        idea,
        title=words.title,
        text=words.text,
        category=words.category,
        **where(words, idea.module, needed=False),
    )


def publish(actor: Actor, idea: Contribution, words: Words) -> Contribution:
    """Let a draft appear with these words. Raises Refused (the phase is over: the draft stays) or DomainError."""
    assert idea.module is not None
    if not access.is_author(actor, idea):
        raise DomainError(_("Abschicken kann nur, wer den Entwurf begonnen hat. Ihre Änderungen sind gespeichert."))
    where(words, idea.module)
    contributions.checked(words.title, words.text)
    with transaction.atomic():
        change_draft(actor, idea, words)
        published = contributions.publish_draft(actor, idea)
        _owe_if_all(published)
    return published


# -- pictures ------------------------------------------------------------------------------------------------------
def add_picture(actor: Actor, idea: Contribution, upload: bytes, words: str) -> Picture:
    """A picture for one's own idea. Raises DomainError (field ``picture`` or ``words``) or Refused."""
    require(contributions.may_edit(actor, idea, clock.now()))
    words = " ".join(clean(words).split())[:300]
    if not words:
        raise DomainError(_("Bitte sagen Sie in einem Satz, was auf dem Bild zu sehen ist."), field="words")
    checked = pictures.checked(upload)
    try:
        with transaction.atomic():
            taken = set(idea.pictures.values_list("place", flat=True))
            place = next((n for n in range(PICTURES) if n not in taken), None)
            if place is None:
                raise DomainError(_("Mehr als drei Bilder gehen nicht."), field="picture", code="too_many")
            made = Picture.objects.create(
                idea=idea, place=place, words=words, data=checked.data, width=checked.width, height=checked.height
            )
            audit.record("ideas.picture.add", actor=actor.public_id, obj=idea.subject.public_id)
    except IntegrityError as error:
        raise DomainError(_("Das Bild wurde gerade schon hochgeladen."), field="picture", code="twice") from error
    return made


def checked_picture(upload: bytes, words: str) -> None:
    """Raise what `add_picture` would say of this picture, before anything is written."""
    if not " ".join(clean(words).split()):
        raise DomainError(_("Bitte sagen Sie in einem Satz, was auf dem Bild zu sehen ist."), field="words")
    pictures.checked(upload)


def forget_parts(contribution: Contribution) -> None:
    """An idea is taken back: its pictures, invitations and co-authors go."""
    if contribution.kind == Kind.IDEA:
        for rows in (contribution.pictures, contribution.invitations, contribution.co_authors):
            rows.all().delete()


# -- the deadline --------------------------------------------------------------------------------------------------
def threshold_of(module: Module | None) -> int:
    return int((module.settings or {}).get("threshold") or 0) if module is not None else 0


def _owe_if_all(contribution: Contribution) -> None:
    if not threshold_of(contribution.module):
        owe(contribution)


def supported(contribution: Contribution) -> None:
    """One more stands behind it: with enough of them the city owes an answer. Called inside the transaction."""
    if contribution.kind != Kind.IDEA:
        return
    threshold = threshold_of(contribution.module)
    if not threshold:
        return
    count = Contribution.objects.values_list("support_count", flat=True).get(pk=contribution.pk)
    if count >= threshold:
        owe(contribution, count)


def owe(contribution: Contribution, supporters: int = 0) -> bool:
    """The clock for the answer starts, once; True when it did. Author and followers hear that enough people agree."""
    state, catholic = conf.calendar()
    due = add_working_days(clock.today(), conf.answer_days(), state, catholic)
    open_ones = Assessment.objects.filter(pk=contribution.pk, due_on__isnull=True, decision=Assessment.Decision.OPEN)
    if not open_ones.update(due_on=due):
        return False
    if supporters:
        audit.record(
            "ideas.idea.threshold",
            obj=contribution.subject.public_id,
            payload={"supporters": supporters, "due": f"{due}"},
        )
        notify.notify(
            "ideas.idea.threshold",
            subject=contribution.subject,
            recipients=who.everybody([(contribution.user_id, contribution.guest_id)]),
            title=Saying(gettext_noop("Die Stadt prüft jetzt: %(title)s"), {"title": contribution.subject.title}),
            text=Saying(
                gettext_noop("%(n)s Menschen unterstützen diese Idee. Die Stadt antwortet bis %(day)s."),
                {"n": str(supporters), "day": f"{due:%d.%m.%Y}"},
            ),
            path=contribution.subject.path,
            key=f"ideas:{contribution.subject.public_id}:threshold",
        )
    return True


# -- without an account --------------------------------------------------------------------------------------------
def request_from_guest(
    module: Module, words: Words, email: str, *, name: str = "", key: str = "", client: str = ""
) -> None:
    """Somebody without an account proposes: check everything now, let it appear when the address is confirmed."""
    title, text = contributions.checked(words.title, words.text)
    name = checked_name(name)
    require(access.can(SOMEBODY, "propose", module, clock.now()))
    where(words, module)
    payload = {
        "module": module.subject.public_id,
        "title": title,
        "text": text,
        "category": words.category.pk if words.category is not None else None,
        "district": words.district,
        "place": words.place,
        "geometry": words.geometry,
        "name": name,
        "email": email,
        "key": key,
    }
    guests.request_confirmation(email, PURPOSE, payload, get_language() or "de", client=client)


def confirmed(actor: Actor, payload: dict[str, Any]) -> str:
    """A guest opened the link: now the idea appears. Returns where it stands."""
    module = participation.module(payload["module"])
    if module is None:
        raise DomainError(_("Den Aufruf, zu dem Sie geschrieben haben, gibt es nicht mehr."), code="gone")
    notify.reachable(actor, payload["email"])
    category = module.categories.filter(pk=payload["category"]).first() if payload["category"] else None
    words = Words(
        payload["title"], payload["text"], category, payload["district"], payload["place"], payload["geometry"]
    )
    idea = propose(actor, module, words, key=payload["key"], name=payload["name"])
    return idea.subject.path if not idea.held else module.subject.path


def describe(payload: dict[str, Any]) -> str:
    """What a guest is about to confirm."""
    return _("Ihre Idee „%(title)s“") % {"title": payload["title"]}


def request_support(idea: Contribution, email: str, *, client: str = "") -> None:
    """Somebody without an account stands behind an idea: it counts when the address is confirmed."""
    assert idea.module is not None
    decision = supports.may(SOMEBODY, idea, clock.now())
    if not decision and decision.step_up != "login":
        raise Refused(decision)
    require(access.can(SOMEBODY, "support", idea.module, clock.now()))
    payload = {"idea": idea.subject.public_id, "title": idea.subject.title, "email": email}
    guests.request_confirmation(email, SUPPORT, payload, get_language() or "de", client=client)


def confirmed_support(actor: Actor, payload: dict[str, Any]) -> str:
    """A guest opened the link: now it counts, once."""
    idea = participation.contribution(payload["idea"])
    if idea is None:
        raise DomainError(_("Diese Idee gibt es nicht mehr."), code="gone")
    notify.reachable(actor, payload["email"])
    supports.add(actor, idea)
    return idea.subject.path


def describe_support(payload: dict[str, Any]) -> str:
    return _("Ihre Unterstützung für „%(title)s“") % {"title": payload["title"]}
