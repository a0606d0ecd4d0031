"""None, e-mail, resident, eID: who reaches what, and how."""

from __future__ import annotations

import pytest

from mitstadt.accounts import actions, rules
from mitstadt.accounts.actor import NOBODY, Actor
from mitstadt.accounts.models import CounterCode, Fact, LetterCode, Proof, Trust, User
from mitstadt.audit.models import Entry
from mitstadt.kit.errors import DomainError, Refused

PERSON = {"user_id": 1, "public_id": "p"}


@pytest.mark.parametrize(
    ("actor", "level", "step_up"),
    [
        (NOBODY, 1, "login"),
        (NOBODY, 3, "login"),
        (Actor(guest_id=4, trust=1), 2, "login"),
        (Actor(**PERSON, trust=0), 1, "email"),
        (Actor(**PERSON, trust=1), 2, "resident"),
        (Actor(**PERSON, trust=2), 3, "eid"),
        (Actor(**PERSON, trust=3), 2, "resident"),  # an online identity from another city
    ],
)
def test_too_little_trust_names_the_way_up(actor, level, step_up):
    decision = rules.need(actor, level)
    assert not decision
    assert decision.step_up == step_up
    assert decision.reason.endswith(".")


@pytest.mark.parametrize(
    ("actor", "level"),
    [
        (NOBODY, 0),
        (Actor(guest_id=4, trust=1), 1),
        (Actor(**PERSON, trust=2), 2),
        (Actor(**PERSON, trust=3), 3),
        (Actor(**PERSON, trust=3, facts=frozenset({"resident"})), 2),
    ],
)
def test_enough_trust(actor, level):
    assert rules.need(actor, level)


@pytest.fixture
def code(administrator, actor_of):
    return actions.issue_letter_codes(actor_of(administrator), 1, batch="Mai")[0]


def test_only_administrators_with_second_factor_issue_codes(alice, editor, administrator, actor_of):
    from mitstadt.accounts.actor import actor_for

    for actor in (NOBODY, actor_of(alice), actor_of(editor), actor_for(administrator, second_factor=False)):
        with pytest.raises(Refused):
            actions.issue_letter_codes(actor, 1)
    assert not LetterCode.objects.exists()


def test_the_database_never_holds_the_code(code):
    stored = LetterCode.objects.get()
    assert code.replace("-", "") not in repr(stored.__dict__)
    assert len(stored.code_hash) == 64


def test_wrong_used_and_expired_codes_read_the_same(alice, bob, actor_of, code, stopped_clock):
    said = set()
    with pytest.raises(DomainError) as unknown:
        actions.redeem_letter_code(actor_of(alice), "abcd-efgh-jkmn")
    said.add(unknown.value.message)
    actions.redeem_letter_code(actor_of(alice), code)
    with pytest.raises(DomainError) as used:
        actions.redeem_letter_code(actor_of(bob), code)
    said.add(used.value.message)
    assert len(said) == 1
    assert User.objects.get(pk=bob.pk).trust == Trust.EMAIL


def test_an_expired_code_changes_nothing(alice, actor_of, administrator, stopped_clock):
    late = actions.issue_letter_codes(actor_of(administrator), 1, valid_days=10)[0]
    stopped_clock.move(days=10, seconds=1)
    with pytest.raises(DomainError):
        actions.redeem_letter_code(actor_of(alice), late)
    assert User.objects.get(pk=alice.pk).trust == Trust.EMAIL


def test_alice_becomes_resident_however_she_types_the_code(alice, actor_of, code):
    actions.redeem_letter_code(actor_of(alice), f" {code.upper().replace('-', ' ')} ")
    actor = actor_of(alice)
    assert actor.trust == Trust.RESIDENT
    assert "resident" in actor.facts
    assert Entry.objects.filter(action="accounts.trust.letter", object=alice.public_id).exists()


def test_guessing_is_limited(alice, actor_of):
    for _number in range(10):
        with pytest.raises(DomainError) as wrong:
            actions.redeem_letter_code(actor_of(alice), "aaaa-aaaa-aaaa")
        assert wrong.value.code != "too_many"
    with pytest.raises(DomainError) as stopped:
        actions.redeem_letter_code(actor_of(alice), "aaaa-aaaa-aaaa")
    assert stopped.value.code == "too_many"


@pytest.mark.race
def test_eight_people_race_for_one_code(race):
    from mitstadt.accounts.actor import actor_for
    from tests.support.people import make_staff, make_user

    admin = make_staff("admin_race", "administrator", function="Betrieb")
    letter = actions.issue_letter_codes(actor_for(admin, second_factor=True), 1)[0]
    people = [actor_for(make_user(f"racer_{n}")) for n in range(8)]
    outcome = race(8, lambda number: actions.redeem_letter_code(people[number], letter))
    assert len(outcome.errors) == 7
    assert all(isinstance(error, DomainError) for error in outcome.errors)
    assert User.objects.filter(trust=Trust.RESIDENT).count() == 1


def test_residence_ends_when_the_proof_expires(alice, actor_of, code, stopped_clock):
    actions.redeem_letter_code(actor_of(alice), code)
    actions.add_proof(alice.pk, Proof.Way.EMAIL, Trust.EMAIL)
    stopped_clock.move(days=3 * 365 + 1)
    assert "resident" not in actor_of(alice).facts  # at once, before any job
    actions.purge()
    assert actor_of(alice).trust == Trust.EMAIL
    assert not Fact.objects.exists()


# -- the counter ---------------------------------------------------------------------------------------
def test_alice_cannot_confirm_herself_or_others(alice, bob, actor_of):
    shown = actions.new_counter_code(actor_of(bob))
    with pytest.raises(Refused):
        actions.confirm_at_counter(actor_of(alice), shown)
    assert User.objects.get(pk=bob.pk).trust == Trust.EMAIL


def test_staff_do_not_confirm_themselves(editor, actor_of):
    shown = actions.new_counter_code(actor_of(editor))
    with pytest.raises(DomainError):
        actions.confirm_at_counter(actor_of(editor), shown)
    assert CounterCode.objects.count() == 1  # nothing was used up


def test_a_counter_code_dies_after_half_an_hour(alice, editor, actor_of, stopped_clock):
    shown = actions.new_counter_code(actor_of(alice))
    stopped_clock.move(minutes=30)
    with pytest.raises(DomainError):
        actions.confirm_at_counter(actor_of(editor), shown)


def test_the_counter_confirms_alice_once(alice, editor, actor_of):
    shown = actions.new_counter_code(actor_of(alice))
    assert actions.confirm_at_counter(actor_of(editor), shown) == "Alice"
    assert actor_of(alice).trust == Trust.RESIDENT
    with pytest.raises(DomainError):
        actions.confirm_at_counter(actor_of(editor), shown)
    entry = Entry.objects.get(action="accounts.trust.counter")
    assert (entry.object, entry.actor) == (alice.public_id, editor.public_id)


def test_redeeming_through_the_page(client_for, alice, code):
    client = client_for(alice)
    wrong = client.post("/konto/nachweis/brief/", {"code": "nix"})
    assert wrong.status_code == 400
    right = client.post("/konto/nachweis/brief/", {"code": code})
    assert right.status_code == 302
    assert User.objects.get(pk=alice.pk).trust == Trust.RESIDENT


def test_pages_of_the_account_lead_nobody_to_the_login_and_back(client_for):
    response = client_for(None).get("/konto/nachweis/brief/")
    assert (response.status_code, response["Location"]) == (302, "/konto/login/?next=%2Fkonto%2Fnachweis%2Fbrief%2F")
