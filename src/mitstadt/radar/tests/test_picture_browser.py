"""The radar in a real browser: what is drawn, what the keyboard does, what paper shows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from mitstadt.radar import snapshot
from mitstadt.radar.layout.boxes import Box, conflicts

from .picture_city import make_city

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The rendered boxes of every mark, name, flag and title, in px of the picture.
BOXES = """() => {
  const picture = document.querySelector('.rd-wide .rd-picture');
  return [...picture.querySelectorAll('text, use')].map((e, i) => {
    const b = e.getBBox();
    const name = e.tagName + ' ' + i + ' ' + (e.textContent || e.getAttribute('href'));
    return [name, b.x, b.y, b.width, b.height];
  });
}"""


@pytest.fixture(autouse=True)
def fresh():
    snapshot.forget()
    yield
    snapshot.forget()


@pytest.mark.parametrize("count", [30, 87, 300])
def test_nothing_drawn_lies_on_anything_else(live_server, live_page, count: int) -> None:
    make_city(count)
    live_page.goto(f"{live_server.url}/radar/?ringe=zeit" if count == 87 else f"{live_server.url}/radar/")
    live_page.evaluate("document.fonts.ready")
    assert live_page.evaluate("document.fonts.check('14.5px \"Fira Sans\"')")
    # A line box holds room above and below the letters; the drawn row keeps the layout's own height.
    boxes = []
    for name, x, y, width, height in live_page.evaluate(BOXES):
        middle = y + height / 2
        line = min(height, 17.0)
        boxes.append((name, Box(x, middle - line / 2, width, line)))
    assert len(boxes) > 2 * count
    assert conflicts(boxes) == []


def test_rendered_names_are_no_wider_than_the_layout_thinks(live_server, live_page) -> None:
    from mitstadt.radar.layout.metrics import text_width

    make_city(87)
    live_page.goto(f"{live_server.url}/radar/")
    live_page.evaluate("document.fonts.ready")
    drawn = live_page.evaluate(
        "[...document.querySelectorAll('.rd-wide a.rd-m text')].map(t => [t.textContent, t.getComputedTextLength()])"
    )
    assert len(drawn) >= 87
    for text, width in drawn:
        assert width <= text_width(text, 14.5) + 0.6, text
        assert width >= text_width(text, 14.5) * 0.93, text


def test_the_keyboard_walks_through_the_picture_and_opens_the_card(live_server, live_page) -> None:
    make_city(87)
    page = live_page
    page.goto(f"{live_server.url}/radar/")
    page.locator(".rd-skip a").focus()
    page.keyboard.press("Tab")
    here = "document.activeElement.dataset.m + ' ' + document.activeElement.querySelector('text').textContent"
    assert page.evaluate(here) == "4 BayernID-Anbindung"  # first sector, first ring, lowest number
    page.keyboard.press("ArrowDown")
    assert page.evaluate(here) == "15 Open Source Hub"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.m") == "2"  # App-Strategie, the same row one ring further
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.m") == "15"
    page.keyboard.press("End")
    last = page.evaluate("document.activeElement.dataset.m")
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.dataset.m") == "4"
    assert last != "4"
    page.keyboard.press("Enter")
    page.locator("#rd-card-title").wait_for()
    assert "massnahme=M-004" in page.url
    assert "Anbindung der BayernID" in page.locator("#karte").inner_text()
    page.keyboard.press("Escape")
    page.locator("#karte").wait_for(state="detached")
    assert page.evaluate("document.activeElement.dataset.m") == "4"
    assert page.locator('.rd-wide a.rd-m:not([tabindex="-1"])').count() == 1
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('.rd-picture') !== null")


def test_a_mark_is_a_link_with_a_name_for_screen_readers(live_server, live_page) -> None:
    make_city(30)
    live_page.goto(f"{live_server.url}/radar/")
    mark = live_page.get_by_role("link", name=re.compile(r"^App-Strategie\. .*In Umsetzung\. Digital Government\."))
    assert mark.count() == 1
    assert live_page.get_by_role("group", name=re.compile("^Radar: Maßnahmen, 30 von 30")).count() == 1


def test_everything_works_without_javascript(live_server, new_live_page) -> None:
    make_city(87)
    page = new_live_page(java_script_enabled=False)
    page.goto(f"{live_server.url}/radar/")
    page.locator('.rd-wide a[data-m="2"]').click()
    expect(page).to_have_url(re.compile("massnahme=M-002"))
    expect(page.locator("#rd-card-title")).to_have_text("App-Strategie")
    page.locator(".ms-chips a", has_text="Verzögert").click()
    expect(page).to_have_url(re.compile("verzoegert=1"))
    page.get_by_role("link", name="Tabelle").click()
    expect(page).to_have_url(re.compile(r"/radar/tabelle/\?verzoegert=1"))
    page.locator(".rd-more-filters summary").click()
    page.locator("#rd-feld").select_option("bildung")
    page.get_by_role("button", name="Anwenden").click()
    expect(page).to_have_url(re.compile("feld=bildung"))
    expect(page.locator("tbody tr")).to_have_count(4)
    page.get_by_role("link", name="Geplantes Ende").click()
    expect(page).to_have_url(re.compile("sort=ende"))


@pytest.mark.parametrize(
    "address", ["/radar/?massnahme=M-001", "/radar/tabelle/", "/radar/drucken/", "/radar/einbetten/"]
)
def test_a_narrow_phone_never_scrolls_sideways(live_server, new_live_page, address: str) -> None:
    make_city(87)
    for width in (320, 640, 1000):
        page = new_live_page(viewport={"width": width, "height": 700})
        page.goto(live_server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


def test_on_a_phone_names_stand_in_bands_and_lead_to_the_card(live_server, new_live_page) -> None:
    make_city(87)
    page = new_live_page(viewport={"width": 360, "height": 740})
    page.goto(f"{live_server.url}/radar/")
    assert not page.locator(".rd-wide").is_visible()
    assert page.locator(".rd-narrow .rd-circle").is_visible()
    page.locator(".rd-band summary", has_text="Bildung").click()
    page.locator(".rd-band li a", has_text="Digital-Paket").click()
    page.locator("#rd-card-title").wait_for()
    assert "Digital-Paket" in page.locator("#rd-card-title").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_no_accessibility_fault_is_found(live_server, new_live_page, scheme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    make_city(87)
    page = new_live_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    for address in (
        "/radar/?massnahme=M-001&verzoegert=1",
        "/radar/tabelle/?feld=bildung",
        "/radar/einbetten/anleitung/",
    ):
        page.goto(live_server.url + address)
        found = Axe().run(page).response["violations"]
        assert not [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found], address


@pytest.mark.parametrize(("paper", "width", "height"), [("a3", 1190.55, 841.89), ("a4", 841.89, 595.28)])
@pytest.mark.parametrize("count", [87, 300])
def test_the_picture_prints_on_one_sheet(
    live_server, live_page, paper: str, width: float, height: float, count: int
) -> None:
    make_city(count)
    live_page.goto(f"{live_server.url}/radar/drucken/?papier={paper}")
    data = live_page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == 1
    box = [float(v) for v in re.search(rb"/MediaBox\s*\[([^\]]+)\]", data).group(1).split()]
    assert abs(box[2] - width) < 2
    assert abs(box[3] - height) < 2
