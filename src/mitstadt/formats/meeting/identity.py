"""Which device asks and votes: a signed cookie that lasts an evening and is worth nothing elsewhere.

No account, no name. The token is random and different for each date; the database only keeps its keyed hash.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.keyed import keyed_hash
from mitstadt.kit import cache
from mitstadt.kit.ids import new_id

from .models import Live

COOKIE = cache.personal_cookie("mitstadt_live")
HOURS = 12
_SALT = "mitstadt.meeting.live"


@dataclass(frozen=True, slots=True)
class Voter:
    """`device` and `person` are keyed hashes; `person` is empty without an account. `token` goes into the cookie."""

    device: str
    person: str
    token: str
    is_new: bool


def voter_of(request: HttpRequest, live: Live) -> Voter:
    """Who this is in the live part of one date; a new device when it carries no valid cookie for it. No query."""
    token, is_new = "", False
    try:
        meeting_id, token = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=HOURS * 3600)
    except (signing.BadSignature, TypeError, ValueError):
        meeting_id = None
    if meeting_id != live.meeting_id or not isinstance(token, str):
        token, is_new = new_id(20), True
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return Voter(device_hash(live, token), person_hash(live, actor), token, is_new)


def device_hash(live: Live, token: str) -> str:
    return keyed_hash("meeting-device", f"{live.meeting_id}:{token}")


def person_hash(live: Live, actor: Actor) -> str:
    """The account or confirmed guest, different at each date; "" for somebody unknown."""
    if actor.user_id is not None:
        return keyed_hash("meeting-person", f"{live.meeting_id}:user:{actor.user_id}")
    if actor.guest_id is not None:
        return keyed_hash("meeting-person", f"{live.meeting_id}:guest:{actor.guest_id}")
    return ""


def remember(response: HttpResponse, live: Live, voter: Voter) -> None:
    """Let this browser be the same device for the evening."""
    if voter.is_new:
        response.set_cookie(
            COOKIE,
            signing.dumps([live.meeting_id, voter.token], salt=_SALT),
            max_age=HOURS * 3600,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )


def forget(response: HttpResponse) -> None:
    """End it, for instance on a shared tablet."""
    response.delete_cookie(COOKIE, samesite="Lax")
