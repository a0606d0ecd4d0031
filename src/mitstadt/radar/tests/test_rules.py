"""Flags, word-by-word differences and comparisons on cases worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from mitstadt.kit.wording import pieces
from mitstadt.radar import diff, rules
from mitstadt.radar.importer import cells, proof
from mitstadt.radar.importer.columns import NAMES, recognise
from mitstadt.radar.importer.shape import MeasureIn

NOON = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("status", "end", "day", "days"),
    [
        ("in_umsetzung", "2025", date(2025, 12, 31), 0),  # the last day of the planned year is still in time
        ("in_umsetzung", "2025", date(2026, 1, 1), 1),
        ("geplant", "2026-02", date(2026, 3, 1), 1),
        ("geplant", "2024-02", date(2024, 2, 29), 0),
        ("unbekannt", "2026-11-21", NOON, 1),
        ("abgeschlossen", "2020", NOON, 0),
        ("eingestellt", "2020", NOON, 0),
        ("in_umsetzung", "", NOON, 0),
    ],
)
def test_late_from_the_day_after_the_last_day_that_was_planned(status, end, day, days):
    assert rules.late_by(status, end, day) == days


@pytest.mark.parametrize(
    ("ends", "times"),
    [
        ([], 0),
        (["2025"], 0),
        (["2025", "2026"], 1),
        (["2025", "2026", "2026", "2027-06"], 2),
        (["2026", "2025"], 0),
        (["2025", "", "2026"], 1),
        (["2025-06", "2025"], 1),  # "2025" may last until December
        (["2025", "2025-12"], 0),  # only said more exactly
    ],
)
def test_postponed_as_often_as_the_planned_end_moved_later(ends, times):
    assert rules.postponements(ends) == times


@pytest.mark.parametrize(
    ("status", "as_of", "days"),
    [
        ("in_umsetzung", "2025-11-22", 0),  # 365 days ago
        ("in_umsetzung", "2025-11-21", 366),
        ("in_umsetzung", "2025", 0),
        ("abgeschlossen", "2019", 0),
        ("in_umsetzung", "", 0),
    ],
)
def test_stale_after_a_year_without_a_dated_status(status, as_of, days):
    assert rules.stale_by(status, as_of, NOON, 365) == days


def test_behind_when_time_is_gone_and_milestones_are_not():
    # 2026 is over to 325 of 364 days: 89 %; one of four milestones is 25 %
    assert rules.behind("2026", "2026", "in_umsetzung", 1, 4, NOON) == 89
    assert rules.behind("2026", "2026", "in_umsetzung", 3, 4, NOON) == 0
    assert rules.behind("2026", "2026", "abgeschlossen", 0, 4, NOON) == 0
    assert rules.behind("", "2026", "in_umsetzung", 0, 4, NOON) == 0


def test_a_changed_text_is_told_word_by_word():
    assert pieces("Ein neuer Radweg für alle", "Ein breiter Radweg für alle Menschen") == (
        ("same", "Ein"),
        ("removed", " neuer"),
        ("added", " breiter"),
        ("same", " Radweg für alle"),
        ("added", " Menschen"),
    )
    assert pieces("", "Neu") == (("added", "Neu"),)
    assert pieces("Weg", "") == (("removed", "Weg"),)
    assert pieces("", "") == ()


def test_huge_texts_are_shown_whole():
    assert pieces("a " * 5_000, "b") == (("removed", "a " * 5_000), ("added", "b"))


def state(number, proven=None, retired=False, **facts):
    return diff.State(number, facts.get("title", "T"), f"/{number}/", {"revision": "2020", **facts},
                      None if proven is None else frozenset(proven), retired)  # fmt: skip


def test_two_states_of_a_strategy_side_by_side():
    before = [
        state(1, title="Radweg", field="a", end="2024", status="geplant"),
        state(2, title="Busspur"),
        state(3, title="Lernwelt"),
        state(4, title="Tablets"),
        state(5, title="Amt"),
        state(9, retired=True),
    ]
    after = [
        state(1, title="Radschnellweg", field="b", end="2025-06", status="in_umsetzung"),
        state(3, title="Lernwelt", summary="neu"),
        state(5, title="Amt"),
        state(6, title="Schulcloud"),
        state(7, title="Teil eins"),
        state(8, title="Teil zwei"),
    ]
    d = diff.compare(before, after, [(2, 6, "merged"), (4, 7, "split"), (4, 8, "split")])
    assert [(x.before, x.after) for x in d.renamed] == [("Radweg", "Radschnellweg")]
    assert [(x.before, x.after) for x in d.moved] == [("a", "b")]
    assert [x.months for x in d.postponed] == [6]  # December 2024 to June 2025
    assert [(x.before, x.after) for x in d.status] == [("geplant", "in_umsetzung")]
    assert [(x.number, x.others) for x in d.merged] == [(2, (6,))]
    assert [(x.number, x.others) for x in d.split] == [(4, (7, 8))]
    assert [x.number for x in d.new] == [6]
    assert d.dropped == []
    assert [(x.number, x.fact) for x in d.changed] == [(3, "summary")]
    assert d.same == 1
    assert d.unprovable == []


def test_what_one_side_cannot_prove_is_no_change():
    before = [state(1, proven={"revision", "title"}, title="Radweg", status="geplant")]
    after = [state(1, title="Radweg", status="in_umsetzung"), state(2, proven=set(), title="Umfeld")]
    d = diff.compare(before, after)
    assert (d.status, d.new) == ([], [])
    assert [x.number for x in d.unprovable] == [1, 2]
    assert "status" in d.unprovable[0].facts
    assert d.unprovable[1].facts == ("revision",)


REVISIONS = {
    "2019": proof.RevisionFacts("2019", 1, date(2019, 7, 24)),
    "2021": proof.RevisionFacts("2021", 3, date(2022, 1, 19)),
    "neu": proof.RevisionFacts("neu", 4, None),
}


def proven_states(**facts):
    measure = MeasureIn(slug="a", title="A", confidence="high", **facts)
    return proof.states(measure, REVISIONS, scheme=3, compiled=NOON)


def test_a_revision_proves_that_the_measure_was_there_then():
    first, last = proven_states(revision="2021", start="2019", status="in_umsetzung")
    assert (first.day, first.revision) == (date(2022, 1, 19), "2021")
    assert set(first.proven) == {"revision", "title", "kind", "field", "start"}
    assert (last.day, last.proven) == (NOON, None)


def test_a_dated_status_proves_the_status_from_its_last_possible_day():
    _first, second, _last = proven_states(revision="2021", status="in_umsetzung", status_as_of="2025-04")
    assert second.day == date(2025, 4, 30)
    assert {"status", "status_as_of"} <= set(second.proven)


def test_without_a_proven_revision_nobody_knows_since_when():
    first, last = proven_states(status="geplant")
    assert (first.day, first.proven) == (None, ())
    assert last.day == NOON
    assert proven_states(revision="neu")[0].day is None


def test_fields_of_a_later_scheme_prove_nothing_about_earlier_revisions():
    first, _last = proven_states(revision="2019")
    assert "field" not in first.proven
    assert proof.scheme_since([(1, ["drei Kernbereiche"]), (3, ["neun Handlungsfelder"]), (4, ["Mission"])]) == 3


@pytest.mark.parametrize("text", ["a|b", "a\\b", "a\nb", "|", "\\", "\\n", "a \\| b"])
def test_any_text_survives_a_cell_of_several_values(text):
    assert cells.split(cells.join([["x", text], [text]])) == [["x", text], [text]]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "'", "'=", "''", "a"])
def test_any_text_survives_the_protection_against_formulas(text):
    assert cells.unprotect(cells.protect(text)) == text
    assert not cells.protect(text).startswith(("=", "+", "-", "@"))


def test_every_heading_of_ours_is_recognised_in_both_languages():
    for name, (key, heading, further) in NAMES.items():
        for word in (name, key, heading, heading.upper(), *further):
            assert recognise([word])[0] == {word: name}, word
