"""Whoever writes of need into the search of the whole city reads checked numbers before anything else."""

from __future__ import annotations

import re

import pytest

from mitstadt.directory import demo

pytestmark = pytest.mark.django_db


@pytest.fixture
def words(db):
    demo.load_everyday()


@pytest.mark.parametrize(
    "query", ["mein Mann schlägt mich", "ich will nicht mehr leben", "kein Schlafplatz heute Nacht"]
)
def test_numbers_stand_before_the_hits(client, words, query):
    answer = client.get("/suche/", {"q": query})
    page = answer.content.decode()
    assert 'class="dy-urgent__number" href="tel:' in page
    assert page.index("dy-urgent__number") < page.index("gibt es hier nichts")
    assert "data-exit" in page
    title = re.search(r"<title>(.*?)</title>", page, re.S)
    assert title is not None
    assert query.split()[0] not in title.group(1).split(" – ")[0]
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_other_words_are_searched_as_ever(client, words):
    answer = client.get("/suche/", {"q": "Radweg"})
    assert "dy-urgent" not in answer.content.decode()
    assert "Suche: Radweg" in answer.content.decode()
    assert "no-store" not in answer.headers.get("Cache-Control", "")
