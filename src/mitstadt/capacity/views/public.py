"""`/plaetze/…`: what is free, one capacity, and the ways to a place; no account is needed for any of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mitstadt.accounts import drafts, limits
from mitstadt.accounts.views.common import actor_of, client_of
from mitstadt.capacity import components, demand, permissions, queries, seekers
from mitstadt.capacity.actions import enquiries, slots, waiting
from mitstadt.capacity.forms import BookForm, EnquireForm, FilterForm, ReferForm, WaitForm
from mitstadt.capacity.models import Capacity, Kind, Way
from mitstadt.directory import components as offers
from mitstadt.kit import cache, languages
from mitstadt.kit import components as ui
from mitstadt.kit.errors import DomainError, show
from mitstadt.kit.ids import new_id

PER_HOUR = 30  # bookings, enquiries and turns from one connection


def _page(request: HttpRequest) -> int:
    text = request.GET.get("seite", "1")
    return min(100, max(1, int(text))) if text.isascii() and text.isdigit() and len(text) < 5 else 1


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """`/plaetze/?art=nursing&ort=81379&frei=on`"""
    form = FilterForm(request.GET)
    choice = form.choice()
    rows = queries.rows(choice)
    page = _page(request)
    if choice.kind in Kind.values and page == 1 and (choice.only_free or choice.point is not None):
        demand.count_of(choice.kind, demand.district_at(choice.point), "searched")
    start = (page - 1) * queries.SIZE
    chosen = set(request.GET.getlist("k"))
    kinds = [
        ui.Option(label, ui.with_query(request.GET, art=None if choice.kind == key else key, seite=None),
                  choice.kind == key)
        for key, label in Kind.choices
    ]  # fmt: skip
    words = request.GET.get("q", "")
    response = render(
        request,
        "capacity/list.html",
        {
            "form": form,
            "first": offers.urgent_first(words),
            "kinds": kinds,
            "rows": [
                components.row(row, row.capacity.public_id in chosen) for row in rows[start : start + queries.SIZE]
            ],
            "total": len(rows),
            "free": sum(row.light in queries.FREE for row in rows),
            "enquirable": any(row.capacity.way == Way.ENQUIRE for row in rows[start : start + queries.SIZE]),
            "page": page,
            "pages": max(1, -(-len(rows) // queries.SIZE)),
            "place": form.place,
        },
    )
    return offers.unseen(response) if words or request.GET.get("ort") else response


def _one(public_id: str) -> Capacity:
    found = queries.one(public_id)
    if found is None:
        raise Http404(_("Diesen Eintrag gibt es hier nicht oder nicht mehr."))
    return found


@require_safe
def capacity(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/plaetze/<id>/`: what is free, how sure that is, and what one can do now."""
    found = _one(public_id)
    row = queries.row_of(found)
    times = queries.open_slots(found) if found.way == Way.BOOK else []
    first = offers.numbers_for(found.service)
    return render(
        request,
        "capacity/capacity.html",
        {
            "capacity": found,
            "first": first,
            "discreet": bool(first) or found.service.protected or found.service.emergency,
            "service": found.service,
            "entry": found.service.entry,
            "state": components.state(row),
            "freshness": components.freshness(row),
            "ages": components.age_span(found),
            "slots": [components.slot_label(slot) for slot in times[:8]],
            "more": max(0, len(times) - 8),
            "offer_url": languages.local_path(found.service.get_absolute_url()),
            "ask_url": languages.local_path("/plaetze/anfragen/") + f"?k={found.public_id}",
            "waits": found.has_waiting_list and not found.emergency,
            "waiting_count": found.waiters.filter(state__in=("waiting", "offered")).count(),
        },
    )


def _guard(request: HttpRequest) -> None:
    limits.require("capacity", client_of(request), times=PER_HOUR, seconds=3600)


