"""A family's way through a round, without an account and without JavaScript: apply, change, read why, recompute."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mitstadt.accounts import drafts, limits
from mitstadt.accounts.views.common import actor_of, client_of
from mitstadt.capacity import seekers
from mitstadt.capacity.views.public import PER_HOUR
from mitstadt.kit import cache, clock
from mitstadt.kit import components as ui
from mitstadt.kit.errors import DomainError, show

from . import actions, places, queries, wording
from .forms import ApplyForm, ChildForm, ContactForm, TogetherForm
from .models import Application, Child, Place, Round
from .views import attachment, public_round, when

MOVES = ("up", "down", "out")


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/plaetze/runden/<id>/anmelden/`: the first child; the answer is the family's own secret page."""
    round_, actor = public_round(public_id), actor_of(request)
    if actor.is_known:
        token = seekers.token_of(actor)
        if queries.application(token, public_id) is not None:
            return redirect("rounds:own", token, public_id)
    programmes = queries.programmes(round_)
    if request.method != "POST":
        typed = {n: v if n.startswith(("local_", "facts")) else v[-1] for n, v in drafts.restore_all(request).items()}
        form = ApplyForm(round_=round_, programmes=programmes, initial=typed | {"key": secrets.token_urlsafe(24)})
        return _child_page(request, form, round_)
    form = ApplyForm(request.POST, round_=round_, programmes=programmes)
    if any(move in request.POST for move in MOVES):
        return _child_page(request, form.moved(), round_)
    if form.is_valid():
        key = form.cleaned_data["key"]
        try:
            if form.cleaned_data["website"]:
                raise DomainError(_("Bitte lassen Sie das versteckte Feld leer."))
            limits.require("capacity", client_of(request), times=PER_HOUR, seconds=3600)
            _application, token = actions.apply(
                round_, form.wishes(), key=key if len(key) >= 20 else secrets.token_urlsafe(24), actor=actor,
                email=form.cleaned_data["email"], language=get_language() or "de",
            )  # fmt: skip
        except DomainError as error:
            show(form, error)
        else:
            drafts.done(request)
            messages.success(request, _("Ihre Anmeldung ist da."))
            return redirect("rounds:own", token, public_id)
    return _child_page(request, form, round_, status=422)


def _child_page(
    request: HttpRequest, form: ChildForm, round_: Round, *, status: int = 200, **more: Any
) -> HttpResponse:
    closed = "" if round_.is_open() else when(round_)
    moved = any(move in request.POST for move in MOVES)
    context = {"form": form, "round": round_, "closed": closed, "moved": moved, "errors": status == 422, **more}
    return render(request, "capacity/rounds/child.html", context, status=status)


def _found(token: str, public_id: str) -> Application:
    found = queries.application(token, public_id)
    if found is None:
        raise Http404
    return found


def _child(application: Application, reference: str) -> Child:
    for turn, child in enumerate(application.children.all(), start=1):
        if child.reference == reference:
            child.application = application
            child.turn = turn  # type: ignore[attr-defined]
            return child
    raise Http404


def called(child: Child, turn: int) -> str:
    """What the family calls a child, else its number."""
    return seekers.words_of(child.sealed).get("name") or _("Kind %(n)s") % {"n": turn}


@cache.private
def own(request: HttpRequest, token: str, public_id: str) -> HttpResponse:
    """The family's page: what they wished, until closing to change; then what became of it, why, and their answer."""
    return _own(request, _found(token, public_id), token)


def _own(request: HttpRequest, application: Application, token: str, typed: dict[str, ContactForm] | None = None,
         problem: str = "") -> HttpResponse:  # fmt: skip
    """`typed`: place → what was wrong about the contact; `problem`: why an answer does not count."""
    round_ = application.round
    public_id = round_.public_id
    names = wording.names_of(round_)
    children = list(application.children.all())
    calls = {c.reference: called(c, turn) for turn, c in enumerate(children, start=1)}
    published = round_.state == Round.State.PUBLISHED
    return render(
        request,
        "capacity/rounds/own.html",
        {
            "application": application,
            "round": round_,
            "when": when(round_),
            "token": token,
            "is_open": round_.is_open(),
            "published": published,
            "link": request.build_absolute_uri(reverse("rounds:own", args=[token, public_id])),
            "children": [_told(c, calls, names, round_, published, typed or {}) for c in children],
            "problem": problem,
            "several": len(children) > 1,
            "options": [", ".join(f"{calls.get(r, r)} → {names.get(c, c)}" for r, c in sorted(option.items()))
                        for option in application.options],
            "family": _family(application, children, calls, names) if published else None,
            "looks": list(application.seeker.looks.all()[:20]),
        },
        status=422 if typed or problem else 200,
    )  # fmt: skip


