"""Taking part by the code of a letter: a signed cookie says which guest somebody is, in this browser, for a while.

No account, no public name, no profile. `accounts` asks here when nobody is signed in.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.models import Trust
from mitstadt.kit import cache, clock

from .models import AccessCode

COOKIE = cache.personal_cookie("mitstadt_code")
HOURS = 8
_SALT = "mitstadt.participation.code"


def remember(response: HttpResponse, code: AccessCode) -> None:
    """Let this browser take part with the code for some hours, or until somebody leaves."""
    response.set_cookie(
        COOKIE,
        signing.dumps(code.pk, salt=_SALT),
        max_age=HOURS * 3600,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    """End it, for instance on a shared device."""
    response.delete_cookie(COOKIE, samesite="Lax")


def code_of(request: HttpRequest) -> AccessCode | None:
    """The valid code that this browser carries. One query; none without the cookie."""
    value = request.COOKIES.get(COOKIE)
    if not value:
        return None
    try:
        pk = signing.loads(value, salt=_SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        return None
    return (
        AccessCode.objects.select_related("group__process__subject", "guest")
        .filter(pk=pk, guest__isnull=False, group__valid_until__gt=clock.now())
        .first()
    )


def actor_of(request: HttpRequest) -> Actor | None:
    """The Actor of a code: a guest with the facts of its group. It stands for a confirmed e-mail address."""
    code = code_of(request)
    if code is None or code.guest is None:
        return None
    return Actor(
        guest_id=code.guest_id,
        public_id=code.guest.public_id,
        trust=Trust.EMAIL,
        language=getattr(request, "LANGUAGE_CODE", "de"),
        is_example=code.guest.is_example,
        facts=frozenset([code.group.fact, *code.group.facts]),
    )
