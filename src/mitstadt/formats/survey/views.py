"""The page of a survey, its form, and what came out."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import NOBODY, Actor
from mitstadt.accounts.views.common import client_of
from mitstadt.kit import cache, clock, languages, past
from mitstadt.kit.errors import DomainError
from mitstadt.kit.spreadsheets import cell
from mitstadt.participation import access, picking
from mitstadt.participation import rules as time_rules
from mitstadt.participation.models import Module
from mitstadt.participation.views import modules
from mitstadt.participation.views.modules import closed_page, context_of, reader, step_up

from . import actions, components, identity, queries, results, rules
from .forms import AnswerForm, GuestAnswerForm, initial_of, name_of
from .identity import Voter
from .models import QuestionKind, Survey

FORMAT = queries.FORMAT


@past.shown
@require_GET
def survey(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/beteiligung/umfrage/<id>/`: what is asked, of whom, until when; the result when it is open."""
    module = modules.shown(public_id, FORMAT, request)
    found = queries.survey_of(module)
    actor = reader(request)
    verb = queries.verb_of(module)
    questions = queries.questions(found)
    context = context_of(module, actor)
    voter = identity.of_actor(found, actor) if actor is not None else None
    decision = actions.may(actor, module, context["now"]) if actor is not None else context["can"][verb]
    if actor is None and queries.is_anonymous(module):
        decision = actions.may(NOBODY, module, context["now"])
    shown = queries.results_open(module, found, context["now"])
    context.update(
        {
            "questions": questions,
            "minutes": rules.minutes(question.kind for question in questions),
            "count": components.answers(found.responses),
            "decision": decision,
            "way": step_up(decision, request.get_full_path()),
            "answered": voter is not None and queries.has_answered(found, voter),
            "anonymous": queries.is_anonymous(module),
            "is_poll": verb == "vote",
            "results_open": shown,
            "live": module.settings.get("results") == "live",
            "first": [(result.question, components.question(result, came)) for result in came.questions[:1]]
            if shown and (came := results.of(module, found, texts=0))
            else [],
        }
    )
    response = render(request, "survey/survey.html", context)
    cache.until(response, time_rules.next_change(module.phases.all(), clock.now()))
    return response


@require_safe
def image(request: HttpRequest, public_id: str) -> HttpResponse:
    """`…/karte.svg?ort=11.58,48.13`"""
    modules.shown(public_id, FORMAT, request)
    return picking.image(request)


def _voter(request: HttpRequest, module: Module, found: Survey, actor: Actor) -> Voter | None:
    """Who answers; None for somebody who must confirm an address first."""
    voter = identity.of_actor(found, actor)
    if (
        voter is None
        and queries.is_anonymous(module)
        and access.can(actor, queries.verb_of(module), module, clock.now())
    ):
        return identity.of_device(found, request)
    return voter


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@modules.keeps_text
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """`…/antworten/`"""
    module = modules.shown(public_id, FORMAT, request)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.survey_of(module)
    voter = _voter(request, module, found, actor)
    if request.method == "POST" and voter is None and "email" not in request.POST:
        return drafts.login_to_continue(request)  # the form was shown to somebody whose login ran out meanwhile
    decision = actions.may(actor, module, clock.now())
    previewing = getattr(request, "previewing", None) == module.process_id
    if not decision and request.method != "POST" and not previewing:
        return closed_page(request, module, decision, module.title)
    questions = queries.questions(found)
    kind = AnswerForm if voter is not None else GuestAnswerForm
    data = request.POST.copy() if request.method == "POST" else None
    placing = data is not None and any(
        picking.click(data, name_of(question)) for question in questions if question.kind == QuestionKind.PLACE
    )
    mine = queries.response_of(found, voter) if voter is not None else None
    initial = initial_of(questions, queries.given(mine)) if mine is not None else {}
    initial.update(_typed(drafts.restore_all(request), questions))
    form = kind(data, request.FILES if data is not None else None, questions=questions, initial=initial)
    if data is not None and not placing:
        sent = _send(request, module, actor, voter, form)
        if sent is not None:
            return sent
    if placing:
        form.errors.clear()
    context = {
        "module": module,
        "process": module.process,
        "form": form,
        "parts": [(part, _picker(module, form, part)) for part in form.parts()],
        "closed": decision.reason,
        "way": step_up(decision, request.get_full_path()),
        "placed": placing,
        "back": languages.local_path(module.subject.path),
        "login": f"{reverse('account_login')}?next={request.path}",
        "anonymous": queries.is_anonymous(module),
        "by_device": voter is not None and bool(voter.token),
        "again": mine is not None,
        "has_map": any(question.kind == QuestionKind.PLACE for question in questions),
        "is_poll": queries.verb_of(module) == "vote",
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "survey/answer.html", context, status=status)


