"""Reading a round: what is wrong is named, and the hash depends on what the file says only."""

from __future__ import annotations

import copy
import hashlib
import json
import random

import jsonschema
import pytest

from mitstadt.methods.assignment import Invalid, assign, canonical, digest, read_round, schema, summary, to_json

from .support import city

ROUND = {
    "format": "mitstadt.assignment.round/1",
    "name": "Plätze ab September",
    "lottery_seed": "Lotto 3 17 22",
    "criteria": [
        {"id": "alone", "legal_basis": "§ 3 Satzung", "points": 20},
        {"id": "sibling", "legal_basis": "§ 4 Satzung"},
    ],
    "programmes": [
        {"id": "kita-b", "quota": 1, "criteria": {"sibling": 10}},
        {"id": "kita-a", "quota": 2, "requires": ["alone"]},
    ],
    "applicants": [
        {"id": "mia", "choices": ["kita-b", "kita-a"], "criteria": ["alone"], "local": {"kita-b": ["sibling"]}},
        {"id": "ben", "choices": [], "group": "g"},
        {"id": "ada", "choices": [], "group": "g"},
    ],
    "groups": [
        {"id": "g", "mode": "together_or_not_at_all", "options": [{"ben": "kita-a", "ada": "kita-b"}]},
    ],
    "last_year": {"kita-a": 42, "kita-b": None},
}

# (where to change what, entry, field, code); a value of ... takes the field away
BROKEN = [
    (["format"], "round/2", "round", "format", "one_of"),
    (["lottery_seed"], ..., "round", "lottery_seed", "missing"),
    (["lottery_seed"], "Zähne", "round", "lottery_seed", "printable"),
    (["extra"], 1, "round", "extra", "unknown_field"),
    (["programmes"], {}, "round", "programmes", "list"),
    (["applicants"], ..., "round", "applicants", "missing"),
    (["last_year", "kita-x"], 1, "round", "last_year", "unknown"),
    (["last_year", "kita-a"], "42", "round", "last_year", "number"),
    (["criteria", 0, "legal_basis"], " ", 'criteria 1 "alone"', "legal_basis", "text"),
    (["criteria", 0, "legal_basis"], "\ud800", 'criteria 1 "alone"', "legal_basis", "text"),
    (["criteria", 0, "points"], 20.0, 'criteria 1 "alone"', "points", "number"),
    (["criteria", 0, "points"], -1, 'criteria 1 "alone"', "points", "number"),
    (["criteria", 0, "points"], True, 'criteria 1 "alone"', "points", "number"),
    (["criteria", 1, "id"], "alone", 'criteria 2 "alone"', "id", "twice"),
    (["programmes", 0, "quota"], ..., 'programmes 1 "kita-b"', "quota", "missing"),
    (["programmes", 0, "quota"], None, 'programmes 1 "kita-b"', "quota", "missing"),
    (["programmes", 0, "quota"], 10**7, 'programmes 1 "kita-b"', "quota", "number"),
    (["programmes", 0, "id"], "kita b", 'programmes 1 "kita b"', "id", "name"),
    (["programmes", 0, "criteria", "alone"], 5, 'programmes 1 "kita-b"', 'criteria["alone"]', "global"),
    (["programmes", 0, "criteria", "rich"], 5, 'programmes 1 "kita-b"', 'criteria["rich"]', "unknown"),
    (["programmes", 0, "criteria", "sibling"], None, 'programmes 1 "kita-b"', 'criteria["sibling"]', "number"),
    (["programmes", 1, "requires", 0], "old", 'programmes 2 "kita-a"', "requires[1]", "unknown"),
    (["applicants", 0], "mia", "applicants 1", "", "object"),
    (["applicants", 0, "id"], "ben", 'applicants 2 "ben"', "id", "twice"),
    (["applicants", 0, "choices"], ..., 'applicants 1 "mia"', "choices", "missing"),
    (["applicants", 0, "choices", 1], "kita-x", 'applicants 1 "mia"', "choices[2]", "unknown"),
    (["applicants", 0, "choices", 1], "kita-b", 'applicants 1 "mia"', "choices[2]", "twice"),
    (["applicants", 0, "choices", 1], ["kita-b"], 'applicants 1 "mia"', "choices[2]", "unknown"),
    (["applicants", 0, "criteria", 0], "sibling", 'applicants 1 "mia"', "criteria[1]", "local"),
    (["applicants", 0, "local", "kita-b"], ["alone"], 'applicants 1 "mia"', 'local["kita-b"][1]', "global"),
    (["applicants", 0, "local", "kita-a"], ["sibling"], 'applicants 1 "mia"', 'local["kita-a"][1]', "no_points"),
    (["applicants", 0, "local", "kita-x"], ["sibling"], 'applicants 1 "mia"', 'local["kita-x"]', "unknown"),
    (["applicants", 0, "group"], "h", 'applicants 1 "mia"', "group", "unknown"),
    (["applicants", 1, "choices"], ["kita-a"], 'applicants 2 "ben"', "choices", "unused"),
    (["applicants", 1, "group"], ..., 'groups 1 "g"', "id", "members"),
    (["groups", 0, "mode"], "never", 'groups 1 "g"', "mode", "one_of"),
    (["groups", 0, "options"], [], 'groups 1 "g"', "options", "list"),
    (["groups", 0, "options", 0, "ben"], "kita-x", 'groups 1 "g"', "options[1]", "unknown"),
    (["groups", 0, "options", 0, "mia"], "kita-a", 'groups 1 "g"', "options[1]", "members"),
]


def changed(path, value):
    data = copy.deepcopy(ROUND)
    at = data
    for step in path[:-1]:
        at = at[step]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return data


