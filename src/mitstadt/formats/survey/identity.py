"""Who answers, as a keyed hash that is different in each survey: an account, a confirmed address, a code, or a browser.

A browser without anything else carries a signed cookie with a random token. It is the weakest proof, and pages say so.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.keyed import keyed_hash
from mitstadt.accounts.who import Who, behind, keys
from mitstadt.kit import cache
from mitstadt.kit.ids import new_id

from .models import Proof, Survey

COOKIE = cache.personal_cookie("mitstadt_survey")
DAYS = 180
_SALT = "mitstadt.survey.device"


@dataclass(frozen=True, slots=True)
class Voter:
    """`hash` is unique in a survey; `person` who it is, None for a browser. `token` goes into the cookie."""

    hash: str
    proof: str
    person: Who | None = None
    token: str = ""

    @property
    def user_id(self) -> int | None:
        return keys(self.person)[0]

    @property
    def guest_id(self) -> int | None:
        return keys(self.person)[1]


def of_person(survey: Survey, person: Who, proof: str) -> Voter:
    kind, key = person
    return Voter(keyed_hash("survey-voter", f"{survey.pk}:{kind}:{key}"), proof, person)


def of_actor(survey: Survey, actor: Actor) -> Voter | None:
    """Somebody who can be told from others; None for nobody."""
    person = behind(actor.user_id, actor.guest_id)
    if person is None:
        return None
    by_code = any(fact.startswith("group_") for fact in actor.facts)
    proof = Proof.ACCOUNT if actor.is_known else Proof.CODE if by_code else Proof.EMAIL
    return of_person(survey, person, proof)


def of_sheet(survey: Survey, person: Who | None, token: str = "") -> Voter:
    """What staff enter: the person behind the code, else somebody of their own each time."""
    if person is not None:
        return of_person(survey, person, Proof.CODE)
    return Voter(keyed_hash("survey-sheet", f"{survey.pk}:{token or new_id(20)}"), Proof.STAFF)


def of_device(survey: Survey, request: HttpRequest) -> Voter:
    """This browser; a new token when it carries no valid cookie."""
    try:
        token = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=DAYS * 86_400)
    except signing.BadSignature:
        token = None
    if not isinstance(token, str):
        token = new_id(20)
    return Voter(keyed_hash("survey-device", f"{survey.pk}:{token}"), Proof.DEVICE, None, token)


def remember(response: HttpResponse, voter: Voter) -> None:
    """Let this browser be known as the same one in later surveys; only once it has answered."""
    if voter.token:
        response.set_cookie(
            COOKIE,
            signing.dumps(voter.token, salt=_SALT),
            max_age=DAYS * 86_400,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
