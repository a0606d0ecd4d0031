"""What there is to be said something about: a capacity, new or changed, by its provider or by staff."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.capacity import permissions
from mitstadt.capacity.models import Capacity, Way
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, require


def save(actor: Actor, capacity: Capacity) -> Capacity:
    """Keep a filled-in capacity; its place and whether it is an emergency come from its offer.

    Raises Refused, or DomainError where the offer has one of that title already.
    """
    require(permissions.may_say(actor, capacity))
    try:
        with transaction.atomic():
            _write(actor, capacity)
    except IntegrityError as error:
        raise DomainError(_("Dieses Angebot hat schon Plätze, die so heißen."), field="title") from error
    return capacity


def _write(actor: Actor, capacity: Capacity) -> None:
    capacity.at = capacity.service.at.first()
    capacity.emergency = capacity.service.emergency
    capacity.created_at = capacity.created_at or clock.now()
    if capacity.way == Way.LINK:
        capacity.link_checked_on = clock.today()
    capacity.save()
    audit.record("capacity.capacity.save", actor=actor.public_id, actor_label=actor.label[:160], obj=capacity.public_id)
