"""What goes wrong in a day: a login that ran out, an impatient double click, a very small screen."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session

from mitstadt.accounts.actor import actor_for
from mitstadt.comments import actions as comments
from mitstadt.comments.models import Comment
from tests.support.people import PASSWORD

pytestmark = pytest.mark.browser


def test_a_login_that_ran_out_keeps_what_alice_typed(city: Any, alice: Any, visit: Any) -> None:
    page = visit(alice)
    page.goto(f"/mitreden/{city.files.subject.public_id}/")
    page.get_by_label("Ihre Frage oder Ihr Hinweis").fill("Lange überlegt und dann Kaffee geholt.")
    Session.objects.all().delete()
    page.get_by_role("button", name="Abschicken").click()
    page.get_by_label("E-Mail").first.wait_for()
    assert not Comment.objects.exists()
    if page.get_by_text("Lange überlegt und dann Kaffee geholt.").count() == 0:
        page.locator("input[name=login]").fill(alice.email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Anmelden", exact=True).click()
    field = page.get_by_label("Ihre Frage oder Ihr Hinweis")
    field.wait_for()
    assert field.input_value() == "Lange überlegt und dann Kaffee geholt."


def test_an_impatient_double_submit_makes_one_comment(city: Any, alice: Any, visit: Any) -> None:
    page = visit(alice)
    page.goto(f"/mitreden/{city.files.subject.public_id}/")
    address = page.url
    page.get_by_label("Ihre Frage oder Ihr Hinweis").fill("Nur einmal, bitte.")
    form = {
        name: page.locator(f"main form [name={name}]").input_value() for name in ("csrfmiddlewaretoken", "key", "text")
    }
    page.get_by_role("button", name="Abschicken").dblclick()
    page.get_by_text("Nur einmal, bitte.").wait_for()
    again = page.context.request.post(address, form=form, headers={"Referer": address})
    assert again.ok
    assert Comment.objects.count() == 1
    page.goto(city.files.get_absolute_url())
    assert page.get_by_text("Nur einmal, bitte.").count() == 1


@pytest.mark.usefixtures("home_page")
def test_the_main_pages_fit_a_screen_of_320_pixels(city: Any, alice: Any, visit: Any) -> None:
    """WCAG 2.2, 1.4.10: 320 CSS pixels without scrolling sideways."""
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
    comment = comments.add(actor_for(alice), city.files.subject, f"Ein langes Wort: {long}", wants_answer=True)
    number = city.files.number
    anonymous = [
        "/", "/radar/", f"/radar/?massnahme=M-{number:03}", "/radar/tabelle/", "/radar/vergleich/", "/radar/kriterien/",
        city.files.get_absolute_url(), comment.subject.path, f"/mitreden/{city.files.subject.public_id}/",
        f"/bewerten/{city.files.subject.public_id}/", f"/melden/gegenstand/{comment.subject.public_id}/",
        "/suche/?q=akte", "/was-daraus-wurde/", "/moderation/", "/daten/", "/aktuelles/", "/impressum/",
        "/barrierefreiheit/", "/konto/login/", "/konto/signup/", "/folgen/" + city.files.subject.public_id + "/",
    ]  # fmt: skip
    small = {"viewport": {"width": 320, "height": 700}}
    wide = [f"{address}: {width}" for address, width in widths(visit(**small), anonymous) if width > 320]
    own = ["/konto/", "/konto/nachrichten/", "/konto/nachrichten/abos/", "/konto/moderation/", "/konto/sicherheit/"]
    wide += [f"{address}: {width}" for address, width in widths(visit(alice, **small), own) if width > 320]
    assert wide == []


def widths(page: Any, addresses: list[str]) -> list[tuple[str, int]]:
    found = []
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == 200, (address, answer.status)
        found.append((address, page.evaluate("() => document.documentElement.scrollWidth")))
    return found