def _typed(kept: dict[str, list[str]], questions: Any) -> dict[str, Any]:
    """What was typed before a login, in the shape that each field takes."""
    many = {name_of(question) for question in questions if question.kind == QuestionKind.MULTIPLE}
    return {name: values if name in many else values[-1] for name, values in kept.items() if values}


def _picker(module: Module, form: AnswerForm, part: Any) -> picking.Picker | None:
    if part.question.kind != QuestionKind.PLACE:
        return None
    name = name_of(part.question)
    address = reverse("survey:image", args=[module.subject.public_id])
    return picking.picker(name, form[name].value(), address, lines=False)


def _send(
    request: HttpRequest, module: Module, actor: Actor, voter: Voter | None, form: AnswerForm
) -> HttpResponse | None:
    """What a sent form leads to; None to show it again, with what was typed."""
    if not form.is_valid():
        return None
    client = client_of(request)
    back = languages.local_path(module.subject.path)
    try:
        if voter is None:
            actions.request_from_guest(
                module, form.picks, form.cleaned_data["email"], files=form.uploads, client=client
            )
            return HttpResponseRedirect(reverse("accounts:check_mail"))
        actions.answer(actor, module, voter, form.picks, files=form.uploads, client=client)
    except DomainError as error:
        if error.code == "again":
            messages.info(request, error.message)
            return HttpResponseRedirect(back)
        name = next((name for name in form.fields if name.startswith(f"q_{error.field}")), error.field)
        form.add_error(name if name in form.fields else None, error.message)
        return None
    drafts.done(request)
    messages.success(request, _("Danke. Ihre Antwort zählt."))
    response = HttpResponseRedirect(back)
    identity.remember(response, voter)
    return response


def _open(request: HttpRequest, public_id: str) -> tuple[Module, Survey, bool]:
    module = modules.shown(public_id, FORMAT, request)
    found = queries.survey_of(module)
    return module, found, queries.results_open(module, found)


@require_GET
def result(request: HttpRequest, public_id: str) -> HttpResponse:
    """`…/ergebnis/`: what came out, with the numbers of every channel; before that, when it can be seen."""
    module, found, is_open = _open(request, public_id)
    context = {"module": module, "process": module.process, "back": languages.local_path(module.subject.path)}
    if is_open:
        came = results.of(module, found)
        context |= {
            "count": components.answers(came.total),
            "parts": [(one.question, components.question(one, came)) for one in came.questions],
            "who": components.who_answered(came),
            "ended": queries.ended(module, clock.now()),
            "anonymous": queries.is_anonymous(module),
        }
    response = render(request, "survey/result.html", {**context, "is_open": is_open})
    cache.until(response, time_rules.next_change(module.phases.all(), clock.now()))
    return response


@require_GET
def file(request: HttpRequest, public_id: str, form: str) -> HttpResponse:
    """`…/ergebnis.csv`, `…/ergebnis.json`: the same numbers for programs."""
    module, found, is_open = _open(request, public_id)
    if not is_open:
        return render(request, "survey/result.html", {"module": module, "process": module.process, "is_open": False,
                      "back": languages.local_path(module.subject.path)}, status=404)  # fmt: skip
    rows = list(results.rows(results.of(module, found, texts=0)))
    if form == "json":
        return JsonResponse(
            {"survey": public_id, "responses": found.responses, "rows": rows}, json_dumps_params={"ensure_ascii": False}
        )
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(results.COLUMNS)
    writer.writerows([[cell(row[name]) for name in results.COLUMNS] for row in rows])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="umfrage-{public_id}.csv"'
    return response
