"""The text with its marks and the remarks beside it, written in one loop over plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from mitstadt.comments.models import Channel
from mitstadt.comments.rules import excerpt
from mitstadt.comments.words import text_html
from mitstadt.kit import components as ui
from mitstadt.kit import languages
from mitstadt.participation import components as participation
from mitstadt.participation import words

from .models import Paragraph, Version
from .queries import Row
from .reading import HEADINGS
from .rules import CHANGED, MADE, MOVED, OUTDATED, SAME

TEXT_LANGUAGE = "de"  # drafts of the city are German
SHOWN = 3  # remarks beside one paragraph; more are folded
SHORT = 220  # characters of a remark that stands there whole
Range = tuple[int, int, int, str]  # start, end, number, id


def marked(html: str, ranges: Sequence[Range]) -> str:
    """The paragraph's HTML with each range in `mark` and its number, a link to the remark, behind its last word.

    `html` was cleaned by `reading`; a mark never reaches over another element, so that everything stays well nested.
    """
    if not ranges:
        return html
    writer = _Marker(ranges)
    writer.feed(html)
    writer.close()
    return "".join(writer.parts) + writer.numbers_at(len(writer.read), final=True)


class _Marker(HTMLParser):
    def __init__(self, ranges: Sequence[Range]) -> None:
        super().__init__(convert_charrefs=True)
        self.ranges = sorted(ranges)
        self.edges = sorted({at for start, end, _number, _id in ranges for at in (start, end)})
        self.parts: list[str] = []
        self.read = ""
        self._numbered: set[str] = set()
        self._label = _("Anmerkung %(n)s")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs)
        self.parts.append(f"<{tag}{given}>")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        start = len(self.read)
        self.read += data
        cuts = [start, *(at for at in self.edges if start < at < start + len(data)), start + len(data)]
        for a, b in pairwise(cuts):
            piece = escape(data[a - start : b - start], quote=False)
            over = [entry for entry in self.ranges if entry[0] <= a and entry[1] >= b]
            self.parts.append(f"<mark>{piece}</mark>" if over else piece)
            self.parts.append(self.numbers_at(b))

    def numbers_at(self, at: int, final: bool = False) -> str:
        """The numbers of what ends here, each once."""
        found = ""
        for _start, end, number, public_id in self.ranges:
            if (end == at or (final and end > at)) and public_id not in self._numbered:
                self._numbered.add(public_id)
                label = escape(self._label % {"n": number})
                found += f'<a class="an-ref" href="#a-{public_id}" aria-label="{label}">{number}</a>'
        return found


class Page:
    """One version as it stands on a page: `paragraphs` of it in the order of the text, `rows` from `queries.rows`."""

    def __init__(
        self,
        version: Version,
        paragraphs: Sequence[Paragraph],
        rows: Sequence[Row],
        *,
        say: str = "",
        me: tuple[int | None, int | None] = (None, None),
    ) -> None:
        self.version = version
        self.paragraphs = paragraphs
        self.say = say  # address of the form, with KEY where the paragraph's key goes; "" where nothing can be said
        self.me = me
        self.numbers = {row["public_id"]: number for number, row in enumerate(rows, start=1)}
        self.of_paragraph: dict[int, list[Row]] = {}
        self.outdated = [row for row in rows if row["how"] == OUTDATED]
        for row in rows:
            if row["how"] != OUTDATED:
                self.of_paragraph.setdefault(row["paragraph_id"], []).append(row)
        self._language = get_language() or ""
        self._lang = "" if self._language == TEXT_LANGUAGE else f' lang="{TEXT_LANGUAGE}"'
        self._contribution = escape(reverse("participation:contribution", args=["ID"]))
        self._report = escape(reverse("moderation:report", args=["ID"]))
        self._words = {
            "say": escape(_("Dazu etwas sagen")),
            "measure": escape(_("Zur Maßnahme")),
            "reply": escape(_("Antworten")),
            "report": escape(_("Melden")),
            "change": escape(_("Ändern")),
            "nameless": escape(_("Ohne Namen")),
            "city": ui.tag(_("Stadt"), "ink"),
            "example": ui.example(),
            "edited": escape(_("geändert")),
            "more": escape(_("Ganz lesen")),
            MOVED: escape(_("steht jetzt an anderer Stelle")),
            CHANGED: escape(_("der Wortlaut hat sich geändert")),
        }
        self._channels = {value: escape(str(label)) for value, label in words.CHANNELS.items()}

    def text(self) -> SafeString:
        """Every paragraph with its marks, its remarks beside or below it, and the way to say something."""
        return mark_safe("".join(self._row(paragraph) for paragraph in self.paragraphs))  # noqa: S308 - escaped parts

    def _row(self, paragraph: Paragraph) -> str:
        rows = self.of_paragraph.get(paragraph.pk, ())
        ranges = [(row["start"], row["end"], self.numbers[row["public_id"]], row["public_id"]) for row in rows]
        inner = marked(paragraph.html, ranges)
        say = ""
        if self.say:
            begin = escape(excerpt(paragraph.text, 40))
            label = escape(_("Dazu etwas sagen: %(words)s")) % {"words": begin}
            href = escape(self.say.replace("KEY", paragraph.key))
            say = f'<p class="an-say ms-noprint"><a href="{href}" aria-label="{label}">{self._words["say"]}</a></p>'
        if paragraph.about is not None and paragraph.kind in HEADINGS and paragraph.about.is_public:
            href = escape(languages.local_path(paragraph.about.path))
            say = f'<p class="an-say"><a href="{href}">{self._words["measure"]}</a></p>{say}'
        notes = self._notes(rows)
        return (
            f'<div class="an-row" id="p-{paragraph.key}" data-key="{paragraph.key}">'
            f'<div class="an-text"{self._lang}><span class="an-pno">{paragraph.position + 1}</span>'
            f"{_element(paragraph, inner)}</div>"
            f'<div class="an-side">{notes}{say}</div></div>'
        )

    def _notes(self, rows: Sequence[Row]) -> str:
        if not rows:
            return ""
        notes = [self.note(row) for row in rows]
        html = "".join(notes[:SHOWN])
        if len(notes) > SHOWN:
            more = len(notes) - SHOWN
            said = escape(ngettext("Noch %(n)s Anmerkung", "Noch %(n)s Anmerkungen", more) % {"n": more})
            html += f'<details class="an-more"><summary>{said}</summary>{"".join(notes[SHOWN:])}</details>'
        return html

    def note(self, row: Row, *, quoted: bool = False) -> str:
        """One remark: who, what, what the city decided, and where to answer. `quoted` shows the words it was about."""
        public_id, said = row["public_id"], self._words
        name = escape(row["author_label"]) or said["nameless"]
        badge = f" {said['city']}" if row["author_staff"] else ""
        facts = [str(ui.day(row["created_at"]))]
        if row["edited_at"] is not None:
            facts.append(said["edited"])
        if row["channel"] != Channel.ONLINE:
            facts.append(self._channels[row["channel"]])
        if row["how"] not in (MADE, SAME) and row["how"] in said:
            facts.append(said[row["how"]])
        example = f" {said['example']}" if row["is_example"] else ""
        quote = f'<blockquote class="an-quote">{escape(excerpt(row["exact"], 200))}</blockquote>' if quoted else ""
        return (
            f'<div class="an-note" id="a-{public_id}">'
            f'<p class="an-note__head"><span class="an-no" aria-hidden="true">{self.numbers[public_id]}</span> '
            f"<strong>{name}</strong>{badge} <span>{' · '.join(facts)}</span>{example}</p>"
            f"{quote}{self._said(row)}{self._decision(row)}{self._links(row)}</div>"
        )

    def _said(self, row: Row) -> str:
        language = f' lang="{escape(row["language"])}"' if row["language"] != self._language else ""
        whole = f'<div class="an-note__text" dir="auto"{language}>{text_html(row["text"])}</div>'
        if len(row["text"]) <= SHORT:
            return whole
        begin = escape(excerpt(row["text"], SHORT - 40))
        return (
            f'<details class="an-long"><summary><span dir="auto"{language}>{begin}</span> '
            f'<span class="an-long__more">{self._words["more"]}</span></summary>{whole}</details>'
        )

    @staticmethod
    def _decision(row: Row) -> str:
        if not row["decision"]:
            return ""
        tag = participation.decision_tag(row["decision"])
        return f'<p class="an-note__answer">{tag} {escape(excerpt(row["reason"], 160))}</p>'

    def _links(self, row: Row) -> str:
        public_id, said = row["public_id"], self._words
        page = self._contribution.replace("ID", public_id)
        answers = row["comment_count"]
        reply = said["reply"]
        if answers:
            reply = escape(ngettext("%(n)s Antwort", "%(n)s Antworten", answers) % {"n": answers})
        items = f'<li><a href="{page}#gespraech">{reply}</a></li>'
        user, guest = self.me
        if (user and row["user_id"] == user) or (guest and row["guest_id"] == guest):
            own = escape(reverse("participation:own", args=[public_id]))
            items += f'<li><a href="{own}">{said["change"]}</a></li>'
        else:
            items += f'<li><a href="{self._report.replace("ID", public_id)}">{said["report"]}</a></li>'
        return f'<ul class="ms-links an-note__links ms-noprint">{items}</ul>'

    def gone(self) -> SafeString:
        """Remarks whose words are not in this version any more, with the words they were about."""
        return mark_safe("".join(self.note(row, quoted=True) for row in self.outdated))  # noqa: S308 - escaped parts


def _element(paragraph: Paragraph, inner: str) -> str:
    kind = paragraph.kind
    if kind in ("h2", "h3", "h4"):
        return f'<{kind} class="an-words" dir="auto">{inner}</{kind}>'
    if kind == "li":
        number = paragraph.marker.rstrip(".")
        if number.isdecimal():
            return f'<ol start="{number}"><li class="an-words" dir="auto">{inner}</li></ol>'
        return f'<ul><li class="an-words" dir="auto">{inner}</li></ul>'
    if kind == "quote":
        return f'<blockquote class="an-words" dir="auto">{inner}</blockquote>'
    row = " an-words--row" if kind == "row" else ""
    return f'<p class="an-words{row}" dir="auto">{inner}</p>'


def contents(paragraphs: Iterable[Paragraph], path: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The table of contents: every heading with the number of remarks in each.

    `counts` is key of a paragraph → remarks. Numbers of a section include its own heading.
    """
    found: list[dict[str, Any]] = []
    open_at: list[dict[str, Any]] = []
    for paragraph in paragraphs:
        if paragraph.kind in HEADINGS:
            entry: dict[str, Any] = {
                "key": paragraph.key,
                "title": paragraph.text,
                "level": int(paragraph.kind[1]),
                "count": 0,
                "href": f"{path}?abschnitt={paragraph.key}",
                "only": f"{path}?nur={paragraph.key}",
            }
            open_at = [known for known in open_at if known["level"] < entry["level"]] + [entry]
            found.append(entry)
        for entry in open_at:
            entry["count"] += counts.get(paragraph.key, 0)
    return found
