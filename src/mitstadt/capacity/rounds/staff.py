"""Rounds in the back office: rules, contracts, and the steps from opening to publishing."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mitstadt.accounts.views.common import actor_of
from mitstadt.audit import actions as audit
from mitstadt.directory.staff.screens import keepers
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, show

from . import actions, places, queries, wording
from .forms import ProgrammeForm, RoundForm, SeedForm
from .models import Application, Child, File, Place, Programme, Round
from .views import attachment

PAGE = 50


@keepers
def rounds(request: HttpRequest) -> HttpResponse:
    """`/verwaltung/plaetze/runden/`"""
    rows = Round.objects.defer("summary", "text", "criteria").annotate(applied=Count("applications"))
    return render(request, "capacity/rounds/staff/list.html", {"rows": rows})


def _round(public_id: str) -> Round:
    found = Round.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


@keepers
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _rules(request, None)


@keepers
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest, public_id: str) -> HttpResponse:
    """Title, times, criteria, where the seed comes from; fixed from opening on."""
    return _rules(request, _round(public_id))


def _rules(request: HttpRequest, round_: Round | None) -> HttpResponse:
    form = RoundForm(request.POST or None, instance=round_)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = actions.save(actor_of(request), form.round())
            except DomainError as error:
                show(form, error)
            else:
                messages.success(request, _("Gespeichert."))
                return redirect("rounds_staff:round", saved.public_id)
    fixed = round_ is not None and round_.state != Round.State.DRAFT
    return render(
        request, "capacity/rounds/staff/form.html", {"form": form, "round": round_, "fixed": fixed}, status=status
    )


@keepers
@require_http_methods(["GET", "HEAD", "POST"])
def programme(request: HttpRequest, public_id: str, pk: int = 0) -> HttpResponse:
    """A capacity joins by contract."""
    round_ = _round(public_id)
    there = _programme(round_, pk) if pk else None
    form = ProgrammeForm(request.POST or None, instance=there, round_=round_)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.put_programme(actor_of(request), form.programme())
            except DomainError as error:
                show(form, error)
            else:
                messages.success(request, _("Gespeichert."))
                return redirect("rounds_staff:round", public_id)
    context = {"form": form, "round": round_, "programme": there, "fixed": round_.state != Round.State.DRAFT}
    return render(request, "capacity/rounds/staff/form.html", context, status=status)


def _programme(round_: Round, pk: int) -> Programme:
    found = round_.programmes.select_related("capacity__service", "round").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@keepers
@require_POST
def programme_remove(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    try:
        actions.remove_programme(actor_of(request), _programme(_round(public_id), pk))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Erledigt."))
    return redirect("rounds_staff:round", public_id)


@keepers
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where the round stands, and the one next step."""
    return _one(request, _round(public_id), SeedForm())


def _one(request: HttpRequest, round_: Round, seed: SeedForm, status: int = 200) -> HttpResponse:
    return render(
        request,
        "capacity/rounds/staff/round.html",
        {
            "round": round_,
            "programmes": queries.programmes(round_),
            "applied": round_.applications.count(),
            "children": Child.objects.filter(application__round=round_).count(),
            "over": clock.now() >= round_.closes_at,
            "seed_form": seed,
            "criteria": round_.criteria,
            "result": _conflicts(round_),
            "answers": _answers(round_),
        },
        status=status,
    )


def _answers(round_: Round) -> list[dict[str, Any]]:
    """Where the families' answers stand at each house, and the sum; nobody's name or number."""
    if round_.state != Round.State.PUBLISHED:
        return []
    totals = places.counts(round_)
    none = dict.fromkeys(Place.State.values, 0)
    rows = [
        {"name": str(p), "quota": p.quota, "free": p.quota - p.taken, **(totals.get(p.pk) or none)}
        for p in queries.programmes(round_)
    ]
    keys = ("quota", "free", *Place.State.values)
    return [*rows, {"name": _("Zusammen"), **{key: sum(row[key] for row in rows) for key in keys}}]