def _told(
    child: Child, calls: dict[str, str], names: dict[str, str], round_: Round, published: bool,
    typed: dict[str, ContactForm],
) -> dict[str, Any]:  # fmt: skip
    found: dict[str, Any] = {
        "child": child,
        "name": calls[child.reference],
        "choices": [names.get(code, code) for code in child.choices],
        "facts": [round_.criterion(name)["name"] for name in child.facts]
        + [f"{round_.criterion(n)['name']} ({names.get(code, code)})" for code, ns in child.local.items() for n in ns],
    }
    if published:
        row = child.outcome.row
        found |= {
            "placed": names.get(row["programme"], row["programme"]) if row["programme"] else "",
            "overtaken": _overtaken(child),
            "number": row["lottery_number"],
            "lines": wording.wishes(child, names, round_),
            "case_name": f"fall-{child.reference}.json",
            "places": [_place(p, child, typed) for p in child.places.all() if p.state not in QUIET],
            "choose": sum(1 for p in child.places.all() if p.state in places.HELD) > 1,
            "line": [p for p in child.places.all() if p.state == Place.State.WAITING],
        }
    return found


def _overtaken(child: Child) -> bool:
    """Whether what the draw said is not so any more: given up, moved up to something better, or to anything at all."""
    offered = [p for p in child.places.all() if p.offered_at is not None]
    drawn = [p for p in offered if not p.moved_up]
    if drawn:
        return all(p.state not in places.HELD for p in drawn)
    return any(p.state in places.HELD for p in offered)


QUIET = (Place.State.WAITING, Place.State.LEFT)


def _place(place: Place, child: Child, typed: dict[str, ContactForm]) -> dict[str, Any]:
    """A place that is or was offered. The form to say yes stands there while there is time."""
    form = None
    if place.is_open():
        known = seekers.contact_of(child.application.seeker)
        form = typed.get(place.public_id) or ContactForm(initial=known, auto_id=f"{place.public_id}_%s")
    return {"place": place, "form": form, "held": place.state in places.HELD}


def _family(
    application: Application, children: list[Child], calls: dict[str, str], names: dict[str, str]
) -> list[wording.OptionLine] | None:
    family = children[0].outcome.family if children else None
    if family is None:
        return None
    numbers = {c.reference: c.outcome.row["lottery_number"] for c in children}
    return wording.options(application, family, names, calls, application.round, numbers)


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, token: str, public_id: str, reference: str) -> HttpResponse:
    application = _found(token, public_id)
    child = _child(application, reference)
    return _write(request, application, token, child, lambda wishes: actions.change(child, wishes))


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, token: str, public_id: str) -> HttpResponse:
    application = _found(token, public_id)
    return _write(request, application, token, None, lambda wishes: actions.add_child(application, wishes))


def _write(
    request: HttpRequest, application: Application, token: str, child: Child | None, do: Callable[..., Any]
) -> HttpResponse:
    round_ = application.round
    programmes = queries.programmes(round_)
    back = reverse("rounds:own", args=[token, round_.public_id])
    more: dict[str, Any] = {"back": back, "again": child is not None, "sibling": child is None}
    if request.method != "POST":
        return _child_page(request, ChildForm(round_=round_, programmes=programmes, child=child), round_, **more)
    form = ChildForm(request.POST, round_=round_, programmes=programmes)
    if any(move in request.POST for move in MOVES):
        return _child_page(request, form.moved(), round_, **more)
    if form.is_valid():
        try:
            do(form.wishes())
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Gespeichert."))
            return redirect(back)
    return _child_page(request, form, round_, status=422, **more)


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def together(request: HttpRequest, token: str, public_id: str) -> HttpResponse:
    """`…/zusammen/`: how siblings apply."""
    application = _found(token, public_id)
    rows = [(c.reference, called(c, turn)) for turn, c in enumerate(application.children.all(), start=1)]
    if len(rows) < 2:
        raise Http404
    form = TogetherForm(
        request.POST or None, application=application, children=rows, programmes=queries.programmes(application.round)
    )
    back = reverse("rounds:own", args=[token, public_id])
    status = 200
    if request.method == "POST" and "more" not in request.POST:
        status = 422
        if form.is_valid():
            try:
                actions.go_together(application, form.cleaned_data["together"], form.options())
            except DomainError as error:
                show(form, error)
            else:
                messages.success(request, _("Gespeichert."))
                return redirect(back)
    context = {"form": form, "round": application.round, "back": back, "errors": status == 422}
    return render(request, "capacity/rounds/together.html", context, status=status)


