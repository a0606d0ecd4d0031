"""One number for each applicant, from a seed that everybody knows."""

from __future__ import annotations

import random
import shutil
import subprocess
from math import comb

import pytest

from mitstadt.methods.assignment import BlockingPair, assign, blocking_pairs, number, read_round
from mitstadt.methods.assignment.lottery import line_between


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum here")
def test_everybody_can_work_out_their_number_with_a_tool_of_their_own():
    asked = subprocess.run(
        ["sh", "-c", "printf '%s\\n%s' \"$1\" \"$2\" | sha256sum", "-", "6 aus 49: 3 17 22 31 40 48", "kind-17"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert number("6 aus 49: 3 17 22 31 40 48", "kind-17") == asked.stdout.split()[0]


def test_numbers_are_spread_evenly():
    """Chi-square over 16 classes with 15 degrees of freedom: 37.7 is exceeded once in a thousand seeds."""
    counts = [0] * 16
    for n in range(8_000):
        counts[int(number("Ziehung vom 3. April", f"kind-{n}")[0], 16)] += 1
    assert sum((count - 500) ** 2 / 500 for count in counts) < 37.7


def test_the_early_row_has_no_better_chance_than_the_late_one():
    """Two equal children, one place: over 400 seeds the first row wins about half of them."""
    wins = 0
    for seed in range(400):
        data = {
            "format": "mitstadt.assignment.round/1",
            "lottery_seed": f"seed {seed}",
            "criteria": [],
            "programmes": [{"id": "kita", "quota": 1}],
            "applicants": [{"id": "early", "choices": ["kita"]}, {"id": "late", "choices": ["kita"]}],
        }
        result = assign(read_round(data))
        (winner,) = result.assignment
        wins += winner == "early"
        data["applicants"].reverse()
        assert assign(read_round(data)).assignment == result.assignment
    tail = sum(comb(400, k) for k in range(wins + 1 if wins < 200 else 400 - wins + 1)) / 2**400
    assert tail > 0.0005


def test_the_check_sees_who_was_passed_over_by_the_lottery():
    names = sorted(("mia", "ben", "ada"), key=lambda name: number("classic", name))
    first, second, third = names
    round_ = read_round(
        {
            "format": "mitstadt.assignment.round/1",
            "lottery_seed": "classic",
            "criteria": [],
            "programmes": [{"id": "kita", "quota": 2}],
            "applicants": [{"id": name, "choices": ["kita"]} for name in names],
        }
    )
    assert blocking_pairs(round_, {first: "kita", second: "kita"}) == []
    assert blocking_pairs(round_, {first: "kita", third: "kita"}) == [BlockingPair(second, "kita", third)]


def test_the_same_number_counts_at_every_programme():
    names = [f"a{n}" for n in range(12)]
    data = {
        "format": "mitstadt.assignment.round/1",
        "lottery_seed": "one number for all",
        "criteria": [],
        "programmes": [{"id": "p", "quota": 4}, {"id": "q", "quota": 4}],
    }
    winners = []
    for programme in ("p", "q"):
        data["applicants"] = [{"id": name, "choices": [programme]} for name in names]
        winners.append(sorted(assign(read_round(data)).assignment))
    assert winners[0] == winners[1] == sorted(sorted(names, key=lambda name: number("one number for all", name))[:4])


def test_the_line_between_two_numbers_gives_neither_away():
    rng = random.Random(1)
    for _ in range(300):
        last_in, first_out = sorted(f"{rng.randrange(2**256):064x}" for _ in range(2))
        line = line_between(last_in, first_out)
        assert last_in < line <= first_out
        shorter = [f"{n:0{len(line) - 1}x}" for n in range(16 ** (len(line) - 1))] if 1 < len(line) < 4 else []
        assert not [text for text in shorter if last_in < text <= first_out]
    assert line_between("3a" + "0" * 62, "52" + "f" * 62) == "5"
    assert line_between("520", "529") == "529"
