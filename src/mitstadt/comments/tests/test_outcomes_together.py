"""Three people ask the same: their one answer stands once, below all three questions."""

from __future__ import annotations

from mitstadt.comments.outcomes import together


def test_bundled_questions_stand_before_their_one_answer():
    rows = [
        {"answer_id": 7, "q": "a"},
        {"answer_id": 7, "q": "b"},
        {"answer_id": 5, "q": "c"},
        {"answer_id": 7, "q": "d"},
    ]
    shown = together(rows)
    assert [row["q"] for row in shown] == ["a", "c", "d"]
    assert [row["q"] for row in shown[0]["also"]] == ["b"]


def test_unanswered_questions_are_never_put_together():
    assert len(together([{"answer_id": None}, {"answer_id": None}])) == 2
