"""Parents rank day-care places, the city draws once, everybody reads why and reckons it again."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from mitstadt.audit.models import Entry
from mitstadt.capacity import cleaning, seekers
from mitstadt.capacity.models import Seeker
from mitstadt.capacity.rounds import actions
from mitstadt.capacity.rounds.actions import Wishes
from mitstadt.capacity.rounds.models import Application, Child, File, Outcome, Programme, Round
from mitstadt.kit import clock, jobs
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.methods import assignment
from mitstadt.methods.cli import main as methods

from . import factories, rounds

pytestmark = pytest.mark.django_db


def path_of(application: Application, token: str, *more: str) -> str:
    return f"/plaetze/runden/mein/{token}/{application.round.public_id}/" + "".join(f"{part}/" for part in more)


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def typed(round_: Round, *codes: str, **more: str) -> dict[str, object]:
    return {f"rank_{code}": str(turn) for turn, code in enumerate(codes, start=1)} | more


# -- the whole way ---------------------------------------------------------------------------------
def test_parents_apply_change_and_read_why(client, actor_of, coordinator, stopped_clock, tmp_path, capsys):
    """Open, apply without an account, change, close, seed, draw, publish; the family reads why not at its first wish
    and its own reckoning says the same."""
    city = actor_of(coordinator)
    round_ = rounds.made(city, quotas={"sonne": 1, "mond": 5})
    page = client.get(f"/plaetze/runden/{round_.public_id}/anmelden/")
    key = page.context["form"]["key"].value()
    sent = client.post(
        f"/plaetze/runden/{round_.public_id}/anmelden/",
        typed(round_, "mond", name="Mia", email="eltern@example.org", key=key),
    )
    assert sent.status_code == 302
    token = sent["Location"].split("/")[4]
    application = Application.objects.get()
    child = application.children.get()
    assert "Mia" not in child.sealed
    assert "Mia" not in application.seeker.sealed

    changed = client.post(
        path_of(application, token, "kind", child.reference), typed(round_, "sonne", "mond", name="Mia")
    )
    assert changed.status_code == 302
    child.refresh_from_db()
    assert child.choices == ["sonne", "mond"]

    rounds.apply(round_, ["sonne"], facts=["alone"])
    rounds.finish(round_, city, stopped_clock)
    jobs.run_pending()
    jobs.run_pending()  # what the first one wrote
    told = [letter for letter in mail.outbox if "eltern@example.org" in letter.to]
    assert len(told) == 2
    assert all("Mia" not in letter.subject + letter.body and "Kita" not in letter.subject for letter in told)

    page = client.get(path_of(application, token))
    text = text_of(page)
    assert "Platz: Haus mond: Krippe" in text
    assert "Die letzte Zusage ging an ein Kind mit 20 Punkten, Ihr Kind hat 0 Punkte." in text
    assert "Mit 20 Punkten hätte es gereicht." in text or "Mit 21 Punkten hätte es gereicht." in text
    assert page["Cache-Control"] == "private, no-store"

    notice = text_of(client.get(path_of(application, token, "bescheid", child.reference)))
    assert "Widerspruch binnen eines Monats" in notice
    assert "Mia" in notice
    assert "Entwurf, noch kein Bescheid" in notice
    text_file = client.get(path_of(application, token) + f"bescheid/{child.reference}.txt").content.decode()
    assert "Widerspruch binnen eines Monats" in text_file
    assert "Haus mond: Krippe" in text_file

    case, summary = tmp_path / "fall.json", tmp_path / "ergebnis.json"
    case.write_bytes(client.get(path_of(application, token) + f"fall/{child.reference}.json").content)
    summary.write_bytes(client.get(f"/plaetze/runden/{round_.public_id}/ergebnis.json").content)
    capsys.readouterr()
    status = methods(["recompute", str(case), str(summary)])
    found = json.loads(capsys.readouterr().out)
    # one place at the first house: its cut-off is nearly one child's points, so it is hidden from the public file
    assert (status, found["state"], found["reason"]) == (1, "hidden", "sonne")


def test_own_case_file_gives_the_same_place(actor_of, coordinator, stopped_clock):
    """With six places everywhere no cut-off is hidden: every family gets its own place out of its own file."""
    city = actor_of(coordinator)
    round_ = rounds.made(city, quotas={"sonne": 6, "mond": 6})
    for number in range(18):
        rounds.apply(round_, ["sonne", "mond"], facts=["alone"] if number % 3 == 0 else [])
    rounds.finish(round_, city, stopped_clock)
    published = assignment.read_published(assignment.canonical(round_.summary))
    outcomes = list(Outcome.objects.select_related("child"))
    assert len(outcomes) == 18
    for outcome in outcomes:
        seed, case = assignment.read_case(json.dumps(outcome.case))
        again = assignment.recompute_one(seed, case, published)
        assert again.state == "decided"
        assert again.places == {outcome.child.reference: outcome.row["programme"]}
    assert {o.row["programme"] for o in outcomes} == {"sonne", "mond", None}


def test_last_year_and_lottery_are_said_in_plain_words(client, actor_of, coordinator, stopped_clock):
    city = actor_of(coordinator)
    round_ = rounds.made(city, quotas={"sonne": 2, "mond": 0}, last_year={"sonne": 10})
    families = [rounds.apply(round_, ["sonne", "mond"], facts=["alone"]) for _n in range(4)]
    rounds.finish(round_, city, stopped_clock)
    out = next((a, t) for a, t in families if not a.children.get().outcome.row["programme"])
    text = text_of(client.get(path_of(*out)))
    assert "Kein Platz in dieser Runde." in text
    assert "Von den Kindern mit genau diesen Punkten kamen 2 hinein und 2 nicht." in text
    assert "Mit 20 Punkten hätte es im letzten Jahr gereicht (letzte Zusage: 10 Punkte)." in text
    assert "Hier war in dieser Runde kein Platz zu vergeben." in text


# -- what never happens ----------------------------------------------------------------------------
def test_nothing_changes_after_the_deadline(client, actor_of, coordinator, stopped_clock):
    city = actor_of(coordinator)
    round_ = rounds.made(city)
    application, token = rounds.apply(round_, ["sonne"])
    child = application.children.get()
    stopped_clock.move(days=15)
    tries = [
        lambda: rounds.apply(round_, ["sonne"]),
        lambda: actions.change(child, Wishes(["mond"])),
        lambda: actions.add_child(application, Wishes(["mond"])),
        lambda: actions.withdraw(application),
        lambda: actions.go_together(application, "", []),
    ]
    for attempt in tries:
        with pytest.raises(DomainError, match="nimmt keine Anmeldungen"):
            attempt()
    late = client.post(f"/plaetze/runden/{round_.public_id}/anmelden/", typed(round_, "sonne"))
    assert late.status_code == 422
    assert "nimmt keine Anmeldungen" in text_of(late)
    late = client.post(path_of(application, token, "zurueckziehen"))
    assert late.status_code == 422
    child.refresh_from_db()
    assert child.choices == ["sonne"]
    assert Seeker.objects.count() == 1


def test_each_step_happens_once_and_in_order(actor_of, coordinator, stopped_clock):
    city = actor_of(coordinator)
    round_ = rounds.made(city)
    rounds.apply(round_, ["sonne"])
    with pytest.raises(DomainError, match="Frist läuft noch"):
        actions.close(city, round_)
    for too_early in (actions.draw, actions.publish):
        with pytest.raises(DomainError):
            too_early(city, round_)
    with pytest.raises(DomainError):
        actions.enter_seed(city, round_, "1 2 3")
    stopped_clock.move(days=15)
    actions.close(city, round_)
    actions.enter_seed(city, round_, "1 2 3")
    with pytest.raises(DomainError):
        actions.enter_seed(city, round_, "4 5 6")
    actions.draw(city, round_)
    before = list(File.objects.values_list("kind", "text"))
    for again in (actions.close, actions.draw):
        with pytest.raises(DomainError):
            again(city, round_)
    assert list(File.objects.values_list("kind", "text")) == before
    round_.refresh_from_db()
    assert round_.seed == "1 2 3"


def test_the_rules_are_fixed_once_it_is_open(actor_of, coordinator):
    city = actor_of(coordinator)
    round_ = rounds.made(city)
    programme = round_.programmes.first()
    programme.quota = 99
    round_.title = "Anders"
    for attempt in (
        lambda: actions.save(city, round_),
        lambda: actions.put_programme(city, programme),
        lambda: actions.remove_programme(city, programme),
    ):
        with pytest.raises(DomainError, match="ändern sich nicht mehr"):
            attempt()
    assert Round.objects.get().title != "Anders"
    assert not Programme.objects.filter(quota=99).exists()


def test_the_database_knows_no_seed_before_closing_and_no_result_without_one(actor_of, coordinator):
    round_ = rounds.made(actor_of(coordinator))
    for fields in ({"seed": "1 2 3"}, {"state": "closed"}, {"state": "drawn"}, {"input_hash": "0" * 64}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Round.objects.filter(pk=round_.pk).update(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(round=round_).update(contract_on=None)


def test_emergency_places_and_other_ways_never_take_part(actor_of, coordinator):
    city = actor_of(coordinator)
    round_ = rounds.made(city, opened=False)
    for fields in ({"way": "round", "emergency": True}, {"way": "enquire"}):
        capacity = factories.capacity("Bett", **fields)
        with pytest.raises(DomainError):
            actions.put_programme(city, Programme(round=round_, capacity=capacity, quota=1, contract_on=clock.today()))
    assert not actions.capacities().filter(title="Bett").exists()
    taking_part = round_.programmes.first().capacity
    type(taking_part).objects.filter(pk=taking_part.pk).update(way="enquire")
    with pytest.raises(DomainError, match="nicht mehr nach Punkten"):
        actions.open_round(city, round_)


def test_rules_that_cannot_be_drawn_from_are_not_opened(actor_of, coordinator):
    city = actor_of(coordinator)
    round_ = rounds.made(city, opened=False)
    programme = round_.programmes.first()
    programme.quota = 2_000_000
    actions.put_programme(city, programme)
    with pytest.raises(DomainError, match=r"gehen noch nicht auf: .*quota"):
        actions.open_round(city, round_)
    assert Round.objects.get().state == "draft"


def test_a_double_click_is_one_application(actor_of, coordinator):
    round_ = rounds.made(actor_of(coordinator))
    first = actions.apply(round_, Wishes(["sonne"]), key="k" * 32)
    assert actions.apply(round_, Wishes(["sonne"]), key="k" * 32) == first
    assert (Application.objects.count(), Child.objects.count(), Seeker.objects.count()) == (1, 1, 1)


def test_somebody_signed_in_applies_once(client_for, actor_of, coordinator, alice):
    round_ = rounds.made(actor_of(coordinator))
    mine = client_for(alice)
    page = f"/plaetze/runden/{round_.public_id}/anmelden/"
    assert mine.post(page, typed(round_, "sonne")).status_code == 302
    assert mine.get(page).status_code == 302
    with pytest.raises(DomainError) as refused:
        actions.apply(round_, Wishes(["sonne"]), key="another", actor=actor_of(alice))
    assert refused.value.code == "there"
    assert alice.public_id not in Seeker.objects.get().account_hash


# -- what is published and what is not -------------------------------------------------------------
def test_the_hash_is_that_of_the_file_auditors_get(client_for, client, actor_of, coordinator, stopped_clock):
    city = actor_of(coordinator)
    round_ = rounds.made(city)
    rounds.apply(round_, ["sonne", "mond"], name="Mia", email="eltern@example.org")
    rounds.finish(round_, city, stopped_clock)
    staff = client_for(coordinator)
    base = f"/verwaltung/plaetze/runden/{round_.public_id}/datei/"
    given = staff.get(f"{base}input.json").content
    assert hashlib.sha256(given).hexdigest() == round_.input_hash
    assert assignment.digest(assignment.read_round(given)) == round_.input_hash
    entries = staff.get(f"{base}entries.json").content
    assert hashlib.sha256(entries).hexdigest() == round_.entries_hash
    whole = json.loads(given)
    del whole["lottery_seed"]
    assert assignment.canonical(whole) == entries, "what was fixed at closing is what was drawn from"
    public = text_of(client.get(f"/plaetze/runden/{round_.public_id}/"))
    assert round_.input_hash in public
    assert round_.entries_hash in public
    assert round_.seed in public
    result = staff.get(f"{base}result.json").content
    assert json.loads(result) == assignment.assign(assignment.read_round(given)).to_json()
    assert Entry.objects.filter(action="capacity.round.download").count() == 3


def test_auditors_get_pseudonyms_and_nothing_else(client_for, actor_of, coordinator, stopped_clock):
    city = actor_of(coordinator)
    round_ = rounds.made(city)
    application, token = rounds.apply(
        round_, ["sonne"], name="Mia Musterfrau", email="eltern@example.org", born=date(2026, 2, 3)
    )
    rounds.finish(round_, city, stopped_clock)
    texts = "".join(File.objects.values_list("text", flat=True))
    for secret in ("Mia", "Musterfrau", "eltern", "2026-02-03", token, application.seeker.reference):
        assert secret not in texts
    assert application.children.get().reference in texts


def test_small_numbers_stay_hidden_in_public(client, actor_of, coordinator, stopped_clock):
    """Three places, five applicants: the cut-off would nearly be one child's points."""
    city = actor_of(coordinator)
    round_ = rounds.made(city, quotas={"sonne": 3, "mond": 0})
    families = [rounds.apply(round_, ["sonne"], facts=["alone"] if n < 3 else []) for n in range(5)]
    rounds.finish(round_, city, stopped_clock)
    text = text_of(client.get(f"/plaetze/runden/{round_.public_id}/"))
    assert "steht wegen kleiner Zahl nur in den Bescheiden" in text
    assert "wenige" in text
    assert "mit 20 Punkten" not in text
    file = json.loads(client.get(f"/plaetze/runden/{round_.public_id}/ergebnis.json").content)
    assert file["programmes"][-1]["cutoff"] is None
    own = text_of(client.get(path_of(*families[-1])))
    assert "mit 20 Punkten" in own, "the family itself reads the line"


