"""Writes: departments, and who holds which role in them."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mitstadt.accounts import rules as account_rules
from mitstadt.accounts.actor import ADMINISTRATOR, ROLES, Actor
from mitstadt.accounts.models import User
from mitstadt.audit import actions as audit
from mitstadt.kit.errors import DomainError, require

from . import groups
from .models import Membership, Organisation

_UMLAUTS: dict[int, str] = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}


# -- organisations -----------------------------------------------------------------------------------
def ensure_department(code: str, name: str, confidence: str = "") -> Organisation:
    """The department with this short code (``RIT``), created or brought up to date. Costs one query when unchanged."""
    return ensure_organisation(code, name, confidence=confidence, kind=Organisation.Kind.DEPARTMENT)


def ensure_organisation(code: str, name: str, *, confidence: str = "", kind: str) -> Organisation:
    """As `ensure_department`, for any kind."""
    with transaction.atomic():
        found = Organisation.objects.filter(code=code).first()
        if found is None:
            return Organisation.objects.create(
                code=code, name=name, confidence=confidence, kind=kind, slug=_free_slug(name, code)
            )
        if (found.name, found.confidence, found.kind) != (name, confidence, kind):
            found.name, found.confidence, found.kind = name, confidence, kind
            found.save(update_fields=["name", "confidence", "kind"])
        return found


def _free_slug(name: str, code: str) -> str:
    folded = name.lower().translate(_UMLAUTS)
    slug = slugify(folded)[:140] or slugify(code)
    return f"{slug}-{slugify(code)}" if Organisation.objects.filter(slug=slug).exists() else slug


# -- roles -------------------------------------------------------------------------------------------
def grant(actor: Actor, user: User, organisation: Organisation, role: str, function: str = "") -> Membership:
    """Give `user` a role in `organisation`; `function` is what the public reads instead of a name. Granting again
    changes the function only.

    Raises Refused unless an administrator with a second factor asks, DomainError (fields ``role``, ``function``) for an
    unknown role or a function missing for staff.
    """
    require(account_rules.staff_role(actor, ADMINISTRATOR))
    function = " ".join(function.split())[:120]
    if role not in ROLES:
        raise DomainError(_("Diese Rolle gibt es nicht."), field="role")
    if role != Membership.Role.MEMBER and not function:
        raise DomainError(
            _("Bitte geben Sie die Funktion an, unter der die Person öffentlich erscheint."), field="function"
        )
    return _grant(user, organisation, role, function, actor)


def grant_by_system(user: User, organisation: Organisation, role: str, function: str = "") -> Membership:
    """`grant` without an actor: for the first administrator (command line) and the demo."""
    return _grant(user, organisation, role, function, None)


def _grant(user: User, organisation: Organisation, role: str, function: str, actor: Actor | None) -> Membership:
    with transaction.atomic():
        membership, created = Membership.objects.get_or_create(
            user=user, organisation=organisation, role=role, defaults={"function": function}
        )
        if not created and membership.function != function:
            membership.function = function
            membership.save(update_fields=["function"])
        audit.record(
            "organisations.role.grant",
            by=actor,
            obj=user.public_id,
            payload={"organisation": organisation.public_id, "role": role, "function": function},
        )
    return membership


def withdraw(actor: Actor, membership_id: int) -> None:
    """Take a role away, at once in all sessions.

    Raises Refused unless an administrator with a second factor asks, DomainError if it is gone already or is the last
    administrator's.
    """
    require(account_rules.staff_role(actor, ADMINISTRATOR))
    with transaction.atomic():
        membership = Membership.objects.filter(pk=membership_id).select_related("user", "organisation").first()
        if membership is None:
            raise DomainError(_("Diese Rolle ist schon entzogen."), code="gone")
        if membership.role == ADMINISTRATOR:
            keep_an_administrator(without=[membership.pk])
        membership.delete()
        audit.record(
            "organisations.role.withdraw",
            by=actor,
            obj=membership.user.public_id,
            payload={"organisation": membership.organisation.public_id, "role": membership.role},
        )


def keep_an_administrator(without: list[int]) -> None:
    """Raise DomainError if nobody would be administrator without these memberships. Inside a transaction only.

    Writing the group's row first makes two administrators who withdraw each other's role queue up, on both databases.
    """
    groups.ensure_groups()
    Group.objects.filter(name=groups.NAMES[ADMINISTRATOR]).update(name=F("name"))
    if not Membership.objects.filter(role=ADMINISTRATOR).exclude(pk__in=without).exists():
        raise DomainError(_("Mindestens eine Person muss die Administration behalten."), code="last_administrator")
