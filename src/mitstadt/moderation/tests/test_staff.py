"""The moderators' screens in the back office."""

from __future__ import annotations

from typing import Any

import pytest

from mitstadt.accounts.actor import NOBODY
from mitstadt.moderation import actions
from mitstadt.moderation.models import Case

pytestmark = pytest.mark.django_db


def report(subject: Any, **more: Any) -> Case:
    values = {"reason": "insult", "good_faith": True, "text": "Satz 1", **more}
    return actions.report(NOBODY, subject, **values).case


def test_only_moderators_see_the_queue(client: Any, client_for: Any, alice: Any, editor: Any, moderator: Any) -> None:
    address = "/verwaltung/moderation/"
    assert client.get(address).status_code == 302
    assert client_for(alice).get(address).status_code in (302, 403)
    assert client_for(editor).get(address).status_code == 403
    assert client_for(moderator).get(address).status_code == 200


def test_the_menu_shows_moderation_to_moderators(client_for: Any, editor: Any, moderator: Any) -> None:
    assert "/verwaltung/moderation/" in client_for(moderator).get("/verwaltung/").content.decode()
    assert "/verwaltung/moderation/" not in client_for(editor).get("/verwaltung/").content.decode()


def test_a_case_shows_everything_that_belongs_to_the_decision(
    client_for: Any, alice: Any, moderator: Any, wrote: Any, hide: Any
) -> None:
    hide(moderator, wrote(alice, "Früher"))
    case = report(wrote(alice, "Bob ist <b>doof</b>"), contact="olaf@example.org")
    text = client_for(moderator).get(f"/verwaltung/moderation/{case.public_id}/").content.decode()
    assert "Bob ist &lt;b&gt;doof&lt;/b&gt;" in text
    assert "Satz 1" in text
    assert "Frühere Fälle: 1, davon eingeschränkt: 1" in text
    assert "wartet auf Antwort" in text
    assert "olaf@example.org" not in text
    assert "alice@example.org" not in text


def test_a_moderator_decides_and_goes_on_to_the_next_case(
    client_for: Any, alice: Any, bob: Any, moderator: Any, wrote: Any
) -> None:
    first, second = report(wrote(alice)), report(wrote(bob))
    response = client_for(moderator).post(
        f"/verwaltung/moderation/{first.public_id}/",
        {"outcome": "restrict", "ground": "respect", "facts": "Grob.", "next": "1"},
    )
    assert response["Location"] == f"/verwaltung/moderation/{second.public_id}/"
    first.refresh_from_db()
    assert (first.state, first.outcome) == ("decided", "restrict")


def test_a_missing_ground_is_said_at_its_field_and_nothing_typed_is_lost(
    client_for: Any, alice: Any, moderator: Any, wrote: Any
) -> None:
    case = report(wrote(alice))
    response = client_for(moderator).post(
        f"/verwaltung/moderation/{case.public_id}/", {"outcome": "restrict", "facts": "Mühsam formuliert."}
    )
    text = response.content.decode()
    assert "Bitte nennen Sie die Grundlage." in text
    assert "Mühsam formuliert." in text


def test_who_was_slower_reads_it_on_the_page(
    client_for: Any, alice: Any, moderator: Any, second_moderator: Any, wrote: Any
) -> None:
    case = report(wrote(alice))
    address = f"/verwaltung/moderation/{case.public_id}/"
    slow = client_for(second_moderator)
    slow.get(address)
    client_for(moderator).post(address, {"outcome": "keep"})
    text = slow.post(address, {"outcome": "restrict", "ground": "respect", "facts": "Grob."}).content.decode()
    assert "Diesen Fall hat gerade jemand anderes entschieden." in text


def test_the_first_moderator_finds_no_form_for_the_appeal(
    client_for: Any, alice: Any, moderator: Any, second_moderator: Any, actor_of: Any, wrote: Any, hide: Any
) -> None:
    case = hide(moderator, wrote(alice))
    actions.appeal(actor_of(alice), case, "Das war ein Zitat.")
    address = f"/verwaltung/moderation/{case.public_id}/"
    text = client_for(moderator).get(address).content.decode()
    assert "Über den Widerspruch entscheidet eine zweite Person." in text
    assert 'name="lift"' not in text
    assert client_for(moderator).post(address, {"lift": "no", "facts": "Bleibt."}).status_code == 200
    case.refresh_from_db()
    assert case.state == "appealed"
    second = client_for(second_moderator)
    assert "Das war ein Zitat." in second.get(address).content.decode()
    second.post(address, {"lift": "yes", "facts": "Stimmt."})
    case.refresh_from_db()
    assert case.appeal_outcome == "lifted"


def test_filters_are_addresses(
    client_for: Any, alice: Any, bob: Any, moderator: Any, wrote: Any, stopped_clock: Any
) -> None:
    report(wrote(alice, "Der alte Fall"))
    stopped_clock.move(days=10)
    report(wrote(bob, "Der neue Fall"))
    report(wrote(moderator, "Mein eigener Fall"))
    client = client_for(moderator)

    def shown(query: str) -> set[str]:
        text = client.get(f"/verwaltung/moderation/?{query}").content.decode()
        return {title for title in ("Der alte Fall", "Der neue Fall", "Mein eigener Fall") if title in text}

    assert shown("") == {"Der alte Fall", "Der neue Fall", "Mein eigener Fall"}
    assert shown("overdue=1") == {"Der alte Fall"}
    assert shown("mine=1") == {"Der alte Fall", "Der neue Fall"}
    assert shown("kind=comment") == set()
    assert shown("source=rule") == set()
    assert shown("state=decided") == set()


def test_the_queue_costs_the_same_for_few_and_many(
    client_for: Any, alice: Any, moderator: Any, wrote: Any, assert_constant_queries: Any
) -> None:
    client = client_for(moderator)
    report(wrote(alice))

    def more() -> None:
        for _ in range(20):
            report(wrote(alice))

    assert_constant_queries(more, lambda: client.get("/verwaltung/moderation/"), at_most=20)


def test_a_case_costs_the_same_for_few_and_many_reports(
    client_for: Any, alice: Any, moderator: Any, wrote: Any, assert_constant_queries: Any
) -> None:
    client, subject = client_for(moderator), wrote(alice)
    case = report(subject)

    def more() -> None:
        for _ in range(20):
            report(subject)

    assert_constant_queries(more, lambda: client.get(f"/verwaltung/moderation/{case.public_id}/"), at_most=24)
