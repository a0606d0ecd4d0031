"""Alice's idea meets Bob's: they merge, the city answers and builds, and each of the chain hears of each step once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mitstadt.formats.ideas import actions
from mitstadt.kit import jobs
from mitstadt.notify.models import Notification
from mitstadt.participation import samples
from mitstadt.participation.models import Contribution
from tests.support.people import make_department

pytestmark = pytest.mark.browser
BOBS = "Ein Trinkbrunnen am Grünspitz"
HERS = "Trinkbrunnen unter den Linden am Grünspitz"
WHY = "Unter den Linden ist Schatten, und dort warten viele auf die Tram."
ANSWER = "Die Leitung reicht, der Brunnen wird im Mai gebaut."
BUILT = "Der Brunnen läuft seit Montag."


def inbox(page: Page, title: str) -> None:
    """Open the one piece of news with this title."""
    jobs.run_pending()
    page.goto("/konto/nachrichten/")
    found = page.get_by_role("link", name=title)
    expect(found.first).to_be_visible()
    found.first.click()


def told(person: Any) -> list[str]:
    """The titles of all that somebody was told, oldest first."""
    jobs.run_pending()
    rows = Notification.objects.filter(recipient__user=person).order_by("pk").select_related("event")
    return [row.event.title for row in rows]


def test_two_ideas_become_one_fountain(
    city: Any, alice: Any, bob: Any, charlie: Any, editor: Any, actor_of: Any, visit: Any
) -> None:
    module = samples.process(
        "Wo soll der Brunnen stehen?", format="ideas", department=make_department("RIT"), categories=["Standort"]
    )
    category = module.categories.get()
    bobs = actions.propose(
        actor_of(bob), module, actions.Words(BOBS, "Unter den Linden ist im August der einzige Schatten.", category)
    )

    # Alice types, is told of Bob's idea, and sends hers all the same, with a point on the map
    page = visit(alice)
    page.goto(module.subject.path)
    page.get_by_role("link", name="Idee vorschlagen").click()
    page.get_by_label("Ihre Idee in einem Satz").press_sequentially(HERS)
    expect(page.locator("#aehnliche")).to_contain_text(BOBS)
    page.get_by_label("Was soll geschehen und warum?").fill(WHY)
    page.get_by_label("Worum geht es?").select_option("Standort")
    page.locator(".pt-pick__map svg").click()
    expect(page.locator("[data-said]")).to_contain_text("Ort gesetzt")
    page.get_by_role("button", name=re.compile("abschicken")).click()
    again = page.get_by_role("button", name="Trotzdem abschicken")
    heading = page.get_by_role("heading", level=1, name=HERS)
    expect(again.or_(heading)).to_be_visible()
    if again.is_visible():
        again.click()
    expect(heading).to_be_visible()
    hers = Contribution.objects.get(title=HERS)
    assert hers.user_id == alice.pk
    assert hers.geometry["type"] == "Point"

    # Charlie stands behind hers before anybody thinks of merging
    third = visit(charlie)
    third.goto(hers.subject.path)
    third.get_by_role("button", name="Ich unterstütze das").click()
    expect(third.get_by_text("Sie unterstützen diese Idee.")).to_be_visible()

    # Alice proposes to merge, Bob agrees; nothing happens before he did
    page.goto(hers.subject.path)
    page.get_by_role("link", name="Mit einer anderen Idee zusammenlegen").click()
    page.get_by_role("button", name="Mit dieser zusammenlegen").click()
    expect(page.get_by_text("Wir haben alle gefragt, die dazu gehören.")).to_be_visible()
    hers.refresh_from_db()
    assert hers.merged_into_id is None
    other = visit(bob)
    inbox(other, f"Zusammenlegen? „{HERS}“ und „{BOBS}“")
    other.get_by_role("button", name="Ja, zusammenlegen").click()
    expect(other.get_by_text("Diese Idee ist in einer anderen aufgegangen")).to_be_visible()

    # Charlie is told and carries the support over with one click
    inbox(third, f"„{HERS}“ ist in „{BOBS}“ aufgegangen")
    third.get_by_role("button", name="Meine Unterstützung mitnehmen").click()
    expect(third.get_by_role("heading", level=1, name=BOBS)).to_be_visible()
    expect(third.get_by_role("heading", name="In dieser Idee aufgegangen")).to_be_visible()
    expect(third.get_by_text("Sie unterstützen diese Idee.")).to_be_visible()

    # the department answers, later it is built
    desk = visit(editor)
    screen = f"/verwaltung/beteiligung/{module.process.number}/auswertung/{bobs.subject.public_id}/"
    for decision, reason, button in (
        ("wird aufgenommen", ANSWER, "Entscheiden"),
        ("ist umgesetzt", BUILT, "Antwort ändern"),
    ):
        desk.goto(screen)
        desk.get_by_label("Was daraus wird").select_option(label=decision)
        desk.get_by_label("Begründung, steht öffentlich").fill(reason)
        desk.get_by_role("button", name=button).click()
        expect(desk.get_by_label("Begründung, steht öffentlich")).to_have_value(reason)
        jobs.run_pending()
        for reader in (visit(), page, other, third):
            reader.goto(bobs.subject.path)
            expect(reader.get_by_role("main")).to_contain_text(reason)

    # everybody of the chain was told of both answers, each once
    answered = f"Die Stadt hat geantwortet: {BOBS}"
    for person in (alice, bob, charlie):
        titles = told(person)
        assert titles.count(answered) == 2, (person.username, titles)
        assert titles.count(f"„{HERS}“ ist in „{BOBS}“ aufgegangen") == (person != bob), (person.username, titles)
