"""The package of an archived process: it opens anywhere, its hashes hold, and what is erased is nowhere any more."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import date, datetime

import pytest
from django.utils import timezone

from mitstadt.kit.errors import Refused
from mitstadt.kit.jobs import run_pending
from mitstadt.participation import queries, rules, samples
from mitstadt.participation.actions import assessment, contributions, evaluation, processes, supports
from mitstadt.participation.archive import jobs, package
from mitstadt.participation.models import Archive, Contribution, Process

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(coordinator, alice, bob, actor_of):
    module = samples.process(format="debate", settings={"question": "Was fehlt?"}, verbs=("comment",), publish=True)
    module.phases.update(allows=["comment", "support"])
    rows = []
    for title in ("=Mehr Bänke", "Ein Brunnen"):
        row = contributions.add(
            actor_of(alice), module, "idea", "comment", title=title, text=f"{title}: geheim-{title}"
        )
        rows.append(queries.contribution(row.subject.public_id))
    supports.add(actor_of(bob), rows[0])
    assessment.decide(actor_of(coordinator), rows[0], "partly", "Zwei von drei.")
    process = Process.objects.get(pk=module.process.pk)
    for stage in (rules.ANSWERED, rules.ARCHIVED):
        process = processes.move(actor_of(coordinator), process, stage, result="Zwei Bänke.")
    run_pending()
    return process, rows


def opened(archive):
    return zipfile.ZipFile(io.BytesIO(bytes(archive.data)))


def test_the_worker_makes_a_package_whose_hashes_hold(made, client):
    process, _rows = made
    archive = Archive.objects.get(process=process)
    answer = client.get(f"{process.get_absolute_url()}archiv/1.zip")
    assert hashlib.sha256(answer.content).hexdigest() == archive.sha256
    package = zipfile.ZipFile(io.BytesIO(answer.content))
    manifest = dict(reversed(line.split("  ")) for line in package.read("manifest-sha256.txt").decode().splitlines())
    assert set(manifest) == set(package.namelist()) - {"manifest-sha256.txt"}
    for name, digest in manifest.items():
        assert hashlib.sha256(package.read(name)).hexdigest() == digest, name
    assert package.read("bericht.pdf").startswith(b"%PDF-")


def test_it_reads_without_server_and_software(made):
    package = opened(Archive.objects.get())
    page = package.read("index.html").decode()
    assert "Zwei von drei." in page
    assert "<script" not in page
    assert not [part for part in ("http://", "https://", "url(", 'src="/', 'href="/') if part in page]
    rows = json.loads(package.read("daten/beitraege.json"))
    assert [row["title"] for row in rows] == ["=Mehr Bänke", "Ein Brunnen"]
    lines = list(csv.DictReader(io.StringIO(package.read("daten/beitraege.csv").decode())))
    assert lines[0]["title"] == "'=Mehr Bänke"
    assert json.loads(package.read("daten/verfahren.json"))["counts"] == {"contributions": 2, "supporters": 1}


def test_no_name_of_a_person_is_in_it(made, alice):
    package = opened(Archive.objects.get())
    whole = b"".join(package.read(name) for name in package.namelist() if not name.endswith(".pdf"))
    assert alice.pseudonym
    assert alice.pseudonym.encode() not in whole


def test_erasing_makes_a_new_version_and_keeps_the_counts(made, client, alice, actor_of):
    process, rows = made
    first = Archive.objects.get()
    contributions.withdraw(actor_of(alice), queries.contribution(rows[0].subject.public_id))
    run_pending()
    new, old = Archive.objects.filter(process=process)
    assert (new.version, old.version, new.reason) == (2, 1, "erased")
    assert new.sha256 != old.sha256 == first.sha256
    assert old.data is None
    assert new.counts == {"contributions": 2, "supporters": 1}
    package = opened(new)
    assert b"geheim-=Mehr" not in b"".join(package.read(name) for name in package.namelist())
    page = client.get(f"{process.get_absolute_url()}archiv/")
    assert new.sha256 in page.content.decode()
    assert old.sha256 in page.content.decode()
    assert client.get(f"{process.get_absolute_url()}archiv/1.zip").status_code == 410
    assert client.get(f"{process.get_absolute_url()}archiv/2.zip").status_code == 200


def test_looking_again_changes_nothing(made):
    process, _rows = made
    assert jobs.refresh() == 1
    assert jobs.make(process.pk) == 1
    assert Archive.objects.count() == 1


def test_a_newer_mitstadt_leaves_a_package_and_its_hash_alone(made, monkeypatch):
    _process, _rows = made
    first = Archive.objects.get()
    describe = package.describe
    monkeypatch.setattr(package, "describe", lambda process: {**describe(process), "new_field": "more"})
    monkeypatch.setattr(package, "COLUMNS", (*package.COLUMNS, "new_column"))
    assert jobs.refresh() == 1
    [kept] = Archive.objects.all()
    assert (kept.version, kept.sha256, kept.data) == (1, first.sha256, first.data)


def test_a_newer_mitstadt_still_takes_out_what_is_erased(made, monkeypatch, alice, actor_of):
    _process, rows = made
    describe = package.describe
    monkeypatch.setattr(package, "describe", lambda process: {**describe(process), "new_field": "more"})
    contributions.withdraw(actor_of(alice), queries.contribution(rows[0].subject.public_id))
    run_pending()
    new = Archive.objects.get(version=2)
    assert b"geheim-=Mehr" not in b"".join(opened(new).read(name) for name in opened(new).namelist())
    assert Archive.objects.get(version=1).data is None


def test_an_archived_process_is_frozen(made, coordinator, actor_of):
    process, rows = made
    actor = actor_of(coordinator)
    for work in (
        lambda: assessment.decide(actor, queries.contribution(rows[1].subject.public_id), "declined", "Nein."),
        lambda: evaluation.label(actor, process, [rows[1].subject.public_id], "spät"),
        lambda: evaluation.connect(actor, queries.contribution(rows[1].subject.public_id), process.subject, ""),
        lambda: processes.tell(actor, process, "Neu", "Doch noch etwas"),
    ):
        with pytest.raises(Refused):
            work()


def test_what_is_not_archived_has_no_archive(client, db):
    module = samples.process(format="debate", settings={"question": "Was fehlt?"})
    assert client.get(f"{module.process.get_absolute_url()}archiv/").status_code == 404
    assert client.get(f"{module.process.get_absolute_url()}archiv/1.zip").status_code == 404
    assert jobs.make(module.process.pk) == 0


def test_its_days_are_those_of_the_city_and_read_like_the_page(made):
    process, rows = made
    late = timezone.make_aware(datetime(2026, 6, 16, 0, 30))  # in UTC it is still the 15th
    Contribution.objects.filter(pk=rows[1].pk).update(created_at=late)
    found = package.files(Process.objects.get(pk=process.pk), {}, 1)
    assert "2026-06-16" in [row["created_on"] for row in json.loads(found["daten/beitraege.json"])]
    assert "16. Juni 2026" in found["index.html"].decode()


def test_supports_are_those_of_the_contributions_that_stand_in_it(made):
    process, rows = made
    Contribution.objects.filter(pk=rows[0].pk).update(merged_into=rows[1].pk, counted=False)
    Contribution.objects.filter(pk=rows[1].pk).update(support_count=4)  # one of them was carried over
    assert package.counts(process) == {"contributions": 1, "supporters": 4}
    assert sum(row["supporters"] for row in package.contributions(process)) == 4


def test_another_way_of_writing_a_day_makes_no_new_version(made, monkeypatch):
    _process, _rows = made
    monkeypatch.setattr(package, "localdate", lambda moment: date(2020, 1, 1))
    assert jobs.refresh() == 1
    assert Archive.objects.count() == 1
