"""Roles belong to a person: handed out with the rest, gone with the account."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mitstadt.accounts import personal
from mitstadt.accounts.actor import ADMINISTRATOR

from .models import Membership, SavedFilter


def register_all() -> None:
    personal.register(
        Membership,
        label=_("Rollen"),
        export=personal.rows(Membership, ["organisation__name", "role", "function"]),
        erase=_erase,
        retention=_("bis die Rolle entzogen wird"),
    )
    personal.register(
        SavedFilter,
        label=_("Gemerkte Filter"),
        export=personal.rows(SavedFilter, ["screen", "name", "query", "department__name"], user="owner"),
        erase=personal.delete(SavedFilter, user="owner"),
        retention=_("bis Sie den Filter oder das Konto löschen"),
    )


def _erase(person: personal.Person, keep_without_name: bool) -> int:
    from . import actions

    mine = Membership.objects.filter(person.owns("user"))
    administrating = list(mine.filter(role=ADMINISTRATOR).values_list("pk", flat=True))
    if administrating:
        actions.keep_an_administrator(without=administrating)
    return mine.delete()[0]
