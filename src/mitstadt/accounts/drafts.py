"""What somebody typed survives a login that ran out.

A form view of any room that needs an account says on POST::

    if not request.actor.is_known:
        return drafts.login_to_continue(request)         # keeps the text, leads to the login and back here

and on GET fills its form: ``initial = drafts.restore(request)`` (empty dict when nothing waits), and after a successful
POST calls ``drafts.done(request)``. A form whose address name is registered with ``drafts.register_form("room:name")``
also survives a CSRF token that the login in another tab replaced. Passwords, tokens and files are never kept.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from mitstadt.kit import clock, past
from mitstadt.kit import views as kit_views

from .keyed import keyed_hash
from .models import Draft

SESSION_KEY = "drafts"
KEEP = timedelta(hours=24)
MAX_FORMS, MAX_LENGTH = 5, 20_000
_NEVER = ("password", "csrf", "token", "secret", "credential", "code")

_forms: set[str] = set()


def register_form(url_name: str) -> None:
    """Name a form (``room:name``) whose text survives a replaced CSRF token."""
    _forms.add(url_name)


def written(request: HttpRequest) -> list[str]:
    """What somebody wrote in words in the form that was sent: each value of more than one word."""
    return [
        value
        for name, values in request.POST.lists()
        if not any(part in name.lower() for part in _NEVER)
        for value in values
        if len(value.split()) > 1
    ]


def stash(request: HttpRequest, path: str = "") -> None:
    """Keep the POST fields for `path` (default: this address), for a day, bound to this browser's session."""
    fields = {
        name: [value[:MAX_LENGTH] for value in values]
        for name, values in request.POST.lists()
        if not any(part in name.lower() for part in _NEVER)
    }
    target = path or request.path
    key = secrets.token_urlsafe(24)
    now = clock.now()
    actor = getattr(request, "actor", None)
    Draft.objects.create(
        key_hash=keyed_hash("draft", key),
        user_id=actor.user_id if actor is not None else None,
        path=target,
        fields=fields,
        created_at=now,
        expires_at=now + KEEP,
    )
    waiting = dict(request.session.get(SESSION_KEY, {}))
    waiting.pop(target, None)
    waiting[target] = key
    request.session[SESSION_KEY] = dict(list(waiting.items())[-MAX_FORMS:])


def restore(request: HttpRequest, path: str = "") -> dict[str, str]:
    """The last value of each field that was typed for this address, or an empty dict; free without a session."""
    found = _find(request, path)
    return {name: values[-1] for name, values in found.fields.items() if values} if found else {}


def restore_all(request: HttpRequest, path: str = "") -> dict[str, list[str]]:
    """All values of each field that was typed for this address, for forms with several ticks per question."""
    found = _find(request, path)
    return dict(found.fields) if found else {}


def done(request: HttpRequest, path: str = "") -> None:
    """Forget the text: it was sent."""
    found = _find(request, path)
    if found is not None:
        found.delete()
        waiting = dict(request.session[SESSION_KEY])
        waiting.pop(path or request.path, None)
        request.session[SESSION_KEY] = waiting


def login_to_continue(request: HttpRequest, path: str = "") -> HttpResponse:
    """Keep the text and lead to the login, which leads back to the form."""
    target = path or request.path
    if request.method == "POST":
        stash(request, target)
        messages.info(request, _("Ihr Text ist noch da. Melden Sie sich an, dann geht es weiter."))
    back = path or request.get_full_path()
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Instead of an error page: a registered form, sent from this site with an outdated token, keeps its text.

    A page that only reads says so, whatever token was sent.
    """
    if past.only_reads(request):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if request.method == "POST" and is_registered(request.path) and _from_here(request):
        stash(request)
        messages.warning(
            request, _("Ihre Anmeldung hat sich geändert. Ihr Text ist noch da, bitte senden Sie ihn erneut.")
        )
        return HttpResponseRedirect(request.get_full_path())
    return kit_views.csrf_failure(request, reason)


def _find(request: HttpRequest, path: str) -> Draft | None:
    from django.conf import settings

    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    key = request.session.get(SESSION_KEY, {}).get(path or request.path)
    if not key:
        return None
    found = Draft.objects.filter(key_hash=keyed_hash("draft", key), expires_at__gt=clock.now()).first()
    actor = getattr(request, "actor", None)
    if found is not None and found.user_id is not None and (actor is None or actor.user_id != found.user_id):
        return None  # somebody else signed in at this browser
    return found


def is_registered(path: str) -> bool:
    """Does the form at this address keep its text?"""
    try:
        return resolve(path).view_name in _forms
    except Resolver404:
        return False


def _from_here(request: HttpRequest) -> bool:
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc == request.get_host()
