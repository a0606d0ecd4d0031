"""What a program reads when something is wrong: ``application/problem+json`` (RFC 9457), for all below ``/api/``.

`CityAPI` is the interface's frame: it turns what ninja, Django and our actions raise into one shape, and says so in the
description. Operations raise ninja's HttpError for the plain cases and `Problem` where there is more to say.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from .errors import DomainError, Refused

PREFIX = "/api/"
CONTENT_TYPE = "application/problem+json"
TYPES = "urn:problem-type:mitstadt:"
PLAIN = "about:blank"  # RFC 9457, 4.2.1: the status says it all


class WrongOut(Schema):
    """One thing that is wrong. `field` is the name in what was sent, dotted where it lies deeper."""

    field: str
    detail: str


class ProblemOut(Schema):
    """An error (RFC 9457). `type`: about:blank, or urn:problem-type:mitstadt: and invalid, refused, scope, too-many or
    unauthorized. `detail` is the sentence that the page would say. `errors` names fields, `scope` what is missing."""

    type: str = PLAIN
    title: str
    status: int
    detail: str = ""
    errors: list[WrongOut] | None = Field(None, description="only with 422")
    scope: str | None = Field(None, description="only where the token lacks it")


class Problem(HttpError):
    """`kind` is the end of a type of ours ("scope"), empty for about:blank; `headers` go with the answer, `more` are
    further members of the object."""

    def __init__(
        self, status: int, detail: str, kind: str = "", headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(status, detail)
        self.kind, self.headers, self.more = kind, dict(headers or {}), more


def of(error: DomainError) -> Problem:
    """What an action of ours raised: refused 403, too much 429 (with Retry-After where known), anything else 422."""
    if isinstance(error, Refused):
        return Problem(403, error.message, "refused")
    if error.code == "too_many":
        return Problem(429, error.message, "too-many", {"Retry-After": str(error.wait)} if error.wait else None)
    wrong = [{"field": error.field, "detail": error.message}]
    said = f"{error.field}: {error.message}" if error.field else error.message
    return Problem(422, said, "invalid", errors=wrong if error.field else [])


def respond(problem: HttpError) -> HttpResponse:
    """The answer to a program. Ninja's own HttpError is one without a type of ours."""
    status = problem.status_code
    kind = getattr(problem, "kind", "") or {401: "unauthorized", 422: "invalid"}.get(status, "")
    body = {
        "type": TYPES + kind if kind else PLAIN,
        "title": _titles().get(kind) or HTTPStatus(status).phrase,
        "status": status,
        "detail": str(problem),
        **getattr(problem, "more", {}),
    }
    response = HttpResponse(json.dumps(body, ensure_ascii=False), CONTENT_TYPE, status)
    for name, value in getattr(problem, "headers", {}).items():
        response[name] = value
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    response["Cache-Control"] = "no-store"
    return response


def _titles() -> dict[str, str]:
    return {
        "invalid": _("Das lässt sich so nicht annehmen"),
        "refused": _("Das ist hier und jetzt nicht möglich"),
        "scope": _("Der Zugang reicht dafür nicht"),
        "too-many": _("Zu viel in kurzer Zeit"),
        "unauthorized": _("Dafür braucht es einen gültigen Zugang"),
    }


def for_page(request: HttpRequest | None, status: int) -> HttpResponse | None:
    """The answer to a program that Django, not the interface, sends away; None for everybody else."""
    if request is None or not request.path_info.startswith(PREFIX):
        return None
    return respond(HttpError(status, _sentence(status)))


def no_such_address(request: HttpRequest, rest: str) -> HttpResponse:
    """For every other address below ``/api/``: 404 at once, not a detour to the same address with a slash."""
    return respond(HttpError(404, _sentence(404)))


def _sentence(status: int) -> str:
    return {
        401: _("Bitte senden Sie „Authorization: Bearer …“ mit einem gültigen Zugang."),
        404: _("Diese Adresse gibt es nicht."),
        405: _("Diese Adresse kennt diesen Befehl nicht. Erlaubte stehen in „Allow“."),
        500: _("Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es später noch einmal."),
    }.get(status, HTTPStatus(status).phrase)


class CityAPI(NinjaAPI):
    """Ninja's frame, with every error as a problem and described as such."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        handlers: dict[type[Exception], Any] = {
            HttpError: _http_error,
            ValidationError: _validation_error,
            DomainError: lambda _request, error: respond(of(error)),
            Http404: lambda _request, _error: respond(HttpError(404, _sentence(404))),
        }
        for kind, handler in handlers.items():
            self.add_exception_handler(kind, handler)

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        found = super()._get_urls()
        for pattern in found:
            if isinstance(pattern, URLPattern):
                pattern.callback = _not_allowed_as_problem(pattern.callback)
        return found

    def get_openapi_schema(self, **options: Any) -> Any:
        """Errors are described with their media type; whatever else goes wrong has the same shape."""
        described = super().get_openapi_schema(**options)
        described["components"]["schemas"].update(_schemas())
        problem = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
        for verbs in described["paths"].values():
            for operation in verbs.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400:
                        answer["content"] = problem
                operation["responses"]["default"] = {"description": "Problem", "content": problem}
        return described


def _schemas() -> dict[str, Any]:
    shape = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**shape.pop("$defs", {}), "ProblemOut": shape}


def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 401 and not isinstance(error, Problem):
        error = HttpError(401, _sentence(401))
    return respond(error)


def _validation_error(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What does not even have the right shape: every field with its reason."""
    wrong = [{"field": _field(row.get("loc", ())), "detail": str(row.get("msg", ""))} for row in error.errors]
    said = "; ".join(f"{row['field']}: {row['detail']}" if row["field"] else row["detail"] for row in wrong)
    return respond(Problem(422, said, "invalid", errors=wrong))


def _field(where: Iterable[Any]) -> str:
    """Without the first part (query, body, path) and the name of the parameter that holds a whole body."""
    parts = [str(part) for part in where]
    return ".".join(parts[2:] or parts[1:] if parts[:1] == ["body"] else parts[1:])


def _not_allowed_as_problem(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        return respond(Problem(405, _sentence(405), headers={"Allow": response.get("Allow", "")}))

    return wrapped