def test_before_publishing_nobody_outside_sees_the_result(client, actor_of, coordinator, stopped_clock):
    city = actor_of(coordinator)
    round_ = rounds.made(city)
    application, token = rounds.apply(round_, ["sonne"])
    rounds.finish(round_, city, stopped_clock, publish=False)
    child = application.children.get()
    assert client.get(f"/plaetze/runden/{round_.public_id}/ergebnis.json").status_code == 404
    assert client.get(path_of(application, token) + f"fall/{child.reference}.json").status_code == 404
    assert client.get(path_of(application, token, "bescheid", child.reference)).status_code == 404
    assert "Platz:" not in text_of(client.get(path_of(application, token)))
    assert "Was herauskam" not in text_of(client.get(f"/plaetze/runden/{round_.public_id}/"))


def test_families_are_told_once(actor_of, coordinator, stopped_clock):
    city = actor_of(coordinator)
    round_ = rounds.made(city)
    rounds.apply(round_, ["sonne"], email="eltern@example.org")
    rounds.finish(round_, city, stopped_clock)
    with pytest.raises(DomainError):
        actions.publish(city, round_)
    jobs.run_pending()
    actions.tell_all(round_.pk)
    jobs.run_pending()
    assert sum("Ergebnis" in letter.body for letter in mail.outbox) == 1


