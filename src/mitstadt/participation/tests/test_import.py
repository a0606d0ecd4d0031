"""A workshop's list comes in from a spreadsheet: tried first, taken over whole or not at all."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.participation import samples
from mitstadt.participation.entry import importing
from mitstadt.participation.models import Batch, Contribution

pytestmark = pytest.mark.django_db
GOOD = b"Nr;Idee;Von\n1;Ein Trinkbrunnen.;Anna\n2;Mehr Schatten.;\n"


@pytest.fixture
def module(department):
    return samples.process(format="debate", settings={"question": "Was fehlt dem Platz?"}, department=department("RIT"))


def take(module, data, name="liste.csv", columns=None, **options):
    table = importing.read(name, data)
    found = importing.recognise(table.headings, importing.fields_of(module)) if columns is None else columns
    file = importing.ListFile(table, found, "event", clock.today(), data, name)
    return importing.take_over(samples.INSTALLATION, module, file, **options)


def test_a_trial_writes_nothing_and_the_second_step_everything(module, editor, client_for):
    client, address = client_for(editor), reverse("participation_staff:import", args=[module.process.number])
    form = {"module": module.subject.public_id, "channel": "event", "held_on": clock.today().isoformat()}
    tried = client.post(address, {**form, "verb": "check", "file": SimpleUploadedFile("liste.csv", GOOD)})
    assert "2 Zeilen, alles in Ordnung" in tried.content.decode()
    assert not Contribution.objects.exists()
    assert not Batch.objects.exists()
    kept = {"kept": tried.context["kept"], "kept_name": "liste.csv"}
    columns = {"col-text": "Idee", "col-name": "Von", "col-sheet": "Nr"}
    taken = client.post(address, {**form, **kept, **columns, "verb": "take"})
    assert taken.status_code == 302
    rows = Contribution.objects.order_by("pk").select_related("subject__comment")
    assert [(row.channel, row.sheet, row.subject.comment.text) for row in rows] == [
        ("event", "1", "Ein Trinkbrunnen."),
        ("event", "2", "Mehr Schatten."),
    ]
    again = client.post(address, {**form, **kept, **columns, "verb": "take"})
    assert "schon einmal eingelesen" in again.content.decode()
    assert Contribution.objects.count() == 2


def test_one_bad_row_keeps_all_out_and_is_quoted_with_its_line(module):
    bad = "Idee;Von;Code\nEine Bank.;Anna;\n;Bert;\nEin Baum.;Stadt München;\nEin Brunnen.;;falsch\n".encode()
    outcome = take(module, bad)
    assert outcome.batch is None
    assert [(found.line, found.value) for found in outcome.problems] == [(3, ""), (4, "Stadt München"), (5, "falsch")]
    assert not Contribution.objects.exists()
    assert not Batch.objects.exists()


def test_a_formula_is_named_and_never_computed(module):
    book = Workbook()
    book.active.append(["Beitrag"])
    book.active.append(['=HYPERLINK("http://example.org","Bank")'])
    out = io.BytesIO()
    book.save(out)
    outcome = take(module, out.getvalue(), "liste.xlsx")
    assert "Formel" in outcome.problems[0].message
    assert outcome.problems[0].line == 2


def test_an_unknown_column_is_asked_for(module):
    with pytest.raises(DomainError) as asked:
        take(module, b"Spalte A\nEine Bank.\n")
    assert asked.value.field == "columns"
    assert take(module, b"Spalte A\nEine Bank.\n", columns={"text": "Spalte A"}).batch is not None


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("liste.csv", b"", "leer"),
        ("liste.csv", "Idee\nB\xe4nke\n".encode("latin-1"), "UTF-8"),
        ("liste.xlsx", b"kein Archiv", "XLSX"),
        ("liste.pdf", b"%PDF-1.7", "CSV, JSON und Excel"),
        ("liste.csv", b"Idee\n" + b"Bank\n" * 20_001, "20000 Zeilen"),
        ("liste.csv", b"Idee\n" + b"x" * (20 * 1024 * 1024), "20 MB"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(name, data, word):
    with pytest.raises(DomainError) as refused:
        importing.read(name, data)
    assert word in refused.value.message
