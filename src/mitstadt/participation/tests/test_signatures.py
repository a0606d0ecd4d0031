"""Signatures on paper without codes: counted once, put right, removed, and shown apart everywhere."""

import contextlib
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from mitstadt.accounts.models import Guest
from mitstadt.accounts.personal import Person
from mitstadt.audit.models import Entry
from mitstadt.formats.ideas import actions as ideas
from mitstadt.kit import clock, past
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.participation import open_data, queries, registry, samples
from mitstadt.participation import then as then_module
from mitstadt.participation.actions import supports
from mitstadt.participation.archive import package
from mitstadt.participation.entry import signatures
from mitstadt.participation.entry.signatures import Counted
from mitstadt.participation.models import Contribution, SignatureList
from mitstadt.participation.report import chain
from tests.support.people import make_department

pytestmark = pytest.mark.django_db


@pytest.fixture
def idea():
    """An idea of Anna that Bea supports online; the city owes an answer from 30 on."""
    module = samples.process(format="ideas", settings={"threshold": 30}, department=make_department("RIT"))
    made = ideas.propose(samples.citizen("anna"), module, ideas.Words("Ein Brunnen", "Im Schatten."))
    supports.add(samples.citizen("bea"), queries.of_contribution(made.pk))
    return fresh(made)


def fresh(made):
    return queries.contribution(made.subject.public_id)


def counted(count=28, source="Stand am Grünspitz", **options):
    return Counted(count, source, options.get("on", clock.today()), options.get("by", "Bürgerbüro"))


def numbers(made):
    found = Contribution.objects.get(pk=made.pk)
    return (found.support_count, found.paper_supports)


def screen(made):
    return reverse("participation_staff:signatures", args=[made.process.number, made.subject.public_id])


def picture():
    exif = Image.Exif()
    exif[0x0110] = "Telefon 7"
    out = io.BytesIO()
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_staff_enter_a_list_and_everybody_reads_the_split(idea, editor, client_for, client):
    page = client_for(editor)
    choose = page.get(reverse("participation_staff:signatures_choose", args=[idea.process.number]), {"q": "brunnen"})
    assert screen(idea) in choose.content.decode()
    form = page.get(screen(idea))
    assert "prüfen Sie selbst" in form.content.decode()
    data = {"count": "28", "source": "Stand", "counted_on": f"{clock.today()}", "counted_by": "BB", "key": "k"}
    for _again in range(2):  # an impatient double submit
        assert page.post(screen(idea), data).status_code == 302
    assert numbers(idea) == (29, 28)
    assert SignatureList.objects.count() == 1
    for reader, path in (
        (client, idea.subject.path),
        (client, f"{idea.module.subject.path}?sortierung=neu"),
        (client, f"{idea.process.get_absolute_url()}ergebnis/"),
        (client, f"{idea.process.get_absolute_url()}bericht/"),
        (page, reverse("participation_staff:evaluation", args=[idea.process.number])),
        (page, reverse("participation_staff:contribution", args=[idea.process.number, idea.subject.public_id])),
        (page, reverse("participation_staff:desk_one", args=[idea.subject.public_id])),
        (page, screen(idea)),
    ):
        assert "1 online, 28 auf Papier" in reader.get(path).content.decode(), path


def test_files_programs_and_archive_say_how_many_came_on_paper(idea, editor, actor_of, client, client_for):
    signatures.enter(actor_of(editor), idea, counted())
    wanted = {"supporters": 29, "supporters_paper": 28, "supporters_phone": 0, "supporters_event": 0}
    (item,) = client.get("/api/v1/contributions").json()["items"]
    (row,) = open_data.contributions(None)
    (exported,) = registry.get("ideas").export(idea.module)
    (archived,) = package.contributions(idea.process)
    for found in (item, row, exported, archived):
        assert {name: found[name] for name in wanted} == wanted
    export = client_for(editor).get(reverse("participation_staff:evaluation_export", args=[idea.process.number]))
    heading, line = export.getvalue().decode("utf-8-sig").splitlines()[:2]
    cells = dict(zip(heading.split(";"), line.split(";"), strict=True))
    assert {name: int(cells[name]) for name in wanted} == wanted
    (part,) = registry.get("ideas").report(idea.module)
    assert ("Unterstützungen", 29, "1 online, 28 auf Papier") in [(f.label, f.value, f.note) for f in part.figures]


