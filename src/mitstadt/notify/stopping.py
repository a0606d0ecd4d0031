"""What the link under a mail stops. Accounts keep following without mail; a guest's follow ends, nothing else reaches
them."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from . import actions, queries, rules
from .letters import Stop
from .models import Cadence, Event, Follow, Recipient


def _follows(stop: Stop, recipient: Recipient) -> list[Follow]:
    """The follows that made this mail."""
    own = Follow.objects.filter(recipient=recipient).select_related("subject")
    if stop.cadence:
        return list(own.filter(cadence=rules.cadence_number(stop.cadence)))
    event = Event.objects.filter(public_id=stop.event, public=True).first()
    if event is None:
        return []
    named = event.topics.values_list("topic", flat=True)
    return list(own.filter(Q(subject_id=event.subject_id) | Q(topic__in=list(named)), cadence=Cadence.AT_ONCE))


def describe(stop: Stop) -> list[str]:
    """What would be stopped, for the page with the button."""
    recipient = Recipient.objects.filter(public_id=stop.recipient).first()
    if recipient is None:
        return []
    labels = [queries.label_of(follow) for follow in _follows(stop, recipient)]
    return [label for label in labels if label] or [_("Neues zu Ihren eigenen Beiträgen")]


def stop(stop: Stop, *, everything: bool = False) -> None:
    """End the mails; doing it again changes nothing. `everything` ends all mail that may be ended."""
    with transaction.atomic():
        recipient = Recipient.objects.filter(public_id=stop.recipient).first()
        if recipient is None:
            return
        follows = list(Follow.objects.filter(recipient=recipient)) if everything else _follows(stop, recipient)
        if recipient.guest_id is not None:
            actions.stop([follow.pk for follow in follows])
        else:
            Follow.objects.filter(pk__in=[follow.pk for follow in follows]).update(cadence=Cadence.IN_APP)
        # Digests also carry news about one's own contributions when that cadence was chosen for them.
        is_personal = not follows or recipient.cadence == (rules.CADENCES.get(stop.cadence) or Cadence.AT_ONCE)
        if everything or is_personal:
            Recipient.objects.filter(pk=recipient.pk).update(cadence=Cadence.IN_APP)
