"""The screen of roles inside the back office: who may do what, in which department."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mitstadt.accounts import rules
from mitstadt.accounts.actions import note_reads
from mitstadt.accounts.actor import ADMINISTRATOR, Actor
from mitstadt.kit.errors import DomainError

from . import actions, queries
from .forms import GrantForm
from .models import Membership


def _administrator(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not rules.staff_role(actor, ADMINISTRATOR):
        raise PermissionDenied
    return actor


@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: HttpRequest) -> HttpResponse:
    """GET lists all roles, POST grants one."""
    actor = _administrator(request)
    form = GrantForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.grant(actor, data["user"], data["organisation"], data["role"], data["function"])
        except DomainError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("Rolle vergeben. Sie gilt sofort."))
            return redirect("organisations_roles")
    rows = queries.all_memberships()
    names = dict(Membership.Role.choices)
    for row in rows:
        row["role_name"] = names[row["role"]]
    note_reads(actor, {row["user__public_id"] for row in rows}, _("Übersicht der Rollen"))
    return render(request, "organisations/roles.html", {"form": form, "rows": rows}, status=400 if form.errors else 200)


@require_POST
def withdraw(request: HttpRequest, membership_id: int) -> HttpResponse:
    actor = _administrator(request)
    try:
        actions.withdraw(actor, membership_id)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Rolle entzogen. Das gilt sofort, auch in offenen Sitzungen."))
    return redirect("organisations_roles")


urlpatterns = [
    path("rollen/", roles, name="organisations_roles"),
    path("rollen/<int:membership_id>/entziehen/", withdraw, name="organisations_withdraw"),
]
