"""Where remarks belong when the text changes, and what is understood of a source."""

import pytest

from mitstadt.formats.annotation import components, reading, rules
from mitstadt.kit.errors import DomainError

OLD = "Die Stadt antwortet auf jede Frage innerhalb von 20 Arbeitstagen. Danach steht dort, warum es länger dauert."


def placed(words, new, *, old=OLD, others=()):
    start = old.index(words)
    quote = rules.quote(old, start, start + len(words))
    passages = (
        [rules.Passage("a", new), *(rules.Passage(k, t) for k, t in others)]
        if new is not None
        else [rules.Passage(k, t) for k, t in others]
    )
    found = rules.place(quote, rules.Passage("a", old), rules.Text(passages))
    if found is None:
        return None
    text = next(p.text for p in passages if p.key == found.key)
    return found.key, text[found.start : found.end], found.how


@pytest.mark.parametrize(
    ("words", "new", "expected"),
    [
        ("20 Arbeitstagen", OLD, ("a", "20 Arbeitstagen", "same")),
        ("20 Arbeitstagen", "Neu: " + OLD, ("a", "20 Arbeitstagen", "moved")),
        (
            "innerhalb von 20 Arbeitstagen",
            OLD.replace("von 20 Arbeitstagen", "von 15 Arbeitstagen"),
            ("a", "innerhalb von 15 Arbeitstagen", "changed"),
        ),
        ("von 20", OLD.replace("von 20", "von höchstens 20"), ("a", "von höchstens 20", "changed")),
        ("auf jede Frage", OLD.replace("auf jede Frage", "jedes Mal"), None),
        ("innerhalb von 20 Arbeitstagen", "Die Stadt antwortet auf jede Frage.", None),
        (OLD, OLD.replace("jede", "alle"), ("a", OLD.replace("jede", "alle"), "changed")),
    ],
)
def test_words_are_found_again_in_their_paragraph(words, new, expected):
    assert placed(words, new) == expected


def test_a_short_word_needs_its_surroundings():
    assert placed("20", "Die Stadt antwortet auf jede Frage binnen 20 Arbeitstagen.") == ("a", "20", "moved")
    assert placed("20", "Die Gebühr beträgt ab Mai nur noch 20 Euro, sonst nichts.") is None


def test_a_word_is_not_found_inside_a_longer_one():
    assert placed("Stadt", "Der Stadtrat beschließt es, die Stadt antwortet auf jede Frage.")[1:] == ("Stadt", "moved")


def test_the_occurrence_with_the_same_surroundings_wins():
    old = "Wer fragt, bekommt Antwort. Wer klagt, bekommt Antwort. Wer lobt, auch."
    second = old.index("bekommt Antwort", 20)
    quote = rules.quote(old, second, second + len("bekommt Antwort"))
    new = "Neu. " + old
    found = rules.place(quote, rules.Passage("a", old), rules.Text([rules.Passage("a", new)]))
    assert new[found.start - 7 : found.start] == "klagt, "


def test_words_that_moved_to_another_paragraph_are_found_there():
    assert placed(
        "antwortet auf jede Frage innerhalb von 20 Arbeitstagen", None, others=[("x", "Anderes."), ("y", OLD)]
    ) == (
        "y",
        "antwortet auf jede Frage innerhalb von 20 Arbeitstagen",
        "moved",
    )


def test_nearly_the_same_words_are_found_in_another_paragraph():
    words = "antwortet auf jede Frage innerhalb von 20 Arbeitstagen"
    now = "Sie antwortet auf jede Frage innerhalb von 25 Arbeitstagen, versprochen."
    assert placed(words, None, others=[("x", "Anderes."), ("y", now)]) == (
        "y",
        "antwortet auf jede Frage innerhalb von 25 Arbeitstagen,",
        "changed",
    )


def test_places_count_code_points():
    text = "Mehr 🌳🌳 Bäume und ein עברית Wort"
    start = text.index("עברית")
    quote = rules.quote(text, start, start + 5)
    assert (quote.exact, quote.prefix[-4:], quote.suffix) == ("עברית", "ein ", " Wort")
    with pytest.raises(rules.BadRange):
        rules.quote(text, 4, 5)
    with pytest.raises(rules.BadRange):
        rules.quote(text, 3, len(text) + 1)


