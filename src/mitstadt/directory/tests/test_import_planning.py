"""What an import would do is shown first, done once, and never undoes what somebody here decided."""

from __future__ import annotations

import json

import pytest

from mitstadt.audit.models import Entry as AuditEntry
from mitstadt.directory import actions
from mitstadt.directory.entries import Phone, Place
from mitstadt.directory.importing import planning, running, shipped
from mitstadt.directory.importing.models import Import, ImportRow, Origin
from mitstadt.directory.models import Location, Service, ServiceAt
from mitstadt.kit import jobs
from mitstadt.kit.errors import DomainError, Refused

from . import factories
from .probe import MAPPING, row, stage, take


def verdicts(staged: Import) -> list[str]:
    return [one.verdict for one in staged.rows.all()]


def test_staging_changes_nothing_and_taking_over_does_it_once(staff):
    staged = stage(staff, row(0, kurz="Singen"), row(1))
    assert verdicts(staged) == ["new", "new"]
    assert not Service.objects.exists()
    running.take(staff, staged, wait=True)
    assert staged.state == Import.State.DONE
    assert staged.outcome == {"added": 2}
    service = Service.objects.get(name="Chor am Abend")
    assert (service.state, service.source, service.source_id, service.confirmed_on) == ("public", "probe", "0", None)
    with pytest.raises(DomainError, match="schon übernommen"):
        running.take(staff, staged)
    running.run(staged.pk)
    assert Service.objects.count() == 2


def test_the_same_file_again_says_no_difference(staff):
    take(staff, row(0), row(1))
    assert stage(staff, row(0), row(1)).counts == {
        "new": 0, "changed": 0, "same": 2, "twin": 0, "broken": 0, "gone": 0
    }  # fmt: skip


def test_what_the_source_changed_is_shown_and_what_the_mapping_does_not_speak_of_stays(staff):
    take(staff, row(0))
    service = Service.objects.get()
    actions.save_entry(
        factories.entry(service.name, "Verein 0", lead="", phones=(), hours=(), email="chor@example.org",
                        places=service.entry.places), service, actor=None,
    )  # fmt: skip
    staged = stage(staff, row(0, tel="0341 123"))
    assert [(one.verdict, one.fields) for one in staged.rows.all()] == [("changed", ["phones"])]
    running.take(staff, staged, wait=True)
    service.refresh_from_db()
    service.__dict__.pop("entry", None)
    assert service.entry.phones == (Phone("0341 123"),)
    assert service.entry.email == "chor@example.org"
    assert service.confirmed_on is not None  # somebody here said so; an import neither says nor unsays it


def test_what_somebody_here_changed_stays_until_the_source_changes_it_too(staff):
    take(staff, row(0, kurz="alt"), row(1))
    service = Service.objects.get(source_id="0")
    mine = factories.entry(service.name, "Verein 0", lead="von Hand", phones=(), hours=(), places=service.entry.places)
    actions.save_entry(mine, service, actor=None)
    staged = stage(staff, row(0, kurz="alt"), row(1))
    assert [(one.verdict, one.kept) for one in staged.rows.all()] == [("same", ["lead"]), ("same", [])]
    running.take(staff, stage(staff, row(0, kurz="neu von dort"), row(1)), wait=True)
    assert Service.objects.get(pk=service.pk).entry.lead == "neu von dort"


def test_an_entry_that_changed_since_the_comparison_is_not_overwritten(staff):
    take(staff, row(0))
    staged = stage(staff, row(0, kurz="neu"))
    service = Service.objects.get()
    actions.save_entry(factories.entry(service.name, "Verein 0", lead="inzwischen"), service, actor=None)
    running.take(staff, staged, wait=True)
    assert staged.outcome == {"refused": 1}
    assert "seit dem Vergleich geändert" in staged.rows.get().reason
    assert Service.objects.get().entry.lead == "inzwischen"