def test_a_look_at_a_name_is_seen_by_the_family(client, client_for, actor_of, editor, coordinator):
    round_ = rounds.made(actor_of(coordinator))
    application, token = rounds.apply(round_, ["sonne"], name="Mia")
    child = application.children.get()
    staff = client_for(editor)
    base = f"/verwaltung/plaetze/runden/{round_.public_id}/anmeldungen/"
    assert "Mia" not in staff.get(base).content.decode()
    assert "Mia" in staff.post(f"{base}{child.reference}/lesen/").content.decode()
    assert "Name und Geburtstag des Kindes" in text_of(client.get(path_of(application, token)))
    assert Entry.objects.filter(action="capacity.seeker.read", object=application.seeker.reference).exists()


def test_a_family_is_remembered_until_it_has_its_result_and_then_forgotten(actor_of, coordinator, stopped_clock):
    city = actor_of(coordinator)
    round_ = rounds.made(city, days=200)
    rounds.apply(round_, ["sonne"])
    stopped_clock.move(days=150)
    assert cleaning.purge() == 0
    rounds.finish(round_, city, stopped_clock, days=51)
    assert cleaning.purge() == 0
    stopped_clock.move(days=91)
    assert cleaning.purge() == 1
    assert (Child.objects.count(), Outcome.objects.count()) == (0, 0)
    assert File.objects.filter(round=round_, kind="input").exists(), "what was drawn from stays for the audit"


