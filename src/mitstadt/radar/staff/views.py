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
from mitstadt.radar import access, actions
from mitstadt.radar.models import Field, Measure, Status

from .forms import StatusForm
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
        "undo": request.session.pop("radar_undo", None),
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


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """What is done to several measures at once: ask for a status, export the selection."""
    actor = _actor(request)
    numbers = [int(n) for n in request.POST.getlist("nummer") if n.isdecimal()]
    back = reverse("radar_staff:measures") + "?" + request.POST.get("query", "")
    if not numbers:
        messages.warning(request, _("Wählen Sie zuerst mindestens eine Maßnahme aus."))
        return redirect(back)
    measures = list(
        Measure.objects.filter(strategy__is_current=True, number__in=numbers).select_related("subject", "department")
    )
    if request.POST.get("was") == "export":
        return redirect(reverse("radar_staff:export") + "?" + urlencode([("nummer", n) for n in sorted(set(numbers))]))
    try:
        made = actions.request_status(actor, measures)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(back)
    left_out = len(measures) - len(made)
    text = ngettext(
        "Stand für %(count)s Maßnahme angefordert.", "Stand für %(count)s Maßnahmen angefordert.", len(made)
    )
    text = text % {"count": len(made)}
    if left_out:
        text += " " + _("%(count)s ausgelassen: schon angefragt oder ohne Referat.") % {"count": left_out}
    messages.success(request, text)
    if made:
        request.session["radar_undo"] = [r.pk for r in made]
    return redirect(back)


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take requests back before their mails leave."""
    actor = _actor(request)
    ids = [int(n) for n in request.POST.getlist("anfrage") if n.isdecimal()]
    try:
        count = actions.take_back(actor, ids)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, ngettext("%(n)s Anfrage zurückgenommen.", "%(n)s Anfragen zurückgenommen.", count) % {"n": count}
        )
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
