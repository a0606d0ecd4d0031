"""A process as a flat file for other tools, and what they export taken in."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from mitstadt.accounts.models import User
from mitstadt.comments import actions as comments
from mitstadt.formats.ideas import actions as ideas
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.participation import samples
from mitstadt.participation.entry import importing
from mitstadt.participation.models import Contribution

pytestmark = pytest.mark.django_db


@pytest.fixture
def module():
    made = samples.process(format="ideas")
    ideas.propose(samples.citizen("anna"), made, ideas.Words("Ein Brunnen", 'Im Schatten; mit "Bank".'))
    ideas.propose(samples.citizen("bert"), made, ideas.Words("=SUM(A1)", "Formel."))
    debate = samples.process(format="debate", settings={"question": "Was fehlt?"})
    first = comments.add(samples.citizen("anna"), debate.subject, "Bänke.")
    comments.add(samples.citizen("bert"), debate.subject, "Mit Lehne.", parent=first)
    return made, debate


def address(found, name):
    return reverse(f"participation:flat_{name}", args=[found.process.number, found.process.slug])


def read(client, found, name):
    answer = client.get(address(found, name))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_a_file_explains_itself_and_names_nobody(module, client):
    made, _debate = module
    data = json.loads(read(client, made, "json"))
    assert data["about"]["title"] == made.process.title
    assert data["about"]["licence"]
    assert {column["name"] for column in data["about"]["columns"]} == set(data["rows"][0])
    assert [row["title"] for row in data["rows"]] == ["Ein Brunnen", "=SUM(A1)"]
    text = json.dumps(data)
    assert not [
        user for user in User.objects.all() if user.email in text or (user.pseudonym and user.pseudonym in text)
    ]


def test_who_replied_to_whom_is_kept_and_formulas_do_not_run(module, client):
    made, debate = module
    rows = list(csv.DictReader(io.StringIO(read(client, debate, "csv"))))
    assert rows[0]["reply_to"] == ""
    assert rows[1]["reply_to"] == rows[0]["id"]
    titles = [row["title"] for row in csv.DictReader(io.StringIO(read(client, made, "csv")))]
    assert titles == ["Ein Brunnen", "'=SUM(A1)"]
    assert read(client, made, "csv").startswith("id,process")


def test_what_one_city_exports_another_takes_in(module, client):
    made, _debate = module
    there = samples.process(format="ideas")
    data = read(client, made, "json").encode()
    table = importing.read("beitraege.json", data)
    columns = importing.recognise(table.headings, importing.fields_of(there))
    assert (columns["title"], columns["text"]) == ("title", "text")
    file = importing.ListFile(table, {"title": "title", "text": "text"}, "event", clock.today(), data)
    done = importing.take_over(samples.INSTALLATION, there, file)
    assert done.problems == []
    taken = Contribution.objects.filter(module=there).order_by("pk")
    assert [(row.title, row.text) for row in taken] == [
        ("Ein Brunnen", 'Im Schatten; mit "Bank".'),
        ("=SUM(A1)", "Formel."),
    ]


def test_statements_of_another_tool_are_recognised():
    debate = samples.process(format="debate", settings={"question": "Was fehlt?"})
    polis = b"timestamp,comment-id,author-id,agrees,disagrees,comment-body\n1700000000,0,3,5,1,Mehr Schatten\n"
    table = importing.read("comments.csv", polis)
    assert importing.recognise(table.headings, importing.fields_of(debate))["text"] == "comment-body"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "kein lesbares JSON"),
        (b"[" * 5000, "kein lesbares JSON"),
        (b'{"rows": []}', "Liste von Eintr"),
        (b"[1, 2]", "Liste von Eintr"),
        (b'[{"a": 1, "A": 2}]', "steht zweimal"),
        (json.dumps([{"text": "x"}] * 20_001).encode(), "mehr als 20000 Zeilen"),
        (json.dumps([{"text": "x" * 20_001}]).encode(), "Zeile 1"),
    ],
)
def test_a_broken_json_file_says_why(data, words):
    with pytest.raises(DomainError, match=words) as refused:
        importing.read("x.json", data)
    assert refused.value.field == "file"


def test_a_past_day_is_a_file_too(module, client):
    made, _debate = module
    day = clock.today() + timedelta(days=2)
    with clock.at(clock.now() + timedelta(days=5)):
        answer = client.get(address(made, "csv"), {"stand": day.isoformat()})
        assert answer.status_code == 200
        assert "Ein Brunnen" in b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize("key", ["number", "p-number", "id"])
def test_a_command_writes_the_same_files_as_the_page(module, client, tmp_path, key):
    made, _debate = module
    process = made.process
    name = f"p-{process.number:03d}-beitraege"
    named = {"number": str(process.number), "p-number": f"p-{process.number:03d}", "id": process.subject.public_id}
    with clock.at(clock.now()):
        call_command("export", tmp_path, process=named[key], format=["flat"], verbosity=0)
        written = {path.name: path.read_bytes().decode("utf-8-sig") for path in tmp_path.iterdir()}
        assert written == {f"{name}.{suffix}": read(client, made, suffix) for suffix in ("csv", "json")}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"process": "999"}, "no public process '999'"),
        ({"process": "none"}, "no public process"),
        ({"format": ["flat"], "folder": True}, "--process"),
        ({"process": "1", "only": ["beitraege"]}, "--only"),
        ({}, "folder"),
    ],
)
def test_a_command_that_makes_no_sense_says_so(module, tmp_path, options, words):
    folder = [tmp_path / "neu"] if options.pop("folder", False) else []
    with pytest.raises(CommandError, match=words):
        call_command("export", *folder, **options)
    assert not (tmp_path / "neu").exists()


def test_a_draft_is_not_written_by_the_command(module, tmp_path):
    hidden = samples.process("Geheim", format="ideas", publish=False)
    with pytest.raises(CommandError, match="no public process"):
        call_command("export", tmp_path, process=str(hidden.process.number))
    assert list(tmp_path.iterdir()) == []
