"""Staff hand in a Word file, look ahead, publish, and everybody compares."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mitstadt.formats.annotation import actions, compare, format
from mitstadt.formats.annotation.models import Paragraph, Version
from mitstadt.participation import samples
from tests.support.people import make_department

from .docx import docx, p
from .test_people import FIRST, SECOND, new_version, remark, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def module():
    return text(department=make_department("RIT"))


def screen(module, rest=""):
    return f"/verwaltung/beteiligung/text/{module.subject.public_id}/{rest}"


def test_a_word_file_is_read_looked_at_and_published(module, alice, editor, client_for, actor_of):
    remark(actor_of(alice), module, "antwortet in 20 Arbeitstagen")
    remark(actor_of(alice), module, "Wer nicht schreiben kann, ruft an.", "Und wer nicht hört?")
    browser = client_for(editor)
    paragraphs = [
        p("Regeln", style="berschrift1"),
        p("Antworten", style="berschrift2"),
        p("Die Stadt antwortet in 15 Arbeitstagen."),
        p(raw="<w:r><w:drawing/></w:r>"),
    ]
    file = SimpleUploadedFile("entwurf.docx", docx(paragraphs))
    answer = browser.post(screen(module), {"file": file, "note": "Kürzere Frist."})
    page = browser.get(answer["Location"]).content.decode()
    for said in ("Ein Bild ist weggelassen", "1 Absatz geändert, 1 Absatz gestrichen", "sind danach überholt"):
        assert said in page
    assert "<del>20</del>" in page
    assert "<ins>15</ins>" in page
    assert Version.objects.filter(number__isnull=False).count() == 1
    answer = browser.post(answer["Location"] + "veroeffentlichen/", follow=True)
    assert "Fassung 2 ist öffentlich" in answer.content.decode()
    public = client_for(alice).get(module.subject.path).content.decode()
    assert "Kürzere Frist." in public
    assert "Überholte Anmerkungen" in public


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "steht kein Text"),
        ({"text": "<p><script>alert(1)</script></p>"}, "steht kein Text"),
        ({"file": ("x.docx", b"PK\x03\x04 kaputt")}, "keine lesbare Word-Datei"),
        ({"file": ("x.md", b"\x00\x01\x02")}, "keine Textdatei"),
        ({"file": ("x.exe", b"MZ und mehr")}, "keine Datei, die hier gelesen wird"),
        ({"text": "Gut. " * 10, "title": "x" * 201}, "200"),
    ],
)
def test_what_cannot_be_read_says_why_and_leaves_nothing(module, editor, client_for, sent, said):
    if "file" in sent:
        sent = {"file": SimpleUploadedFile(*sent["file"])}
    answer = client_for(editor).post(screen(module), sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Version.objects.count() == 1


def test_pasted_html_and_markdown_are_told_apart(module, editor, client_for):
    browser = client_for(editor)
    for sent in ("<p>Ein <b>Satz</b>.</p><p>Noch einer.</p>", "Ein **Satz**.\n\nNoch einer."):
        browser.post(screen(module), {"text": sent})
    made = Version.objects.filter(number__isnull=True).order_by("pk")
    assert [version.source for version in made] == ["html", "markdown"]
    assert [[q.html for q in version.paragraphs.all()] for version in made] == [
        ["Ein <strong>Satz</strong>.", "Noch einer."]
    ] * 2


def test_a_stale_draft_is_not_published_and_a_draft_can_be_thrown_away(module, editor, client_for):
    browser = client_for(editor)
    first = browser.post(screen(module), {"text": SECOND})["Location"]
    new_version(module, FIRST + "\nNeu.")
    assert "Inzwischen wurde eine andere Fassung" in browser.get(first).content.decode()
    assert "Inzwischen wurde" in browser.post(first + "veroeffentlichen/", follow=True).content.decode()
    browser.post(first + "verwerfen/")
    assert list(Version.objects.values_list("number", flat=True)) == [1, 2]
    assert browser.get(first).status_code == 404


def test_a_process_needs_a_text_before_it_is_public(editor, client_for):
    module = samples.process(format="annotation", department=make_department("RIT"), publish=False)
    assert format.missing(module)
    page = client_for(editor).get(f"/verwaltung/beteiligung/{module.process.number}/").content.decode()
    assert "fehlt die erste Fassung" in page
    assert screen(module) in page
    new_version(module, FIRST)
    assert not format.missing(module)


def test_two_versions_side_by_side(module, client):
    path = f"{module.subject.path}vergleich/"
    assert "nur eine Fassung" in client.get(path).content.decode()
    new_version(module)
    page = client.get(path).content.decode()
    assert "1 Absatz geändert, 2 Absätze neu, 1 Absatz gestrichen" in page
    assert "<del>Wer nicht schreiben kann, ruft an.</del>" in page
    assert "<ins>Vorwort</ins>" in page
    assert "Nichts ist geändert." in client.get(path + "?von=1&bis=1").content.decode()
    assert client.get(path + "?von=99&bis=x").status_code == 200
    assert client.get("/en" + path).status_code == 200


def test_unchanged_stretches_are_folded_and_in_long_texts_only_counted():
    def paragraphs(number, last):
        texts = [f"Absatz {n} bleibt." for n in range(number)] + [last]
        return [Paragraph(key=str(n), kind="p", text=said, html=said, position=n) for n, said in enumerate(texts)]

    for number, folded in ((50, True), (400, False)):
        rows = compare.rows(paragraphs(number, "Alt."), paragraphs(number, "Neu."))
        page = compare.table(rows, "jetzt", "künftig")
        assert f"{number - 1} Absätze unverändert" in page
        assert ("<details" in page, "Absatz 7 bleibt." in page) == (folded, folded)
        assert compare.summary(rows) == "1 Absatz geändert"


def test_carrying_asks_equally_often_for_many_remarks(module, alice, actor_of, assert_constant_queries):
    draft = actions.prepare(samples.INSTALLATION, module, format.reading.from_markdown(SECOND))

    def more():
        for n in range(5):
            remark(actor_of(alice), module, "ruft an", f"Nummer {n}.", is_example=True)

    assert_constant_queries(more, lambda: actions.carry(draft), at_most=6)