def _conflicts(round_: Round) -> dict[str, Any] | None:
    """Openly: every option a family would have got in at, and whoever was passed over by it."""
    file = File.objects.filter(round=round_, kind="result").first()
    if file is None:
        return None
    result = json.loads(file.text)
    names = wording.names_of(round_)
    families = {row["id"]: row for row in result["groups"]}
    placed = sum(1 for row in result["applicants"] if row["programme"])
    return {
        "placed": placed,
        "applicants": len(result["applicants"]),
        "stable": result["stable"],
        "conflicts": [
            {
                "group": row["group"],
                "option": row["option"],
                "got": families[row["group"]]["option"],
                "members": ", ".join(sorted(families[row["group"]]["options"][row["option"] - 1]["members"])),
            }
            for row in result["conflicts"]
        ],
        "passed_over": [
            {"applicant": row["applicant"], "programme": names.get(row["programme"], row["programme"])}
            for row in result["blocking_pairs"]
        ],
        "programmes": [(names.get(row["id"], row["id"]), row) for row in result["programmes"]],
    }


@keepers
def applications(request: HttpRequest, public_id: str) -> HttpResponse:
    """References and wishes; a name only by a button that the family sees."""
    return _applications(request, _round(public_id))


def _applications(request: HttpRequest, round_: Round, read: dict[str, Any] | None = None) -> HttpResponse:
    rows = Application.objects.filter(round=round_).prefetch_related("children")
    page = Paginator(rows.order_by("pk"), PAGE).get_page(request.GET.get("p"))
    names = wording.names_of(round_)
    shown = [
        {
            "child": child,
            "application": application,
            "choices": [names.get(code, code) for code in child.choices],
            "facts": [round_.criterion(name)["name"] for name in child.facts],
            "words": (read or {}).get(child.reference),
        }
        for application in page
        for child in application.children.all()
    ]
    return render(
        request, "capacity/rounds/staff/applications.html", {"round": round_, "page": page, "rows": shown}
    )  # fmt: skip


@keepers
@require_POST
def look(request: HttpRequest, public_id: str, reference: str) -> HttpResponse:
    """Read a child's name: the family sees who did."""
    round_ = _round(public_id)
    child = (
        Child.objects.select_related("application__seeker")
        .filter(application__round=round_, reference=reference)
        .first()
    )
    if child is None:
        raise Http404
    return _applications(request, round_, {reference: actions.look(actor_of(request), child)})


@keepers
def file(request: HttpRequest, public_id: str, kind: str) -> HttpResponse:
    """For auditors: the input whose SHA-256 is published, and the whole result. Pseudonyms only."""
    found = File.objects.select_related("round").filter(round__public_id=public_id, kind=kind).first()
    if found is None:
        raise Http404
    actor = actor_of(request)
    audit.record(
        "capacity.round.download", by=actor, obj=public_id,
        payload={"kind": kind},
    )  # fmt: skip
    return attachment(found.text, f"{kind}-{public_id}.json")


@keepers
@require_POST
def step(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Open, close, enter the seed, draw, publish."""
    round_, actor = _round(public_id), actor_of(request)
    seed = SeedForm(request.POST) if verb == "los" else SeedForm()
    try:
        if verb == "eroeffnen":
            actions.open_round(actor, round_)
        elif verb == "schliessen":
            actions.close(actor, round_)
        elif verb == "los":
            if not seed.is_valid():
                return _one(request, round_, seed, 422)
            actions.enter_seed(actor, round_, seed.cleaned_data["seed"])
        elif verb == "ausrechnen":
            actions.draw(actor, round_)
        elif verb == "veroeffentlichen":
            actions.publish(actor, round_)
        else:
            raise Http404
    except DomainError as error:
        if verb == "los":
            show(seed, error)
        messages.error(request, error.message)
        return _one(request, _round(public_id), seed, 422)
    messages.success(request, _("Erledigt."))
    return redirect("rounds_staff:round", public_id)
