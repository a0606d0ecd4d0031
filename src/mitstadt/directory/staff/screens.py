"""The directory in the back office: what is due, drafts, hints, providers, what people looked for in vain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mitstadt.accounts import drafts
from mitstadt.accounts.views.common import actor_of
from mitstadt.directory import access, actions, components, entries, queries, reminding
from mitstadt.directory.forms import AttemptForm, DecisionForm, EntryForm, OutcomeForm, WithdrawForm
from mitstadt.directory.models import Change, Missed, Provider, Report, Service, entry_fields
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused, require, show

PAGE = 50
FEW = 5  # a word that fewer people looked for is not shown
View = Callable[..., HttpResponseBase]


def keepers(view: View) -> View:
    """For those who look after the directory; a refusal is a page with the reason, 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            require(access.may_keep(actor_of(request)))
            return view(request, *args, **kwargs)
        except Refused as error:
            return render(request, "directory/staff/refused.html", {"reason": error.message}, status=403)

    return never_cache(guarded)


_PERSONS = {  # what is due, as people say it
    "alle": gettext_lazy("alle"),
    "alt": gettext_lazy("lange nicht bestätigt"),
    "still": gettext_lazy("gefragt, keine Antwort"),
    "hinweise": gettext_lazy("mit offenen Hinweisen"),
    "entwurf": gettext_lazy("nicht öffentlich"),
}


def _filtered(kind: str) -> QuerySet[Service]:
    today = clock.today()
    rows = Service.objects.select_related("subject", "provider__organisation").annotate(
        open_reports=Count("reports", filter=Q(reports__done_at=None), distinct=True),
        last_attempt=Max("attempts__at"),
    )
    if kind == "alt":
        old = today - timedelta(days=access.old_after())
        rows = rows.filter(state="public").filter(Q(confirmed_on=None) | Q(confirmed_on__lt=old))
    elif kind == "still":
        rows = rows.filter(state="public", asked_at__isnull=False)
    elif kind == "hinweise":
        rows = rows.filter(open_reports__gt=0)
    elif kind == "entwurf":
        rows = rows.exclude(state="public")
    return rows


@keepers
def listing(request: HttpRequest) -> HttpResponse:
    """`/verwaltung/angebote/?was=alt&q=…`: what needs a hand, the oldest first."""
    kind = request.GET.get("was", "alle")
    if kind not in _PERSONS:
        kind = "alle"
    text = " ".join(request.GET.get("q", "").split())[:80]
    rows = _filtered(kind)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(provider__organisation__name__icontains=text))
    rows = rows.order_by(F("confirmed_on").asc(nulls_first=True), "name") if kind != "alle" else rows.order_by("name")
    page = Paginator(rows, PAGE).get_page(request.GET.get("p"))
    today = clock.today()
    return render(
        request,
        "directory/staff/list.html",
        {
            "page": page,
            "rows": [(s, components.confirmed(s), access.is_old(s, today)) for s in page],
            "kinds": list(_PERSONS.items()),
            "kind": kind,
            "q": text,
            "waiting": Change.objects.filter(state=Change.State.OPEN).count(),
            "reports": Report.objects.filter(done_at=None).count(),
        },
    )


def _service(slug: str) -> Service:
    found = Service.objects.select_related("subject", "provider__organisation").filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


@keepers
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    """One entry: everything about it on one page."""
    service = _service(slug)
    form = EntryForm(request.POST or None, entry=service.entry)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and form.entry is not None:
            try:
                actions.save_entry(
                    form.entry,
                    service,
                    actor=actor_of(request),
                    publish=service.state == "public",
                    confirmed="confirmed" in request.POST,
                    confirmed_by=actor_of(request).label,
                )
            except DomainError as error:
                show(form, error)
            else:
                messages.success(request, _("Gespeichert."))
                return redirect("directory_staff:entry", slug=service.slug)
    return render(request, "directory/staff/entry.html", _about(service) | {"form": form}, status=status)