# -- siblings --------------------------------------------------------------------------------------
def test_siblings_get_a_place_together_or_none(client, actor_of, coordinator, stopped_clock):
    city = actor_of(coordinator)
    round_ = rounds.made(city, quotas={"sonne": 2, "mond": 2})
    application, token = rounds.apply(round_, ["sonne"], name="Mia")
    added = client.post(path_of(application, token, "kind"), typed(round_, "sonne", name="Ben"))
    assert added.status_code == 302
    mia, ben = application.children.all()
    page = path_of(application, token, "zusammen")
    half = client.post(page, {"together": "together_or_not_at_all", f"option_0_{mia.reference}": "sonne"})
    assert half.status_code == 422
    assert "für jedes Kind ein Angebot" in text_of(half)
    whole = {
        "together": "together_or_not_at_all",
        f"option_0_{mia.reference}": "sonne", f"option_0_{ben.reference}": "sonne",
        f"option_1_{mia.reference}": "mond", f"option_1_{ben.reference}": "mond",
    }  # fmt: skip
    assert client.post(page, whole).status_code == 302
    rounds.apply(round_, ["sonne"], facts=["alone"])
    rounds.finish(round_, city, stopped_clock)
    assert {c.outcome.row["programme"] for c in application.children.all()} == {"mond"}
    text = text_of(client.get(path_of(application, token)))
    assert "So ist es gekommen." in text
    assert "Mia → Haus sonne: Krippe" in text
    assert re.search(r"(Mia|Ben): Hier gab es 2 Plätze\.", text)


