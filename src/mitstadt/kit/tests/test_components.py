"""Components write escaped, well-formed HTML whatever people typed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import html5rdf
import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template
from django.utils import translation

from mitstadt.kit import components as ui

EVIL = "<script>alert(1)</script>\"'&"

# Every component with hostile text in every place that takes text.
HOSTILE = {
    "button": lambda: ui.button(EVIL, name=EVIL, value=EVIL),
    "link_button": lambda: ui.link_button(EVIL, "javascript:alert(1)", title=EVIL),
    "link": lambda: ui.link(EVIL, EVIL),
    "status": lambda: ui.status(EVIL, EVIL),
    "flag": lambda: ui.flag(EVIL, EVIL),
    "tag": lambda: ui.tag(EVIL, EVIL),
    "alert": lambda: ui.alert(EVIL, EVIL, kind=EVIL, id=EVIL),
    "meta": lambda: ui.meta(EVIL, EVIL),
    "breadcrumb": lambda: ui.breadcrumb((EVIL, EVIL)),
    "card": lambda: ui.card(EVIL, EVIL, EVIL, EVIL, EVIL),
    "item": lambda: ui.item_list([ui.item(EVIL, EVIL, EVIL, [EVIL])]),
    "count": lambda: ui.item_list([ui.count_row(EVIL, EVIL, EVIL, EVIL)]),
    "table": lambda: ui.table([EVIL, EVIL], [[EVIL, EVIL]], EVIL),
    "tabs": lambda: ui.tabs([ui.Option(EVIL, EVIL, True, 1, EVIL)], EVIL),
    "switch": lambda: ui.switch(EVIL, [ui.Option(EVIL, EVIL)]),
    "chips": lambda: ui.chips(EVIL, [ui.Option(EVIL, EVIL)]),
    "empty": lambda: ui.empty(EVIL, EVIL, EVIL),
    "stepper": lambda: ui.stepper([EVIL, EVIL], 2),
    "section": lambda: ui.section(EVIL, EVIL, EVIL, EVIL, EVIL, EVIL),
    "pagination": lambda: ui.pagination(1, 3, {EVIL: EVIL}),
    "search": lambda: ui.search_field(EVIL, EVIL, EVIL, hidden=[(EVIL, EVIL)]),
    "facts": lambda: ui.facts([(EVIL, EVIL), (EVIL, [EVIL, EVIL])]),
    "timeline": lambda: ui.timeline([(EVIL, EVIL)]),
    "quote": lambda: ui.quote(EVIL, EVIL),
    "rule": lambda: ui.rule(EVIL, EVIL),
    "answer": lambda: ui.answer(EVIL, EVIL, EVIL, 3, True, EVIL, EVIL, EVIL),
    "countdown": lambda: ui.countdown(3, 20, EVIL, EVIL),
    "stand": lambda: ui.stand(EVIL),
    "bars": lambda: ui.bars(EVIL, [(EVIL, 1)], EVIL),
    "lying_bars": lambda: ui.lying_bars(EVIL, [(EVIL, 1)], EVIL),
    "tile_map": lambda: ui.tile_map(EVIL, [ui.Tile(EVIL, EVIL, 0, 0, EVIL, EVIL)], EVIL),
}


def parse_errors(html: str) -> list[object]:
    parser = html5rdf.HTMLParser()
    parser.parseFragment(str(html))
    return list(parser.errors)


@pytest.mark.parametrize("name", HOSTILE)
def test_mallory_cannot_smuggle_markup_into(name):
    html = HOSTILE[name]()
    assert "<script" not in html
    assert "alert(1)</script>" not in html
    assert 'href="javascript' not in html
    assert parse_errors(html) == []
    tree = html5rdf.parseFragment(str(html), treebuilder="etree", namespaceHTMLElements=False)
    handlers = [key for node in tree.iter() for key in getattr(node, "attrib", {}) if str(key).startswith("on")]
    assert handlers == []


def test_the_search_for_smuggled_markup_would_find_some():
    assert parse_errors('<p class="a" class="b">') != []


@pytest.mark.parametrize(
    ("address", "harmless"),
    [
        ("/radar/", True),
        ("?a=b:c", True),
        ("https://example.org/", True),
        ("mailto:a@example.org", True),
        ("javascript:alert(1)", False),
        (" JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
    ],
)
def test_only_harmless_addresses_become_links(address, harmless):
    assert (ui.href(address) != "#") is harmless


class AliceForm(forms.Form):
    text = forms.CharField(label="Ihre Frage", widget=forms.Textarea)
    how = forms.ChoiceField(label="Wie?", widget=forms.RadioSelect, choices=[("mail", "E-Mail"), ("page", EVIL)])
    topics = forms.MultipleChoiceField(
        label="Themen", widget=forms.CheckboxSelectMultiple, choices=[("a", "A"), ("b", "B")], required=False
    )
    secret = forms.CharField(widget=forms.HiddenInput, initial=EVIL)


def test_a_label_is_tied_to_its_field_and_a_group_to_its_legend():
    html = str(ui.form(AliceForm()))
    assert '<label class="kern-label" for="id_text">Ihre Frage</label>' in html
    assert html.count("<fieldset") == 2
    assert html.count('type="radio"') == 2
    assert html.count('type="checkbox"') == 2
    assert parse_errors(html) == []
    assert "<script" not in html


def test_what_charlie_forgot_is_listed_with_links_to_the_fields():
    form = AliceForm({"topics": ["b"], "secret": "x"})
    html = str(ui.form(form))
    assert 'href="#id_text"' in html
    assert 'href="#id_how_0"' in html
    assert 'id="id_how_0"' in html
    assert 'id="id_text"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_text_error"' in html
    assert 'id="id_text_error"' in html
    assert 'value="b" id="id_topics_1" checked' in html


def test_a_form_without_errors_has_no_summary():
    assert ui.error_summary(AliceForm()) == ""


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (date(2026, 3, 3), "3. März 2026"),
        ("2026-03-03", "3. März 2026"),
        ("2024-01", "Januar 2024"),
        ("2024", "2024"),
        (2024, "2024"),
        ("Ende Januar 2020", "Ende Januar 2020"),
        ("2024-13", "2024-13"),
        (None, ""),
        (datetime(2026, 3, 2, 23, 30, tzinfo=UTC), "3. März 2026"),  # half past midnight in Berlin
    ],
)
def test_dates_are_sentences_even_when_only_part_is_known(value, sentence):
    with translation.override("de"):
        assert ui.day(value) == sentence


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (12, "noch 12 Tage"),
        (2, "noch 2 Tage"),
        (1, "noch bis morgen"),
        (0, "noch heute"),
        (-1, "seit 2. März 2026 vorbei"),
    ],
)
def test_what_is_left_is_said_in_days(days, sentence):
    today = date(2026, 3, 3)
    with translation.override("de"):
        assert ui.days_left(date.fromordinal(today.toordinal() + days), today) == sentence


def test_a_date_is_english_on_english_pages():
    with translation.override("en"):
        assert ui.day("2026-03-03") == "3 March 2026"


def test_turning_the_page_keeps_what_bob_searched_for():
    query = QueryDict("q=Rad&feld=mob&feld=edu&seite=2")
    html = str(ui.pagination(2, 12, query))
    assert "?q=Rad&amp;feld=mob&amp;feld=edu&amp;seite=3" in html
    assert 'href="?q=Rad&amp;feld=mob&amp;feld=edu"' in html  # page 1 needs no number
    assert html.count("aria-current") == 1
    assert ui.pagination(1, 1, query) == ""


def test_removing_the_last_filter_leaves_a_bare_address():
    assert ui.with_query(QueryDict("status=geplant"), status=None) == "?"


def test_a_status_says_its_word_and_the_unheard_of_is_unknown():
    with translation.override("de"):
        assert "In Umsetzung" in ui.status("in_umsetzung")
        assert "unbekannt" in ui.status("frobnicated")


def test_a_safe_label_does_not_make_the_same_letters_of_mallory_safe():
    assert "<b>x</b>" in ui.status("geplant", ui.safe("<b>x</b>"))
    assert "<b>" not in ui.status("geplant", "<b>x</b>")


def test_bars_stand_on_a_real_zero_line():
    html = str(ui.bars("Wichtig", [("1", 0), ("2", 50), ("3", 100)], height=118))
    heights = [float(h) for h in __import__("re").findall(r'<rect[^>]* height="([\d.]+)"', html)]
    assert heights[0] == 0
    assert heights[2] == 2 * heights[1] > 0
    assert "<table>" in html


def test_an_overdue_answer_says_so_in_words():
    with translation.override("de"):
        assert "überfällig seit 3. März 2026" in ui.countdown(-2, 20, date(2026, 3, 3))
        assert "noch 13 von 20 Arbeitstagen" in ui.countdown(13, 20)


def test_facts_that_nobody_knows_are_left_out():
    html = str(ui.facts([("Ort", ""), ("Zeit", None), ("Zahl", 0)]))
    assert html.count("<dt>") == 1
    assert "Zahl" in html


def test_short_dates_follow_the_language_of_the_reader():
    moment = datetime(2026, 3, 3, 23, 5, tzinfo=UTC)  # in the city it is the next day
    template = Template("{{ moment|ui_short }} {{ moment|ui_short_moment }}{{ nothing|ui_short_moment }}")
    with translation.override("de"):
        assert template.render(Context({"moment": moment, "nothing": None})) == "04.03.2026 04.03.2026, 00:05"
    with translation.override("en"):
        assert template.render(Context({"moment": moment, "nothing": None})) == "4 Mar 2026 4 Mar 2026, 00:05"
