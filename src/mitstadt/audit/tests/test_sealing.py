"""The log: nobody changes it, the worker seals it, and it can be proved."""

import threading
from datetime import datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, connection, transaction

from mitstadt.audit.actions import erase_payload, erase_payload_about, record, seal_pending
from mitstadt.audit.models import AppendOnlyError, Entry, Seal
from mitstadt.audit.queries import seal_lag, verify
from mitstadt.audit.rules import START, entry_digest, payload_digest, seal_digest
from mitstadt.kit import jobs

pytestmark = pytest.mark.django_db


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def unguarded(db):
    """Somebody with all rights on the database server switched the triggers off."""
    from mitstadt.audit import triggers

    for statement in triggers.SQLITE_DROP if connection.vendor == "sqlite" else triggers.POSTGRESQL_DROP:
        sql(statement)


def test_digests_are_what_anybody_can_compute_from_the_description():
    import hashlib

    moment = datetime(2026, 3, 3, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    inner = hashlib.sha256(b'["ab", {"text": "Gr\xc3\xbc\xc3\x9fe"}]').hexdigest()
    assert payload_digest("ab", {"text": "Grüße"}) == inner
    line = f'["2026-03-03T09:00:00.000000+00:00", "room.thing.verb", "alice", "", "x1", "{inner}"]'
    entry = hashlib.sha256(line.encode()).hexdigest()
    assert entry_digest(moment, "room.thing.verb", "alice", "", "x1", inner) == entry
    chain = f'["{START}", 1, "2026-03-03T09:00:00.000000+00:00", [[7, "{entry}"]]]'
    assert seal_digest(START, 1, moment, [(7, entry)]) == hashlib.sha256(chain.encode()).hexdigest()


def test_the_worker_seals_what_was_written_and_proves_it():
    for number in range(3):
        record("radar.measure.update", actor="alice", obj="m1", payload={"number": number, "names": ["ä", 1.5]})
    assert verify().unsealed == 3
    assert seal_pending() == 3
    assert seal_pending() == 0
    record("radar.measure.update", actor="bob")
    assert seal_pending() == 1
    proof = verify()
    assert (proof.entries, proof.seals, proof.unsealed, proof.faults) == (4, 2, 0, [])


def test_an_entry_reads_back_as_it_was_sealed():
    record("x.y.z", actor="alice", actor_label="RIT, Strategie", payload={"2": 0.1, "10": None, "wert": 10**20})
    assert verify().faults == []


def test_sealing_belongs_to_the_worker(monkeypatch):
    from mitstadt.kit.jobs import api

    monkeypatch.setattr(api, "_periodic", {"audit.seal": api._periodic["audit.seal"]})
    record("x.y.z")
    jobs.run_pending()
    assert Entry.objects.get().seal == 1


def test_the_house_refuses_to_change_the_log():
    entry = record("x.y.z")
    entry.action = "a.b.c"
    with pytest.raises(AppendOnlyError):
        entry.save()
    with pytest.raises(AppendOnlyError):
        entry.delete()
    with pytest.raises(AppendOnlyError):
        Entry.objects.filter(pk=entry.pk).update(action="a.b.c")
    with pytest.raises(AppendOnlyError):
        Entry.objects.all().delete()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'a.b.c'",
        "UPDATE audit_entry SET actor = 'bob'",
        "UPDATE audit_entry SET payload = '{\"amount\": 2}'",
        "UPDATE audit_entry SET digest = 'x'",
        "UPDATE audit_entry SET seal = 7",
        "UPDATE audit_entry SET seal = NULL",
        "DELETE FROM audit_entry",
        "UPDATE audit_seal SET count = 2",
        "DELETE FROM audit_seal",
    ],
)
def test_the_database_refuses_as_well(statement):
    record("x.y.z", actor="alice", payload={"amount": 1})
    seal_pending()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
    assert verify().faults == []


