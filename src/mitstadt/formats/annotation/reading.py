"""From what staff hand in (HTML, Markdown, Word) to clean paragraphs. Nothing of the source is trusted."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

import nh3
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from mitstadt.kit.errors import DomainError

MOST_PARAGRAPHS = 5_000
MOST_CHARACTERS = 1_500_000
LONGEST = 20_000  # characters of one paragraph

_BLOCKS = {
    *("p", "div", "section", "article", "header", "footer", "main", "aside", "figure", "figcaption", "address"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "table", "thead", "tbody", "tfoot"),
    *("tr", "dl", "dt", "dd", "hr"),
}
_CELLS = {"td", "th"}
_INLINE = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "s": "s", "sub": "sub", "sup": "sup", "a": "a"}
_ALLOWED = _BLOCKS | _CELLS | set(_INLINE) | {"br", "img"}
_DROPPED = {"script", "style", "head", "title", "template", "noscript", "iframe", "object", "svg", "math", "textarea"}
# Controls, turned reading directions, soft hyphens, zero-width blanks; joiners and marks of Arabic and Hebrew stay.
_REMOVED = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_MARKS = re.compile(r"(?P<keep>[\u0300-\u036f]{4})[\u0300-\u036f]+")
_BLANKS = re.compile(r"\s+")
# Every size of heading that a text may use becomes one of these.
HEADINGS = ("h2", "h3", "h4")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph: `kind` is h2, h3, h4, p, li, quote or row (of a table); `marker` the bullet or number of an item.

    `html` holds text, strong, em, s, sub, sup and links; `text` is the same without them.
    """

    kind: str
    html: str
    text: str
    marker: str = ""


@dataclass(slots=True)
class Understood:
    """What was read. `left_out` counts what could not be taken over: ``images``, ``changes`` (tracked deletions) …"""

    blocks: list[Block]
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def title(self) -> str:
        """The first heading, or nothing."""
        return next((block.text for block in self.blocks if block.kind in HEADINGS), "")


def tidy(text: str) -> str:
    """Without control characters and turned reading directions; blanks stay as they are."""
    return _MARKS.sub(r"\g<keep>", unicodedata.normalize("NFC", _REMOVED.sub("", text)))