def _about(service: Service, **bound: Any) -> dict[str, Any]:
    return {
        "service": service,
        "confirmed": components.confirmed(service),
        "is_old": access.is_old(service, clock.today()),
        "attempts": list(service.attempts.all()[:10]),
        "reports": list(service.reports.all()[:20]),
        "attempt_form": bound.get("attempt") or AttemptForm(prefix="attempt"),
        "withdraw_form": bound.get("withdraw") or WithdrawForm(prefix="withdraw"),
        "outcome_form": OutcomeForm(prefix="outcome"),
        "public_url": service.get_absolute_url() if service.subject.is_public else "",
    }


@keepers
@require_POST
def act(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Confirm, publish, withdraw, ask by mail, note an attempt."""
    service, actor = _service(slug), actor_of(request)
    bound: dict[str, Any] = {}
    try:
        if verb == "bestaetigen":
            actions.confirm(service, by=actor.label, actor=actor)
        elif verb == "veroeffentlichen":
            actions.publish(actor, service)
        elif verb == "fragen":
            if not reminding.ask(service):
                raise DomainError(_("Für diesen Anbieter ist keine Adresse bekannt. Bitte rufen Sie an."))
        elif verb == "zuruecknehmen":
            bound["withdraw"] = _valid(WithdrawForm(request.POST, prefix="withdraw"))
            actions.withdraw(actor, service, bound["withdraw"].cleaned_data["reason"])
        elif verb == "versuch":
            bound["attempt"] = _valid(AttemptForm(request.POST, prefix="attempt"))
            data = bound["attempt"].cleaned_data
            actions.note_attempt(actor, service, data["way"], data["outcome"])
        else:
            raise Http404
    except DomainError as error:
        messages.error(request, error.message)
        return render(
            request,
            "directory/staff/entry.html",
            _about(service, **bound) | {"form": EntryForm(entry=service.entry)},
            status=422,
        )
    messages.success(request, _("Erledigt."))
    return redirect("directory_staff:entry", slug=service.slug)


def _valid(form: forms.Form) -> forms.Form:
    if not form.is_valid():
        raise DomainError(" ".join(str(error) for errors in form.errors.values() for error in errors))
    return form


class ProviderField(forms.Form):
    provider = forms.CharField(
        label=gettext_lazy("Anbieter"), max_length=160, help_text=gettext_lazy("Wer es anbietet, mit vollem Namen.")
    )


@keepers
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new entry by staff."""
    who = ProviderField(request.POST or None)
    name = " ".join(request.POST.get("provider", "").split())[:160]
    form = EntryForm(request.POST or None, provider=name)
    status = 200
    if request.method == "POST":
        status = 422
        if all([who.is_valid(), form.is_valid()]) and form.entry is not None:
            try:
                service = actions.save_entry(form.entry, actor=actor_of(request), confirmed_by=actor_of(request).label)
            except DomainError as error:
                show(form, error)
            else:
                drafts.done(request)
                messages.success(request, _("Veröffentlicht: %(name)s") % {"name": service.name})
                return redirect("directory_staff:entry", slug=service.slug)
    return render(request, "directory/staff/new.html", {"form": form, "who": who}, status=status)


# -- drafts -----------------------------------------------------------------------------------------
@keepers
def changes(request: HttpRequest) -> HttpResponse:
    """Drafts of providers, the oldest first."""
    rows = Change.objects.filter(state=Change.State.OPEN).select_related("provider__organisation", "service")
    return render(request, "directory/staff/changes.html", {"rows": rows[:200]})


@keepers
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """One draft beside what is public: take it over or send it back."""
    found = (
        Change.objects.select_related("provider__organisation", "service__subject", "service__provider__organisation")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    form = DecisionForm(request.POST or None)
    status = 200
    if request.method == "POST":
        try:
            if request.POST.get("decision") == "accept":
                service = actions.accept(actor_of(request), found)
                messages.success(request, _("Übernommen: %(name)s") % {"name": service.name})
            else:
                form.is_valid()
                actions.refuse(actor_of(request), found, form.cleaned_data.get("reason", ""))
                messages.success(request, _("Zurückgegeben."))
        except DomainError as error:
            show(form, error)
            status = 422
        else:
            return redirect("directory_staff:changes")
    before = found.service.entry if found.service is not None else None
    return render(
        request,
        "directory/staff/change.html",
        {
            "change": found,
            "form": form,
            "fields": difference(before, found.entry),
            "overtaken": found.service is not None and found.version != found.service.version,
            "is_open": found.state == Change.State.OPEN,
        },
        status=status,
    )


def difference(before: entries.Entry | None, after: entries.Entry) -> list[tuple[object, str, str]]:
    """(field, before, after) as people read them."""
    labels = entry_fields()
    names = entries.difference(before, after) if before is not None else list(after.to_json())
    old = _readable(before) if before is not None else {}
    fresh = _readable(after)
    return [(labels[name], old.get(name, ""), fresh.get(name, "")) for name in names]


def _readable(entry: entries.Entry) -> dict[str, str]:
    from mitstadt.directory.forms import initial

    shown = initial(entry)
    found = {}
    for name in entry_fields():
        value = shown.get(name, getattr(entry, name))
        if isinstance(value, list | tuple):
            value = ", ".join(str(item) for item in value)
        elif isinstance(value, bool):
            value = _("ja") if value else _("nein")
        found[name] = "" if value is None else str(value)
    return found


# -- hints, providers, demand -----------------------------------------------------------------------
@keepers
@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HttpRequest) -> HttpResponse:
    """Open hints; what became of one is written down."""
    form = OutcomeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        found = Report.objects.select_related("service__subject", "service__provider").filter(
            public_id=request.POST.get("report", "")
        ).first()  # fmt: skip
        if found is None:
            raise Http404
        form.is_valid()
        try:
            actions.close_report(actor_of(request), found, form.cleaned_data.get("outcome", ""))
        except DomainError as error:
            messages.error(request, error.message)
            status = 422
        else:
            return redirect("directory_staff:reports")
    rows = Report.objects.filter(done_at=None).select_related("service")[:200]
    return render(request, "directory/staff/reports.html", {"rows": rows}, status=status)


@keepers
@require_http_methods(["GET", "HEAD", "POST"])
def providers(request: HttpRequest) -> HttpResponse:
    """Organisations with entries: who is verified."""
    if request.method == "POST":
        found = Provider.objects.select_related("organisation").filter(
            uuid=_uuid(request.POST.get("provider", ""))
        ).first()  # fmt: skip
        if found is None:
            raise Http404
        actions.verify(actor_of(request), found, request.POST.get("verified") == "yes")
        messages.success(request, _("Gespeichert: %(name)s") % {"name": found})
        return redirect(f"{reverse('directory_staff:providers')}?q={request.GET.get('q', '')[:80]}")
    text = " ".join(request.GET.get("q", "").split())[:80]
    rows = (
        Provider.objects.select_related("organisation")
        .annotate(offers=Count("services", distinct=True), people=Count("organisation__memberships", distinct=True))
        .order_by("organisation__name")
    )
    if text:
        rows = rows.filter(organisation__name__icontains=text)
    page = Paginator(rows, PAGE).get_page(request.GET.get("p"))
    return render(request, "directory/staff/providers.html", {"page": page, "q": text})


def _uuid(text: str) -> Any:
    import uuid

    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error


@keepers
def demand(request: HttpRequest) -> HttpResponse:
    """What was searched for without a hit, by month; words of fewer than five searches are only counted."""
    month = clock.today().replace(day=1)
    months = list(Missed.objects.order_by("-month").values_list("month", flat=True).distinct()[:12])
    wanted = next((m for m in months if m.isoformat() == request.GET.get("monat")), months[0] if months else month)
    rows = Missed.objects.filter(month=wanted)
    return render(
        request,
        "directory/staff/demand.html",
        {
            "rows": rows.filter(count__gte=FEW).order_by("-count", "word")[:200],
            "few": rows.filter(count__lt=FEW).count(),
            "least": FEW,
            "months": months,
            "month": wanted,
            "offers": queries.public().count(),
        },
    )
