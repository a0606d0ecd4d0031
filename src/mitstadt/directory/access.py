"""Who may do what with an entry, and when an entry is old. Decisions with reasons, on loaded objects."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from mitstadt.accounts.actor import ADMINISTRATOR, COORDINATOR, EDITOR, MEMBER, Actor
from mitstadt.kit.city import current
from mitstadt.kit.decision import YES, Decision, no

from .models import Provider, Service


def rule(name: str, default: int) -> int:
    """A number of days that the city sets in `city.yaml` under `rules`."""
    return int(current().rules.get(name, default))


def remind_after() -> int:
    return rule("offer_remind_after_days", 180)


def old_after() -> int:
    return rule("offer_old_after_days", 270)


def is_old(service: Service, today: date) -> bool:
    """Nobody said for a long time that the entry is true: it is marked, and stands behind the others."""
    return service.confirmed_on is None or service.confirmed_on < today - timedelta(days=old_after())


def may_keep(actor: Actor, service: Service | None = None) -> Decision:
    """Staff who look after the directory: editors of any department, coordination, administration."""
    if not actor.second_factor:
        return no(_("Das geht nur mit dem zweiten Faktor."), "second_factor")
    if any(actor.has(role) for role in (EDITOR, COORDINATOR, ADMINISTRATOR)):
        return YES
    return no(_("Das Verzeichnis pflegt die Redaktion."))


def belongs(actor: Actor, provider: Provider) -> bool:
    return any(g.organisation_id == provider.pk and g.role in (MEMBER, EDITOR) for g in actor.grants)


def is_own(actor: Actor, service: Service) -> bool:
    return belongs(actor, service.provider)


def may_propose(actor: Actor, provider: Provider) -> Decision:
    """Members of a verified organisation write drafts for it."""
    if not actor.is_known:
        return no(_("Bitte melden Sie sich an."), "login")
    if not belongs(actor, provider):
        return no(_("Das können Mitglieder dieser Organisation."))
    if provider.verified_at is None:
        return no(_("Ihre Organisation ist noch nicht bestätigt. Die Stadt meldet sich bei Ihnen."))
    return YES


def may_edit(actor: Actor, service: Service) -> Decision:
    """Staff, or a member of its verified organisation."""
    kept = may_keep(actor, service)
    return kept if kept else may_propose(actor, service.provider)


def may_network(actor: Actor) -> bool:
    """Members of a verified organisation, and staff, read what organisations tell each other."""
    if actor.is_staff:
        return True
    keys = [g.organisation_id for g in actor.grants]
    return bool(keys) and Provider.objects.filter(pk__in=keys, verified_at__isnull=False).exists()