def from_html(source: str) -> Understood:
    """Paragraphs of pasted HTML; scripts, styles, pictures and everything that is not text is left out.

    Raises DomainError when nothing is left or it is too much.
    """
    if len(source) > 10 * MOST_CHARACTERS:
        raise _too_much()
    clean = nh3.clean(
        tidy(source),
        tags=_ALLOWED,
        clean_content_tags=_DROPPED,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    writer = _Writer()
    writer.feed(clean)
    writer.close()
    writer.flush()
    return checked(Understood(_levelled(writer.blocks), writer.left_out))


def from_markdown(source: str) -> Understood:
    """The same for Markdown (CommonMark); HTML in it is text."""
    if len(source) > MOST_CHARACTERS:
        raise _too_much()
    if source.startswith("---\n") and (end := source.find("\n---", 4)) > 0:
        source = source[end + 4 :]  # the head that some programs write
    renderer = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return from_html(renderer.render(tidy(source)))


def checked(understood: Understood) -> Understood:
    """Raises DomainError (field ``text``) for nothing, and for more than a page can bear."""
    if not understood.blocks:
        raise DomainError(_("In dem, was Sie eingegeben haben, steht kein Text."), field="text", code="empty")
    if len(understood.blocks) > MOST_PARAGRAPHS or sum(len(b.text) for b in understood.blocks) > MOST_CHARACTERS:
        raise _too_much()
    if any(len(block.text) > LONGEST for block in understood.blocks):
        raise DomainError(
            _("Ein Absatz hat mehr als %(n)s Zeichen. Bitte teilen Sie ihn.") % {"n": "20.000"}, field="text"
        )
    return understood


def _too_much() -> DomainError:
    return DomainError(
        _("Das ist zu lang: höchstens 5.000 Absätze und 1,5 Millionen Zeichen. Bitte teilen Sie den Text."),
        field="text",
        code="too_long",
    )


def _levelled(blocks: list[Block]) -> list[Block]:
    """Headings of whatever size become h2, h3 and h4, in their order."""
    sizes = sorted({block.kind for block in blocks if re.fullmatch(r"h[1-6]", block.kind)})
    levels = {size: HEADINGS[min(at, len(HEADINGS) - 1)] for at, size in enumerate(sizes)}
    return [
        Block(levels.get(block.kind, block.kind), block.html, block.text, block.marker)
        if block.kind in levels
        else block
        for block in blocks
    ]


class _Writer(HTMLParser):
    """Reads cleaned, well-formed HTML and writes blocks. Inline elements that reach over blocks go on in the next."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.left_out: Counter[str] = Counter()
        self._open: list[tuple[str, str]] = []  # (name, opening tag) of inline elements
        self._around: list[str] = []  # block elements
        self._lists: list[tuple[str, int]] = []  # (ul or ol, number of the last item)
        self._item = ""  # the marker of an item whose first words are still to come
        self._begin()

    def _begin(self) -> None:
        self._html: list[str] = [opening for _name, opening in self._open]
        self._text: list[str] = []
        self._blank = True  # a blank would be the first or a second one

    # -- parser's events ---------------------------------------------------------------------------------
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            if "tr" not in self._around:
                self.flush()
            self._around.append(tag)
            if tag in ("ul", "ol"):
                start = str(dict(attrs).get("start") or "1")
                self._lists.append((tag, int(start) - 1 if re.fullmatch(r"\d{1,4}", start) else 0))
            elif tag == "li" and self._lists:
                kind, number = self._lists[-1]
                self._lists[-1] = (kind, number + 1)
                self._item = f"{number + 1}." if kind == "ol" else "•"
            if tag == "hr":
                self._around.pop()
        elif tag in _CELLS:
            if self._text:
                self._add(" · ")
        elif tag == "br":
            self._add(" ")
        elif tag == "img":
            self.left_out["images"] += 1
        elif tag in _INLINE:
            name = _INLINE[tag]
            href = dict(attrs).get("href") or ""
            opening = f'<a href="{escape(href)}" rel="nofollow noopener">' if name == "a" else f"<{name}>"
            if name == "a" and not re.match(r"(https?://|mailto:)", href):
                return
            self._open.append((name, opening))
            self._html.append(opening)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            if tag == "tr" or "tr" not in self._around:
                self.flush()
            if tag in self._around:
                while self._around.pop() != tag:
                    pass
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
        elif tag in _INLINE:
            name = _INLINE[tag]
            if any(known == name for known, _opening in self._open):
                again: list[tuple[str, str]] = []
                while self._open[-1][0] != name:
                    again.append(self._open.pop())
                    self._html.append(f"</{again[-1][0]}>")
                self._open.pop()
                self._html.append(f"</{name}>")
                for entry in reversed(again):
                    self._open.append(entry)
                    self._html.append(entry[1])

    def handle_data(self, data: str) -> None:
        self._add(data)

    # -- writing ------------------------------------------------------------------------------------------
    def _add(self, data: str) -> None:
        data = _BLANKS.sub(" ", data)
        if self._blank:
            data = data.lstrip(" ")
        if data:
            self._blank = data.endswith(" ")
            self._text.append(data)
            self._html.append(escape(data, quote=False))

    def flush(self) -> None:
        """End the paragraph, if there is one."""
        text = "".join(self._text)
        if text.strip(" ·"):
            html = "".join([*self._html, *(f"</{name}>" for name, _opening in reversed(self._open))])
            if text.endswith(" "):  # the last blank stands before closing tags
                text = text[:-1]
                html = re.sub(r" ((?:</[a-z]+>)*)$", r"\1", html)
            html = _without_empty(html)
            self.blocks.append(Block(*self._kind(html, text)))
        self._begin()

    def _kind(self, html: str, text: str) -> tuple[str, str, str, str]:
        heading = next((tag for tag in reversed(self._around) if re.fullmatch(r"h[1-6]", tag)), "")
        if heading:
            return heading, html, text, ""
        if "tr" in self._around:
            return "row", html, text, ""
        if self._item:
            marker, self._item = self._item, ""
            return "li", html, text, marker
        return ("quote" if "blockquote" in self._around else "p"), html, text, ""


def _without_empty(html: str) -> str:
    while (shorter := re.sub(r"<(strong|em|s|sub|sup|a)(?: [^>]*)?></\1>", "", html)) != html:
        html = shorter
    return html
