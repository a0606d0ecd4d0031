"""Paper forms of a module as PDF: one blank one for everybody, or a pile in which each sheet has a code of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.geo import maps
from mitstadt.kit import clock, languages, qr
from mitstadt.kit import components as ui
from mitstadt.kit.city import current
from mitstadt.kit.errors import DomainError, require
from mitstadt.participation import access, registry, rules
from mitstadt.participation.models import Module, Phase, PrintedSheet
from mitstadt.participation.report import pdf

from . import sheetcodes

MOST = 200  # sheets in one file


@dataclass(frozen=True, slots=True)
class Sheet:
    """One printed form; `code` is empty on a blank one."""

    code: str


def phase_of(module: Module) -> Phase | None:
    """The phase that a form is for: the one that runs, else the next, else the last, that the format has to do with."""
    found = registry.find(module.format)
    phases = [phase for phase in module.phases.all() if found is not None and set(phase.allows) & set(found.verbs)]
    now, stage = clock.now(), module.process.stage
    order = {rules.ACTIVE: 0, rules.NEXT: 1, rules.OVER: 2}
    return min(phases, key=lambda phase: (order[phase.when(now, stage)], phase.start), default=None)


def possible(module: Module) -> bool:
    """Is there anything to print, and may it still be handed in?"""
    found = registry.find(module.format)
    phase = phase_of(module)
    if found is None or found.entry is None or phase is None:
        return False
    if phase.when(clock.now(), module.process.stage) == rules.OVER:
        return False
    return bool(found.paper(module, phase))


def blank(module: Module, *, large: bool = False) -> bytes:
    """One form without a code, for whoever wants to print it. Raises DomainError when nothing can be printed."""
    return _drawn(module, [Sheet("")], large)


def pile(actor: Actor, module: Module, count: int, *, large: bool = False, language: str = "de") -> bytes:
    """`count` forms in one file (1 to `MOST`), each with a code by which it is entered once.

    Raises Refused, DomainError (field ``count``).
    """
    require(access.may_enter(actor, module.process))
    if not 1 <= count <= MOST:
        raise DomainError(_("Bitte eine Anzahl von 1 bis %(most)d angeben.") % {"most": MOST}, field="count")
    now = clock.now()
    for _try in range(3):
        codes = [sheetcodes.new() for _number in range(count)]
        try:
            with transaction.atomic():
                PrintedSheet.objects.bulk_create(
                    [PrintedSheet(module=module, code=code, at=now, by=actor.public_id) for code in codes]
                )
                audit.record(
                    "participation.sheets.print",
                    by=actor,
                    obj=module.subject.public_id,
                    payload={"count": count},
                )
            break
        except IntegrityError:  # one of the codes was there already; at six signs that is rare
            continue
    else:
        raise DomainError(_("Das hat gerade nicht geklappt. Bitte versuchen Sie es noch einmal."), field="count")
    with translation.override(language):
        return _drawn(module, [Sheet(code) for code in codes], large)


def _drawn(module: Module, sheets: list[Sheet], large: bool) -> bytes:
    found, phase = registry.get(module.format), phase_of(module)
    fields = found.paper(module, phase)
    if not fields:
        raise DomainError(_("Zu diesem Modul gibt es nichts auszufüllen."), code="no_paper")
    address = settings.MITSTADT_BASE_URL.rstrip("/") + languages.local_path(module.subject.path)
    city = maps.current() if any(field.kind == "place" for field in fields) else None
    context: dict[str, Any] = {
        "city": current().name,
        "module": module,
        "process": module.process,
        "phase": phase,
        "fields": fields,
        "sheets": sheets,
        "large": large,
        "qr": qr.svg(address, "qr", border=0),
        "address": address.removeprefix("https://").removeprefix("http://"),
        "map": ui.safe(maps.image(city, None)) if city is not None else "",
        "language": translation.get_language() or "de",
    }
    return pdf.render("participation/print/form.html", context)