def _ask(
    request: HttpRequest, application: Application, token: str, what: str, do: Callable[[], None], why: str = ""
) -> HttpResponse:
    """A page with the button, so that a link alone changes nothing."""
    back = reverse("rounds:own", args=[token, application.round.public_id])
    error = ""
    if request.method == "POST":
        try:
            do()
        except DomainError as refused:
            error = refused.message
        else:
            messages.success(request, _("Erledigt."))
            gone = not Application.objects.filter(pk=application.pk).exists() if application.pk else True
            return redirect("rounds:round", application.round.public_id) if gone else redirect(back)
    return render(
        request, "capacity/rounds/ask.html",
        {"round": application.round, "back": back, "what": what, "why": why, "error": error},
        status=422 if error else 200,
    )  # fmt: skip


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, token: str, public_id: str) -> HttpResponse:
    application = _found(token, public_id)
    return _ask(request, application, token, _("Anmeldung zurückziehen"), lambda: actions.withdraw(application))


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, token: str, public_id: str, reference: str) -> HttpResponse:
    application = _found(token, public_id)
    child = _child(application, reference)
    what = _("%(name)s aus der Anmeldung nehmen") % {"name": called(child, child.turn)}  # type: ignore[attr-defined]
    return _ask(request, application, token, what, lambda: actions.remove_child(child))


def _own_place(application: Application, public_id: str) -> Place:
    for child in application.children.all():
        for place in child.places.all():
            if place.public_id == public_id and place.state not in QUIET:
                child.application = application
                place.child = child
                return place
    raise Http404


@cache.private
@require_POST
def accept(request: HttpRequest, token: str, public_id: str, place: str) -> HttpResponse:
    """`…/platz/<id>/annehmen/`: yes, and how the house reaches the family."""
    application = _found(token, public_id)
    found = _own_place(application, place)
    form = ContactForm(request.POST, auto_id=f"{place}_%s")
    if not form.is_valid():
        return _own(request, application, token, typed={place: form})
    try:
        places.accept(found, **form.cleaned_data)
    except DomainError as error:
        return _own(request, _found(token, public_id), token, problem=error.message)
    messages.success(request, _("Angenommen. Der Platz gehört Ihrem Kind, das Haus meldet sich bei Ihnen."))
    return redirect("rounds:own", token, public_id)


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, token: str, public_id: str, place: str) -> HttpResponse:
    """`…/platz/<id>/ablehnen/`: a page that says what follows, with the button."""
    application = _found(token, public_id)
    found = _own_place(application, place)
    what = _("Platz ablehnen") if found.state == Place.State.OFFERED else _("Platz zurückgeben")
    why = _("%(where)s: Der Platz geht sofort an das nächste Kind. Zurücknehmen lässt sich das nicht.")
    return _ask(
        request, application, token, what, lambda: places.decline(found), why=why % {"where": found.programme}
    )  # fmt: skip


def _notice(token: str, public_id: str, reference: str) -> dict[str, Any]:
    application = _found(token, public_id)
    round_ = application.round
    if round_.state != Round.State.PUBLISHED:
        raise Http404
    child = _child(application, reference)
    names = wording.names_of(round_)
    children = list(application.children.all())
    calls = {c.reference: called(c, turn) for turn, c in enumerate(children, start=1)}
    row = child.outcome.row
    words = seekers.words_of(child.sealed)
    return {
        "round": round_,
        "child": child,
        "name": calls[reference],
        "born": ui.day(words.get("born")) if words.get("born") else "",
        "placed": names.get(row["programme"], row["programme"]) if row["programme"] else "",
        "number": row["lottery_number"],
        "lines": wording.wishes(child, names, round_),
        "family": _family(application, children, calls, names),
        "counted": wording.counted(child, round_, row["programme"] or (child.choices[0] if child.choices else "")),
        "day": clock.today(),
        "token": token,
        "until": next((p.answer_until for p in child.places.all() if p.is_open() and not p.moved_up), None),
        "moved_up": [p for p in child.places.all() if p.moved_up and p.state in places.HELD],
    }


@cache.private
def notice(request: HttpRequest, token: str, public_id: str, reference: str) -> HttpResponse:
    """`…/bescheid/<child>/`: the draft of the formal notice, to print."""
    return render(request, "capacity/rounds/notice.html", _notice(token, public_id, reference))


@cache.private
def notice_text(request: HttpRequest, token: str, public_id: str, reference: str) -> HttpResponse:
    text = render_to_string("capacity/rounds/notice.txt", _notice(token, public_id, reference))
    return attachment(text, f"bescheid-{reference}.txt", "text/plain")


@cache.private
def case(request: HttpRequest, token: str, public_id: str, reference: str) -> HttpResponse:
    """`…/fall/<child>.json` for `mitstadt-methods recompute`."""
    application = _found(token, public_id)
    if application.round.state != Round.State.PUBLISHED:
        raise Http404
    child = _child(application, reference)
    return attachment(json.dumps(child.outcome.case, ensure_ascii=False, indent=1) + "\n", f"fall-{reference}.json")
