"""The moderators' screens inside the back office: the queue, and one page per case with everything that belongs to
it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused, require, show
from mitstadt.notify.queries import here
from mitstadt.organisations import saved_filters

from . import actions, conf, queries, rules
from .forms import DecideAppealForm, DecideForm
from .models import Case, Outcome

PER_PAGE = 50


def _moderator(request: HttpRequest) -> Actor:
    """Who works here. Raises Refused for anybody else."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(rules.may_moderate(actor))
    return actor


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return render(request, "moderation/staff/refused.html", {"reason": error.message}, status=403)


def queue(request: HttpRequest) -> HttpResponse:
    """Cases, the most urgent first, with filters as an address."""
    try:
        actor = _moderator(request)
    except Refused as error:
        return _refused(request, error)
    now = clock.now()
    filters = queries.Filters(
        state=request.GET.get("state", "open"),
        kind=request.GET.get("kind", ""),
        source=request.GET.get("source", ""),
        overdue="overdue" in request.GET,
        mine="mine" in request.GET,
    )
    page = Paginator(queries.queue(filters, actor, now), PER_PAGE).get_page(request.GET.get("p"))
    labels = dict(queries.kinds_in_use())
    context = {
        "filters": filters,
        "saved": saved_filters.block(actor, "moderation.queue", request.GET),
        "page": page,
        "rows": [(case, labels.get(case.kind, case.kind), _late(case, now)) for case in page.object_list],
        "waiting": queries.waiting(now),
        "kinds": labels.items(),
        "sources": Case.Source.choices,
        "days": conf.decision_days(),
    }
    return render(request, "moderation/staff/queue.html", context)


def _late(case: Case, now: object) -> bool:
    return case.state in (Case.State.OPEN, Case.State.APPEALED) and case.due_at < now  # type: ignore[operator]


def case(request: HttpRequest, public_id: str) -> HttpResponse:
    """One case: text, context, reports, history, decision form."""
    try:
        actor = _moderator(request)
    except Refused as error:
        return _refused(request, error)
    found = queries.case(public_id)
    if found is None:
        raise Http404
    dossier = queries.dossier(found)
    form = _form(request, dossier)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            _decide(actor, found, form)
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Entschieden. Die Betroffenen werden benachrichtigt."))
            return redirect(_next(request, actor))
    context = {
        "dossier": dossier,
        "case": found,
        "kind": queries.kind_label(found.kind),
        "form": form,
        "may": actions.may_decide(actor, found),
        "late": _late(found, clock.now()),
        "public_page": here(found.subject.path) if found.subject else "",
    }
    return render(request, "moderation/staff/case.html", context)


def _form(request: HttpRequest, dossier: queries.Dossier) -> DecideForm | DecideAppealForm | None:
    """The form that fits the state of the case; None when it is settled and nobody posts."""
    data = request.POST or None
    if dossier.case.state == Case.State.APPEALED or (data and "lift" in data):
        return DecideAppealForm(data)
    if dossier.case.state == Case.State.OPEN or data:
        return DecideForm(data, can_redact=dossier.can_redact, initial={"new_text": dossier.text})
    return None


def _decide(actor: Actor, found: Case, form: DecideForm | DecideAppealForm) -> None:
    chosen = form.cleaned_data
    if isinstance(form, DecideAppealForm):
        actions.decide_appeal(actor, found, lift=chosen["lift"] == "yes", facts=chosen["facts"])
        return
    new_text = chosen.get("new_text", "") if chosen["outcome"] == Outcome.REDACT else ""
    actions.decide(
        actor,
        found,
        outcome=chosen["outcome"],
        ground=chosen["ground"],
        facts=chosen["facts"],
        note=chosen["note"],
        new_text=new_text,
    )


def _next(request: HttpRequest, actor: Actor) -> str:
    """Straight to the next case that this person may decide, else back to the queue."""
    if "next" in request.POST:
        following = queries.queue(queries.Filters(mine=True), actor, clock.now()).first()
        if following is not None:
            return reverse("moderation_case", args=[following.public_id])
    return reverse("moderation_queue")
