"""Writes: taking a catalogue over, whole or in parts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.kit import cache, clock
from mitstadt.kit.city import current
from mitstadt.kit.errors import DomainError

from .catalogue import TRANSLATED, Catalogue, CombinationData, ExperienceData, MethodData, german
from .models import Combination, Elsewhere, Method

# Both ends of a span are taken together: one alone could turn it round.
SPANS = (("group_min", "group_max"), ("prep_min", "prep_max"), ("weeks_min", "weeks_max"))


def take_over(actor: Actor | None, there: Catalogue, wanted: Collection[str] | None = None) -> tuple[int, int]:
    """Write entries of a faultless catalogue: new ones are published, known ones replaced with a revision kept.

    `wanted` names what to take: a short name for a whole entry, ``name.field`` for one field of a known one, the `slug`
    of an experience; None takes all. What is only here stays. All or nothing. Returns (new, changed). Raises
    DomainError for a combination whose formats are neither here nor taken.
    """
    new = changed = 0
    with transaction.atomic():
        known: dict[str, Method] = {m.slug: m for m in Method.objects.select_related("subject")}
        combined: dict[str, Combination] = {c.slug: c for c in Combination.objects.select_related("subject")}
        for order, data in enumerate(there.methods):
            method = known.get(data.slug)
            taken = _merged(method.as_data() if method is not None else None, data, wanted)
            if taken is None:
                continue
            new, changed = new + (method is None), changed + (method is not None)
            entry = method or Method(order=order)
            entry.take(taken)
            _publish(actor, entry)
            known[data.slug] = entry
        for order, plan in enumerate(there.combinations):
            found = combined.get(plan.slug)
            taken_plan = _merged(found.as_data() if found is not None else None, plan, wanted)
            if taken_plan is None:
                continue
            missing = [slug for slug in taken_plan.steps if slug not in known]
            if missing:
                raise DomainError(
                    _("„%(name)s“ braucht Formate, die hier fehlen: %(missing)s. Wählen Sie sie dazu.")
                    % {"name": taken_plan.name_de, "missing": ", ".join(missing)}
                )
            new, changed = new + (found is None), changed + (found is not None)
            combination = found or Combination(order=order)
            combination.take(taken_plan)
            _publish(actor, combination)
        for one in there.experiences:
            made = _learn(actor, one, known, wanted)
            new, changed = new + (made is True), changed + (made is False)
    return new, changed


Data = TypeVar("Data", MethodData, CombinationData)


def _merged(mine: Data | None, theirs: Data, wanted: Collection[str] | None) -> Data | None:
    """What the entry becomes, or None when nothing of it is to be taken or nothing changes."""
    if wanted is None or theirs.slug in wanted:
        return None if mine == theirs else theirs
    if mine is None:
        return None
    names = {field.name for field in fields(theirs) if f"{theirs.slug}.{field.name}" in wanted} - {"outdated_en"}
    for span in SPANS:
        if names.intersection(span):
            names.update(name for name in span if hasattr(theirs, name))
    values: Mapping[str, Any] = {name: getattr(theirs, name) for name in names}
    taken = replace(mine, **values)
    taken = replace(taken, outdated_en=_outdated(mine, theirs, taken, names))
    return None if taken == mine else taken


def _outdated(mine: Data, theirs: Data, taken: Data, names: Collection[str]) -> tuple[str, ...]:
    """Of which texts the English belongs to another German one, once `names` of theirs were taken."""
    found = []
    for name in TRANSLATED["method" if isinstance(mine, MethodData) else "combination"]:
        if f"{name}_en" in names:
            fits = name not in theirs.outdated_en and german(taken, name) == german(theirs, name)
        else:
            fits = name not in mine.outdated_en and german(taken, name) == german(mine, name)
        if getattr(taken, f"{name}_en") and not fits:
            found.append(name)
    return tuple(found)


def _learn(
    actor: Actor | None, one: ExperienceData, known: Mapping[str, Method], wanted: Collection[str] | None
) -> bool | None:
    """Take over what another city learned: True for new, False for changed, None for nothing. Our own comes back from
    others unasked and is left out."""
    if (wanted is not None and one.slug not in wanted) or one.format not in known or one.city == current().short_name:
        return None
    values = {
        field.name: getattr(one, field.name) for field in fields(one) if field.name not in ("format", "city", "process")
    }
    key: dict[str, Any] = {"method": known[one.format], "city": one.city, "process": one.process}
    there = Elsewhere.objects.filter(**key).first()
    if there is not None and there.as_data(one.format) == one:
        return None
    Elsewhere.objects.update_or_create(**key, defaults={**values, "taken_at": clock.now()})
    cache.bump()
    if actor is not None:
        audit.record(
            "toolkit.experience.taken_over",
            by=actor,
            obj=known[one.format].subject.public_id,
            payload={"city": one.city, "process": one.process},
        )
    return there is None


def _publish(actor: Actor | None, entry: Method | Combination) -> None:
    entry.live, entry.has_unpublished_changes = True, False
    entry.save()
    revision = entry.save_revision(changed=False)
    type(entry).objects.filter(pk=entry.pk).update(live_revision=revision, latest_revision=revision)
    if actor is not None:
        audit.record(
            f"toolkit.{entry.KIND}.taken_over",
            by=actor,
            obj=entry.subject.public_id,
            payload={"slug": entry.slug},
        )