def test_the_threshold_counts_paper_too(idea, editor, actor_of):
    actor = actor_of(editor)
    first = signatures.enter(actor, idea, counted(20))
    assert fresh(idea).assessment.due_on is None
    signatures.correct(actor, idea, first, counted(29))
    assert fresh(idea).assessment.due_on is not None


def test_a_list_is_put_right_and_removed_with_a_reason_and_the_log_knows(idea, editor, client_for, actor_of):
    listed = signatures.enter(actor_of(editor), idea, counted())
    page = client_for(editor)
    assert 'value="28"' in page.get(f"{screen(idea)}?liste={listed.pk}").content.decode()
    data = {"list": listed.pk, "count": "26", "source": "Stand", "counted_on": "2026-01-09", "counted_by": "BB"}
    assert page.post(screen(idea), data).status_code == 302
    assert numbers(idea) == (27, 26)
    right = SignatureList.objects.get(ended_at=None)
    assert (right.count, right.source) == (26, "Stand")
    with pytest.raises(DomainError) as stale:
        signatures.correct(actor_of(editor), idea, listed, counted(3))
    assert stale.value.code == "stale"
    without = page.post(screen(idea), {"list": right.pk, "verb": "remove", "reason": " "})
    assert (without.status_code, numbers(idea)) == (422, (27, 26))
    assert "warum die Liste nicht mehr zählt" in without.content.decode()
    page.post(screen(idea), {"list": right.pk, "verb": "remove", "reason": "Doppelt gezählt."})
    assert numbers(idea) == (1, 0)
    page.post(screen(idea), {"list": right.pk, "verb": "remove", "reason": "Noch einmal."})
    assert numbers(idea) == (1, 0)
    log = Entry.objects.filter(action__startswith="participation.signatures.").order_by("pk")
    assert [entry.action.rpartition(".")[2] for entry in log] == ["enter", "correct", "remove"]
    assert log[1].payload["before"]["count"] == 28
    assert log[2].payload["reason"] == "Doppelt gezählt."


