"""A program reads the city: the contract is valid, complete, public and says clearly what is wrong."""

from __future__ import annotations

import json

import pytest
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


def test_what_does_not_exist_is_a_404_in_json(client, demo_city):
    answer = client.get("/api/v1/measures/M-999999")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/")
    assert json.loads(answer.content)


@pytest.mark.parametrize(
    "query", ["limit=viele", "stand=gestern", "status=<b>", "limit=-1", "offset=99999999999999999999"]
)
def test_nonsense_is_answered_not_crashed(client, demo_city, query):
    answer = client.get(f"/api/v1/measures?{query}")
    assert answer.status_code in (200, 400, 404, 422)
    assert json.loads(answer.content) is not None
