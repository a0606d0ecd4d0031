"""Whoever has the database without the key reads neither what a child claims nor what a house answered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import override_settings

from mitstadt.accounts.keyed import unseal
from mitstadt.capacity.actions import enquiries
from mitstadt.capacity.models import Ask
from mitstadt.capacity.rounds.models import Application, Child, File, Outcome, Place, Round
from mitstadt.capacity.sealed import Unreadable
from mitstadt.kit import clock

from . import factories, rounds


def raw(model: Any, *columns: str) -> list[tuple[Any, ...]]:
    """What stands in the table, past every field of Django."""
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{model._meta.db_table}"')
        return list(cursor.fetchall())


def test_criteria_results_and_files_are_ciphertext_and_read_as_before(db, actor_of, coordinator, stopped_clock):
    city = actor_of(coordinator)
    round_ = rounds.made(city, quotas={"sonne": 1})
    application, _token = rounds.apply(round_, ["sonne"], facts=["alone"], local={"sonne": ["sibling"]})
    rounds.apply(round_, ["sonne"])
    rounds.finish(round_, city, stopped_clock)
    child = Child.objects.get(application=application)
    assert (child.facts, child.local) == (["alone"], {"sonne": ["sibling"]})
    assert child.outcome.row["choices"][0]["points"] == 30
    assert json.loads(File.objects.get(kind="entries").text)["applicants"]
    rows = [*raw(Child, "facts", "local"), *raw(Outcome, "row", "case"), *raw(File, "text")]
    assert len(rows) == 2 + 2 + 3
    for value in (value for row in rows for value in row):
        assert value.startswith("gAAAA")
        assert unseal("capacity", value)
    texts = str(rows)
    for secret in ("alone", "sibling", child.reference, "points"):
        assert secret not in texts
    assert raw(Outcome, "family") == [(None,), (None,)]
    assert not {"points", "number"} & {field.name for field in Place._meta.fields}, "points tell which criteria hold"


def test_what_a_house_answers_is_ciphertext(db, client, client_for, alice, actor_of):
    capacity = factories.capacity()
    factories.member(alice, capacity.service)
    seeker = factories.seeker()
    enquiry = enquiries.enquire(seeker, [capacity], words={"text": "Hilfe"})
    ask = Ask.objects.select_related("capacity__service__provider__organisation", "enquiry__seeker").get()
    assert raw(Ask, "answer") == [("",)]
    enquiries.answer(actor_of(alice), ask, yes=True, text="Für Frau Muster ab Montag.")
    assert "Muster" not in str(raw(Ask, "answer"))
    assert Ask.objects.get(enquiry=enquiry).answer == "Für Frau Muster ab Montag."


def test_nothing_is_reckoned_from_what_another_key_sealed(db, actor_of, coordinator):
    round_ = rounds.made(actor_of(coordinator))
    rounds.apply(round_, ["sonne"], facts=["alone"])
    with override_settings(MITSTADT_HASH_KEY="another key, of a copy that was restored wrongly"):
        with pytest.raises(Unreadable):
            Child.objects.get()
        assert Child.objects.defer("facts", "local").exists()


def test_a_sealed_column_cannot_be_searched(db):
    with pytest.raises(FieldError):
        Child.objects.filter(facts=["alone"]).exists()
    assert Ask.objects.filter(answer__isnull=True).count() == 0


@pytest.mark.slow
def test_what_was_there_before_is_sealed_by_the_migration_and_opened_backwards(transactional_db):
    """One row of each table as it was written before, with and without contents."""
    before, after = [("capacity", "0005_places")], [("capacity", "0006_sealed")]
    now = clock.now()
    capacity = factories.capacity()
    seeker = factories.seeker()
    enquiry = enquiries.enquire(seeker, [capacity], words={"text": "Hilfe"})
    round_ = Round.objects.create(title="R", text="T", opens_at=now, closes_at=now.replace(year=now.year + 1),
                                  created_at=now)  # fmt: skip
    application = Application.objects.create(round=round_, seeker=seeker, key="k", created_at=now, changed_at=now)
    executor = MigrationExecutor(connection)
    try:
        old = executor.migrate(before).apps
        old.get_model("capacity", "Ask").objects.filter(enquiry=enquiry.pk).update(answer="Ja, ab Montag.")
        children = old.get_model("capacity", "Child").objects
        full = children.create(application_id=application.pk, reference="a", choices=["s"], facts=["alone"],
                               local={"s": ["sibling"]})  # fmt: skip
        children.create(application_id=application.pk, reference="b", choices=["s"])
        old.get_model("capacity", "Outcome").objects.create(
            child_id=full.pk, row={"programme": None}, family=None, case={"criteria": ["Ä", "alone"]}
        )
        old.get_model("capacity", "File").objects.create(round_id=round_.pk, kind="input", text='{"a":1}', at=now)

        executor = MigrationExecutor(connection)
        executor.migrate(after)
        stored = str([*raw(Ask, "answer"), *raw(Child, "facts", "local"), *raw(Outcome, "row", "case"),
                      *raw(File, "text")])  # fmt: skip
        assert stored.count("gAAAA") == 1 + 4 + 2 + 1
        assert "alone" not in stored
        assert Ask.objects.get().answer == "Ja, ab Montag."
        assert list(Child.objects.order_by("reference").values_list("facts", "local")) == [
            (["alone"], {"s": ["sibling"]}), ([], {}),
        ]  # fmt: skip
        outcome = Outcome.objects.get()
        assert (outcome.row, outcome.family, outcome.case) == ({"programme": None}, None, {"criteria": ["Ä", "alone"]})
        assert File.objects.get().text == '{"a":1}'

        executor = MigrationExecutor(connection)
        old = executor.migrate(before).apps
        child = old.get_model("capacity", "Child").objects.get(reference="a")
        assert (child.facts, child.local) == (["alone"], {"s": ["sibling"]})
        assert old.get_model("capacity", "Outcome").objects.get().case == {"criteria": ["Ä", "alone"]}
        assert old.get_model("capacity", "Ask").objects.get().answer == "Ja, ab Montag."
    finally:
        MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
