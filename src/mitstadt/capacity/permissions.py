"""Who may say what is free, read a request, refer somebody. Decisions with reasons, on loaded objects."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mitstadt.accounts.actor import MEMBER, Actor
from mitstadt.directory import access
from mitstadt.kit.decision import YES, Decision, no

from .models import Ask, Capacity
from .rounds.models import Place

READABLE = (Ask.State.ASKED, Ask.State.OFFERED, Ask.State.ACCEPTED)


def may_say(actor: Actor, capacity: Capacity) -> Decision:
    """Members of the verified provider, or those who keep the directory."""
    kept = access.may_keep(actor)
    return kept if kept else access.may_propose(actor, capacity.service.provider)


def may_read(actor: Actor, ask: Ask) -> Decision:
    """Only the provider whose turn it is; not even the city's staff."""
    own = access.may_propose(actor, ask.capacity.service.provider)
    if not own:
        return own
    if ask.state not in READABLE:
        return no(_("Diese Anfrage ist nicht bei Ihnen."))
    return YES


def may_answer(actor: Actor, ask: Ask) -> Decision:
    own = access.may_propose(actor, ask.capacity.service.provider)
    if own and ask.state != Ask.State.ASKED:
        return no(_("Diese Anfrage ist nicht mehr bei Ihnen."))
    return own


def may_read_place(actor: Actor, place: Place) -> Decision:
    """Who got a place in a round: only the house, and only once the family said yes; not the city's staff."""
    own = access.may_propose(actor, place.programme.capacity.service.provider)
    if own and place.state != Place.State.ACCEPTED:
        return no(_("Name und Kontakt lesen Sie, wenn die Familie den Platz angenommen hat."))
    return own


def may_refer(actor: Actor) -> Decision:
    """Case workers: members of a verified organisation, and staff with their second factor."""
    if not actor.is_known:
        return no(_("Bitte melden Sie sich an."), "login")
    if actor.is_staff and actor.second_factor:
        return YES
    if any(grant.role == MEMBER for grant in actor.grants) and access.may_network(actor):
        return YES
    return no(_("Vermitteln können Mitglieder bestätigter Organisationen und die Stadt."))