def test_a_sibling_more_asks_anew_how_they_apply(actor_of, coordinator):
    round_ = rounds.made(actor_of(coordinator))
    application, _token = rounds.apply(round_, ["sonne"])
    second = actions.add_child(application, Wishes(["sonne"]))
    first = application.children.first()
    both = {first.reference: "sonne", second.reference: "mond"}
    actions.go_together(application, "together_if_possible", [both])
    with pytest.raises(DomainError, match="zweimal"):
        actions.go_together(application, "together_if_possible", [both, both])
    actions.remove_child(second)
    application.refresh_from_db()
    assert (application.together, application.options) == ("", [])
    with pytest.raises(DomainError, match="einzige Kind"):
        actions.remove_child(first)


# -- the form --------------------------------------------------------------------------------------
def test_a_ranking_survives_a_failed_submit(client, actor_of, coordinator):
    round_ = rounds.made(actor_of(coordinator))
    page = f"/plaetze/runden/{round_.public_id}/anmelden/"
    sent = client.post(page, {"rank_sonne": "2", "rank_mond": "2", "name": "Mia", "facts": ["alone"]})
    html = sent.content.decode()
    assert sent.status_code == 422
    assert "Den Platz 2 haben Sie zweimal vergeben." in text_of(sent)
    assert html.count('value="2"') == 2
    assert 'value="Mia"' in html
    assert re.search(r'value="alone"[^>]*checked', html)
    assert not Application.objects.exists()
    assert client.post(page, {"name": "Mia"}).status_code == 422


