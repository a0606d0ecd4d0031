"""What an organisation keeps itself: its entries, drafts, the link that says "still true", and the network."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.views.common import actor_of, signed_in
from mitstadt.directory import access, actions, components, reminding
from mitstadt.directory.forms import EntryForm, NoticeForm
from mitstadt.directory.models import Change, Notice, Provider, Service
from mitstadt.kit import cache, clock
from mitstadt.kit.errors import DomainError, Refused, show


def _providers(actor: Actor) -> list[Provider]:
    keys = [grant.organisation_id for grant in actor.grants]
    return list(Provider.objects.select_related("organisation").filter(pk__in=keys).order_by("organisation__name"))


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """`/angebote/meine/`: entries of my organisations, with what is due."""
    actor = actor_of(request)
    today = clock.today()
    groups: list[dict[str, Any]] = []
    for provider in _providers(actor):
        services = (
            Service.objects.filter(provider=provider)
            .exclude(state=Service.State.WITHDRAWN)
            .select_related("subject")
            .order_by("name")
        )
        groups.append(
            {
                "provider": provider,
                "may": access.may_propose(actor, provider),
                "services": [
                    {
                        "service": service,
                        "confirmed": components.confirmed(service),
                        "is_old": access.is_old(service, today),
                        "asked": service.asked_at is not None,
                    }
                    for service in services
                ],
                "changes": list(Change.objects.filter(provider=provider).order_by("-created_at")[:10]),
                "reports": sum(1 for s in services for _r in s.reports.filter(done_at=None)) if services else 0,
            }
        )
    return render(request, "directory/mine.html", {"groups": groups})


def _service(actor: Actor, slug: str) -> Service:
    """An entry of one of my organisations; 404 for everybody else's."""
    found = Service.objects.select_related("subject", "provider__organisation").filter(slug=slug).first()
    if found is None or not access.is_own(actor, found):
        raise Http404
    return found


def _provider(actor: Actor, slug: str) -> Provider:
    found = Provider.objects.select_related("organisation").filter(organisation__slug=slug).first()
    if found is None or not access.belongs(actor, found):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """`/angebote/meine/<slug>/`: change an entry; staff look at the draft before it is public."""
    if not actor_of(request).is_known:
        return drafts.login_to_continue(request)
    service = _service(actor_of(request), slug)
    waiting = service.changes.filter(state=Change.State.OPEN).first()
    entry = waiting.entry if waiting is not None else service.entry
    form = EntryForm(request.POST or None, entry=entry, provider=str(service.provider), **_restored(request))
    return _form(request, form, service.provider, service, waiting)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """`/angebote/meine/neu/<organisation>/`: a new entry."""
    if not actor_of(request).is_known:
        return drafts.login_to_continue(request)
    provider = _provider(actor_of(request), slug)
    form = EntryForm(request.POST or None, provider=str(provider), **_restored(request))
    return _form(request, form, provider, None, None)


def _restored(request: HttpRequest) -> dict[str, Any]:
    """What was typed before the login ran out."""
    found = drafts.restore_all(request) if request.method != "POST" else {}
    lists = (*EntryForm.LISTS, "districts")
    values = {name: value if name in lists else value[-1] for name, value in found.items() if value}
    return {"initial": values} if values else {}


def _form(
    request: HttpRequest, form: EntryForm, provider: Provider, service: Service | None, waiting: Change | None
) -> HttpResponse:
    actor = actor_of(request)
    status = 200
    if request.method == "POST":
        if form.is_valid() and form.entry is not None:
            try:
                actions.propose(actor, provider, form.entry, service, request.POST.get("note", ""))
            except DomainError as error:
                show(form, error)
            else:
                drafts.done(request)
                messages.success(request, _("Danke. Die Stadt sieht Ihren Entwurf an und meldet sich."))
                return redirect("directory:mine")
        status = 422
    context = {"form": form, "provider": provider, "service": service, "waiting": waiting,
               "may": access.may_propose(actor, provider)}  # fmt: skip
    response = render(request, "directory/edit.html", context, status=status)
    cache.never(response)
    return response


@signed_in
@require_POST
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """The button on my page: everything is still true."""
    actor = actor_of(request)
    service = _service(actor, slug)
    decision = access.may_propose(actor, service.provider)
    if not decision:
        messages.error(request, decision.reason)
    else:
        actions.confirm(service, by=str(service.provider), actor=actor)
        messages.success(request, _("Bestätigt: %(name)s") % {"name": service.name})
    return redirect("directory:mine")


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def still_true(request: HttpRequest, token: str) -> HttpResponse:
    """`/angebote/bestaetigen/<token>/`, from a mail: a page with buttons, so that a mail scanner changes nothing."""
    try:
        service = reminding.service_of(token)
    except signing.BadSignature:
        service = None
    if service is None:
        return render(request, "directory/still_true.html", {"service": None}, status=404)
    done = ""
    if request.method == "POST":
        if request.POST.get("answer") == "yes":
            actions.confirm(service, by=str(service.provider))
            done = "yes"
        else:
            text = request.POST.get("text", "").strip()
            if len(text) >= 5:
                actions.report(service, _("Der Anbieter schreibt: %(text)s") % {"text": text[:1900]})
                done = "no"
            else:
                done = "empty"
    context = {"service": service, "entry": service.entry, "done": done, "text": request.POST.get("text", "")}
    return render(request, "directory/still_true.html", context, status=422 if done == "empty" else 200)


# -- the network ------------------------------------------------------------------------------------
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def network(request: HttpRequest) -> HttpResponse:
    """`/angebote/netzwerk/`: what organisations offer and ask each other, and whom to call there."""
    actor = actor_of(request)
    if not access.may_network(actor):
        return render(request, "directory/network_closed.html", status=403)
    providers = [p for p in _providers(actor) if p.verified_at is not None]
    kind = request.GET.get("art", "")
    notices = Notice.objects.filter(closed_at=None, until__gte=clock.today()).select_related("provider__organisation")
    if kind in Notice.Kind.values:
        notices = notices.filter(kind=kind)
    form = NoticeForm(request.POST or None, initial=drafts.restore(request))
    status = 200
    if request.method == "POST":
        if not providers:
            raise Http404
        chosen = next((p for p in providers if str(p.uuid) == request.POST.get("provider")), providers[0])
        if form.is_valid():
            data = form.cleaned_data
            try:
                actions.post_notice(
                    actor, chosen, data["kind"], data["title"], data["text"], data["until"], data["day"]
                )
            except DomainError as error:
                show(form, error)
            else:
                drafts.done(request)
                messages.success(request, _("Veröffentlicht für alle Organisationen."))
                return redirect("directory:network")
        status = 422
    contacts = (
        Provider.objects.filter(verified_at__isnull=False).select_related("organisation").order_by("organisation__name")
    )
    own = {p.pk for p in providers}
    context = {
        "form": form,
        "providers": providers,
        "notices": [(notice, notice.provider_id in own or bool(access.may_keep(actor))) for notice in notices[:200]],
        "contacts": contacts,
        "kinds": Notice.Kind.choices,
        "kind": kind,
    }
    return render(request, "directory/network.html", context, status=status)


@signed_in
@require_POST
def close_notice(request: HttpRequest, public_id: str) -> HttpResponse:
    found = Notice.objects.select_related("provider__organisation").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    try:
        actions.close_notice(actor_of(request), found)
    except Refused as error:
        messages.error(request, error.message)
    return redirect("directory:network")
