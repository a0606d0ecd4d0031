"""Word files: what is understood, and those that somebody made to do harm."""

import io
import time
import tracemalloc
import zipfile

import pytest

from mitstadt.formats.annotation import word
from mitstadt.kit.errors import DomainError

from .docx import W, document, docx, p


def test_headings_lists_tables_footnotes_and_tracked_changes():
    file = docx(
        [
            p("Satzung", style="berschrift1"),
            p("Zweck", style="Eigene"),
            p("erstens", numbers=(1, 0)),
            p("kleines a", numbers=(1, 1)),
            p("kleines b", numbers=(1, 1)),
            p("zweitens", numbers=(1, 0)),
            p("Punkt", numbers=(2, 0)),
            p(
                raw="<w:r><w:t>Es gilt </w:t></w:r><w:del><w:r><w:delText>nicht</w:delText></w:r></w:del>"
                "<w:ins><w:r><w:rPr><w:b/></w:rPr><w:t>sofort</w:t></w:r></w:ins>"
                '<w:r><w:footnoteReference w:id="7"/></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>geheim</w:t></w:r>'
                "<w:r><w:drawing><w:p><w:r><w:t>im Bild</w:t></w:r></w:p></w:drawing></w:r>"
            ),
            "<w:tbl><w:tr><w:tc>" + p("A") + "</w:tc><w:tc>" + p("B") + "</w:tc></w:tr></w:tbl>",
            p(
                raw='<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>INCLUDETEXT "http://boese/x"</w:instrText></w:r>'
            ),
        ],
        footnotes__xml=f'<w:footnotes {W}><w:footnote w:id="7">{p("Seit 2026.")}</w:footnote></w:footnotes>',
    )
    found = word.from_word(file)
    assert [(b.kind, b.marker, b.text) for b in found.blocks] == [
        ("h2", "", "Satzung"),
        ("h3", "", "Zweck"),
        ("li", "1.", "erstens"),
        ("p", "", "a) kleines a"),
        ("p", "", "b) kleines b"),
        ("li", "2.", "zweitens"),
        ("li", "•", "Punkt"),
        ("p", "", "im Bild"),
        ("p", "", "Es gilt sofort [1]"),
        ("row", "", "A · B"),
        ("p", "", "[1] Seit 2026."),
    ]
    assert "<strong>sofort</strong>" in found.blocks[8].html
    assert dict(found.left_out) == {"changes": 1, "hidden": 1, "images": 1, "tables": 1}


def test_markup_in_a_word_file_is_text():
    found = word.from_word(docx([p("<script>alert(1)</script> & <b>fett</b>")]))
    assert found.blocks[0].text == "<script>alert(1)</script> & <b>fett</b>"
    assert "&lt;script&gt;" in found.blocks[0].html


def lying(data: bytes) -> bytes:
    """The same archive, whose directory says that the document is small."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    return data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))


BOMB = docx(whole=document(["<w:p>" + "<w:r><w:t>" + "a" * 60_000_000 + "</w:t></w:r></w:p>"]))
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (BOMB, "entfaltet"),
        (lying(BOMB), "Word-Datei"),
        (docx(whole=document([p(raw="<w:r><w:t>&b;</w:t></w:r>")], head=ENTITIES)), "verbotene"),
        (docx(whole=document([p(raw="<w:r><w:t>&a;</w:t></w:r>")], head=FILE)), "verbotene"),
        (docx(whole="<w:document"), "beschädigt"),
        (docx([p("x")], vbaProject__bin="x"), "Makros"),
        (b"PK\x03\x04 nichts", "keine lesbare"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "Eine alte Word-Datei"),
        (b"%PDF-1.7", "keine lesbare"),
        (b"", "keine lesbare"),
        (docx([]), "kein Text"),
    ],
    ids=["bomb", "lying", "entities", "file", "broken", "macros", "archive", "doc", "pdf", "empty", "no text"],
)
def test_harmful_and_broken_files_are_refused_with_a_sentence(data, says):
    started = time.monotonic()
    with pytest.raises(DomainError) as refused:
        word.from_word(data)
    assert says in refused.value.message
    assert time.monotonic() - started < 5


def test_two_hundred_pages_are_read_in_a_moment():
    sentence = "Die Stadt prüft jede Anregung und begründet, was sie daraus macht. " * 8
    pages = [p(f"Kapitel {n}", style="berschrift1") if n % 50 == 0 else p(f"{n}. {sentence}") for n in range(1, 1601)]
    file = docx(pages)  # 1,600 paragraphs of 540 characters: some 220 pages
    tracemalloc.start()
    started = time.monotonic()
    found = word.from_word(file)
    seconds, peak = time.monotonic() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found.blocks) == 1600
    assert seconds < 10  # with the memory being watched
    assert peak < 100_000_000
