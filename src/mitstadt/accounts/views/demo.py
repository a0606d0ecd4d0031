"""One-click logins of the demo city. Without MITSTADT_DEMO this address does not exist."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from mitstadt.accounts import factors
from mitstadt.accounts.demo_people import PEOPLE
from mitstadt.accounts.models import User


@never_cache
@require_POST
def sign_in(request: HttpRequest, role: str) -> HttpResponse:
    if not settings.MITSTADT_DEMO:
        raise Http404
    person = next((p for p in PEOPLE if p.role == role), None)
    user = User.objects.filter(email=person.email, is_example=True).first() if person else None
    if user is None:
        raise Http404
    response: HttpResponse = perform_login(request, user, email_verification="none")
    request.session[factors.DEMO] = True
    target = request.POST.get("next", "")
    if target and url_has_allowed_host_and_scheme(target, None):
        return HttpResponseRedirect(target)
    return response