def test_broken_rows_are_named_and_the_others_taken(staff):
    staged = stage(staff, row(0, name=""), row(1, tel="ruf an"), row(2), row(2, name="Noch einmal"), {"id": ""})
    told = [(one.line, one.verdict, [fault["field"] for fault in one.faults]) for one in staged.rows.all()]
    assert told == [
        (1, "broken", ["name"]), (2, "broken", ["phones"]), (3, "new", []), (4, "broken", ["id"]),
        (5, "broken", ["id"]),
    ]  # fmt: skip
    assert "Zeile 3" in staged.rows.get(line=4).faults[0]["text"]
    assert not staged.rows.filter(verdict="broken").exclude(data={}).exists()
    running.take(staff, staged, wait=True)
    assert [s.name for s in Service.objects.all()] == ["Gartenfreunde"]


def test_what_is_no_longer_in_the_file_is_listed_and_left_alone(staff):
    take(staff, row(0), row(1))
    staged = take(staff, row(1))
    told = [(one.verdict, one.title) for one in staged.rows.all()]
    assert told == [("same", "Werkstatt für Räder"), ("gone", "Chor am Abend")]
    assert Service.objects.filter(state="public").count() == 2
    factories.put(Service.objects.get(source_id="0"), state="withdrawn")
    assert stage(staff, row(1)).counts["gone"] == 0


@pytest.fixture
def known(staff):
    return factories.offer("Chor am Abend e.V.", "Kulturverein", places=(Place("", "Weg 0", "04103", "Leipzig"),))


def test_a_duplicate_waits_for_a_decision(staff, known):
    staged = stage(staff, row(0), row(1))
    assert verdicts(staged) == ["twin", "new"]
    assert staged.rows.first().twins == [{"service": known.pk}]
    running.take(staff, staged, wait=True)
    assert staged.outcome == {"skipped": 1, "added": 1}
    assert stage(staff, row(0), row(1)).counts["twin"] == 1  # nobody decided: it asks again


def test_a_duplicate_that_is_left_out_is_not_asked_about_again(staff, known):
    take(staff, row(0), choice="skip")
    assert Service.objects.count() == 1
    staged = stage(staff, row(0, kurz="anders"))
    assert verdicts(staged) == ["same"]
    assert "wird nicht verändert" in staged.rows.get().hints[0]["text"]


def test_a_duplicate_taken_as_new_stands_beside(staff, known):
    take(staff, row(0), choice="new")
    assert Service.objects.count() == 2
    assert verdicts(stage(staff, row(0))) == ["same"]


def test_a_duplicate_can_replace_the_known_entry(staff, known):
    take(staff, row(0, kurz="Jeden Montag"), choice="replace")
    service = Service.objects.get()
    assert (service.pk, service.name, service.entry.lead) == (known.pk, "Chor am Abend", "Jeden Montag")
    assert service.entry.languages == ("de", "tr")  # the mapping says nothing about languages
    assert service.get_absolute_url() == known.get_absolute_url()
    assert verdicts(stage(staff, row(0, kurz="Jeden Montag"))) == ["same"]


def test_two_rows_of_one_file_may_be_the_same(staff):
    first, second = row(0), row(0, id="9", kurz="ausführlicher")
    staged = stage(staff, first, second)
    assert verdicts(staged) == ["new", "twin"]
    assert staged.rows.last().twins == [{"position": 1}]
    running.choose_all(staff, staged, "replace")
    running.take(staff, staged, wait=True)
    assert Service.objects.get().entry.lead == "ausführlicher"
    assert verdicts(stage(staff, first, second)) == ["same", "same"]


def test_a_secret_address_stays_secret_whatever_a_file_says(staff):
    take(staff, row(0, tel="0341 99"))
    service = Service.objects.get()
    waiting = stage(staff, row(0, tel="0341 99", kurz="anders"))
    assert waiting.rows.get().data["places"]
    hidden = factories.entry(service.name, "Verein 0", lead="", hours=(), protected=True, phones=(Phone("0341 99"),),
                             places=service.entry.places)  # fmt: skip
    actions.save_entry(hidden, service, actor=None)
    assert waiting.rows.get().data == {}
    assert "places" not in Origin.objects.get().marks
    staged = take(staff, row(0, tel="0341 98", strasse="Weg 0", geheim="nein"))
    service = Service.objects.get()
    assert staged.outcome == {"changed": 1}
    assert service.protected
    assert service.entry.places == ()
    assert not Location.objects.exists()
    assert not ServiceAt.objects.exclude(location=None).exists()
    assert not any("Weg 0" in str(one.data) for one in ImportRow.objects.all())


