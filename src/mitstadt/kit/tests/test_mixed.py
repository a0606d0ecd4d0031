"""A text with parts in another language: plain as a string, marked in a page."""

from django.template import Context, Template
from django.utils import translation
from django.utils.html import format_html

from mitstadt.kit import mixed


def test_only_the_foreign_part_is_marked_and_everything_is_escaped():
    with translation.override("en"):
        text = mixed.fill("<Session>: %(who)s (%(n)s)", {"who": mixed.said("Rat & <b>Tat</b>"), "n": 3})
    assert text == "<Session>: Rat & <b>Tat</b> (3)"
    marked = '&lt;Session&gt;: <span lang="de">Rat &amp; &lt;b&gt;Tat&lt;/b&gt;</span> (3)'
    assert format_html("{}", text) == marked
    assert Template("{{ x }}").render(Context({"x": text})) == marked
    assert mixed.parts_of(text) == (("<Session>: ", ""), ("Rat & <b>Tat</b>", "de"), (" (3)", ""))


def test_english_is_shown_where_there_is_some_and_german_pages_mark_nothing():
    with translation.override("en"):
        assert mixed.said("Rat", "Council") == "Council"
        together = mixed.join(", ", [mixed.said("Rat"), mixed.said("x", "y")])
        assert mixed.parts_of(together) == (("Rat", "de"), (", ", ""), ("y", ""))
        assert mixed.said("") == ""
    with translation.override("de"):
        assert type(mixed.said("Rat", "Council")) is str
        assert mixed.parts_of(mixed.written_in("Council", "en")) == (("Council", "en"),)
