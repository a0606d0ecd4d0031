"""The radar's own screens in the back office."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor
from mitstadt.kit.errors import DomainError
from mitstadt.kit.spreadsheets import cell
from mitstadt.organisations import saved_filters
from mitstadt.radar import access, actions
from mitstadt.radar.actions.bulk import by_number
from mitstadt.radar.models import BulkAction, Field, Measure, Status

from .forms import AssignManyForm, ReportManyForm, StatusForm
from .listing import SORTS, listing


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not (actor.has(EDITOR) or actor.has(COORDINATOR)):
        raise PermissionDenied(_("Dafür brauchen Sie die Rolle Redaktion oder Koordination."))
    return actor


def index(request: HttpRequest) -> HttpResponse:
    """The dense list, with the short form of one measure beside it."""
    actor = _actor(request)
    found = listing(actor, request.GET)
    context: dict[str, Any] = {
        "found": found,
        "fields": Field.objects.filter(strategy__is_current=True).values_list("slug", "name"),
        "statuses": Status.choices,
        "sorts": SORTS,
        "actor": actor,
        "is_coordinator": actor.has(COORDINATOR),
        "query": urlencode([(k, str(v)) for k, v in request.GET.items() if k != "massnahme"]),
        "undo": actions.undoable(actor),
        "saved": saved_filters.block(actor, "radar.measures", request.GET),
    }
    number = request.GET.get("massnahme", "")
    if number.isdecimal():
        context.update(_panel(actor, int(number), None))
    return render(request, "radar/staff/measures.html", context)


def _panel(actor: Actor, number: int, form: StatusForm | None) -> dict[str, Any]:
    measure = get_object_or_404(
        Measure.objects.select_related("subject", "field", "department", "latest_revision"),
        strategy__is_current=True,
        number=number,
    )
    decision = access.may_edit(actor, measure.department_id)
    draft = actions.draft_of(measure)
    return {
        "measure": measure,
        "decision": decision,
        "form": form or (StatusForm(draft) if decision else None),
        "in_approval": measure.workflow_in_progress,
        "open_request": measure.status_requests.filter(closed_at=None).first(),
    }


def report(request: HttpRequest, number: int) -> HttpResponse:
    """The short form on a page of its own: where the reminder mail leads, and where the panel posts to."""
    actor = _actor(request)
    measure = get_object_or_404(Measure.objects.select_related("subject"), strategy__is_current=True, number=number)
    decision = access.may_edit(actor, measure.department_id)
    if not decision:
        raise PermissionDenied(decision.reason)
    form = StatusForm(actions.draft_of(measure), request.POST.copy() if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.report_status(actor, request.user, measure, form.cleaned_data)
        messages.success(
            request,
            _("%(code)s ist gemeldet. Eine zweite Person gibt frei, dann steht der Stand im Radar.")
            % {"code": measure.code},
        )
        back = request.POST.get("zurueck", "")
        safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
        return redirect(back if safe else reverse("radar_staff:measures"))
    if request.method == "POST" and "seen_revision" not in form.errors and form.non_field_errors():
        assert isinstance(form.data, QueryDict)
        form.data["seen_revision"] = str(measure.latest_revision_id or "")
    status = 422 if request.method == "POST" else 200
    return render(request, "radar/staff/report.html", _panel(actor, number, form), status=status)


FORMS: dict[str, Any] = {"melden": ReportManyForm, "zuweisen": AssignManyForm}


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """What is done to several measures at once. What needs words asks for them on a page with all chosen measures."""
    actor = _actor(request)
    numbers = sorted({int(n) for n in request.POST.getlist("nummer") if n.isdecimal() and len(n) < 9})
    query = request.POST.get("query", "")
    back = reverse("radar_staff:measures") + "?" + query
    if not numbers:
        messages.warning(request, _("Wählen Sie zuerst mindestens eine Maßnahme aus."))
        return redirect(back)
    what = request.POST.get("was", "")
    if what == "export":
        return redirect(reverse("radar_staff:export") + "?" + urlencode([("nummer", n) for n in numbers]))
    measures = by_number(numbers)
    form = FORMS[what](request.POST if "senden" in request.POST else None) if what in FORMS else None
    if form is None or form.is_valid():
        try:
            done = _done(what, actor, request.user, measures, form.cleaned_data if form is not None else {})
        except DomainError as error:
            messages.error(request, error.message)
        else:
            _say(request, done)
        return redirect(back)
    context = {
        "what": what,
        "form": form,
        "measures": measures,
        "query": query,
        "barred": [m for m in measures if not access.may_edit(actor, m.department_id) or m.has_unpublished_changes],
    }
    return render(request, "radar/staff/bulk.html", context, status=422 if form.is_bound else 200)


def _done(what: str, actor: Actor, user: Any, measures: list[Measure], data: dict[str, Any]) -> BulkAction:
    if what == "melden":
        return actions.report_many(actor, user, measures, **data)
    if what == "zuweisen":
        return actions.assign_many(actor, user, measures, **data)
    return actions.request_many(actor, measures)


def _say(request: HttpRequest, done: BulkAction) -> None:
    """What was done to how many, and how many were left out."""
    count = len(done.items)
    said = {
        BulkAction.Kind.REQUEST: ngettext(
            "Stand für %(count)s Maßnahme angefordert.", "Stand für %(count)s Maßnahmen angefordert.", count
        ),
        BulkAction.Kind.REPORT: ngettext(
            "Stand für %(count)s Maßnahme zur Freigabe gegeben.",
            "Stand für %(count)s Maßnahmen zur Freigabe gegeben.",
            count,
        ),
        BulkAction.Kind.ASSIGN: ngettext(
            "Neues Referat für %(count)s Maßnahme zur Freigabe gegeben.",
            "Neues Referat für %(count)s Maßnahmen zur Freigabe gegeben.",
            count,
        ),
    }
    why = {
        BulkAction.Kind.REQUEST: _("%(count)s ausgelassen: schon angefragt oder ohne Referat."),
        BulkAction.Kind.REPORT: _("%(count)s ausgelassen: anderes Referat, oder ein Entwurf wartet schon."),
        BulkAction.Kind.ASSIGN: _("%(count)s ausgelassen: schon dort, oder ein Entwurf wartet schon."),
    }
    kind = BulkAction.Kind(done.kind)
    text = said[kind] % {"count": count}
    if done.left_out:
        text += " " + why[kind] % {"count": done.left_out}
    (messages.success if count else messages.warning)(request, text)


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take the last bulk action back."""
    actor = _actor(request)
    try:
        count, went_on = actions.undo(actor, request.POST.get("aktion", ""))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        text = ngettext("Für %(n)s Maßnahme zurückgenommen.", "Für %(n)s Maßnahmen zurückgenommen.", count) % {
            "n": count
        }
        if went_on:
            text += " " + _("%(n)s ging inzwischen weiter und bleibt.") % {"n": went_on}
        messages.success(request, text)
    return redirect("radar_staff:measures")


COLUMNS = ("code", "title", "field", "department", "status", "status_as_of", "start", "end", "flags")


def export(request: HttpRequest) -> HttpResponse:
    """The filtered or selected measures as CSV."""
    actor = _actor(request)
    wanted = {int(n) for n in request.GET.getlist("nummer") if n.isdecimal()}
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="massnahmen.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for line in listing(actor, request.GET).lines:
        row = line.row
        if wanted and row.number not in wanted:
            continue
        writer.writerow(
            [
                cell(value)
                for value in (
                    row.code,
                    row.title,
                    row.field.name,
                    row.department.name if row.department else "",
                    row.status,
                    row.status_as_of,
                    row.start,
                    row.end,
                    ", ".join(flag.text for flag in row.flags),
                )
            ]
        )
    return response
