"""What the city knows about me, taking it along, and leaving."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mitstadt.accounts import actions, exports, personal
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.forms import DeletionForm
from mitstadt.accounts.models import Fact, Proof, Trust
from mitstadt.audit.models import Entry
from mitstadt.kit.errors import DomainError

from .common import actor_of, signed_in, user_id_of
from .guest import zip_response


def _person(actor: Actor) -> personal.Person:
    return personal.Person(public_id=actor.public_id, user_id=actor.user_id)


@signed_in
@require_safe
def what_we_know(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    reads = (
        Entry.objects.filter(object=actor.public_id, action="accounts.personal.read")
        .exclude(actor=actor.public_id)
        .order_by("-id")
        .values("at", "actor_label", "payload")[:100]
    )
    return render(
        request,
        "accounts/data.html",
        {
            "actor": actor,
            "trust": Trust(actor.trust),
            "facts": Fact.objects.filter(user_id=user_id_of(request)).order_by("rule"),
            "proofs": Proof.objects.filter(user_id=user_id_of(request)).order_by("trust"),
            "kinds": [(kind, *_count(kind, _person(actor))) for kind in personal.kinds()],
            "reads": [{**row, "why": (row["payload"] or {}).get("why", "")} for row in reads],
        },
    )


def _count(kind: personal.Kind, person: personal.Person) -> tuple[int, Any]:
    number = kind.count(person) if kind.count else sum(1 for _row in kind.export(person))
    return number, kind.retention


@signed_in
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def export(request: HttpRequest) -> HttpResponse:
    return zip_response(exports.as_zip(_person(actor_of(request))))


@signed_in
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Asks per kind: remove, or keep without a name. Needs a fresh password, passkey or second factor."""
    actor = actor_of(request)
    person = _person(actor)
    asked = [(kind, _count(kind, person)[0]) for kind in personal.kinds() if kind.choice]
    form = DeletionForm(
        request.POST if request.method == "POST" else None, kinds=[(kind, number) for kind, number in asked if number]
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.delete_account(actor, form.choices())
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            logout(request)
            return redirect("accounts:gone")
    return render(request, "accounts/delete.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
def gone(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/gone.html")
