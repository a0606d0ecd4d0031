"""Two versions side by side, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.kit import components as ui
from mitstadt.kit.wording import ADDED, REMOVED, pieces

from . import rules
from .models import Paragraph
from .queries import passages

WHOLE = 300  # paragraphs; in longer texts unchanged stretches are only counted
AROUND = 1  # unchanged paragraphs that are shown before and after a change
SAME, CHANGED, GONE, NEW, MOVED_AWAY, MOVED_HERE = "same", "changed", "gone", "new", "moved_away", "moved_here"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the paragraph before and after; `kind` says what happened."""

    kind: str
    before: Paragraph | None
    after: Paragraph | None


def rows(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> list[Row]:
    """Every paragraph of both versions in the order of the text."""
    texts_old = {paragraph.key: paragraph.text for paragraph in old}
    texts_new = {paragraph.key: paragraph.text for paragraph in new}
    found = []
    for i, j in rules.align(passages(old), passages(new)):
        before, after = old[i] if i is not None else None, new[j] if j is not None else None
        if before is not None and after is not None:
            kind = SAME if before.text == after.text and before.kind == after.kind else CHANGED
        elif before is not None:
            kind = MOVED_AWAY if texts_new.get(before.key) == before.text else GONE
        else:
            assert after is not None
            kind = MOVED_HERE if texts_old.get(after.key) == after.text else NEW
        found.append(Row(kind, before, after))
    return found


def counts(found: Sequence[Row]) -> dict[str, int]:
    """How many paragraphs changed, came, went and moved."""
    made = dict.fromkeys((CHANGED, NEW, GONE, MOVED_HERE), 0)
    for row in found:
        if row.kind in made:
            made[row.kind] += 1
    return made


def summary(found: Sequence[Row]) -> str:
    """ "3 Absätze geändert, 1 neu" """
    number = counts(found)
    said = []
    if n := number[CHANGED]:
        said.append(ngettext("%(n)s Absatz geändert", "%(n)s Absätze geändert", n) % {"n": n})
    if n := number[NEW]:
        said.append(ngettext("%(n)s Absatz neu", "%(n)s Absätze neu", n) % {"n": n})
    if n := number[GONE]:
        said.append(ngettext("%(n)s Absatz gestrichen", "%(n)s Absätze gestrichen", n) % {"n": n})
    if n := number[MOVED_HERE]:
        said.append(ngettext("%(n)s Absatz verschoben", "%(n)s Absätze verschoben", n) % {"n": n})
    return ", ".join(said) if said else _("Nichts ist geändert.")


def table(found: Sequence[Row], before: str, after: str) -> SafeString:
    """The rows as HTML; stretches without a change are folded. `before` and `after` name the versions."""
    words = {
        CHANGED: ui.tag(_("geändert"), "run"),
        NEW: ui.tag(_("neu"), "done"),
        GONE: ui.tag(_("gestrichen"), "stopped"),
        MOVED_AWAY: ui.tag(_("steht jetzt woanders")),
        MOVED_HERE: ui.tag(_("stand woanders")),
    }
    names = (escape(before), escape(after))
    short = len(found) <= WHOLE
    made: list[str] = []
    quiet: list[str] = []

    def fold(last: bool = False) -> None:
        """Show the edges of a stretch without changes and fold the rest."""
        head = AROUND if made else 0
        tail = 0 if last else AROUND
        if len(quiet) > head + tail + 1:
            middle = quiet[head : len(quiet) - tail]
            said = ngettext("%(n)s Absatz unverändert", "%(n)s Absätze unverändert", len(middle)) % {"n": len(middle)}
            made.extend(quiet[:head])
            if short:
                made.append(f'<details class="an-same"><summary>{escape(said)}</summary>{"".join(middle)}</details>')
            else:
                made.append(f'<p class="an-same">{escape(said)}</p>')
            made.extend(quiet[len(quiet) - tail :] if tail else [])
        else:
            made.extend(quiet)
        quiet.clear()

    for row in found:
        html = _row(row, words.get(row.kind, SafeString("")), names)
        if row.kind == SAME:
            quiet.append(html)
        else:
            fold()
            made.append(html)
    fold(last=True)
    head = f'<div class="an-cmp__names" aria-hidden="true"><span>{names[0]}</span><span>{names[1]}</span></div>'
    made.insert(0, head)
    return mark_safe("".join(made))  # noqa: S308 - every text is escaped


def _row(row: Row, tag: SafeString, names: tuple[str, str]) -> str:
    left = right = ""
    if row.before is not None and row.after is not None:
        parts = pieces(row.before.text, row.after.text)
        left = _side(row.before, [(op, text) for op, text in parts if op != ADDED])
        right = _side(row.after, [(op, text) for op, text in parts if op != REMOVED])
    elif row.before is not None:
        left = _side(row.before, [(REMOVED if row.kind == GONE else "", row.before.text)])
    elif row.after is not None:
        right = _side(row.after, [(ADDED if row.kind == NEW else "", row.after.text)])
    said = f'<p class="an-cmp__what">{tag}</p>' if tag else ""
    return (
        f'<div class="an-cmp an-cmp--{row.kind}">{said}'
        f'<div class="an-cmp__side"><span class="an-cmp__name">{names[0]}</span>{left}</div>'
        f'<div class="an-cmp__side"><span class="an-cmp__name">{names[1]}</span>{right}</div></div>'
    )


def _side(paragraph: Paragraph, parts: Sequence[tuple[str, str]]) -> str:
    inner = ""
    for op, text in parts:
        tag = "del" if op == REMOVED else "ins" if op == ADDED else ""
        blank = text[: len(text) - len(text.lstrip())]  # the blank before the words is not marked
        words = escape(text.lstrip(), quote=False)
        inner += f"{blank}<{tag}>{words}</{tag}>" if tag else blank + words
    marker = f"{escape(paragraph.marker)} " if paragraph.marker else ""
    heavy = " an-cmp__text--head" if paragraph.kind in ("h2", "h3", "h4") else ""
    return f'<p class="an-cmp__text{heavy}" dir="auto">{marker}{inner}</p>'
