"""Staff change a sheet before it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from mitstadt.accounts import rules as trust
from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor
from mitstadt.audit import actions as audit
from mitstadt.comments.rules import clean
from mitstadt.kit import cache
from mitstadt.kit.decision import Decision, no
from mitstadt.kit.errors import DomainError, require
from mitstadt.participation.leaflets import build, jobs
from mitstadt.participation.models import Leaflet


def may_edit(actor: Actor) -> Decision:
    """Whoever edits or coordinates for a department of the city."""
    decision = trust.staff(actor)
    if decision and not (actor.has(EDITOR) or actor.has(COORDINATOR)):
        return no(_("Das Viertelblatt ändert, wer für die Stadt redigiert oder koordiniert."))
    return decision


def change(
    actor: Actor, leaflet: Leaflet, revision: int, heading: str, contact: str, content: Sequence[dict[str, str]]
) -> None:
    """Write it as staff want it; nothing that the worker finds later replaces it.

    Raises Refused, or DomainError (field ``heading`` or ``content``; code ``stale`` when somebody else was quicker).
    """
    require(may_edit(actor))
    heading = " ".join(heading.split())[:120]
    limits = {"title": build.LONGEST_TITLE, "text": build.LONGEST, "when": build.LONGEST_WHEN}
    rows = [{name: clean(row.get(name, "")) for name in limits} for row in content]
    rows = [row for row in rows if row["title"] or row["text"]]
    if any(len(row[name]) > most for row in rows for name, most in limits.items()):
        raise DomainError(_("Ein Eintrag ist zu lang. Bitte kürzen Sie ihn."), field="content")
    if not heading:
        raise DomainError(_("Das Blatt braucht eine Überschrift."), field="heading")
    if len(rows) > build.MOST:
        raise DomainError(_("Auf ein Blatt passen %(n)s Einträge.") % {"n": build.MOST}, field="content")
    _write(actor, leaflet, revision, heading=heading, contact=contact.strip()[:200], content=rows, edited=True)


def renew(actor: Actor, leaflet: Leaflet, revision: int) -> None:
    """Throw the changes away and let the house write it again."""
    require(may_edit(actor))
    with transaction.atomic():
        _write(actor, leaflet, revision, edited=False)
        jobs.make(leaflet.district, leaflet.month)


def _write(actor: Actor, leaflet: Leaflet, revision: int, **fields: Any) -> None:
    with transaction.atomic():
        changed = Leaflet.objects.filter(pk=leaflet.pk, revision=revision).update(
            revision=F("revision") + 1, label=actor.label[:300], **fields
        )
        if not changed:
            raise DomainError(_("Inzwischen hat jemand anderes dieses Blatt geändert."), code="stale")
        payload = {"district": leaflet.district.number, "month": leaflet.month.isoformat()}
        audit.record("participation.leaflet.change", by=actor, payload=payload)
        cache.bump()