def test_the_same_list_of_one_day_counts_once(idea, editor, other_editor, client_for, actor_of):
    signatures.enter(actor_of(editor), idea, counted(), key="a")
    data = {"count": "28", "source": "  Stand am Grünspitz ", "counted_on": f"{clock.today()}", "counted_by": "BB"}
    answer = client_for(editor).post(screen(idea), {**data, "key": "b"})
    assert answer.status_code == 422
    assert "zählt hier schon" in answer.content.decode()
    assert "Stand am Grünspitz" in answer.content.decode()
    assert numbers(idea) == (29, 28)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignatureList.objects.create(
            contribution=idea, count=1, source="Stand am Grünspitz", counted_on=clock.today(), at=clock.now()
        )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 100_001}, "count"),
        ({"source": "\u202e "}, "source"),
        ({"by": " "}, "counted_by"),
        ({"on": clock.today() + timedelta(days=2)}, "counted_on"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(idea, editor, actor_of, wrong, field):
    with pytest.raises(DomainError) as refused:
        signatures.enter(actor_of(editor), idea, counted(**wrong))
    assert refused.value.field == field
    assert numbers(idea) == (1, 0)


def test_who_may_not_enter_sees_and_writes_nothing(idea, other_editor, alice, actor_of, client_for):
    for somebody in (other_editor, alice):
        with pytest.raises(Refused):
            signatures.enter(actor_of(somebody), idea, counted())
        assert client_for(somebody).get(screen(idea)).status_code in (302, 403, 404)
    idea.module.phases.update(start=clock.now() - timedelta(days=40), end=clock.now() - timedelta(days=25))
    with pytest.raises(Refused, match="drei Wochen"):
        signatures.enter(samples.INSTALLATION, fresh(idea), counted())


def test_a_scan_is_sealed_drawn_anew_and_erased(stopped_clock, idea, editor, client_for):
    page = client_for(editor)
    data = {"count": "28", "source": "Stand", "counted_on": f"{clock.today()}", "counted_by": "BB"}
    bad = page.post(screen(idea), {**data, "scan": SimpleUploadedFile("x.svg", b"<svg onload=alert(1)>")})
    assert bad.status_code == 422
    assert "SVG" in bad.content.decode()
    page.post(screen(idea), {**data, "scan": SimpleUploadedFile("liste.jpg", picture())})
    listed = SignatureList.objects.get()
    assert "JFIF" not in listed.scan
    path = reverse("participation_staff:signatures_scan", args=[idea.process.number, idea.subject.public_id, listed.pk])
    opened = page.get(path)
    assert opened.content.startswith(b"\xff\xd8")
    assert b"Telefon" not in opened.content
    assert Entry.objects.filter(action="participation.signatures.look").count() == 1
    data["count"] = "27"
    page.post(screen(idea), {**data, "list": listed.pk})
    listed.refresh_from_db()
    right = SignatureList.objects.get(ended_at=None)
    assert (listed.scan, bool(right.scan)) == ("", True)
    stopped_clock.move(days=181)
    assert signatures.purge() == 1
    right.refresh_from_db()
    assert (right.scan, right.count) == ("", 27)


def test_a_past_day_shows_what_counted_then(stopped_clock, idea, editor, actor_of):
    stopped_clock.move(days=1)
    listed = signatures.enter(actor_of(editor), idea, counted())
    then = clock.today()
    stopped_clock.move(days=2)
    signatures.correct(actor_of(editor), idea, listed, counted(5))
    for day, wanted in ((then - timedelta(days=1), (1, 0)), (then, (29, 28)), (None, (6, 5))):
        with past.showing(day) if day else contextlib.nullcontext():
            (row,) = open_data.contributions(None)
            (outcome,) = chain.rows_of(chain.of(idea.process))
            page = then_module.contribution_as_it_was(fresh(idea))
        assert (row["supporters"], row["supporters_paper"]) == wanted
        assert (outcome["support_count"], outcome["paper_supports"]) == wanted
        assert (page.support_count, page.paper_supports) == wanted


def test_supports_with_a_code_are_counted_by_their_channel(idea, editor, actor_of):
    guest = Guest.objects.create(created_at=clock.now())
    supports.enter(actor_of(editor), idea, ("guest", guest.pk), channel="phone")
    supports.enter(actor_of(editor), idea, ("guest", guest.pk), channel="paper")
    found = Contribution.objects.get(pk=idea.pk)
    assert (found.support_count, found.phone_supports, found.paper_supports) == (2, 1, 0)
    supports.forget(Person("x", guest_id=guest.pk), False)
    found.refresh_from_db()
    assert (found.support_count, found.phone_supports) == (1, 0)
    supports.withdraw(samples.citizen("bea"), fresh(idea))
    found.refresh_from_db()
    assert found.support_count == 0


# -- real parallel connections -----------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_one_list_sent_six_times_at_once_counts_once(idea, editor, actor_of, race):
    actor = actor_of(editor)
    outcome = race(6, lambda _number: signatures.enter(actor, fresh(idea), counted(), key="same").pk)
    assert not outcome.errors
    assert len(set(outcome.results)) == 1
    assert numbers(idea) == (29, 28)


@pytest.mark.django_db(transaction=True)
def test_of_six_who_put_it_right_at_once_one_does(idea, editor, actor_of, race):
    actor = actor_of(editor)
    listed = signatures.enter(actor, idea, counted())

    def change(number):
        try:
            signatures.correct(actor, fresh(idea), listed, counted(10 + number))
        except DomainError as error:
            return error.code
        return "done"

    outcome = race(6, change)
    assert not outcome.errors
    assert sorted(outcome.results) == ["done"] + ["stale"] * 5
    right = SignatureList.objects.get(ended_at=None)
    assert numbers(idea) == (1 + right.count, right.count)
