"""The page on which somebody rates, changes or withdraws a rating."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.views.common import client_of
from mitstadt.kit.errors import DomainError, show
from mitstadt.kit.languages import path_in
from mitstadt.subjects.models import Subject

from . import actions, queries
from .forms import RatingForm
from .models import SCALES


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Rate any subject; the button "zurückziehen" sends ``withdraw``."""
    subject = Subject.objects.filter(public_id=public_id).first()
    if subject is None:
        raise Http404
    actor: Actor = request.actor  # type: ignore[attr-defined]
    known = queries.own(actor, subject.pk)
    initial = {scale: str(getattr(known, scale) or "") for scale in SCALES} if known is not None else {}
    form = RatingForm(request.POST if request.method == "POST" else None, guest=not actor.is_somebody, initial=initial)
    decision = actions.decide(actor if actor.is_somebody else actions.SOMEBODY, subject)
    back = path_in(subject.path, get_language() or "")
    if form.is_bound and form.is_valid():
        try:
            return _send(request, actor, subject, form, back)
        except DomainError as error:
            show(form, error)
    context = {
        "subject": subject,
        "form": form,
        "scales": [form[scale] for scale in SCALES],
        "known": known,
        "back": back,
        "decision": decision,
        "login": f"{reverse('account_login')}?next={request.path}",
    }
    if not decision and not form.is_bound:
        return render(request, "ratings/closed.html", context, status=403)
    return render(request, "ratings/rate.html", context, status=422 if form.is_bound else 200)


def _send(request: HttpRequest, actor: Actor, subject: Subject, form: RatingForm, back: str) -> HttpResponse:
    withdrawing = "withdraw" in request.POST
    if not actor.is_somebody:
        client = client_of(request)
        email = form.cleaned_data["email"]
        if withdrawing:
            actions.request_withdrawal(subject, email, client=client)
        else:
            actions.request_from_guest(subject, email, form.values(), client=client)
        return HttpResponseRedirect(reverse("accounts:check_mail"))
    if withdrawing:
        actions.withdraw(actor, subject)
        messages.success(request, _("Ihre Bewertung ist zurückgezogen."))
    else:
        chosen = form.values()
        actions.rate(
            actor,
            subject,
            importance=chosen["importance"],
            benefit=chosen["benefit"],
            satisfaction=chosen["satisfaction"],
        )
        messages.success(request, _("Danke. Ihre Bewertung zählt jetzt mit."))
    return HttpResponseRedirect(f"{back}#bewertung")
