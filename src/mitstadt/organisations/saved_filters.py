"""Saved filters of staff lists: give one a name, share it with the department, delete it. One block for every list.

A room registers its list in `AppConfig.ready` and puts `block(...)` into its page's context as ``saved``; the template
``organisations/_saved_filters.html`` shows it. It works without JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mitstadt.accounts.actor import MEMBER, Actor
from mitstadt.audit import actions as audit
from mitstadt.kit.errors import DomainError

from .models import SavedFilter

MOST = 50  # of one person, per list


@dataclass(frozen=True, slots=True)
class Screen:
    """A list: the name of its address, who may see it, and which parameters filter or sort it."""

    slug: str
    url_name: str
    allowed: Callable[[Actor], bool]
    parameters: frozenset[str]

    def clean(self, query: str) -> str:
        """The part of an address that filters, in one order; everything else is dropped."""
        pairs = [(k, v) for k, v in parse_qsl(query)[:40] if k in self.parameters and v]
        return urlencode(sorted(pairs))


_screens: dict[str, Screen] = {}


def register(slug: str, url_name: str, allowed: Callable[[Actor], bool], *parameters: str) -> None:
    _screens[slug] = Screen(slug, url_name, allowed, frozenset(parameters))


@dataclass(frozen=True, slots=True)
class Block:
    """What the template shows: one's own filters, those of colleagues, and what could be saved now."""

    screen: str
    address: str
    query: str
    mine: list[SavedFilter]
    shared: list[SavedFilter]
    departments: list[tuple[int, str]]


def block(actor: Actor, screen: str, asked: QueryDict) -> Block:
    """The saved filters of a list for a person. One query."""
    found = _screens[screen]
    rows = list(_visible(actor).filter(screen=screen).select_related("department"))
    return Block(
        screen,
        reverse(found.url_name),
        found.clean(asked.urlencode()),
        [row for row in rows if row.owner_id == actor.user_id],
        [row for row in rows if row.owner_id != actor.user_id],
        departments_of(actor),
    )


def departments_of(actor: Actor) -> list[tuple[int, str]]:
    """Where this person works."""
    found = {g.organisation_id: g.organisation for g in actor.grants if g.role != MEMBER}
    return sorted(found.items(), key=lambda pair: pair[1])


def _visible(actor: Actor) -> QuerySet[SavedFilter]:
    mine = Q(owner_id=actor.user_id)
    return SavedFilter.objects.filter(mine | Q(department__in=[pk for pk, _name in departments_of(actor)]))


# -- writes ----------------------------------------------------------------------------------------
def save(actor: Actor, screen: str, name: str, query: str, department_id: int | None = None) -> SavedFilter:
    """Keep a filter under a name; an own one of that name is replaced. `department_id` shares it with a department
    that the person works in. Raises DomainError (``name``)."""
    found = _allowed(actor, screen)
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise DomainError(_("Bitte geben Sie dem Filter einen Namen mit höchstens 60 Zeichen."), field="name")
    query = found.clean(query)
    if not query or len(query) > 500:
        raise DomainError(_("Stellen Sie zuerst einen Filter ein, dann lässt er sich merken."), field="query")
    mine = SavedFilter.objects.filter(owner_id=actor.user_id, screen=screen)
    if mine.exclude(name=name).count() >= MOST:
        raise DomainError(
            _("Mehr als %(most)s Filter je Liste lassen sich nicht merken.") % {"most": MOST}, code="many"
        )
    with transaction.atomic():
        kept, _created = SavedFilter.objects.update_or_create(
            owner_id=actor.user_id,
            screen=screen,
            name=name,
            defaults={"query": query, "department_id": _department(actor, department_id)},
        )
        _record("save", actor, kept)
    return kept


def share(actor: Actor, public_id: str, department_id: int | None) -> SavedFilter:
    """Share an own filter with a department, or with nobody any more."""
    found = _own(actor, public_id)
    with transaction.atomic():
        found.department_id = _department(actor, department_id)
        found.save(update_fields=["department"])
        _record("share", actor, found)
    return found


def delete(actor: Actor, public_id: str) -> None:
    """Forget an own filter, also for those it was shared with."""
    found = _own(actor, public_id)
    with transaction.atomic():
        _record("delete", actor, found)
        found.delete()


def _allowed(actor: Actor, screen: str) -> Screen:
    found = _screens.get(screen)
    if found is None or actor.user_id is None or not found.allowed(actor):
        raise PermissionDenied
    return found


def _own(actor: Actor, public_id: str) -> SavedFilter:
    found = SavedFilter.objects.filter(public_id=public_id, owner_id=actor.user_id).first()
    if found is None or actor.user_id is None:
        raise DomainError(_("Diesen Filter gibt es nicht mehr, oder er gehört jemand anderem."), code="gone")
    return found


def _department(actor: Actor, department_id: int | None) -> int | None:
    if department_id is not None and department_id not in dict(departments_of(actor)):
        raise DomainError(_("Teilen können Sie nur mit dem eigenen Referat."), field="department")
    return department_id


def _record(verb: str, actor: Actor, found: SavedFilter) -> None:
    audit.record(
        f"organisations.filter.{verb}",
        by=actor,
        obj=found.public_id,
        payload={"screen": found.screen, "name": found.name, "department": found.department_id},
    )


# -- the one address -------------------------------------------------------------------------------
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """``/verwaltung/filter/``: save, share, stop sharing, delete; then back to the list as it was."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    screen = _allowed(actor, request.POST.get("screen", ""))
    number = request.POST.get("department", "")
    department = int(number) if number.isdecimal() and len(number) < 10 else None
    query = screen.clean(request.POST.get("query", ""))
    what, public_id = request.POST.get("was", ""), request.POST.get("filter", "")
    try:
        if what == "merken":
            kept = save(actor, screen.slug, request.POST.get("name", ""), query, department)
            messages.success(request, _("Gemerkt als „%(name)s“.") % {"name": kept.name})
        elif what == "teilen":
            kept = share(actor, public_id, department)
            messages.success(
                request,
                _("Geteilt mit: %(name)s") % {"name": kept.department.name}
                if kept.department
                else _("Der Filter ist wieder nur für Sie."),
            )
        elif what == "loeschen":
            delete(actor, public_id)
            messages.success(request, _("Der Filter ist gelöscht."))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect(reverse(screen.url_name) + (f"?{query}" if query else ""))