def test_a_program_cannot_fill_a_round_with_families(client, actor_of, coordinator, monkeypatch, stopped_clock):
    """Two an hour here; the third is told to wait, and what it typed stays."""
    from mitstadt.capacity.rounds import family

    monkeypatch.setattr(family, "PER_HOUR", 2)
    round_ = rounds.made(actor_of(coordinator))
    page = f"/plaetze/runden/{round_.public_id}/anmelden/"
    wrong = client.post(page, {"name": "Mia"})
    assert wrong.status_code == 422, "a mistake costs nothing"
    for number in range(2):
        assert client.post(page, typed(round_, "sonne", key=f"{number}" * 30)).status_code == 302
    sent = client.post(page, typed(round_, "sonne", name="Mia", key="c" * 30))
    assert sent.status_code == 422
    assert "viele Versuche in kurzer Zeit" in text_of(sent)
    assert 'value="Mia"' in sent.content.decode()
    assert Application.objects.count() == 2
    stopped_clock.move(hours=1)
    assert client.post(page, typed(round_, "sonne", key="c" * 30)).status_code == 302


def test_buttons_rank_without_javascript_and_lose_nothing(client, actor_of, coordinator):
    round_ = rounds.made(actor_of(coordinator), quotas={"sonne": 1, "mond": 1, "stern": 1})
    page = f"/plaetze/runden/{round_.public_id}/anmelden/"

    def order(answer) -> list[str]:
        return [row["programme"].code for row in answer.context["form"].rows() if row["ranked"]]

    start = typed(round_, "sonne", "mond", name="Mia")
    assert order(client.post(page, start | {"up": "mond"})) == ["mond", "sonne"]
    assert order(client.post(page, start | {"down": "sonne"})) == ["mond", "sonne"]
    assert order(client.post(page, start | {"up": "sonne"})) == ["sonne", "mond"]
    assert order(client.post(page, start | {"up": "stern"})) == ["sonne", "mond", "stern"]
    out = client.post(page, start | {"out": "sonne"})
    assert order(out) == ["mond"]
    assert 'value="Mia"' in out.content.decode()
    assert out.status_code == 200
    assert not Application.objects.exists()


def test_local_points_count_only_where_they_hold(actor_of, coordinator, stopped_clock, client):
    city = actor_of(coordinator)
    round_ = rounds.made(city, quotas={"sonne": 1, "mond": 1})
    page = f"/plaetze/runden/{round_.public_id}/anmelden/"
    client.post(page, typed(round_, "sonne", "mond", local_sibling="sonne", key="a" * 30))
    child = Child.objects.get()
    assert child.local == {"sonne": ["sibling"]}
    other, _token = rounds.apply(round_, ["sonne", "mond"])
    rounds.finish(round_, city, stopped_clock)
    assert child.outcome.row["programme"] == "sonne"
    assert other.children.get().outcome.row["programme"] == "mond"
    with pytest.raises(DomainError):
        actions.check(round_, Wishes(["sonne"], local={"mond": ["alone"]}))


def test_in_english(client, actor_of, coordinator, stopped_clock):
    city = actor_of(coordinator)
    round_ = rounds.made(city, quotas={"sonne": 1, "mond": 5})
    application, token = rounds.apply(round_, ["sonne", "mond"])
    rounds.apply(round_, ["sonne"], facts=["alone"])
    assert "What applies?" in text_of(client.get(f"/en/plaetze/runden/{round_.public_id}/anmelden/"))
    rounds.finish(round_, city, stopped_clock)
    text = text_of(client.get("/en" + path_of(application, token)))
    assert "The last place went to a child with 20 points, your child has 0 points." in text
    assert "How it is decided" in text_of(client.get(f"/en/plaetze/runden/{round_.public_id}/"))