ERASED = "UPDATE audit_entry SET payload = NULL, salt = '' WHERE id = {second}"
PAID = "UPDATE audit_entry SET payload = '{{\"n\": 9}}' WHERE id = {second}"


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit_entry SET actor = 'bob' WHERE id = {second}", "entry {second}: the entry was changed"),
        (
            "UPDATE audit_entry SET payload = '{{\"n\": 9}}' WHERE id = {second}",
            "entry {second}: the payload was changed",
        ),
        ("DELETE FROM audit_entry WHERE id = {second}", "seal 1: covered 3 entries, 2 are left"),
        ("DELETE FROM audit_seal WHERE number = 1", "seal 1 is missing"),
        (
            ERASED,
            "entry {second}: the payload was erased without a record",
        ),
    ],
)
def test_what_was_changed_behind_the_houses_back_is_found(unguarded, statement, fault):
    second = [record("x.y.z", actor="alice", payload={"n": n}).pk for n in range(3)][1]
    seal_pending()
    record("x.y.z")
    seal_pending()
    sql(statement.format(second=second))
    assert fault.format(second=second) in verify().faults


def test_rewriting_an_entry_with_its_digest_breaks_the_chain(unguarded):
    entry = record("x.y.z", actor="alice")
    seal_pending()
    forged = entry_digest(entry.at, "x.y.z", "bob", "", "", entry.payload_digest)
    sql("UPDATE audit_entry SET actor = 'bob', digest = %s", forged)
    assert verify().faults == ["seal 1: the digest does not fit its entries"]


def test_personal_payload_can_be_erased_and_the_chain_holds():
    record("comments.comment.add", actor="alice", obj="c1", payload={"text": "Ich wohne in der Beispielgasse"})
    record("ratings.rating.set", actor="bob", payload={"value": 3})
    seal_pending()
    assert erase_payload_about("alice", reason="account deleted") == 1
    assert erase_payload_about("alice", reason="account deleted") == 0
    seal_pending()
    entry = Entry.objects.get(actor="alice")
    assert (entry.payload, entry.salt, entry.action, entry.object) == (None, "", "comments.comment.add", "c1")
    proof = verify()
    assert (proof.faults, proof.erased) == ([], 1)
    assert "Beispielgasse" not in str(list(Entry.objects.values()))


def test_an_erased_payload_cannot_come_back(unguarded):
    entry = record("x.y.z", payload={"value": 3})
    erase_payload([entry.pk], reason="retention")
    sql("UPDATE audit_entry SET payload = '{\"value\": 4}' WHERE id = %s", entry.pk)
    assert f"entry {entry.pk}: the payload was changed" in verify().faults


def test_the_oldest_unsealed_entry_tells_how_far_sealing_is_behind(stopped_clock):
    assert seal_lag() == 0
    record("x.y.z")
    stopped_clock.move(seconds=90)
    record("x.y.z")
    assert seal_lag() == 90
    seal_pending()
    assert seal_lag() == 0


def test_many_writers_while_two_workers_seal(race):
    done = threading.Event()

    def work(number):
        if number < 2:
            sealed = 0
            while not done.wait(0.01):
                sealed += seal_pending()
            return sealed + seal_pending()
        for n in range(10):
            with transaction.atomic():
                record("x.y.z", actor=f"writer{number}", payload={"n": n})
        finished.append(number)
        if len(finished) == 8:
            done.set()
        return 0

    finished: list[int] = []
    outcome = race(10, work)
    assert outcome.errors == []
    seal_pending()
    proof = verify()
    assert (proof.entries, proof.unsealed, proof.faults) == (80, 0, [])
    assert Seal.objects.count() == proof.seals


def test_an_entry_that_commits_late_is_sealed_later(race):
    """Ids are given out before transactions end: the first id may become visible after the second was sealed."""
    if connection.vendor == "sqlite":
        pytest.skip("on SQLite one writer at a time: ids become visible in order")
    first_written, second_sealed = threading.Event(), threading.Event()

    def work(number):
        if number == 0:
            with transaction.atomic():
                record("first", actor="slow")
                first_written.set()
                assert second_sealed.wait(10)
        else:
            assert first_written.wait(10)
            record("second", actor="quick")
            assert seal_pending() == 1
            second_sealed.set()

    assert race(2, work).errors == []
    assert seal_pending() == 1
    assert {e.action: e.seal for e in Entry.objects.all()} == {"second": 1, "first": 2}
    assert verify().faults == []
