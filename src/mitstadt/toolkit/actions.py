"""Writes: taking a catalogue over, whole or in parts."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit

from .catalogue import Catalogue
from .models import Combination, Method


def take_over(actor: Actor | None, there: Catalogue, wanted: Collection[str] | None = None) -> tuple[int, int]:
    """Write entries of a faultless catalogue: new ones are published, known ones replaced with a revision kept.

    `wanted` names the slugs to take, None takes all; what is only here stays. All or nothing. Returns (new, changed).
    """
    new = changed = 0
    with transaction.atomic():
        known: dict[str, Method | Combination] = {m.slug: m for m in Method.objects.select_related("subject")}
        combined: dict[str, Combination] = {c.slug: c for c in Combination.objects.select_related("subject")}
        for order, data in enumerate(there.methods):
            if wanted is not None and data.slug not in wanted:
                continue
            method = known.get(data.slug)
            assert method is None or isinstance(method, Method)
            if method is not None and method.as_data() == data:
                continue
            new, changed = new + (method is None), changed + (method is not None)
            entry = method or Method(order=order)
            entry.take(data)
            _publish(actor, entry)
        for order, plan in enumerate(there.combinations):
            if wanted is not None and plan.slug not in wanted:
                continue
            found = combined.get(plan.slug)
            if found is not None and found.as_data() == plan:
                continue
            new, changed = new + (found is None), changed + (found is not None)
            combination = found or Combination(order=order)
            combination.take(plan)
            _publish(actor, combination)
    return new, changed


def _publish(actor: Actor | None, entry: Method | Combination) -> None:
    entry.live, entry.has_unpublished_changes = True, False
    entry.save()
    revision = entry.save_revision(changed=False)
    type(entry).objects.filter(pk=entry.pk).update(live_revision=revision, latest_revision=revision)
    if actor is not None:
        audit.record(
            f"toolkit.{entry.KIND}.taken_over",
            actor=actor.public_id,
            actor_label=actor.label[:160],
            obj=entry.subject.public_id,
            payload={"slug": entry.slug},
        )