# -- who may ---------------------------------------------------------------------------------------
def test_only_those_who_keep_the_directory_run_a_round(
    client, client_for, actor_of, alice, editor, moderator, coordinator
):
    round_ = rounds.made(actor_of(coordinator))
    member, _provider = rounds.member(alice)
    base = "/verwaltung/plaetze/runden/"
    pages = (base, f"{base}neu/", f"{base}{round_.public_id}/", f"{base}{round_.public_id}/anmeldungen/")
    for page in pages:
        assert client_for(editor).get(page).status_code == 200
        assert client_for(moderator).get(page).status_code == 403
        assert client.get(page).status_code == 302
        assert client_for(member).get(page).status_code in (302, 403)
    for somebody in (alice, moderator):
        for do in (actions.close, actions.draw, actions.publish, actions.open_round):
            with pytest.raises(Refused):
                do(actor_of(somebody), round_)
    with pytest.raises(Refused):
        actions.look(actor_of(alice), Child(application=Application(round=round_)))


def test_another_familys_link_opens_nothing(client, actor_of, coordinator):
    round_ = rounds.made(actor_of(coordinator))
    mine, my_token = rounds.apply(round_, ["sonne"])
    theirs, _their_token = rounds.apply(round_, ["mond"])
    child = theirs.children.get()
    assert client.post(path_of(mine, my_token, "kind", child.reference), typed(round_, "sonne")).status_code == 404
    assert client.get(path_of(mine, "geraten")).status_code == 404
    assert seekers.by_token("geraten") is None


def test_staff_lead_a_round_through_its_screens(client_for, client, editor, stopped_clock):
    staff = client_for(editor)
    base = "/verwaltung/plaetze/runden/"
    now = clock.now()
    capacity = rounds.capacity("sonne")
    sent = staff.post(
        f"{base}neu/",
        {
            "title": "Krippen 2027", "text": "Plätze ab September.", "office": "Referat für Bildung",
            "opens_at": f"{now:%Y-%m-%dT%H:%M}", "closes_at": f"{now + timedelta(days=5):%Y-%m-%dT%H:%M}",
            "answer_days": "7",
            "criteria_text": "alone | Allein | § 5 Satzung | 20\nsibling | Geschwister im Haus | § 6 Satzung |",
            "seed_source": "Lottozahlen vom 3. April", "appeal_text": "Widerspruch binnen eines Monats.",
        },
    )  # fmt: skip
    assert sent.status_code == 302, text_of(sent)
    round_ = Round.objects.get()
    page = f"{base}{round_.public_id}/"
    wrong = staff.post(f"{page}angebot/", {"capacity": capacity.pk, "quota": 3, "points_text": "sibling | 10"})
    assert wrong.status_code == 422, "no contract, no place in the round"
    sent = staff.post(
        f"{page}angebot/",
        {"capacity": capacity.pk, "quota": 3, "contract_on": "2026-01-15", "points_text": "sibling | 10"},
    )
    assert sent.status_code == 302, text_of(sent)
    assert staff.post(f"{page}schritt/eroeffnen/").status_code == 302
    assert client.get(round_.get_absolute_url()).status_code == 200
    rounds.apply(Round.objects.get(), [round_.programmes.get().code])
    assert staff.post(f"{page}schritt/schliessen/").status_code == 422
    stopped_clock.move(days=6)
    for verb, data in (
        ("schliessen", {}), ("los", {"seed": "3 17 22"}), ("ausrechnen", {}), ("veroeffentlichen", {}),
    ):  # fmt: skip
        assert staff.post(f"{page}schritt/{verb}/", data).status_code == 302, verb
        assert staff.get(page).status_code == 200
    assert staff.post(f"{page}schritt/ausrechnen/").status_code == 422
    assert Round.objects.get().state == "published"


def test_the_list_and_the_round_ask_as_often_with_more_in_them(
    client, actor_of, coordinator, assert_constant_queries, stopped_clock
):
    city = actor_of(coordinator)
    round_ = rounds.made(city)
    rounds.apply(round_, ["sonne"])

    def more() -> None:
        for _n in range(3):
            rounds.made(city)
            rounds.apply(round_, ["sonne", "mond"])

    assert_constant_queries(more, lambda: client.get("/plaetze/runden/"))
