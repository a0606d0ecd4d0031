"""A program reads the city: the contract is valid, complete, public and says clearly what is wrong."""

from __future__ import annotations

import json
from collections import Counter

import jsonschema
import pytest
from ninja import Schema
from openapi_spec_validator import OpenAPIV31SpecValidator

PROMISED = (
    "/api/v1/measures",
    "/api/v1/measures/{measure_id}",
    "/api/v1/strategy",
    "/api/v1/comments",
    "/api/v1/datasets",
    "/api/v1/districts",
    "/api/v1/offers",
    "/api/v1/search",
)


@pytest.fixture
def description(client, db):
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def test_the_description_is_valid_openapi_3_1(description):
    assert description["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(description).validate()


def test_every_promised_address_is_described(description):
    def shape(path: str) -> str:
        return "/".join("{}" if part.startswith("{") else part for part in path.rstrip("/").split("/"))

    described = {shape(path) for path in description["paths"]}
    assert {shape(path) for path in PROMISED} <= described


def test_every_operation_says_what_it_gives(description):
    silent = [
        f"{verb} {path}"
        for path, verbs in description["paths"].items()
        for verb, operation in verbs.items()
        if not (operation.get("summary") and operation.get("responses"))
    ]
    assert silent == []


def test_reading_needs_no_account_and_leaves_no_cookie(client, demo_city):
    for path in PROMISED:
        answer = client.get(path.replace("{measure_id}", "M-001"), {"q": "Akte"} if path.endswith("search") else {})
        assert answer.status_code == 200, path
        assert answer["Content-Type"].startswith("application/json"), path
        assert not answer.cookies, path
        json.loads(answer.content)


def test_no_answer_carries_an_address_a_name_of_staff_or_an_email(client, demo_city):
    from mitstadt.accounts.models import User

    secrets = set(User.objects.values_list("email", flat=True)) | set(User.objects.values_list("username", flat=True))
    for path in PROMISED:
        text = client.get(path.replace("{measure_id}", "M-001"), {"q": "Akte", "limit": 100}).content.decode()
        assert not [secret for secret in secrets if secret and secret in text], path


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", "/api/v1/measures/M-999999", 404),
        ("GET", "/api/v1/comments/nichts", 404),
        ("GET", "/api/v1/gibt-es-nicht", 404),
        ("GET", "/api/v2/", 404),
        ("GET", "/api/v1/measures?stand=gestern", 422),
        ("GET", "/api/v1/comments?since=gestern", 422),
        ("GET", "/api/v1/contributions?limit=0", 422),
        ("GET", "/api/v1/processes?state=fertig", 422),
        ("POST", "/api/v1/contributions", 401),
        ("DELETE", "/api/v1/measures", 405),
        ("PUT", "/api/v1/comments", 405),
    ],
)
def test_every_error_is_a_problem_as_rfc_9457_describes(client, demo_city, description, verb, path, status):
    answer = client.generic(verb, path)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert not answer.cookies
    said = json.loads(answer.content)
    shape = description["components"]["schemas"]["ProblemOut"]
    jsonschema.validate(said, {**shape, "components": description["components"]})
    assert (said["status"], bool(said["title"]), bool(said["detail"])) == (status, True, True)
    if status == 405:
        assert "GET" in answer["Allow"]


def test_a_fault_of_ours_is_a_problem_without_its_insides(client, db, monkeypatch):
    def break_down(*_args, **_kwargs):
        raise RuntimeError("geheim")

    monkeypatch.setattr("mitstadt.participation.queries.listed", break_down)
    client.raise_request_exception = False
    answer = client.get("/api/v1/processes")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "geheim" not in answer.content.decode()
    assert client.get("/gibt-es-nicht/")["Content-Type"].startswith("text/html"), "people get a page"


def test_every_error_is_described_as_a_problem(description):
    for path, verbs in description["paths"].items():
        for verb, operation in verbs.items():
            assert "default" in operation["responses"], (verb, path)
            for status, answer in operation["responses"].items():
                if status == "default" or int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (verb, path, status)


def test_no_two_shapes_share_a_name():
    """Ninja keeps one of them, and the description would be wrong for the other."""

    def below(kind):
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    named = Counter(kind.__name__ for kind in set(below(Schema)) if kind.__module__.startswith("mitstadt."))
    assert [name for name, times in named.items() if times > 1] == []


@pytest.mark.parametrize(
    "query", ["limit=viele", "stand=gestern", "status=<b>", "limit=-1", "offset=99999999999999999999"]
)
def test_nonsense_is_answered_not_crashed(client, demo_city, query):
    answer = client.get(f"/api/v1/measures?{query}")
    assert answer.status_code in (200, 400, 404, 422)
    assert json.loads(answer.content) is not None
