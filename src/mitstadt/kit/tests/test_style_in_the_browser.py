"""The style guide in Chromium: readable for everybody in each theme, usable by keyboard, forgetting nothing."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.mark.parametrize("theme", ["hell", "kontrast"])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_barrier_and_no_sideways_scrolling(new_live_page, settings, theme, mode):
    settings.MITSTADT_DEMO = True  # with the banner
    page = new_live_page(viewport={"width": 1280, "height": 900}, color_scheme=mode)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"/stil/?theme={theme}&mode={mode}")
        page.evaluate("document.querySelectorAll('details:not(.ms-menu)').forEach(d => { d.open = true; })")
        results = Axe().run(page, options=RULES)
        assert len(results.response["passes"]) > 20  # it did look
        found = [
            f"{v['id']}: {node['html'][:150]} {node.get('failureSummary', '')[:200]}"
            for v in results.response["violations"]
            for node in v["nodes"]
        ]
        assert found == [], "\n".join(found)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_planted_barrier_would_be_found(new_live_page):
    page = new_live_page()
    page.goto("/stil/")
    page.evaluate("document.querySelector('h1').innerHTML = '<a href=\"#\"><img src=\"/static/kit/icon.svg\"></a>'")
    found = {v["id"] for v in Axe().run(page, context="h1", options=RULES).response["violations"]}
    assert {"image-alt", "link-name"} <= found


def test_bob_skips_to_the_content_by_keyboard(new_live_page):
    page = new_live_page()
    page.goto("/stil/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "ms-skip"
    assert page.locator(".ms-skip").bounding_box()["y"] >= 0  # it can be seen once it is reached
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_alice_opens_the_menu_on_her_phone_without_javascript(new_live_page):
    page = new_live_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page.goto("/stil/")
    page.locator(".ms-menu > summary").click()
    expect(page.locator(".ms-menu__panel a", has_text="English")).to_be_visible()
    assert page.locator(".ms-menu__panel a").first.bounding_box()["height"] >= 44


PROBE = """<!doctype html><html lang="de"><title>Probe</title><script src="/static/kit/mitstadt.js" defer></script>
<form method="post" action="/probe/"><textarea name="text"></textarea><input name="name">
<input type="password" name="secret"><button>Abschicken</button></form>"""


def test_what_alice_typed_is_back_after_a_failed_submit_but_her_password_is_not(new_live_page):
    page = new_live_page()
    answers = iter(
        [
            "<!doctype html><html lang='de'><title>403</title><body data-form-lost>"
            "<script src='/static/kit/mitstadt.js' defer></script>",
            PROBE.replace("<form", "<p>Danke</p><form"),
        ]
    )

    def answer(route):
        body = PROBE if route.request.method == "GET" else next(answers)
        route.fulfill(status=200, content_type="text/html", body=body)

    page.route("**/probe/", answer)
    page.goto("/probe/")
    page.locator("textarea").fill("Wann kommt der Radweg?")
    page.locator("[name=secret]").fill("geheim")
    page.locator("button").click()
    page.wait_for_selector("[data-form-lost]", state="attached")
    page.wait_for_load_state()  # its script has read what the page says
    page.goto("/probe/")
    assert page.locator("textarea").input_value() == "Wann kommt der Radweg?"
    assert page.locator("[name=secret]").input_value() == ""
    assert "geheim" not in page.evaluate("JSON.stringify(sessionStorage)")

    page.locator("button").click()  # this time the server accepts it
    page.wait_for_selector("p")
    page.goto("/probe/")
    assert page.locator("textarea").input_value() == ""


def test_the_question_mark_opens_the_keyboard_help_but_not_while_writing(new_live_page):
    page = new_live_page()
    page.route(
        "**/probe/",
        lambda route: route.fulfill(
            content_type="text/html",
            body=PROBE.replace("<form", "<details data-keyboard-help><summary>Tasten</summary>j k</details><form"),
        ),
    )
    page.goto("/probe/")
    page.locator("textarea").press("?")
    assert page.evaluate("document.querySelector('details').open") is False
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.evaluate("document.querySelector('details').open") is True
