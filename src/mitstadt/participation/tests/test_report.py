"""The report: the same numbers as page, PDF/A and Word file; nobody is found in a small group."""

import re
import zlib
from contextlib import suppress as suppress_errors
from io import BytesIO

import docx
import pytest

from mitstadt.geo.models import District
from mitstadt.participation import queries, samples
from mitstadt.participation.actions import assessment, contributions
from mitstadt.participation.models import Contribution
from mitstadt.participation.report import build, pdf
from mitstadt.participation.views.processes import found_process


@pytest.fixture
def module(db):
    return samples.process(format="debate", settings={"question": "Was fehlt?"}, verbs=("comment",))


@pytest.fixture
def answered(module, coordinator, alice, actor_of):
    rows = []
    for title, district in (("Mehr Bänke", 9), ("<b>Fett</b> & =1+1", 17), ("Ein Brunnen", 9)):
        made = contributions.add(actor_of(alice), module, "idea", "comment", title=title, text="Ja.")
        place, _made = District.objects.get_or_create(
            number=district, defaults={"name": f"Bezirk {district}", "slug": f"b{district}"}
        )
        Contribution.objects.filter(pk=made.pk).update(district=place)
        rows.append(queries.contribution(made.subject.public_id))
    assessment.decide(actor_of(coordinator), rows[0], "partly", "Zwei von drei.")
    return module.process


def loaded(process, rf):
    return found_process(process.number, process.slug, rf.get("/"))


def test_the_report_says_numbers_answers_and_open_points(answered, rf):
    made = build.document(loaded(answered, rf))
    parts = {part.title: part for part in made.parts}
    assert [(figure.label, figure.value) for figure in parts["In Zahlen"].figures][:3] == [
        ("Beiträge", 3),
        ("beantwortet", 1),
        ("noch offen", 2),
    ]
    assert [row[1] for row in parts["Erreichte Stadtbezirke"].tables[0][2]] == ["nicht gezeigt", "nicht gezeigt"]
    assert parts["Was die Stadt geantwortet hat"].tables[1][2][0][:3] == (
        "Mehr Bänke",
        "wird zum Teil aufgenommen",
        "Zwei von drei.",
    )
    assert len(parts["Offene Punkte"].tables[0][2]) == 2


def test_page_pdf_and_word_carry_the_same(answered, client):
    address = answered.get_absolute_url()
    page = client.get(f"{address}bericht/").content.decode()
    assert "Zwei von drei." in page
    assert "&lt;b&gt;Fett" in page
    paper = client.get(f"{address}bericht.pdf")
    assert paper.content.startswith(b"%PDF-")
    said = b"".join(unpacked(paper.content))
    assert b"pdfaid:part" in said
    assert b"/StructTreeRoot" in said
    word = docx.Document(BytesIO(client.get(f"{address}bericht.docx").content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert "Zwei von drei." in cells
    assert "<b>Fett</b> & =1+1" in cells
    assert next(p.text for p in word.paragraphs if p.style.name == "Heading 1") == "Worum es ging"


def unpacked(paper):
    """The file, and each of its streams that can be unpacked."""
    yield paper
    for found in re.finditer(rb"stream\r?\n(.*?)\nendstream", paper, re.DOTALL):
        with suppress_errors(zlib.error):
            yield zlib.decompress(found[1])


def test_broken_words_need_no_font_of_the_machine():
    """A hyphen at the end of a line is one that the house's font has."""
    words = "Beteiligungsverfahren Straßenbahnhaltestelle " * 40
    paper = pdf._made(f'<html lang="de"><title>t</title><style>{pdf.styles()}</style><p>{words}</p></html>')
    fonts = {name for part in unpacked(paper) for name in re.findall(rb"/BaseFont /[A-Z]{6}\+([\w-]+)", part)}
    assert fonts == {b"Fira-Sans"}


def test_small_groups_are_hidden_and_nothing_untrue_is_said_of_the_others(module, alice, actor_of):
    for number, times in ((1, 6), (2, 3), (3, 8)):
        district, _new = District.objects.get_or_create(
            number=number, defaults={"name": f"Bezirk {number}", "slug": f"b{number}"}
        )
        for time in range(times):
            made = contributions.add(
                actor_of(alice), module, "idea", "comment", title="Bänke", text=f"Nummer {number}.{time}"
            )
            Contribution.objects.filter(pk=made.pk).update(district=district)
    table = build._districts(module.process).tables[0]
    assert [n for _name, n in table[2]] == ["nicht gezeigt", "nicht gezeigt", 8]


def test_a_file_fetches_nothing_from_elsewhere(caplog, tmp_path):
    pdf._made('<html lang="de"><title>t</title><img src="http://192.0.2.1/x.png" alt="x"></html>')
    assert "disallowed protocol" in caplog.text


def test_a_draft_has_no_report(module, client):
    module.process.subject.published = False
    module.process.subject.save()
    for tail in ("bericht/", "bericht.pdf", "bericht.docx"):
        assert client.get(module.process.get_absolute_url() + tail).status_code == 404