def test_paragraphs_keep_their_keys_when_changed_moved_or_divided_by_new_ones():
    old = [
        rules.Passage(key, text)
        for key, text in zip("abcd", ["Eins und eins.", OLD, "Drei.", "Vier bleibt, wo es ist."], strict=True)
    ]
    texts = ["Drei.", "Eins und eins.", "Ganz neu und anders.", OLD.replace("20", "15"), "Vier bleibt, wo es ist."]
    fresh = iter("xyz")
    keys = rules.carry_keys(old, [rules.Passage("", text) for text in texts], lambda: next(fresh))
    assert keys == ["c", "a", "x", "b", "d"]


def test_a_long_text_is_divided_at_headings():
    kinds = (["h2"] + ["p"] * 59) * 6
    spans = rules.parts(kinds)
    assert [kinds[start] for start, _end in spans] == ["h2"] * len(spans)
    assert (spans[0][0], spans[-1][1]) == (0, len(kinds))
    assert all(end - start <= rules.PART for start, end in spans)
    assert rules.parts(["p"] * 400) == [(0, 150), (150, 300), (300, 400)]


def test_a_section_ends_at_the_next_heading_of_its_size():
    kinds = ["h2", "p", "h3", "p", "h4", "p", "h3", "p", "h2"]
    assert [rules.section(kinds, at) for at in (0, 2, 4, 6, 8)] == [(0, 8), (2, 6), (4, 6), (6, 8), (8, 9)]


# -- reading --------------------------------------------------------------------------------------------------------
def test_nothing_but_text_survives_of_hostile_html():
    found = reading.from_html(
        "<h3>Titel</h3><p onclick=x()>Ein <b>wich<i>tiger</b> Sa</i>tz.<script>alert(1)</script><style>p{}</style>"
        "<img src=x onerror=alert(1)><svg><script>1</script></svg><a href=' java\tscript:alert(1)'>da</a>"
        "<iframe srcdoc='<p>böse</p>'></iframe>&lt;script&gt;"
    )
    assert [(block.kind, block.text) for block in found.blocks] == [
        ("h2", "Titel"),
        ("p", "Ein wichtiger Satz.da<script>"),
    ]
    assert found.blocks[1].html == "Ein <strong>wich<em>tiger</em></strong><em> Sa</em>tz.da&lt;script&gt;"
    assert found.left_out == {"images": 1}


def test_turned_directions_and_controls_go_and_hebrew_stays():
    found = reading.from_html("<p>Gut\u202e tsi\u202c \x00\x08שלום\u200b und Stra\u00adße</p>")
    assert found.blocks[0].text == "Gut tsi שלום und Straße"


def test_markdown_becomes_numbered_items_rows_and_levels():
    found = reading.from_markdown("# A\n\n### B\n\n3. drei\n4. vier\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n<b>roh</b>\n")
    assert [(block.kind, block.text, block.marker) for block in found.blocks] == [
        ("h2", "A", ""),
        ("h3", "B", ""),
        ("li", "drei", "3."),
        ("li", "vier", "4."),
        ("row", "x · y", ""),
        ("row", "1 · 2", ""),
        ("p", "<b>roh</b>", ""),
    ]


@pytest.mark.parametrize("source", ["", "<script>x</script>", "<p> \u200b </p>", "<p>" + "x" * 20_001 + "</p>"])
def test_nothing_and_too_much_are_refused(source):
    with pytest.raises(DomainError):
        reading.from_html(source)


def test_marks_overlap_and_never_break_the_elements():
    html = "Eins <strong>zwei drei</strong> vier"
    made = components.marked(html, [(0, 9, 1, "aa"), (5, 14, 2, "bb")])
    assert made.count("<mark>") == 3
    assert made.startswith("<mark>Eins </mark><strong><mark>zwei</mark><a")
    assert made.endswith(">2</a></strong> vier")
