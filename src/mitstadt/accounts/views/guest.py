"""Pages for people without an account."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mitstadt.accounts import exports, guest_requests, guests
from mitstadt.accounts.forms import GuestRightsForm
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError

from .common import client_of


@require_safe
def check_mail(request: HttpRequest) -> HttpResponse:
    """The same page for every address, known or not."""
    return render(request, "accounts/check_mail.html", {"hours": int(guests.VALID_FOR.total_seconds() // 3600)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what will be confirmed and a button; only POST acts."""
    waiting = guests.pending(token)
    if waiting is None:
        return render(request, "accounts/link_gone.html", status=410)
    if request.method == "POST":
        try:
            outcome = guests.confirm(token)
        except DomainError as error:
            page = {"error": error.message, "what": guests.purpose(waiting.purpose).says(waiting.payload)}
            return render(request, "accounts/confirm.html", page, status=409)
        messages.success(request, _("Danke, das hat geklappt."))
        allowed = outcome.path.startswith("/") and url_has_allowed_host_and_scheme(outcome.path, None)
        return HttpResponseRedirect(outcome.path if allowed else "/")
    return render(request, "accounts/confirm.html", {"what": guests.purpose(waiting.purpose).says(waiting.payload)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rights(request: HttpRequest) -> HttpResponse:
    """See or delete what somebody contributed without an account."""
    form = GuestRightsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        purpose = form.cleaned_data["wish"]
        try:
            guests.request_confirmation(
                form.cleaned_data["email"], purpose, {}, get_language() or "de", client=client_of(request)
            )
        except DomainError as error:
            form.add_error(error.field or None, error.message)
        else:
            return redirect("accounts:check_mail")
    return render(request, "accounts/guest_rights.html", {"form": form}, status=400 if form.errors else 200)


@never_cache
@require_safe
def download(request: HttpRequest, token: str) -> HttpResponse:
    person = guest_requests.person_of(token)
    if person is None:
        return render(request, "accounts/link_gone.html", status=410)
    return zip_response(exports.as_zip(person))


@require_safe
def gone(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/guest_gone.html")


def zip_response(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="mitstadt-{clock.today():%Y-%m-%d}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
