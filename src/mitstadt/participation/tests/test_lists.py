"""What other tools of deliberation export comes in whole: who replied to whom, day, place, side, channel; and long
lists are checked as a whole, then entered by the worker, each row once."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mitstadt.audit.models import Entry
from mitstadt.comments import actions as comments
from mitstadt.comments.models import Comment
from mitstadt.formats.ideas import actions as ideas
from mitstadt.geo.models import District
from mitstadt.kit import clock, jobs
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.kit.jobs.models import Job
from mitstadt.notify.models import Event
from mitstadt.participation import open_data, queries, samples
from mitstadt.participation.actions import assessment, supports
from mitstadt.participation.entry import actions, importing, lists, rows, sheetcodes, undoing
from mitstadt.participation.models import Batch, Contribution, Entered, EntryList, EntryRow, PrintedSheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(department):
    return samples.process(format="ideas", department=department("RIT"), categories=["Grün"])


@pytest.fixture
def debate(department):
    return samples.process(
        format="debate", settings={"question": "Ein Brunnen?", "sides": True}, department=department("RIT")
    )


@pytest.fixture
def short(monkeypatch):
    """Long is what has more than five rows, and a chunk has four."""
    monkeypatch.setattr(importing, "ROWS_AT_ONCE", 5)
    monkeypatch.setattr(lists, "CHUNK", 4)


def as_csv(*lines):
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


def take(module, data, name="liste.csv", **options):
    table = importing.read(name, data)
    columns = importing.recognise(table.headings, importing.fields_of(module))
    file = importing.ListFile(table, columns, "event", clock.today(), data, name)
    return importing.take_over(samples.INSTALLATION, module, file, **options)


def faults(outcome):
    return [(one.line, one.column, one.value) for one in outcome.problems]


def threads(module):
    """(text, on what it is about, root of its thread, whom it mentions) of every comment, in the order of writing."""
    found = Comment.objects.select_related("about", "parent", "mentions").filter(subject__contribution__module=module)
    return [
        (one.text, one.about.title, one.parent and one.parent.text, one.mentions and one.mentions.text)
        for one in found.order_by("pk")
    ]


# -- what rows carry -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_an_idea_with_its_comments_comes_out_and_in_again(place, client, suffix):
    District.objects.create(number=7, name="Sendling", slug="sendling", changed_at=clock.now())
    words = ideas.Words("-Schatten-", "Mehr Bäume.", place.categories.get(), "7", "vor der Bücherei", "")
    idea = ideas.propose(samples.citizen("anna"), place, words)
    first = comments.add(samples.citizen("bert"), idea.subject, "Linden.")
    second = comments.add(samples.citizen("anna"), idea.subject, "Oder Ahorn.", parent=first)
    comments.add(samples.citizen("cem"), idea.subject, "Ahorn nicht.", parent=second)
    address = reverse(f"participation:flat_{suffix}", args=[place.process.number, place.process.slug])
    data = b"".join(client.get(address).streaming_content)

    there = samples.process("Anderswo", format="ideas", categories=["Grün"])
    outcome = take(there, data, f"beitraege.{suffix}")
    assert faults(outcome) == []
    taken = Contribution.objects.get(module=there, kind="idea")
    assert (taken.title, taken.text, taken.place) == ("-Schatten-", "Mehr Bäume.", "vor der Bücherei")
    assert (taken.category.name, taken.category.module_id, taken.district.number) == ("Grün", there.pk, 7)
    expected = [
        ("Linden.", "-Schatten-", None, None),
        ("Oder Ahorn.", "-Schatten-", "Linden.", None),
        ("Ahorn nicht.", "-Schatten-", "Linden.", "Oder Ahorn."),
    ]
    assert threads(there) == threads(place) == expected

    ids = {row["id"]: row["text"] for row in open_data.contributions(None, there.process)}
    replies = [(row["text"], ids.get(row["reply_to"])) for row in open_data.contributions(None, there.process)]
    assert replies == [
        ("Mehr Bäume.", None), ("Linden.", "Mehr Bäume."), ("Oder Ahorn.", "Linden."), ("Ahorn nicht.", "Oder Ahorn."),
    ]  # fmt: skip


def test_a_point_on_the_map_comes_out_and_in(place):
    point = {"type": "Point", "coordinates": [11.57, 48.137]}
    rows_of_json = [{"title": "Bank", "text": "Hier.", "geometry": point}]
    outcome = take(place, json.dumps(rows_of_json).encode(), "a.json")
    assert faults(outcome) == []
    assert Contribution.objects.get(module=place).geometry == point
    bad = take(place, as_csv(["Titel", "Text", "geometry", "district", "Kategorie"], ["A", "B", "{", "99", "Blau"]))
    assert sorted(one.column for one in bad.problems) == ["Kategorie", "district", "geometry"]


def test_each_row_keeps_its_side_day_and_channel(debate):
    early, later = clock.today() - timedelta(days=3), clock.today() - timedelta(days=900)
    data = as_csv(
        ["id", "text", "side", "created_at", "channel", "reply_to", "agrees"],
        ["1", "Ja bitte.", "pro", early.isoformat(), "Papier", "", "5"],
        ["2", "Nein.", "Dagegen", f"{later:%d.%m.%Y}", "phone", "", "1"],
        ["3", "Warum?", "", f"{early.isoformat()}T12:00:00Z", "online", "2", "0"],
        ["4", "Weiß nicht.", "", "", "", "", "0"],
    )
    outcome = take(debate, data)
    assert faults(outcome) == []
    assert [(row["text"], row["side"], row["said_on"], row["channel"]) for row in open_data.contributions(None)] == [
        ("Ja bitte.", "pro", early, "paper"),
        ("Nein.", "contra", later, "phone"),
        ("Weiß nicht.", "", clock.today(), "event"),
        ("Warum?", "", early, "event"),
    ]
    assert "agrees" in outcome.hints[0]
    assert outcome.hints[1].startswith("1 Zeile kam anderswo online")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-05-12", "2026-05-12"),
        ("12.5.2026", "2026-05-12"),
        ("12.05.2026 18:30", "2026-05-12"),
        ("2026-05-11T23:30:00Z", "2026-05-12"),  # in Munich it is half past one in the morning
        ("1778535000", "2026-05-11"),  # 21:30 UTC, 23:30 in Munich
        ("1778538600000", "2026-05-12"),  # an hour later
    ],
)
def test_a_day_is_read_as_other_tools_write_it(text, day):
    assert rows.day_of(text).isoformat() == day


@pytest.mark.parametrize("text", ["gestern", "31.02.2026", "12", "2026-13-01", "99999999999999"])
def test_what_is_no_day_is_no_day(text):
    with pytest.raises((ValueError, OverflowError)):
        rows.day_of(text)


def test_every_fault_has_its_line_and_its_column_and_nothing_is_written(debate):
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    data = as_csv(
        ["id", "text", "reply_to", "side", "datum", "weg"],
        ["1", "Ja.", "", "", "", ""],
        ["2", "Doch.", "77", "", "", ""],
        ["1", "Noch einmal.", "", "", "", ""],
        ["4", "Im Kreis.", "5", "", "", ""],
        ["5", "Im Kreis.", "4", "", "", ""],
        ["6", "Morgen.", "", "", tomorrow, ""],
        ["7", "Irgendwann.", "", "", "bald", "Brieftaube"],
        ["8", "Nebenbei.", "1", "pro", "", ""],
        ["9", "Auf Falsches.", "6", "", "", ""],
        ["10", "", "1", "vielleicht", "", ""],
    )
    outcome = take(debate, data)
    assert faults(outcome) == [
        (3, "reply_to", "77"),
        (4, "id", "1"),
        (5, "reply_to", "5"),
        (6, "reply_to", "4"),
        (7, "datum", tomorrow),
        (8, "datum", "bald"),
        (8, "weg", "Brieftaube"),
        (9, "side", "pro"),
        (11, "text", ""),
        (11, "side", "vielleicht"),
    ]
    assert "keiner Zeile der Datei" in outcome.problems[0].message
    assert "Zeile 2" in outcome.problems[1].message
    assert not Contribution.objects.exists()
    assert not Batch.objects.exists()


def test_an_answer_may_stand_before_what_it_answers_or_answer_what_is_here(debate):
    known = comments.add(samples.citizen("anna"), debate.subject, "Schon da.")
    data = as_csv(
        ["id", "text", "reply_to"],
        ["b", "Antwort.", "a"],
        ["a", "Frage.", ""],
        ["c", "Auch dazu.", known.subject.public_id],
    )
    assert faults(take(debate, data)) == []
    assert threads(debate) == [
        ("Schon da.", debate.title, None, None),
        ("Frage.", debate.title, None, None),
        ("Auch dazu.", debate.title, "Schon da.", None),
        ("Antwort.", debate.title, "Frage.", None),
    ]


def test_where_nobody_may_comment_a_reply_is_a_fault_of_its_line(place):
    place.phases.update(allows=["propose"])
    data = as_csv(["id", "title", "text", "reply_to"], ["1", "A", "B", ""], ["2", "", "C", "1"])
    outcome = take(samples.loaded(place), data)
    assert faults(outcome) == [(3, "reply_to", "1")]


def test_checking_asks_as_often_for_many_rows_as_for_few(debate, django_assert_max_num_queries):
    def look(count):
        told = [[str(n), "Ja.", str(n - 1) if n % 2 else "", "KKKK-KKKK", f"B-{n}"] for n in range(count)]
        table = importing.read("a.csv", as_csv(["id", "text", "reply_to", "Code", "Blatt"], *told))
        columns = importing.recognise(table.headings, importing.fields_of(debate))
        return rows.check(samples.INSTALLATION, debate, table, columns, "event")

    with django_assert_max_num_queries(5):
        found = look(400)
    assert len(found.problems) == 400  # the code is not known
    assert found.rows == []


# -- long lists ----------------------------------------------------------------------------------------------------
def told(count):
    """Every third row an idea, then a comment on it and an answer to that; the answers stand first in the file."""
    lines = []
    for n in range(count):
        if n % 3 == 0:
            lines.append([f"r{n}", f"Idee {n}", f"Text {n}.", ""])
        else:
            lines.append([f"r{n}", "", f"Text {n}.", f"r{n - 1}"])
    return as_csv(["id", "title", "text", "reply_to"], *reversed(lines))


def staged(module, actor, data):
    table = importing.read("lang.csv", data)
    columns = importing.recognise(table.headings, importing.fields_of(module))
    return lists.stage(
        actor, module, importing.ListFile(table, columns, "event", clock.today(), data, "lang.csv", "Werkstatt")
    )


@pytest.fixture
def waiting(place, short, editor, actor_of):
    """Eleven rows that were checked, and who may take them over."""
    actor = actor_of(editor)
    return staged(place, actor, told(11))[0], actor


def texts(module):
    found = open_data.contributions(None, module.process)
    return sorted(row["text"] for row in found)


ELEVEN = sorted(f"Text {n}." for n in range(11))


def test_a_long_list_is_checked_then_entered_in_the_background(place, short, editor, client_for):
    client, address = client_for(editor), reverse("participation_staff:import", args=[place.process.number])
    form = {"module": place.subject.public_id, "channel": "event", "held_on": clock.today().isoformat()}
    sent = client.post(address, {**form, "verb": "check", "file": SimpleUploadedFile("lang.csv", told(11))})
    listed = EntryList.objects.get()
    page = reverse("participation_staff:list", args=[place.process.number, listed.public_id])
    assert sent.status_code == 302
    assert sent["Location"] == page
    assert "11 Zeilen, alles in Ordnung" in client.get(page).content.decode()
    assert not Contribution.objects.exists()
    assert not Batch.objects.exists()

    client.post(page, {"verb": "take"})
    listed.refresh_from_db()
    assert (listed.state, listed.batch.file_name) == ("running", "lang.csv")
    assert not Contribution.objects.exists()
    lists._chunk(EntryList.objects.get())
    assert "4 von 11 Zeilen" in client.get(page).content.decode()
    overview = reverse("participation_staff:batches", args=[place.process.number])
    assert "4 von 11 Zeilen" in client.get(overview).content.decode()

    jobs.run_pending()
    done = client.get(page).content.decode()
    assert "Fertig: 11 Beiträge sind eingetragen." in done
    assert "nicht eintragen" not in done
    assert texts(place) == ELEVEN
    assert sorted(threads(place)) == sorted(
        [
            *((f"Text {n}.", f"Idee {n - 1}", None, None) for n in (1, 4, 7, 10)),
            *((f"Text {n}.", f"Idee {n - 2}", f"Text {n - 1}.", None) for n in (2, 5, 8)),
        ]
    )
    assert not EntryRow.objects.exists()  # no second copy of what people said
    again = client.post(address, {**form, "verb": "check", "file": SimpleUploadedFile("lang.csv", told(11))})
    assert "schon einmal eingelesen" in again.content.decode()


def test_columns_that_somebody_chose_count_when_the_file_is_sent_again(place, short, editor, client_for):
    client, address = client_for(editor), reverse("participation_staff:import", args=[place.process.number])
    form = {"module": place.subject.public_id, "channel": "event", "held_on": clock.today().isoformat()}
    data = as_csv(["A", "B"], *([f"Idee {n}", f"Text {n}."] for n in range(6)))
    asked = client.post(address, {**form, "verb": "check", "file": SimpleUploadedFile("lang.csv", data)})
    assert asked.status_code == 422
    chosen = {"headings": asked.context["headings_key"], "col-title": "A", "col-text": "B"}
    assert f'value="{chosen["headings"]}"' in asked.content.decode()
    sent = client.post(address, {**form, **chosen, "verb": "check", "file": SimpleUploadedFile("lang.csv", data)})
    assert sent.status_code == 302
    assert [row.data for row in EntryRow.objects.all()][:1] == [{"title": "Idee 0", "text": "Text 0."}]


def test_a_long_list_with_faults_names_all_of_them_and_keeps_nothing(place, short, editor, client_for):
    client, address = client_for(editor), reverse("participation_staff:import", args=[place.process.number])
    form = {"module": place.subject.public_id, "channel": "event", "held_on": clock.today().isoformat()}
    data = told(9) + b"x,,Antwort auf nichts.,weg\r\ny,Ohne Text,,\r\n"
    shown = client.post(address, {**form, "verb": "take", "file": SimpleUploadedFile("lang.csv", data)})
    assert faults(shown.context["outcome"]) == [(11, "reply_to", "weg"), (12, "text", "")]
    page = shown.content.decode()
    assert "2 Stellen stimmen noch nicht" in page
    assert "<td>reply_to</td><td>weg</td>" in page
    assert not EntryList.objects.exists()
    assert not Contribution.objects.exists()


def test_a_worker_that_dies_between_two_rows_leaves_none_half_and_none_twice(place, waiting, monkeypatch):
    listed, actor = waiting
    lists.take(actor, listed)
    write, count = rows.enter, []

    def dies(*values, **options):
        count.append(1)
        if len(count) == 7:  # the third row of the second chunk
            raise RuntimeError("killed")
        return write(*values, **options)

    monkeypatch.setattr(rows, "enter", dies)
    with pytest.raises(RuntimeError):
        lists.run(listed.pk)
    listed.refresh_from_db()
    assert (listed.state, listed.done, Contribution.objects.count(), Entered.objects.count()) == ("running", 4, 4, 4)
    monkeypatch.setattr(rows, "enter", write)
    lists.run(listed.pk)
    lists.run(listed.pk)
    listed.refresh_from_db()
    assert (listed.state, listed.done, listed.refused) == ("done", 11, 0)
    assert texts(place) == ELEVEN
    assert Entered.objects.count() == 11


def test_a_job_hands_over_to_the_next_after_a_while(place, waiting, monkeypatch):
    listed, actor = waiting
    lists.take(actor, listed)
    monkeypatch.setattr(lists, "SECONDS", -1.0)
    lists.run(listed.pk)
    assert not Contribution.objects.exists()
    monkeypatch.setattr(lists, "SECONDS", 60.0)
    jobs.run_pending()
    assert texts(place) == ELEVEN


def test_what_cannot_be_entered_any_more_is_named_with_its_line_and_the_rest_goes_in(
    place, short, editor, client_for, actor_of
):
    sheet = PrintedSheet.objects.create(module=place, code=sheetcodes.new(), at=clock.now())
    head = ["id", "title", "text", "reply_to", "blatt"]
    told_rows = [[str(n), f"Idee {n}", "Text.", "", ""] for n in range(5)]
    data = as_csv(head, *told_rows, ["s", "Vom Bogen", "Text.", "", sheet.code], ["r", "", "Dazu.", "s", ""])
    actor = actor_of(editor)
    listed = staged(place, actor, data)[0]
    lists.take(actor, listed)
    PrintedSheet.objects.update(used_at=clock.now())  # somebody types it in before the worker comes to it
    jobs.run_pending()
    listed.refresh_from_db()
    assert (listed.state, listed.refused) == ("done", 2)
    page = client_for(editor).get(reverse("participation_staff:list", args=[place.process.number, listed.public_id]))
    shown = page.content.decode()
    assert "Fertig: 5 Beiträge sind eingetragen." in shown
    assert "2 Zeilen ließen sich nicht eintragen." in shown
    assert "<td>7</td><td>Dieser Bogen ist schon eingetragen.</td>" in shown
    assert "<td>8</td><td>Was diese Zeile beantwortet, gibt es hier nicht.</td>" in shown


def test_followers_hear_of_a_long_list_once(place, waiting):
    listed, actor = waiting
    lists.take(actor, listed)
    jobs.run_pending()
    assert list(Event.objects.filter(public=True, event__endswith=".new").values_list("title", flat=True)) == [
        f"11 Beiträge sind dazugekommen: {place.title}"
    ]


def test_whoever_lost_the_right_meanwhile_enters_nothing(place, waiting, editor):
    listed, actor = waiting
    lists.take(actor, listed)
    editor.memberships.all().delete()
    jobs.run_pending()
    listed.refresh_from_db()
    assert (listed.state, listed.refused) == ("done", 11)
    assert not Contribution.objects.exists()


def test_a_list_is_taken_over_once_or_thrown_away(place, waiting):
    listed, actor = waiting
    other = staged(place, actor, told(11))[0]
    lists.take(actor, listed)
    with pytest.raises(DomainError) as twice:
        lists.take(actor, listed)
    assert twice.value.code == "state"
    with pytest.raises(DomainError) as same:
        lists.take(actor, other)
    assert same.value.code == "twice"
    lists.discard(actor, EntryList.objects.get(pk=other.pk))
    assert not other.rows.exists()
    assert Entry.objects.filter(action="participation.list.discard").count() == 1
    with pytest.raises(DomainError):
        lists.discard(actor, listed)


def test_a_list_whose_job_gave_up_goes_on_after_a_click(place, waiting, editor, client_for):
    listed, actor = waiting
    lists.take(actor, listed)
    page = reverse("participation_staff:list", args=[place.process.number, listed.public_id])
    client = client_for(editor)
    assert "stehen geblieben" not in client.get(page).content.decode(), "a job waits"
    with pytest.raises(DomainError) as busy:
        lists.resume(actor, listed)
    assert busy.value.code == "state"
    lists._chunk(EntryList.objects.get())
    Job.objects.filter(function__endswith="lists.run").update(state=Job.State.FAILED)
    shown = client.get(page).content.decode()
    assert "stehen geblieben" in shown
    assert "4 von 11 Zeilen" in shown
    client.post(page, {"verb": "resume"})
    assert not Job.objects.filter(state=Job.State.FAILED).exists()
    jobs.run_pending()
    assert texts(place) == ELEVEN
    assert Entry.objects.filter(action="participation.list.resume").count() == 1


# -- taking a whole list back --------------------------------------------------------------------------------------
def standing(module):
    """What can still be read; a comment that was taken back keeps its place without words."""
    return [text for text in texts(module) if text]


def test_a_whole_list_is_taken_back_and_may_be_read_again(place, waiting, editor, client_for, monkeypatch):
    monkeypatch.setattr(undoing, "CHUNK", 4)
    listed, actor = waiting
    lists.take(actor, listed)
    with pytest.raises(Refused, match="noch eingetragen"):
        undoing.begin(actor, Batch.objects.get())
    jobs.run_pending()
    batch, client = Batch.objects.get(), client_for(editor)
    page = reverse("participation_staff:entry", args=[place.process.number, batch.pk])
    undo = reverse("participation_staff:undo_all", args=[place.process.number, batch.pk])
    assert "Ganze Liste zurücknehmen" in client.get(page).content.decode()
    assert "setzen Sie den Haken" in client.post(undo, follow=True).content.decode()
    client.post(undo, {"sure": "on"})
    assert "11 stehen noch da" in client.get(page).content.decode()
    assert len(standing(place)) == 11
    jobs.run_pending()
    assert standing(place) == []
    assert not Entered.objects.filter(undone_at=None).exists()
    assert "Zurückgenommen am" in client.get(page).content.decode()
    place.process.refresh_from_db()
    assert place.process.contribution_count == 0
    log = Entry.objects.filter(action__startswith="participation.batch.undo").values_list("action", flat=True)
    assert {"participation.batch.undo_list", "participation.batch.undo_done"} <= set(log)
    again, _outcome = staged(place, actor, told(11))
    lists.take(actor, again)
    jobs.run_pending()
    assert standing(place) == ELEVEN


def test_what_somebody_had_to_do_with_stays_and_is_named(place, waiting, editor, coordinator, client_for, actor_of):
    listed, actor = waiting
    lists.take(actor, listed)
    jobs.run_pending()

    def one(title):
        return queries.contribution(Contribution.objects.get(title=title).subject.public_id)

    bea = samples.citizen("bea")
    supports.add(bea, one("Idee 0"))
    comments.add(bea, one("Idee 3").subject, "Ja, bitte.")
    assessment.decide(actor_of(coordinator), one("Idee 6"), "planned", "Kommt schon.")
    batch = Batch.objects.get()
    undoing.begin(actor, batch)
    jobs.run_pending()
    assert standing(place) == ["Ja, bitte.", "Text 0.", "Text 3.", "Text 6."]
    page = reverse("participation_staff:entry", args=[place.process.number, batch.pk])
    shown = client_for(editor).get(page).content.decode()
    for words in ("3 sind geblieben", "Idee 0", "unterstützt schon jemand", "etwas geschrieben", "schon darauf"):
        assert words in shown
    assert Batch.objects.get().file_hash, "the file would come twice"
    supports.withdraw(bea, one("Idee 0"))
    undoing.begin(actor, Batch.objects.get())  # again, now that nobody supports it
    jobs.run_pending()
    assert standing(place) == ["Ja, bitte.", "Text 3.", "Text 6."]


def test_a_short_list_too_and_taking_back_that_stopped_goes_on(debate, coordinator, client_for, actor_of):
    take(debate, as_csv(["text"], ["Mehr Schatten."], ["Ein Brunnen."]), name="kurz.csv")
    batch, actor = Batch.objects.get(), actor_of(coordinator)
    undoing.begin(actor, batch)
    with pytest.raises(DomainError) as twice:
        undoing.begin(actor, batch)
    assert twice.value.code == "state"
    Job.objects.update(state=Job.State.FAILED)
    client = client_for(coordinator)
    page = reverse("participation_staff:entry", args=[debate.process.number, batch.pk])
    assert "stehen geblieben" in client.get(page).content.decode()
    undo = reverse("participation_staff:undo_all", args=[debate.process.number, batch.pk])
    client.post(undo, {"verb": "resume"})
    jobs.run_pending()
    assert not Entered.objects.filter(undone_at=None).exists()
    assert standing(debate) == []


def test_a_pile_that_was_typed_and_another_department_have_no_such_button(
    debate, editor, other_editor, actor_of, client_for
):
    batch = actions.open_batch(actor_of(editor), debate, "paper", clock.today())
    page = reverse("participation_staff:entry", args=[debate.process.number, batch.pk])
    assert "Ganze Liste" not in client_for(editor).get(page).content.decode()
    with pytest.raises(Refused):
        undoing.begin(actor_of(editor), batch)
    take(debate, as_csv(["text"], ["Mehr Schatten."]), name="kurz.csv")
    with pytest.raises(Refused):
        undoing.begin(actor_of(other_editor), Batch.objects.exclude(file_name="").get())


def test_when_the_phase_is_long_over_nothing_is_even_checked(place, short, editor, actor_of):
    place.phases.update(start=clock.now() - timedelta(days=90), end=clock.now() - timedelta(days=60))
    with pytest.raises(DomainError, match="drei Wochen"):
        staged(samples.loaded(place), actor_of(editor), told(11))


def test_another_department_sees_no_list(place, waiting, other_editor, client_for):
    listed, _actor = waiting
    page = reverse("participation_staff:list", args=[place.process.number, listed.public_id])
    assert client_for(other_editor).post(page, {"verb": "take"}).status_code == 403
    elsewhere = samples.process("Anderswo", format="ideas", department=place.process.department)
    wrong = reverse("participation_staff:list", args=[elsewhere.process.number, listed.public_id])
    assert client_for(other_editor).get(wrong).status_code in (403, 404)
    listed.refresh_from_db()
    assert listed.state == "ready"