def test_a_file_says_that_an_address_is_secret(staff):
    take(staff, row(0, tel="0341 99", geheim="ja"))
    service = Service.objects.get()
    assert service.protected
    assert not Location.objects.exists()
    assert "Weg 0" not in json.dumps([*ImportRow.objects.values_list("data", flat=True)])


def test_a_killed_worker_goes_on_where_it_stood(staff, monkeypatch):
    staged = stage(staff, *(row(n) for n in range(5)))
    real, seen = running._take_row, []

    def dies(actor, staged, one, known):
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(one.position)
        real(actor, staged, one, known)

    monkeypatch.setattr(running, "_take_row", dies)
    with pytest.raises(KeyboardInterrupt):
        running.take(staff, staged, wait=True)
    monkeypatch.setattr(running, "_take_row", real)
    staged.refresh_from_db()
    assert (staged.state, running.progress(staged), Service.objects.count()) == ("running", (2, 5), 2)
    running.run(staged.pk)
    staged.refresh_from_db()
    assert (staged.state, staged.outcome, Service.objects.count()) == ("done", {"added": 5}, 5)


def test_many_rows_are_left_to_the_worker(staff, monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 2)
    staged = stage(staff, row(0), row(1), row(2))
    running.take(staff, staged)
    assert (staged.state, Service.objects.count()) == ("running", 0)
    jobs.run_pending()
    staged.refresh_from_db()
    assert (staged.state, Service.objects.count()) == ("done", 3)


def test_drafts_where_the_mapping_says_so(staff):
    shipped.save(staff, "probe", MAPPING.replace("source: probe", "source: probe\npublish: no"))
    take(staff, row(0))
    service = Service.objects.select_related("subject").get()
    assert (service.state, service.subject.published) == ("draft", False)
    take(staff, row(0, kurz="anders"))
    assert Service.objects.get().state == "draft"


def test_a_broken_file_and_a_mapping_that_does_not_fit_change_nothing(staff):
    broken = planning.stage(staff, b"{", "a.json", "probe")
    assert broken.state == Import.State.BROKEN
    assert "kein lesbares JSON" in broken.notes[0]
    wrong = planning.stage(staff, b"Kennung;Titel\n1;x\n", "a.csv", "probe")
    assert wrong.notes[0].startswith("Zuordnung, Zeile 4, id: Die Spalte „id“ gibt es in der Datei nicht.")
    with pytest.raises(DomainError, match="schon übernommen, verworfen oder fehlerhaft"):
        running.take(staff, wrong)
    assert not ImportRow.objects.exists()


def test_discarding_leaves_the_note_and_no_rows(staff):
    staged = stage(staff, row(0))
    running.discard(staff, staged)
    assert staged.state == Import.State.DISCARDED
    assert not ImportRow.objects.exists()


def test_every_step_is_written_down(staff):
    take(staff, row(0))
    actions_told = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions_told == [
        "directory.mapping.save", "directory.import.stage", "directory.import.take", "directory.entry.save",
        "directory.import.done",
    ]  # fmt: skip
    assert {entry.actor for entry in AuditEntry.objects.all()} == {staff.public_id}


def test_only_those_who_keep_the_directory_import(staff, alice, moderator, actor_of):
    staged = stage(staff, row(0))
    for person in (alice, moderator):
        actor = actor_of(person)
        for attempt in (
            lambda actor=actor: stage(actor, row(0)),
            lambda actor=actor: running.take(actor, staged),
            lambda actor=actor: running.discard(actor, staged),
            lambda actor=actor: running.choose_all(actor, staged, "new"),
            lambda actor=actor: running.choose(actor, staged, {}),
            lambda actor=actor: shipped.save(actor, "x", MAPPING),
        ):
            with pytest.raises(Refused):
                attempt()