def test_the_example_is_read_and_obeys_its_schema():
    round_ = read_round(json.dumps(ROUND).encode())
    jsonschema.validate(ROUND, schema())
    assert round_.points("mia", "kita-b") == 30
    assert round_.points("mia", "kita-a") == 20
    assert round_.missing("ada", "kita-a") == ["alone"]


@pytest.mark.parametrize(("path", "value", "entry", "field", "code"), BROKEN)
def test_a_fault_is_named_with_its_entry_and_field(path, value, entry, field, code):
    with pytest.raises(Invalid) as caught:
        read_round(changed(path, value))
    found = {(problem.entry, problem.field, problem.code) for problem in caught.value.problems}
    if code == "twice" and field == "id" and entry.startswith("applicants"):
        assert ('applicants 2 "ben"', "id", "twice") in found
    assert (entry, field, code) in found
    assert entry in str(caught.value)
    assert field in str(caught.value)


def test_what_the_schema_alone_can_see_it_refuses_too():
    needs_the_whole_file = {"unknown", "twice", "global", "local", "no_points", "unused", "members"}
    checker = jsonschema.Draft202012Validator(schema())
    seen = 0
    for path, value, _entry, _field, code in BROKEN:
        if code in needs_the_whole_file or value in (20.0, "\ud800"):  # for the schema 20.0 is a whole number
            continue
        assert not checker.is_valid(changed(path, value)), (path, value)
        seen += 1
    assert seen > 12


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b'{"format": \n nothing}', "json", "line 2"),
        (b"\xff\xfe", "encoding", "UTF-8"),
        (b'{"a": 1, "a": 2}', "twice", 'key "a"'),
        (b'{"points": NaN}', "json", "NaN"),
        (b"[" * 100_000, "json", "deeply"),
        (b"1" * 5_000, "json", "JSON"),
    ],
)
def test_what_is_not_json_is_refused_with_the_place(data, code, words):
    with pytest.raises(Invalid) as caught:
        read_round(data)
    assert [problem.code for problem in caught.value.problems] == [code]
    assert words in str(caught.value)


def test_all_faults_are_told_at_once_and_a_broken_row_only_once():
    data = changed(["programmes", 0, "quota"], -1)
    data["applicants"] = [7, {"id": "mia", "choices": ["x"]}, *data["applicants"][1:]]
    with pytest.raises(Invalid) as caught:
        read_round(data)
    assert [str(problem).split(":")[0] for problem in caught.value.problems] == [
        'programmes 1 "kita-b", quota',
        "applicants 1",
        'applicants 2 "mia", choices[1]',
    ]


def test_the_hash_is_the_sha256_of_the_canonical_form_written_by_hand():
    by_hand = (
        '{"applicants":['
        '{"choices":[],"group":"g","id":"ada"},'
        '{"choices":[],"group":"g","id":"ben"},'
        '{"choices":["kita-b","kita-a"],"criteria":["alone"],"id":"mia","local":{"kita-b":["sibling"]}}],'
        '"criteria":[{"id":"alone","legal_basis":"§ 3 Satzung","points":20},'
        '{"id":"sibling","legal_basis":"§ 4 Satzung"}],'
        '"format":"mitstadt.assignment.round/1",'
        '"groups":[{"id":"g","mode":"together_or_not_at_all","options":[{"ada":"kita-b","ben":"kita-a"}]}],'
        '"last_year":{"kita-a":42,"kita-b":null},'
        '"lottery_seed":"Lotto 3 17 22","name":"Plätze ab September",'
        '"programmes":[{"id":"kita-a","quota":2,"requires":["alone"]},{"criteria":{"sibling":10},"id":"kita-b","quota":1}]}'
    ).encode()
    round_ = read_round(ROUND)
    assert canonical(to_json(round_)) == by_hand
    assert digest(round_) == hashlib.sha256(by_hand).hexdigest()


def test_the_hash_stays_when_only_the_writing_changes_and_moves_with_every_fact():
    before = digest(read_round(ROUND))
    data = copy.deepcopy(ROUND)
    data["applicants"].reverse()
    data["programmes"].reverse()
    data["applicants"][0]["criteria"] = []
    assert digest(read_round(json.dumps(data, indent=3))) == before
    facts = [
        (["lottery_seed"], "Lotto 3 17 23"),
        (["programmes", 0, "quota"], 2),
        (["programmes", 0, "criteria", "sibling"], 11),
        (["criteria", 0, "points"], 21),
        (["criteria", 0, "legal_basis"], "§ 5 Satzung"),
        (["applicants", 0, "choices"], ["kita-a", "kita-b"]),
        (["applicants", 0, "criteria"], ...),
        (["groups", 0, "mode"], "together_if_possible"),
        (["last_year", "kita-a"], 41),
    ]
    assert len({before, *(digest(read_round(changed(path, value))) for path, value in facts)}) == len(facts) + 1


def test_what_is_written_is_read_as_the_same_round():
    rng = random.Random(9)
    for families in (0, 5):
        round_ = read_round(city(rng, families=families))
        assert read_round(canonical(to_json(round_))) == round_


def test_results_and_summaries_obey_their_schemas():
    rng = random.Random(10)
    for families in (0, 8, 8):
        data = city(rng, families=families)
        jsonschema.validate(data, schema())
        result = assign(read_round(data))
        for name, value in (("result", result.to_json()), ("summary", summary(result))):
            checker = jsonschema.Draft202012Validator(schema(name))
            checker.check_schema(checker.schema)
            assert [error.message for error in checker.iter_errors(value)] == []


def test_a_round_with_nobody_in_it_is_a_round():
    empty = {"format": ROUND["format"], "lottery_seed": "x", "criteria": [], "programmes": [], "applicants": []}
    result = assign(read_round(empty))
    assert result.stable
    assert result.assignment == {}
    assert summary(result)["applicants"] == 0
