"""`/plaetze/anbieter/quellen/`: what another system says about my places, and whether it still does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from mitstadt.accounts.views.common import actor_of, signed_in
from mitstadt.capacity import feeds, queries
from mitstadt.capacity.models import Capacity, Feed, Way
from mitstadt.directory import access
from mitstadt.kit import cache
from mitstadt.kit.errors import DomainError, show

from .provider import _providers as providers_of


class FeedForm(forms.Form):
    capacity = forms.ChoiceField(label=_("Für welchen Platz"))
    kind = forms.ChoiceField(label=_("Format"), choices=Feed.Kind.choices)
    url = forms.CharField(
        label=_("Adresse"), max_length=500, help_text=_("Beginnt mit https:// und ist ohne Anmeldung lesbar.")
    )
    interval_minutes = forms.IntegerField(label=_("gelesen alle … Minuten"), min_value=15, max_value=10_080, initial=60)

    def __init__(self, *args: Any, capacities: list[Capacity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["capacity"].choices = [(c.public_id, str(c)) for c in capacities]  # type: ignore[attr-defined]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def sources(request: HttpRequest) -> HttpResponse:
    """The sources with their last reading and error; a form for a new one. Staff who keep the directory see all."""
    actor = actor_of(request)
    providers = providers_of(actor)
    if not providers and not access.may_keep(actor):
        raise Http404
    own = [c for c in queries.of_providers(providers) if c.way != Way.BOOK]
    form = FeedForm(request.POST or None, capacities=own)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            chosen = next(c for c in own if c.public_id == form.cleaned_data["capacity"])
            try:
                feeds.connect(
                    actor,
                    chosen,
                    kind=form.cleaned_data["kind"],
                    url=form.cleaned_data["url"].strip(),
                    interval_minutes=form.cleaned_data["interval_minutes"],
                )
            except DomainError as error:
                show(form, error)
            else:
                messages.success(request, gettext("Die Quelle wird in den nächsten Minuten zum ersten Mal gelesen."))
                return redirect("capacity:feeds")
    keys = {provider.pk for provider in providers}
    rows = [(feed, feed.capacity.service.provider_id in keys) for feed in feeds.shown_to(actor, providers)[:500]]
    context = {"rows": rows, "form": form if own else None}
    response = render(request, "capacity/feeds.html", context, status=status)
    cache.never(response)
    return response


@signed_in
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The button beside a source: read it no more."""
    actor = actor_of(request)
    feed = feeds.shown_to(actor, providers_of(actor)).filter(pk=pk).first()
    if feed is None:
        raise Http404
    try:
        feeds.disconnect(actor, feed)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, gettext("Die Quelle wird nicht mehr gelesen."))
    return redirect("capacity:feeds")
