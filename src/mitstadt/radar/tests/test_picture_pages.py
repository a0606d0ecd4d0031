"""The radar's pages as somebody without JavaScript gets them."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import struct
import xml.etree.ElementTree as ET
from datetime import datetime
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from mitstadt.kit import clock
from mitstadt.radar import listing, snapshot
from mitstadt.radar.models import Measure, Strategy

from .picture_city import make_city

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def november():
    with clock.at(datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/Berlin"))):
        yield
    snapshot.forget()


@pytest.fixture
def kept(settings) -> None:
    """As in a running city: the snapshot of rows is kept between requests."""
    settings.MITSTADT_SNAPSHOT_SECONDS = 30


@pytest.fixture
def munich_city(db) -> Strategy:
    return make_city(87)


def text_of(response) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def marks(html: str) -> list[str]:
    """The measures named in the large picture, in the order of the document."""
    picture = html[html.index('<svg class="rd-picture"') :]
    picture = picture[: picture.index("</svg>")]
    return re.findall(r'data-m="(\d+)"', picture)


def in_table(html: str) -> list[str]:
    return [str(int(n)) for n in re.findall(r'<span class="rd-code">M-(\d+)</span>', html)]


def get(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


# -- finding -------------------------------------------------------------------------------------------


def test_a_visitor_finds_any_status_in_three_clicks(client, munich_city) -> None:
    page = get(client, "/radar/")  # first click: the navigation
    address = unescape(re.search(r'href="([^"]+)" data-m="58"', page).group(1))
    card = get(client, address)  # second click: the mark
    assert 'id="rd-card-title"' in card
    assert Measure.objects.get(number=58).title in unescape(card)
    assert "In Umsetzung" in card[card.index('id="karte"') :]


def test_picture_and_table_show_the_same_measures_in_the_same_order(client, munich_city) -> None:
    for query in ("", "?feld=bildung&feld=mobilitaet", "?verzoegert=1", "?status=geplant&kernbereich=infrastruktur"):
        table = get(client, "/radar/tabelle/" + query) + get(
            client, f"/radar/tabelle/{query}{'&' if query else '?'}seite=2"
        )
        shown = list(dict.fromkeys(marks(get(client, "/radar/" + query))))
        assert shown
        assert list(dict.fromkeys(in_table(table))) == shown, query


def test_counts_behind_filters_are_what_one_gets(client, munich_city) -> None:
    found = snapshot.current()
    for name, value in (("feld", "bildung"), ("status", "in_umsetzung"), ("prinzip", "standards"), ("referat", "RIT")):
        base = listing.parse(QueryDict("verzoegert=1"))[0]
        promised = listing.run(base, found).counts[name][value]
        selection = listing.parse(QueryDict(f"verzoegert=1&{name}={value}"))[0]
        assert len(listing.run(selection, found).matches) == promised


def test_filters_together_find_what_each_measure_says_of_itself(munich_city) -> None:
    """Every pair of filters against the plain facts of each row."""
    found = snapshot.current()
    facts = {
        "feld=bildung": lambda r: r.field.slug == "bildung",
        "kernbereich=infrastruktur": lambda r: r.core_area is not None and r.core_area.slug == "infrastruktur",
        "referat=nicht-belegt": lambda r: r.department is None,
        "status=geplant": lambda r: r.status == "geplant",
        "prinzip=standards": lambda r: any(p.slug == "standards" for p in r.principles),
        "jahr=2025": lambda r: r.end == "2025",
        "jahr=nicht-belegt": lambda r: not r.end,
        "verzoegert=1": lambda r: r.status in ("geplant", "in_umsetzung", "unbekannt") and "" < r.end < "2026",
        "beteiligen=1": lambda r: r.can_participate,
        "bezirk=stadtweit": lambda r: r.district is None,
    }
    for one, two in itertools.combinations(facts, 2):
        if one.split("=")[0] == two.split("=")[0]:
            continue
        selection = listing.parse(QueryDict(f"{one}&{two}"))[0]
        expected = [r.number for r in found.rows if facts[one](r) and facts[two](r)]
        assert [r.number for r in listing.run(selection, found).matches] == expected, (one, two)


def test_the_filters_are_said_as_a_sentence_whose_parts_can_be_taken_away(client, munich_city) -> None:
    page = get(client, "/radar/tabelle/?feld=bildung&verzoegert=1")
    sentence = page[page.index('class="rd-sentence"') :]
    sentence = sentence[: sentence.index("</p>")]
    words = re.sub(r"\s+", " ", unescape(re.sub(r'<span class="ms-sr">.*?</span>|<[^>]+>', "", sentence)))
    assert "Maßnahmen in Bildung ×, die verzögert sind ×: 4 von 87" in words
    links = [unescape(a) for a in re.findall(r'class="rd-part" href="([^"]+)"', sentence)]
    assert links == ["/radar/tabelle/?verzoegert=1", "/radar/tabelle/?feld=bildung"]


def test_a_search_narrows_the_radar(client, munich_city, monkeypatch) -> None:
    wanted = Measure.objects.get(number=1).pk
    monkeypatch.setattr(
        "mitstadt.search.queries.find_ids", lambda query, kind=None: {wanted} if query == "Akte" else set()
    )
    assert marks(get(client, "/radar/?q=Akte")) == ["1"]
    page = get(client, "/radar/tabelle/?q=Gibtesnicht")
    assert "Dazu gibt es keine Maßnahme." in page
    assert "„Gibtesnicht“" in page


@pytest.mark.parametrize(
    "query",
    [
        "feld=gibtesnicht", "stand=2026-02-30", "stand=morgen", "stand=2999-01-01", "fortschreibung=1848", "sort=quer",
        "ringe=saturn", "sektoren=5", "massnahme=M-9999", "massnahme=<b>", "status=fertig", "jahr=1", "bezirk=99",
        "seite=-3", "seite=99999999999", "feld=%00", "q=%00%00", "feld=" + "x" * 5000, "massnahme=M-²",
    ],
)  # fmt: skip
def test_nonsense_in_an_address_is_named_not_obeyed(client, munich_city, query: str) -> None:
    for address in ("/radar/", "/radar/tabelle/", "/radar/drucken/", "/radar/einbetten/", "/radar/karte/"):
        assert client.get(f"{address}?{query}").status_code == 200, address
    if not query.startswith(("seite", "q=")):
        page = client.get(f"/radar/?{query}")
        assert "Ein Teil der Adresse passt nicht" in page.content.decode()
        assert client.get(f"/radar/daten.csv?{query}").status_code == 400
        assert client.get(f"/radar/bild.svg?{query}").status_code == 400


def test_sorting_puts_what_is_unknown_last(client, munich_city) -> None:
    found = snapshot.current()
    selection = listing.parse(QueryDict("sort=ende"))[0]
    ends = [row.end for row in listing.ordered(selection, found)]
    known = [end for end in ends if end]
    assert known == sorted(known)
    assert not any(ends[len(known) :])
    titles = [row.title for row in listing.ordered(listing.parse(QueryDict("sort=titel"))[0], found)]
    assert titles.index("App-Strategie") < titles.index("E-Akte")
    page = get(client, "/radar/tabelle/?sort=titel")
    assert 'aria-sort="ascending"' in page
    assert "sort=-titel" in page


# -- the picture ---------------------------------------------------------------------------------------


def test_only_one_mark_is_a_tab_stop_and_all_have_words(client, munich_city) -> None:
    page = get(client, "/radar/")
    picture = page[page.index('<svg class="rd-picture"') :]
    picture = picture[: picture.index("</svg>")]
    links = re.findall(r"<a [^>]*>", picture)
    assert len(links) == 87
    assert len([link for link in links if 'tabindex="-1"' not in link]) == 1
    assert len(re.findall(r"<a [^>]*><title>[^<]{3,}</title>", picture)) == 87
    title = re.search(r'data-m="2"[^>]*><title>([^<]+)</title>', picture).group(1)
    assert title.startswith("App-Strategie.")
    assert "In Umsetzung" in title
    assert "Digital Government" in title
    assert "verzögert" in title


def test_the_page_has_no_style_attribute_and_no_inline_script(client, munich_city) -> None:
    for address in (
        "/radar/?massnahme=M-001",
        "/radar/tabelle/",
        "/radar/drucken/",
        "/radar/einbetten/",
        "/radar/einbetten/anleitung/",
    ):
        html = get(client, address)
        assert not re.search(r'\sstyle="', html), address
        assert "<style" not in html, address
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), address
        assert not re.search(r'\son[a-z]+="', html), address


def test_names_are_escaped_everywhere(client) -> None:
    evil = '<script>alert("1")</script>&'
    make_city(5, m3={"title": evil, "short_name": evil, "summary": evil})
    for address in (
        "/radar/?massnahme=M-003",
        "/radar/tabelle/",
        "/radar/drucken/",
        "/radar/einbetten/",
        "/radar/bild.svg",
    ):
        html = get(client, address)
        assert "<script>alert" not in html, address
        assert "&lt;script&gt;" in html, address
    ET.fromstring(get(client, "/radar/bild.svg"))


@pytest.mark.parametrize("count", [0, 1])
def test_an_almost_empty_strategy_has_all_its_pages(client, count: int) -> None:
    make_city(count)
    pages = ("", "tabelle/", "drucken/", "einbetten/", "einbetten/anleitung/")
    for address in (*pages, "bild.svg", "bild.png", "daten.csv", "daten.json"):
        assert client.get(f"/radar/{address}").status_code == 200, address


def test_before_the_first_strategy_the_page_says_so(client, db) -> None:
    assert "Hier steht noch keine Maßnahme." in get(client, "/radar/")
    assert client.get("/radar/tabelle/").status_code == 200
    assert client.get("/radar/bild.png").status_code == 200


def test_a_full_cell_leads_into_the_table_with_that_filter(client) -> None:
    strategy = make_city(30)
    revision = strategy.revisions.get()
    revision.grid["status-feld"]["rows"] = dict.fromkeys(revision.grid["status-feld"]["rows"], 2)
    revision.save()
    page = get(client, "/radar/")
    more = re.search(r'<a class="rd-m rd-more" href="([^"]+)"[^>]*><title>\+(\d+) weitere', page)
    table = get(client, unescape(more.group(1)))
    assert len(in_table(table)) > int(more.group(2))
    assert "feld=" in more.group(1)
    assert "status=" in more.group(1)


def test_a_measure_that_moved_has_a_trail_and_words_for_it(client) -> None:
    make_city(30, m1={"earlier_status": "geplant"})
    page = get(client, "/radar/")
    picture = page[page.index('<svg class="rd-picture"') :]
    assert picture.count('class="rd-trail"') == picture.count('class="rd-dot"') == 1
    assert re.search(r'data-m="1"[^>]*><title>E-Akte\..*?früher: Geplant\.</title>', picture)
    assert "1 bewegt seit dem Stand davor" in page
    assert 'class="rd-trail"' not in get(client, "/radar/?status=geplant").split('<svg class="rd-picture"')[1]


def test_another_day_says_what_is_not_proven(client, munich_city) -> None:
    page = client.get("/radar/?fortschreibung=2021")
    assert page.status_code == 200
    assert "So stand es am 19. Januar 2022" in page.content.decode()
    assert "Zum Stand von heute" in page.content.decode()
    assert 'name="fortschreibung" value="2021"' in page.content.decode()  # kept while filtering


def test_what_can_be_followed_is_offered(client, munich_city) -> None:
    assert "/folgen/?thema=field%3Abildung" in get(client, "/radar/?feld=bildung")
    search = get(client, "/radar/?feld=bildung&verzoegert=1")
    assert "/folgen/?thema=search%3Afeld%3Dbildung%26verzoegert%3D1" in search
    assert "/folgen/?thema=" not in get(client, "/radar/?ringe=zeit")
    public_id = Measure.objects.get(number=1).subject.public_id
    assert f"/folgen/{public_id}/" in get(client, "/radar/?massnahme=M-001")


def test_pages_speak_english_too(client, munich_city) -> None:
    page = get(client, "/en/radar/?massnahme=M-001")
    assert '<html lang="en"' in page
    assert "/en/radar/m-001-" in page
    assert "/en/radar/tabelle/" in page
    assert "The further left, the closer to the goal." in page
    assert "delayed" in get(client, "/en/radar/tabelle/?verzoegert=1")


def test_a_measure_taken_offline_disappears_at_once(client, munich_city, kept) -> None:
    assert "2" in marks(get(client, "/radar/"))
    measure = Measure.objects.get(number=2)
    measure.subject.restricted = True
    measure.subject.save(update_fields=["restricted"])
    page = get(client, "/radar/")
    assert "2" not in marks(page)
    assert "App-Strategie" not in page


def test_a_new_title_shows_at_once(client, munich_city, kept) -> None:
    get(client, "/radar/tabelle/")
    measure = Measure.objects.get(number=2)
    measure.title = "Ein neuer Titel"
    with clock.at(datetime(2026, 11, 22, 12, 1, tzinfo=ZoneInfo("Europe/Berlin"))):
        measure.save()
        assert "Ein neuer Titel" in get(client, "/radar/tabelle/")


# -- cost ----------------------------------------------------------------------------------------------


def test_queries_do_not_grow_with_the_city(client, kept) -> None:
    make_city(300)
    for address, most in (("/radar/?massnahme=M-001", 12), ("/radar/tabelle/?feld=bildung&verzoegert=1&sort=ende", 12)):
        snapshot.forget()
        with CaptureQueriesContext(connection) as first:
            client.get(address)
        assert len(first) <= most, [q["sql"][:90] for q in first]
        with CaptureQueriesContext(connection) as again:
            client.get(address)
        assert len(again) <= 6, [q["sql"][:90] for q in again]


def test_a_signed_in_reader_costs_at_most_nine_queries(client, kept) -> None:
    from tests.support.people import make_user, sign_in

    make_city(60)
    alice = make_user("alice")
    client = sign_in(client, alice)
    client.get("/radar/tabelle/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/radar/tabelle/?feld=bildung").status_code == 200
    assert len(queries) <= 9, [q["sql"][:90] for q in queries]


def test_long_lists_come_in_pages_of_fifty(client) -> None:
    make_city(120)
    pages = [in_table(get(client, f"/radar/tabelle/?seite={n}")) for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert len(set(itertools.chain(*pages))) == 120
    assert in_table(get(client, "/radar/tabelle/?seite=99")) == pages[2]


# -- files ---------------------------------------------------------------------------------------------


def test_csv_reads_in_spreadsheets_and_runs_nothing(client) -> None:
    make_city(9, m4={"title": '=HYPERLINK("http://evil")'}, m5={"title": "-2+3"})
    response = client.get("/radar/daten.csv")
    data = response.content
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == 9
    by_code = {row["kennung"]: row for row in rows}
    assert by_code["M-004"]["titel"] == '\'=HYPERLINK("http://evil")'
    assert by_code["M-005"]["titel"] == "'-2+3"
    assert {row["stand"] for row in rows} == {"2026-11-22"}
    assert {row["lizenz"] for row in rows} == {"Datenlizenz Deutschland – Zero – Version 2.0"}
    assert all("Digitalstrategie" in row["quelle"] for row in rows)
    assert "attachment" in response["Content-Disposition"]


def test_json_carries_day_source_licence_and_the_asked_measures(client, munich_city) -> None:
    data = json.loads(client.get("/radar/daten.json?feld=mobilitaet").content)
    assert data["stand"] == "2026-11-22"
    assert data["lizenz"] == "Datenlizenz Deutschland – Zero – Version 2.0"
    assert "Digitalstrategie" in data["quelle"]
    assert data["anzahl"] == len(data["massnahmen"]) == Measure.objects.filter(field__slug="mobilitaet").count()
    assert {m["handlungsfeld"] for m in data["massnahmen"]} == {"Mobilität"}


def test_the_svg_file_stands_alone(client, munich_city) -> None:
    response = client.get("/radar/bild.svg")
    root = ET.fromstring(response.content)
    text = " ".join(root.itertext())
    for words in ("E-Akte", "Stand: 22. November 2026", "Datenlizenz Deutschland – Zero – Version 2.0", "Quelle: "):
        assert words in text
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    used = {element.get("href") for element in root.iter(f"{SVG}use")}
    assert used
    assert used <= {f"#{name}" for name in ids}
    css = root.find(f"{SVG}style").text
    assert "var(" not in css  # no tokens of a page that is not there
    assert "prefers-color-scheme:dark" in css
    assert "http" not in css
    assert not list(root.iter(f"{SVG}a"))


def test_the_png_is_drawn_at_twice_the_size_with_letters(client, munich_city) -> None:
    data = client.get("/radar/bild.png").content
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    svg = ET.fromstring(client.get("/radar/bild.svg").content)
    assert abs(width - 2 * float(svg.get("width"))) <= 2
    assert abs(height - 2 * float(svg.get("height"))) <= 3
    assert len(data) > 150_000  # without a font the picture would be almost empty


# -- embedding -----------------------------------------------------------------------------------------


def test_only_the_embeddable_page_may_be_framed(client, munich_city) -> None:
    embed = client.get("/radar/einbetten/?feld=bildung")
    assert "frame-ancestors *" in embed["Content-Security-Policy"]
    assert "X-Frame-Options" not in embed
    assert "script" not in embed.content.decode().replace("description", "")
    assert not embed.cookies
    for address in ("/radar/", "/radar/tabelle/", "/radar/einbetten/anleitung/"):
        response = client.get(address)
        framed = response.get("X-Frame-Options", "") in ("DENY", "SAMEORIGIN")
        policy = response.get("Content-Security-Policy", "")
        assert framed or "frame-ancestors" in policy, address
        assert "frame-ancestors *" not in policy, address


def test_the_embedded_radar_says_that_it_does_not_show_what_was_asked_for(client, munich_city) -> None:
    """A day that is none, or one to come, was shown as today without a word."""
    assert "„9999-99-99“ ist kein Tag." in client.get("/radar/einbetten/?stand=9999-99-99").content.decode()
    assert "liegt in der Zukunft" in client.get("/radar/einbetten/?stand=2999-01-01").content.decode()


def test_the_snippet_points_at_the_embeddable_page_with_the_filters(client, munich_city) -> None:
    page = client.get("/radar/einbetten/anleitung/?feld=bildung").content.decode()
    code = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S).group(1))
    assert code.startswith("<iframe ")
    assert "/radar/einbetten/?feld=bildung" in code
    assert 'title="' in code
    assert "<script" not in code


def test_anonymous_pages_set_no_cookie_and_carry_no_token(client, munich_city) -> None:
    for address in ("/radar/?massnahme=M-001", "/radar/tabelle/", "/radar/drucken/"):
        response = client.get(address)
        assert not response.cookies, address
        assert "csrf" not in response.content.decode(), address


def test_the_picture_keeps_the_font_it_was_measured_in_whatever_the_theme_reads_in():
    """The layout's widths are Fira Sans's: in another font names would run into each other."""
    from django.contrib.staticfiles import finders

    picture = Path(str(finders.find("radar/picture.css"))).read_text(encoding="utf-8")
    house = Path(str(finders.find("kit/mitstadt.css"))).read_text(encoding="utf-8")
    assert 'font-family: "Fira Sans", var(--ms-font)' in picture
    assert house.count('@font-face { font-family: "Fira Sans"') == 3
