"""The public log: every decision with its ground, no text, no names; page, feed, API and data set agree."""

from __future__ import annotations

from typing import Any

import feedparser
import pytest

from mitstadt.accounts.actor import NOBODY
from mitstadt.moderation import actions, datasets

pytestmark = pytest.mark.django_db

SECRETS = ("Bob ist doof", "Zeile 1 beschimpft", "Das war ein Zitat", "Alice", "alice", "moderator@", "Mein Hinweis")


@pytest.fixture
def some_history(
    alice: Any, bob: Any, moderator: Any, second_moderator: Any, actor_of: Any, wrote: Any, hide: Any
) -> None:
    """Three decisions: one kept, one hidden, one hidden and lifted after an appeal."""
    kept = actions.report(NOBODY, wrote(bob), reason="other", good_faith=True, text="Mein Hinweis").case
    actions.decide(actor_of(moderator), kept, outcome="keep")
    hide(moderator, wrote(alice, "Bob ist doof"))
    lifted = hide(moderator, wrote(alice, "Bob ist doof, sagt er"))
    actions.appeal(actor_of(alice), lifted, "Das war ein Zitat.")
    actions.decide_appeal(actor_of(second_moderator), lifted, lift=True, facts="Zeile 1 beschimpft niemanden.")


def test_the_page_counts_and_names_nobody(some_history: None, client: Any) -> None:
    response = client.get("/moderation/")
    text = response.content.decode()
    assert "1 von 3" in text  # kept
    assert "2 von 3" in text  # hidden
    assert "1 von 1 entschiedenen" in text  # appeals
    assert "Hausregel 1, Respekt" in text
    for secret in SECRETS:
        assert secret not in text
    assert "public" in response["Cache-Control"]
    assert "Set-Cookie" not in response.headers
    assert "csrf" not in text


def test_the_feed_is_valid(some_history: None, client: Any) -> None:
    response = client.get("/moderation/feed/")
    feed = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
    assert feed.bozo is False
    assert len(feed.entries) == 4
    assert len({entry.id for entry in feed.entries}) == 4
    for secret in SECRETS:
        assert secret not in response.content.decode()


def test_page_api_and_data_set_agree(some_history: None, client: Any) -> None:
    answer = client.get("/api/v1/moderation/decisions").json()
    rows = list(datasets.rows())
    assert answer["count"] == len(rows) == 4
    assert {item["id"] for item in answer["items"]} == {row["id"] for row in rows}
    assert sorted(row["outcome"] for row in rows) == ["keep", "lifted", "restrict", "restrict"]
    assert set(rows[0]) == set(datasets.DECISIONS.names)
    for secret in SECRETS:
        assert secret not in str(answer) + str(rows)


def test_the_api_pages_and_refuses_nonsense(some_history: None, client: Any) -> None:
    page = client.get("/api/v1/moderation/decisions?limit=2&offset=3").json()
    assert (page["count"], len(page["items"])) == (4, 1)
    assert client.get("/api/v1/moderation/decisions?limit=0").status_code == 422
    assert client.get("/api/v1/moderation/decisions?limit=1001").status_code == 422
    assert client.get("/api/v1/moderation/decisions?since=2026-01-01").status_code == 422  # without a time zone
    later = client.get("/api/v1/moderation/decisions", {"since": "2100-01-01T00:00:00+00:00"}).json()
    assert later["count"] == 0


def test_an_empty_log_says_why(client: Any) -> None:
    assert "Noch keine Entscheidung" in client.get("/moderation/").content.decode()
    assert feedparser.parse(client.get("/moderation/feed/").content).bozo is False


def test_the_log_costs_the_same_for_few_and_many(
    some_history: None, alice: Any, moderator: Any, wrote: Any, hide: Any, client: Any, assert_constant_queries: Any
) -> None:
    def more() -> None:
        for _ in range(20):
            hide(moderator, wrote(alice))

    assert_constant_queries(more, lambda: client.get("/moderation/"), at_most=8)


def test_the_log_in_english(some_history: None, client: Any) -> None:
    text = client.get("/en/moderation/").content.decode()
    assert "What moderation decides" in text
    assert "House rule 1, respect" in text
