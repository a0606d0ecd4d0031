"""Who may do what, in which department; and who may say so."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from mitstadt.accounts.actor import NOBODY, actor_for
from mitstadt.accounts.models import User
from mitstadt.audit.models import Entry
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.organisations import actions, queries
from mitstadt.organisations.models import Membership, Organisation


def test_only_an_administrator_with_second_factor_grants(
    alice, bob, editor, coordinator, moderator, administrator, actor_of, department
):
    rit = department("RIT")
    people = [actor_of(p) for p in (alice, editor, coordinator, moderator)]
    for actor in [NOBODY, *people, actor_for(administrator, second_factor=False)]:
        with pytest.raises(Refused):
            actions.grant(actor, bob, rit, "editor", "Vertretung")
    assert not Membership.objects.filter(user=bob).exists()


def test_staff_need_a_public_function(administrator, bob, actor_of, department):
    with pytest.raises(DomainError) as error:
        actions.grant(actor_of(administrator), bob, department("RIT"), "editor", "  ")
    assert error.value.field == "function"
    with pytest.raises(DomainError):
        actions.grant(actor_of(administrator), bob, department("RIT"), "king", "König")


def test_bob_becomes_an_editor_of_one_department_only(administrator, bob, actor_of, department):
    actions.grant(actor_of(administrator), bob, department("RIT"), "editor", "Geschäftsstelle")
    actor = actor_of(bob)
    assert actor.has("editor", department("RIT").pk)
    assert not actor.has("editor", department("KVR").pk)
    assert not actor.has("coordinator")
    assert actor.label == "Referat RIT, Geschäftsstelle"
    entry = Entry.objects.get(action="organisations.role.grant")
    assert (entry.actor, entry.object) == (administrator.public_id, bob.public_id)


def test_granting_twice_changes_the_function_only(administrator, bob, actor_of, department):
    for function in ("Alt", "Neu"):
        actions.grant(actor_of(administrator), bob, department("RIT"), "editor", function)
    assert Membership.objects.get(user=bob).function == "Neu"


def test_the_database_refuses_the_same_role_twice(editor):
    first = Membership.objects.get(user=editor)
    with pytest.raises(IntegrityError):
        Membership.objects.create(user=editor, organisation=first.organisation, role=first.role)


def test_a_withdrawn_role_ends_at_once(administrator, editor, actor_of, client_for):
    client = client_for(editor)
    assert client.get("/verwaltung/").status_code == 200
    actions.withdraw(actor_of(administrator), Membership.objects.get(user=editor).pk)
    assert client.get("/verwaltung/").status_code == 403
    assert not User.objects.get(pk=editor.pk).groups.exists()


def test_the_last_administrator_stays(administrator, editor, actor_of):
    mine = Membership.objects.get(user=administrator)
    with pytest.raises(DomainError):
        actions.withdraw(actor_of(administrator), mine.pk)
    from mitstadt.accounts import actions as accounts

    with pytest.raises(DomainError):
        accounts.delete_account(actor_of(administrator), {})
    assert Membership.objects.filter(pk=mine.pk).exists()


@pytest.mark.race
def test_two_administrators_withdraw_each_other(race):
    from tests.support.people import make_staff

    people = [make_staff(f"admin_{n}", "administrator", function="Betrieb") for n in range(2)]
    actors = [actor_for(p, second_factor=True) for p in people]
    theirs = [Membership.objects.get(user=p).pk for p in reversed(people)]
    race(2, lambda number: actions.withdraw(actors[number], theirs[number]))
    assert Membership.objects.filter(role="administrator").count() == 1


@pytest.mark.parametrize(
    ("role", "group", "publishes"),
    [("editor", "Redaktion", False), ("coordinator", "Koordination", True), ("moderator", "Moderation", False)],
)
def test_roles_open_the_back_office_with_fitting_rights(staff_factory, client_for, role, group, publishes):
    user = User.objects.get(pk=staff_factory("eve", role, function="Test").pk)
    assert [g.name for g in user.groups.all()] == [group]
    assert user.has_perm("wagtailadmin.access_admin")
    codenames = set(Group.objects.get(name=group).page_permissions.values_list("permission__codename", flat=True))
    assert ("publish_page" in codenames) is publishes
    assert not user.has_perm("accounts.change_user")
    assert not user.has_perm("wagtailcore.delete_site")
    assert client_for(user).get("/verwaltung/").status_code == 200


def test_groups_are_complete_after_migrate(db):
    assert set(Group.objects.values_list("name", flat=True)) >= {
        "Redaktion",
        "Koordination",
        "Moderation",
        "Administration",
    }


def test_the_screen_is_for_administrators(client_for, editor, administrator, bob, department):
    assert client_for(editor).get("/verwaltung/rollen/").status_code in (302, 403)
    client = client_for(administrator)
    data = {"email": bob.email, "organisation": department("KVR").pk, "role": "editor", "function": "Dienste"}
    assert client.post("/verwaltung/rollen/", {**data, "email": "niemand@example.org"}).status_code == 400
    assert client.post("/verwaltung/rollen/", data).status_code == 302
    page = client.get("/verwaltung/rollen/").content.decode()
    assert "Dienste" in page
    assert Entry.objects.filter(action="accounts.personal.read", object=bob.public_id).exists()
    membership = Membership.objects.get(user=bob)
    assert client.post(f"/verwaltung/rollen/{membership.pk}/entziehen/").status_code == 302
    assert not Membership.objects.filter(user=bob).exists()


def test_the_public_reads_functions_never_names(editor, moderator, department):
    assert queries.functions_of(department("RIT").pk) == [
        ("editor", "Geschäftsstelle Strategie"),
        ("moderator", "Moderation"),
    ]


def test_departments_keep_their_identity(db, django_assert_num_queries):
    first = actions.ensure_department("MOR", "Mobilitätsreferat", "high")
    with django_assert_num_queries(3):  # savepoint, select, release
        assert actions.ensure_department("MOR", "Mobilitätsreferat", "high").pk == first.pk
    renamed = actions.ensure_department("MOR", "Referat für Mobilität", "high")
    assert (renamed.pk, renamed.public_id, renamed.slug) == (first.pk, first.public_id, "mobilitaetsreferat")
    assert Organisation.objects.count() == 1


def test_the_first_administrator_comes_from_the_command_line(alice, department):
    department("RIT")
    with pytest.raises(CommandError):
        call_command("grant_role", "niemand@example.org", "administrator", "RIT", "Betrieb")
    with pytest.raises(CommandError):
        call_command("grant_role", alice.email, "administrator", "XXX", "Betrieb")
    call_command("grant_role", alice.email, "administrator", "RIT", "Betrieb", stdout=io.StringIO())
    assert Membership.objects.filter(user=alice, role="administrator").exists()


def test_what_staff_did_stays_readable(administrator, other_editor, actor_of, department, staff_factory):
    from mitstadt.accounts import actions as accounts

    actions.grant(actor_of(administrator), other_editor, department("RIT"), "editor", "Vertretung")
    staff_factory("second_admin", "administrator", function="Betrieb")
    accounts.delete_account(actor_of(administrator), {})
    assert Entry.objects.get(action="organisations.role.grant").payload["function"] == "Vertretung"
