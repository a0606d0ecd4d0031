"""What there is to be said something about: a capacity, new or changed, by its provider or by staff."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.capacity import permissions, seekers
from mitstadt.capacity.models import Capacity, Waiting, Way
from mitstadt.directory import entries
from mitstadt.directory.models import Service
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, require

from . import waiting


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
    audit.record("capacity.capacity.save", by=actor, obj=capacity.public_id)


def _hide(service: Service) -> None:
    for capacity in Capacity.objects.filter(service=service):
        title, note = (entries.without_streets(text) for text in (capacity.title, capacity.note))
        if entries.tells_street(capacity.title) or entries.tells_street(capacity.note):
            title = title or capacity.get_kind_display()
            Capacity.objects.filter(pk=capacity.pk).update(title=title, note=note)


def follow(instance: Service, created: bool, **_options: object) -> None:
    """An offer became an emergency one, or none: its places never have a waiting list then, and who waits is told.
    Where its address became secret, no text about its places tells a street.
    """
    if created:
        return
    if instance.protected:
        _hide(instance)
    for capacity in Capacity.objects.filter(service=instance).exclude(emergency=instance.emergency):
        with transaction.atomic():
            lists = {"has_waiting_list": False} if instance.emergency else {}
            Capacity.objects.filter(pk=capacity.pk).update(emergency=instance.emergency, **lists)
            if not instance.emergency:
                continue
            for turn in capacity.waiters.filter(state=Waiting.State.WAITING).select_related("capacity", "seeker"):
                if waiting.end(turn, Waiting.State.LEFT):
                    seekers.tell(turn.seeker, _("Hier gibt es keine Warteliste mehr."), f"list:{turn.public_id}")