def _language() -> str:
    return (get_language() or "de")[:2]


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/plaetze/<id>/buchen/`: choose a time; name and address may stay empty."""
    found = _one(public_id)
    if found.way != Way.BOOK:
        raise Http404
    times = queries.open_slots(found, 200)
    initial = {"slot": request.GET.get("termin", ""), **drafts.restore(request)}
    form = BookForm(request.POST or None, initial=initial)
    form.fields["slot"].choices = [(s.public_id, components.slot_label(s)) for s in times]  # type: ignore[attr-defined]
    status = 200
    if request.method == "POST":
        status = 422
        before = slots.sent_before(found, form.data.get("slot", ""), form.data.get("key", ""))
        if before is not None and (token := seekers.contact_of(before.seeker).get("token")):
            return redirect("capacity:seeker", token=token)
        if not form.data.get("slot") or any(s.public_id == form.data.get("slot") for s in times):
            valid = form.is_valid()
        else:
            valid = False
            form.is_valid()
            form.errors.pop("slot", None)
            form.add_error("slot", _("Dieser Termin ist ausgebucht. Bitte wählen Sie einen anderen."))
        if valid and not form.cleaned_data["website"]:
            slot = next(s for s in times if s.public_id == form.cleaned_data["slot"])
            try:
                _guard(request)
                seeker, token = seekers.create(actor_of(request), language=_language(), **form.person())
                slots.book(
                    slot, seeker, key=form.cleaned_data["key"] or new_id(seekers.KEY),
                    persons=form.cleaned_data["persons"], words={"text": form.cleaned_data["text"]},
                )  # fmt: skip
            except DomainError as error:
                show(form, error)
            else:
                drafts.done(request)
                messages.success(request, _("Gebucht: %(when)s") % {"when": components.slot_label(slot)})
                return redirect("capacity:seeker", token=token)
    return render(request, "capacity/book.html", {"capacity": found, "form": form, "any": bool(times)}, status=status)


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/plaetze/<id>/warten/`: get in line, with or without a name."""
    found = _one(public_id)
    if not found.has_waiting_list or found.emergency:
        raise Http404
    form = WaitForm(request.POST or None, initial=drafts.restore(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and not form.cleaned_data["website"]:
            try:
                _guard(request)
                seeker, token = seekers.create(actor_of(request), language=_language(), **form.person())
                try:
                    waiting.join(found, seeker, form.cleaned_data["persons"])
                    messages.success(request, _("Sie stehen auf der Liste. Bewahren Sie den Link dieser Seite auf."))
                except DomainError as error:
                    if error.code != "twice":
                        raise
                    messages.info(request, error.message)
                drafts.done(request)
                return redirect("capacity:seeker", token=token)
            except DomainError as error:
                show(form, error)
    return render(request, "capacity/wait.html", {"capacity": found, "form": form}, status=status)


def _chosen(request: HttpRequest) -> list[Capacity]:
    """The capacities of an enquiry, from `k` of the address, in that order; only those that take enquiries."""
    wanted = list(dict.fromkeys(request.GET.getlist("k")))[: enquiries.MOST]
    rows = {c.public_id: c for c in queries.public().filter(public_id__in=wanted, way=Way.ENQUIRE)}
    return [rows[key] for key in wanted if key in rows]


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def enquire(request: HttpRequest) -> HttpResponse:
    """`/plaetze/anfragen/?k=<id>&k=<id>`: one request to several, one after the other."""
    return _enquire(request, EnquireForm, "capacity/enquire.html")


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def refer(request: HttpRequest) -> HttpResponse:
    """`/plaetze/vermitteln/?k=…`: a case worker asks for somebody, with consent; a reference stands for the name."""
    if request.method == "POST" and not actor_of(request).is_known:
        return drafts.login_to_continue(request)  # the form was shown to somebody whose login ran out meanwhile
    decision = permissions.may_refer(actor_of(request))
    if not decision:
        return render(request, "capacity/refused.html", {"decision": decision}, status=403)
    return _enquire(request, ReferForm, "capacity/refer.html")


def _enquire(request: HttpRequest, form_class: type[EnquireForm], template: str) -> HttpResponse:
    capacities = _chosen(request)
    form = form_class(request.POST or None, capacities=capacities, initial=drafts.restore(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and not form.cleaned_data["website"]:
            try:
                _guard(request)
                actor = actor_of(request)
                referring = form_class is ReferForm
                seeker, token = seekers.create(
                    actor, language=_language(), is_young=form.cleaned_data.get("young", False),
                    referrer=actor if referring else None, **form.person(),
                )  # fmt: skip
                enquiries.enquire(
                    seeker, form.ordered(), words={"text": form.cleaned_data["text"]},
                    persons=form.cleaned_data["persons"], wanted_from=form.cleaned_data["wanted_from"],
                    key=form.cleaned_data["key"],
                )  # fmt: skip
            except DomainError as error:
                show(form, error)
            else:
                drafts.done(request)
                if referring:
                    messages.success(request, _("Gesendet. Kennzeichen: %(code)s") % {"code": seeker.reference})
                    return redirect("capacity:referrals")
                messages.success(request, _("Gesendet. Der erste Anbieter ist gefragt."))
                return redirect("capacity:seeker", token=token)
    context: dict[str, Any] = {"form": form, "capacities": capacities}
    return render(request, template, context, status=status)
