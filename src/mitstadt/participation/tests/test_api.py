"""What programs read: the same as the pages show, and nothing more."""

import pytest

from mitstadt.comments import actions as comments
from mitstadt.participation import samples
from mitstadt.participation.actions import contributions, processes

pytestmark = pytest.mark.django_db
DEBATE = {"question": "Was fehlt dem Platz?"}


@pytest.fixture
def module(db):
    return samples.process(format="debate", settings=DEBATE)


def test_processes_are_listed_and_drafts_are_not(client, module):
    samples.process("Geheimplan", format="debate", settings=DEBATE, publish=False)
    found = client.get("/api/v1/processes").json()
    assert [item["title"] for item in found["items"]] == ["Ein Platz zum Bleiben"]
    assert found["items"][0]["state"] == "running"
    assert client.get("/api/v1/processes?state=answered").json()["total"] == 0
    assert client.get("/api/v1/processes?state=quark").status_code == 422


def test_one_process_by_id_and_number_tells_who_may_do_what(client, module):
    process = module.process
    by_id = client.get(f"/api/v1/processes/{process.subject.public_id}").json()
    assert client.get(f"/api/v1/processes/{process.number}").json() == by_id
    assert by_id["phases"][0]["allows"] == ["comment", "rate"]
    assert by_id["phases"][0]["when"] == "active"
    assert by_id["modules"][0]["format"] == "debate"
    assert client.get("/api/v1/processes/nie").status_code == 404


def test_contributions_of_all_kinds_page_by_page_without_accounts(client, module, alice, bob, actor_of):
    contributions.add(actor_of(alice), module, "idea", "comment", title="Bank", text="Eine Bank.")
    comments.add(actor_of(bob), module.subject, "Ein Baum.")
    first = client.get("/api/v1/contributions?limit=1").json()
    assert [item["text"] for item in first["items"]] == ["Ein Baum."]
    second = client.get(f"/api/v1/contributions?limit=1&after={first['next']}").json()
    assert [item["text"] for item in second["items"]] == ["Eine Bank."]
    assert second["next"] is None
    text = client.get("/api/v1/contributions").content.decode()
    assert "example.org" not in text.replace("testserver", "")
    assert alice.public_id not in text
    assert client.get("/api/v1/contributions?kind=idea").json()["items"][0]["title"] == "Bank"
    assert client.get("/api/v1/contributions?kind=quark").status_code == 422


def test_what_is_withdrawn_hidden_or_unpublished_is_not_there(client, module, coordinator, alice, actor_of):
    made = contributions.add(actor_of(alice), module, "idea", "comment", title="Bank", text="Eine Bank.")
    comment = comments.add(actor_of(alice), module.subject, "Ein Baum.")
    comments.withdraw(actor_of(alice), comment)
    assert [item["id"] for item in client.get("/api/v1/contributions").json()["items"]] == [made.subject.public_id]
    processes.move(actor_of(coordinator), module.process, "draft")
    assert client.get("/api/v1/contributions").json()["items"] == []
    assert client.get("/api/v1/processes").json()["total"] == 0


def test_lists_ask_equally_often_with_more(client, module, alice, actor_of, assert_constant_queries):
    def more():
        for number in range(5):
            samples.process(f"Platz {number}", format="debate", settings=DEBATE)
            contributions.add(actor_of(alice), module, "idea", "comment", title=f"Bank {number}", text="Eine Bank.")

    assert_constant_queries(more, lambda: client.get("/api/v1/processes"))
    assert_constant_queries(more, lambda: client.get("/api/v1/contributions"))
