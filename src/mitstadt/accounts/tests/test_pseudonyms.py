"""Names for the public."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from mitstadt.accounts import actions, pseudonyms
from mitstadt.accounts.models import User
from mitstadt.kit.errors import DomainError


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Stadt", "reserved"),
        ("Stadt München", "reserved"),
        ("IT-Referat", "reserved"),
        ("Adm1n", "reserved"),
        ("ADMIN 7", "reserved"),
        ("аdmin", "reserved"),  # Cyrillic а
        ("Die Moderatorin", "reserved"),
        ("Oberbürgermeister", "reserved"),
        ("alice@example.org", "email"),
        ("www.example.org", "email"),
        ("Al", "short"),
        ("x" * 41, "long"),
        ("<script>", "letters"),
        ("12345", "letters"),
    ],
)
def test_alice_cannot_pose_as_the_city_or_show_an_address(name, why):
    assert pseudonyms.problem(pseudonyms.tidy(name)) == why


@pytest.mark.parametrize(
    "name", ["Städterin Ida", "Isarnixe", "Jörg-Peter", "Kiez 21", "O’Hara", "Ayşe", "Referendar Bob"]
)
def test_ordinary_names_are_welcome(name):
    assert pseudonyms.problem(pseudonyms.tidy(name)) == ""


def test_the_local_part_of_the_address_is_not_a_pseudonym():
    assert pseudonyms.problem("Alice.Meier", "alice.meier@example.org") == "email"


def test_invisible_characters_disappear():
    assert pseudonyms.tidy("Ali\u200bce\u202e  Maier ") == "Alice Maier"


def test_suggestions_can_be_used():
    for _number in range(200):
        assert pseudonyms.problem(pseudonyms.suggest()) == ""


def test_lookalikes_count_as_taken(alice, bob, actor_of):
    actions.change_pseudonym(actor_of(alice), "Grüner Specht")
    for name in ("gruener specht", "GRÜNER_SPECHT".replace("_", "-"), "Grüner  Spеcht"):  # the last with a Cyrillic е
        with pytest.raises(DomainError) as error:
            actions.change_pseudonym(actor_of(bob), name)
        assert error.value.field == "pseudonym"
    assert User.objects.get(pk=bob.pk).pseudonym == "Bob"


def test_the_database_refuses_a_second_equal_name(alice, bob):
    bob.pseudonym = "ALICE"
    with pytest.raises(IntegrityError):
        bob.save()


def test_staff_without_pseudonym_do_not_collide(user_factory):
    user_factory("eve", pseudonym="")
    assert user_factory("mallory", pseudonym="").pseudonym_key is None
