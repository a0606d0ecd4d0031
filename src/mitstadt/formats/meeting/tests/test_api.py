"""What programs read of dates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mitstadt.booking import actions as booking
from mitstadt.formats.meeting import actions, questions
from mitstadt.formats.meeting.identity import Voter
from mitstadt.kit import clock
from mitstadt.participation import samples
from mitstadt.participation.actions import processes
from mitstadt.participation.samples import citizen

URL = "/api/v1/meetings"


def test_dates_are_listed_in_order_with_free_places_and_no_names(plan: Any, offer: Any, client: Any) -> None:
    late, soon = plan(days=6, title="Später", access=["step_free"]), plan(days=3, seats=3, title="Bald")
    plan(days=-3, title="Vorbei")
    booking.enter(samples.INSTALLATION, offer(soon), name="Frau Huber")
    answer = client.get(URL)
    found = answer.json()["items"]
    assert [item["title"] for item in found] == ["Bald", "Später"]
    assert (found[0]["places"]["free"], found[1]["places"]) == (2, None)
    assert "Huber" not in answer.content.decode()
    first = client.get(f"{URL}?limit=1").json()
    second = client.get(f"{URL}?limit=1&after={first['next']}").json()
    assert [second["items"][0]["id"], second["next"]] == [late.subject.public_id, None]
    assert [item["title"] for item in client.get(f"{URL}?access=step_free").json()["items"]] == ["Später"]
    assert len(client.get(f"{URL}?since=2020-01-01T00:00:00Z").json()["items"]) == 3


def test_what_is_wrong_is_said(client: Any, plan: Any) -> None:
    assert client.get(f"{URL}?access=levitation").status_code == 422
    assert client.get(f"{URL}?after=nie").status_code == 422
    assert client.get(f"{URL}/nie").status_code == 404


def test_one_date_tells_minutes_and_questions_only_when_they_are_public(plan: Any, client: Any, module: Any) -> None:
    meeting = plan(days=0.01, agenda="18:00 Beginn")
    live = questions.find(questions.open_live(samples.INSTALLATION, meeting).code)
    assert live is not None
    questions.ask(live, Voter("a", "", "", False), "Wer gießt die Bäume?", actor=citizen("gast"))
    with clock.at(meeting.starts_at + timedelta(minutes=5)):
        actions.write_minutes(samples.INSTALLATION, meeting, "Entwurf", "", publish=False)
        open_round = client.get(f"{URL}/{meeting.subject.public_id}").json()
        assert (open_round["questions"], open_round["minutes"], open_round["came"]) == ([], "", None)
        assert open_round["agenda"] == [{"time": "18:00", "text": "Beginn"}]
        questions.close_live(samples.INSTALLATION, live)
        actions.write_minutes(samples.INSTALLATION, meeting, "Alle waren da.", "Mehr Schatten.", publish=True)
        told = client.get(f"{URL}/{meeting.subject.public_id}").json()
    assert (told["result"], told["came"], told["questions"][0]["text"]) == ("Mehr Schatten.", 0, "Wer gießt die Bäume?")
    processes.move(samples.INSTALLATION, module.process, "draft")
    assert client.get(f"{URL}/{meeting.subject.public_id}").status_code == 404
    assert client.get(URL).json()["items"] == []


def test_the_list_asks_equally_often_with_more_dates(plan: Any, client: Any, assert_constant_queries: Any) -> None:
    plan(seats=2)
    assert_constant_queries(lambda: [plan(seats=2) for _n in range(5)], lambda: client.get(URL), at_most=5)
