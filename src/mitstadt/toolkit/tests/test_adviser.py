"""The adviser: forty written situations, reasons, limits, plans."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from mitstadt.kit.city import load_city
from mitstadt.toolkit import adviser, catalogue, demo, planning, rulebook, ruling
from mitstadt.toolkit.planning import Words

HERE = Path(__file__).parent
DEMO = Path(__file__).parents[4] / "demo"
SITUATIONS = yaml.safe_load((HERE / "situations.yaml").read_text(encoding="utf-8"))
MORE = yaml.safe_load((HERE / "situations_more.yaml").read_text(encoding="utf-8"))
START = date(2027, 1, 4)


@pytest.fixture(scope="module")
def known() -> catalogue.Catalogue:
    found, faults = catalogue.parse(yaml.safe_load(demo.HOUSE.read_text(encoding="utf-8")))
    assert not faults
    return found


@pytest.fixture(scope="module")
def rules() -> rulebook.RuleSet:
    return ruling.read_rules((ruling.HERE / "adviser.yaml").read_text(encoding="utf-8"))


def answers_of(situation):
    chosen = {key: tuple(v) if isinstance(v, list) else (v,) for key, v in situation["answers"].items()}
    decision = START + timedelta(days=situation["days"]) if "days" in situation else None
    return rulebook.Answers(chosen, START if decision else None, decision)


def test_half_of_the_forty_situations_follow_a_published_guide():
    assert len(SITUATIONS) >= 40
    assert sum("source" in situation for situation in SITUATIONS) >= 20


@pytest.mark.parametrize(("situations", "least"), [(SITUATIONS, 36), (MORE, 27)])
def test_the_expected_format_is_among_the_first_three_and_a_forbidden_one_never(rules, known, situations, least):
    missed, forbidden = [], []
    for situation in situations:
        first = [advice.slug for advice in adviser.advise(rules, known, answers_of(situation)).methods[:3]]
        if not set(first) & set(situation["expected"]):
            missed.append((situation["says"], first))
        if set(first) & set(situation["forbidden"]):
            forbidden.append((situation["says"], first))
    assert not forbidden
    assert len(situations) - len(missed) >= least, missed


def test_situations_name_questions_answers_and_formats_that_exist(rules, known):
    slugs = {method.slug for method in known.methods}
    for situation in SITUATIONS + MORE:
        for key, given in answers_of(situation).chosen.items():
            assert all(rules.question(key).option(answer) for answer in given), situation["says"]
        assert set(situation["expected"]) | set(situation["forbidden"]) <= slugs, situation["says"]


def test_every_format_and_every_combination_is_the_answer_to_something(rules, known):
    draw = random.Random(1)
    found = set()
    for _ in range(4000):
        chosen = {question.key: (draw.choice(question.options).key,) for question in rules.questions}
        result = adviser.advise(rules, known, rulebook.Answers(chosen))
        found |= {advice.slug for advice in (*result.methods[:4], *result.combinations[:2])}
    assert {entry.slug for entry in (*known.methods, *known.combinations)} - found == set()


def ask(**answers):
    return rulebook.Answers({key: tuple(value.split(",")) for key, value in answers.items()})


def test_the_same_answers_give_the_same_advice(rules, known):
    answers = ask(gegenstand="ort", offen="varianten", betroffen="viertel", anzahl="100")
    first, second = (adviser.advise(rules, known, answers) for _ in range(2))
    assert [(a.slug, a.points) for a in first.methods] == [(a.slug, a.points) for a in second.methods]


def test_every_recommendation_says_why(rules, known):
    for situation in SITUATIONS:
        for advice in adviser.advise(rules, known, answers_of(situation)).methods[:3]:
            assert advice.pro, advice.slug
            assert advice.points == pytest.approx(sum(reason.points for reason in advice.reasons))


def test_where_nothing_is_open_only_information_is_recommended_and_said(rules, known):
    for subject in rules.question("gegenstand").options:
        result = adviser.advise(rules, known, ask(gegenstand=subject.key, offen="nichts"))
        assert all(
            "inform" in advice.entry.iap2 for advice in result.methods if isinstance(advice.entry, catalogue.MethodData)
        )
        assert any("nichts mehr zu entscheiden" in limit.text for limit in result.limits)


def test_where_nothing_is_open_no_combination_promises_influence(rules, known):
    """Rich, with time, and about a place: still no planning workshop inside a combination."""
    inform = {method.slug for method in known.methods if "inform" in method.iap2}
    for subject in rules.question("gegenstand").options:
        for affected in rules.question("betroffen").options:
            answers = ask(gegenstand=subject.key, offen="nichts", betroffen=affected.key, geld="sehr", tage="200")
            for advice in adviser.advise(rules, known, answers).combinations:
                assert set(advice.entry.steps) <= inform, advice.slug


def test_a_combination_that_takes_too_many_working_days_says_so(rules, known):
    plan = "quartier-gestalten"
    few = adviser.advise(rules, known, ask(gegenstand="ort", betroffen="viertel", geld="sehr", tage="20")).of(plan)
    assert "Arbeitstage" in " ".join(reason.text for reason in few.excluded)
    many = adviser.advise(rules, known, ask(gegenstand="ort", betroffen="viertel", geld="sehr", tage="200")).of(plan)
    assert not many.excluded


def test_a_rule_may_count_unless_something_is_answered(rules):
    rule = next(rule for rule in rules.rules if "kinderstreifzug" in rule.give and rule.unless)
    assert rule.holds(ask(gegenstand="ort", betroffen="viertel"))
    assert not rule.holds(ask(gegenstand="ort", betroffen="jung"))
    assert not rule.holds(ask(gegenstand="ort", betroffen="viertel", leise="aeltere,kinder"))


def test_online_only_never_stands_first_where_people_are_not_online(rules, known):
    for subject in rules.question("gegenstand").options:
        result = adviser.advise(rules, known, ask(gegenstand=subject.key, offen="varianten", online="wenige"))
        assert all(a.entry.kind != "digital" for a in result.methods if isinstance(a.entry, catalogue.MethodData))


def test_too_little_money_and_time_are_named_with_the_format_that_they_exclude(rules, known):
    answers = rulebook.Answers(
        {"gegenstand": ("frage",), "offen": ("varianten",), "geld": ("wenig",)}, START, START + timedelta(days=14)
    )
    result = adviser.advise(rules, known, answers)
    excluded = {advice.slug: " ".join(r.text for r in advice.excluded) for advice in result.impossible}
    assert "Kostet mehr, als da ist" in excluded["buergerrat"]
    assert "Wochen" in excluded["buergerrat"]
    assert any("drei Wochen" in limit.text for limit in result.limits)


def test_what_would_change_the_ranking_really_changes_it(rules, known):
    answers = ask(gegenstand="ort", offen="weitgehend", betroffen="viertel", anzahl="100", konflikt="ruhig")
    result = adviser.advise(rules, known, answers)
    turns = adviser.what_would_change(rules, known, answers, result)
    assert turns
    for turn in turns:
        other = adviser.advise(rules, known, answers.with_answer(turn.question.key, turn.option.key))
        assert other.methods[0].slug == turn.first.slug != result.methods[0].slug


def test_what_would_stand_first_is_the_same_without_writing_reasons(rules, known):
    quick = adviser._Firsts(rules, known)
    draw = random.Random(7)
    for _ in range(200):
        chosen = {
            question.key: (draw.choice(question.options).key,) for question in rules.questions if draw.random() < 0.9
        }
        decision = START + timedelta(weeks=draw.choice([2, 10, 40])) if draw.random() < 0.5 else None
        answers = rulebook.Answers(chosen, START if decision else None, decision)
        slow = adviser.advise(rules, known, answers).methods
        assert quick(answers) == (slow[0].entry if slow else None)


def test_the_plan_runs_backwards_from_the_decision_around_the_holidays(rules, known):
    free = ((Words("Ferien"), date(2027, 5, 18), date(2027, 5, 28)),)
    calendar = planning.Calendar(6, 4, ((1000, 2, Words("Angebote")),), free)
    walk = next(m for m in known.methods if m.slug == "stadtteilspaziergang")
    decision = date(2027, 8, 3)  # ten weeks before lies 25 May, within the holidays
    found = planning.plan(rules, calendar, [walk], rulebook.Answers({}, START, decision))
    days = {one.kind: one for one in found.milestones}
    assert days["decide"].day == decision
    assert days["paper"].day == date(2027, 6, 22)  # six weeks before
    assert days["evaluate"].day == date(2027, 5, 25)  # four weeks before that
    assert days["run"].until == date(2027, 5, 17)  # the day before the holidays
    assert "Ferien" in days["run"].note
    assert days["prepare"].day == days["run"].day - timedelta(weeks=walk.prep_min)
    assert "procure" not in days  # a walk costs less than an order
    assert found.late_weeks == 0


def test_the_decision_falls_on_the_last_sitting_by_the_wished_day(rules, known):
    walk = next(m for m in known.methods if m.slug == "stadtteilspaziergang")
    council, building = Words("Stadtrat"), Words("Bauausschuss")
    sittings = ((date(2027, 6, 9), building), (date(2027, 7, 7), council), (date(2027, 9, 29), council))

    def decided(wished):
        calendar = planning.Calendar(6, 4, sittings=sittings)
        found = planning.plan(rules, calendar, [walk], rulebook.Answers({}, START, wished))
        days = {one.kind: one for one in found.milestones}
        assert days["paper"].day == days["decide"].day - timedelta(weeks=6)
        return days["decide"].day, days["decide"].note

    assert decided(date(2027, 8, 3)) == (date(2027, 7, 7), "Sitzung: Stadtrat")
    assert decided(date(2027, 7, 1)) == (date(2027, 6, 9), "Sitzung: Bauausschuss")
    assert decided(date(2027, 12, 1)) == (date(2027, 12, 1), "Sitzungstage sind so weit voraus noch nicht bekannt")
    assert decided(date(2027, 5, 1))[0] == date(2027, 5, 1)


@pytest.mark.parametrize(("slug", "weeks"), [("world-cafe", 2), ("planungswerkstatt", 8), ("buergerrat", 14)])
def test_dear_formats_need_the_longer_procurement(rules, known, slug, weeks):
    calendar = ruling.read_calendar((ruling.HERE / "calendar.yaml").read_text(encoding="utf-8"))
    method = next(m for m in known.methods if m.slug == slug)
    found = planning.plan(rules, calendar, [method], rulebook.Answers({}, START, date(2029, 1, 1)))
    order = next(one for one in found.milestones if one.kind == "procure")
    assert (order.until - order.day).days == weeks * 7


CALENDAR = "committee_weeks: 6\nevaluation_weeks: 4\n"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[1]", "committee_weeks"),
        ("committee_weeks: viele\nevaluation_weeks: 4", "committee_weeks"),
        (CALENDAR + "holidays: [{name: Ostern, from: 2027-03-22, to: morgen}]", "holidays 1 to"),
        (CALENDAR + "holidays: [{name: Ostern, from: 2027-03-22, to: 2027-03-01}]", "holidays 1"),
        (CALENDAR + "procurement: [{from: 1, weeks: 1}, {from: 2, weeks: -1}]", "procurement 2 weeks"),
        (CALENDAR + "committees: [{name: Rat, dates: [irgendwann]}]", "committees 1 dates"),
        (CALENDAR + "committees: [{dates: [2027-01-01]}]", "committees 1"),
        (CALENDAR + "ferien: []", "ferien"),
        (CALENDAR + "committee_weeks: 7", "Zeile 3"),
        (CALENDAR + "holidays: [{name: Ostern, from: 0001-01-01, to: 9999-12-31}]", "holidays 1 from"),
        (CALENDAR + "committees: [{name: Rat, dates: [9999-12-31]}]", "committees 1 dates"),
        (CALENDAR + "holidays: 2027-99-99", "nicht lesbar"),
        (CALENDAR + "holidays: " + "9" * 5000, "nicht lesbar"),
        (CALENDAR + "holidays: &a [1]\ncommittees: *a", "Verweise"),
    ],
)
def test_a_broken_calendar_is_refused_with_its_place(text, place):
    with pytest.raises(rulebook.BadRules, match=place):
        ruling.read_calendar(text)


@pytest.mark.parametrize(
    ("city", "summer", "wished"),
    [
        ("munich", date(2027, 8, 2), date(2027, 11, 30)),
        ("dortmund", date(2027, 7, 19), date(2027, 10, 15)),
    ],
)
def test_a_demo_city_plans_around_its_own_holidays_and_sittings(monkeypatch, db, rules, known, city, summer, wished):
    monkeypatch.setattr(ruling, "current", lambda: load_city(DEMO / city))
    _rules, calendar = ruling.both()
    assert (summer, "Sommerferien") in [(first, name.german) for name, first, _last in calendar.holidays]
    free = [(first, last) for _name, first, last in calendar.holidays]
    assert not [day for day, _committee in calendar.sittings if any(first <= day <= last for first, last in free)]
    stall = next(m for m in known.methods if m.slug == "mitmach-stand")
    found = planning.plan(rules, calendar, [stall], rulebook.Answers({}, START, wished))
    days = {one.kind: one for one in found.milestones}
    assert days["decide"].note.startswith("Sitzung: ")
    assert days["run"].until < summer
    assert days["run"].note == "vor Sommerferien gelegt"


def test_a_plan_that_begins_too_early_says_by_how_many_weeks(rules, known):
    dear = next(m for m in known.methods if m.slug == "buergerrat")
    found = planning.plan(rules, planning.Calendar(), [dear], rulebook.Answers({}, START, START + timedelta(weeks=20)))
    # 6 weeks for the paper, 4 to evaluate, 16 to run, 20 to prepare: 46 weeks, 26 more than there are
    assert found.late_weeks == 26


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rules": [{"when": {"gegenstand": ["mars"]}, "give": {"fishbowl": 1}, "why": "x"}]}, "mars"),
        ({"rules": [{"when": {"wetter": ["gut"]}, "give": {"fishbowl": 1}, "why": "x"}]}, "wetter"),
        ({"rules": [{"when": {"gegenstand": ["ort"]}, "give": {"fishbowl": "viel"}, "why": "x"}]}, "Zahlen"),
        ({"rules": [{"when": {"gegenstand": ["ort"]}, "where": {"color": ["red"]}, "points": 1, "why": "x"}]}, "where"),
        ({"rules": [{"when": {"gegenstand": ["ort"]}, "why": "x"}]}, "give oder where"),
        ({"rules": [{"unless": {"wetter": ["gut"]}, "give": {"fishbowl": 1}, "why": "x"}]}, "wetter"),
        ({"rules": [{"unless": ["ort"], "give": {"fishbowl": 1}, "why": "x"}]}, "unless"),
        ({"rules": ["x"]}, "Regel 1"),
        ({"questions": []}, "questions"),
        ({"effort_days": {"low": [1]}}, "effort_days"),
    ],
)
def test_a_broken_rule_file_is_refused_with_its_place(change, message):
    data = yaml.safe_load((ruling.HERE / "adviser.yaml").read_text(encoding="utf-8"))
    with pytest.raises(rulebook.BadRules, match=message):
        rulebook.read({**data, **change})


def with_rule(**row):
    return {"rules": [{"when": {"gegenstand": ["ort"]}, "why": "x", **row}]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (with_rule(give={"fishbowl": float("nan")}), "Regel 1: Punkte"),  # there would be no order to rank by
        (with_rule(give={"fishbowl": float("inf")}), "Regel 1: Punkte"),
        (with_rule(where={"kind": ["digital"]}, points=1e300), "Regel 1: Punkte"),
        (with_rule(give={"fishbowl": 1}, gvie=1), "gvie"),
        (with_rule(give={"fishbowl": 1}, why={"a": 1}), "Regel 1: when und why"),
        (with_rule(give={"fishbowl": 1}, why_en=["x"]), "Regel 1: when und why"),
        ({"rules": 5}, "rules"),
        ({"questions": 5}, "questions"),
        ({"wetter": 5}, "wetter"),
        ({"run_weeks": {"fishbowl": 10**9}}, "run_weeks"),
        ({"run_weeks": {"fishbowl": -1}}, "run_weeks"),
        ({"run_weeks": {"fishbowl": float("inf")}}, "run_weeks"),
        ({"effort_days": {"low": [9, 2], "medium": [1, 2], "high": [1, 2]}}, "effort_days"),
        ({"effort_days": {"low": "34", "medium": [1, 2], "high": [1, 2]}}, "effort_days"),
        ({"effort_days": {"low": [-3, 2], "medium": [1, 2], "high": [1, 2]}}, "effort_days"),
    ],
)
def test_nonsense_in_a_rule_file_is_refused(change, message):
    data = yaml.safe_load((ruling.HERE / "adviser.yaml").read_text(encoding="utf-8"))
    with pytest.raises(rulebook.BadRules, match=message):
        rulebook.read({**data, **change})


OPTION = {"key": "a", "label": "Ja"}


@pytest.mark.parametrize(
    "question",
    [
        {"key": "bis", "label": "x", "options": [OPTION]},  # a word of the adviser's own address
        {"key": "", "label": "x", "options": [OPTION]},
        {"key": "a&b", "label": "x", "options": [OPTION]},
        {"key": "neu", "label": {"de": "x"}, "options": [OPTION]},
        {"key": "neu", "label": "x", "label_en": [1], "options": [OPTION]},
        {"key": "neu", "label": "x", "options": []},
        {"key": "neu", "label": "x", "options": 5},
        {"key": "neu", "label": "x", "options": [OPTION, OPTION]},
        {"key": "neu", "label": "x", "options": [{**OPTION, "euro": float("inf")}]},
        {"key": "neu", "label": "x", "options": [{**OPTION, "euro": 10**40}]},
        {"key": "neu", "label": "x", "farbe": "rot", "options": [OPTION]},
        "neu",
    ],
)
def test_nonsense_in_a_question_is_refused_with_its_number(question):
    with pytest.raises(rulebook.BadRules, match=r"Frage 1|farbe"):
        rulebook.read({"questions": [question]})


def test_a_question_that_stands_twice_is_refused():
    question = {"key": "neu", "label": "x", "options": [OPTION]}
    with pytest.raises(rulebook.BadRules, match="neu"):
        rulebook.read({"questions": [question, question]})


@pytest.mark.parametrize("text", ["questions: 2027-99-99", "questions: " + "9" * 5000, "questions: []\nquestions: []"])
def test_what_yaml_itself_stumbles_over_is_refused(text):
    with pytest.raises(rulebook.BadRules):
        ruling.read_rules(text)


def test_a_short_format_finds_its_place_before_years_of_single_days_off(rules, known):
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(1200)]
    calendar = planning.Calendar(6, 4, holidays=tuple((Words("frei"), day, day) for day in days))
    stall = next(m for m in known.methods if m.slug == "mitmach-stand")
    found = planning.plan(rules, calendar, [stall], rulebook.Answers({}, None, days[-1] + timedelta(weeks=10)))
    run = next(one for one in found.milestones if one.kind == "run")
    assert run.until == date(2023, 12, 31)
