"""The discussion as HTML, written in one loop over plain rows: 500 contributions must not cost 500 templates."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.kit import clock, past
from mitstadt.kit.components.basic import example, icon, link_button, tag
from mitstadt.kit.languages import path_in
from mitstadt.subjects.models import Subject

from . import conf, queries, registry
from .models import Channel, Side, State
from .queries import Row, ThreadPage
from .words import Words, text_html, working_days

_RING = 2 * 3.14159265 * 17  # length of the ring's line


def discussion(
    subject: Subject, threads: ThreadPage, actor: Actor | None = None, *, base: str = "", closed: str = ""
) -> SafeString:
    """The whole section "Fragen und Antworten" of a subject: heading with count, the way in, threads, paging.

    Contains no form and nothing personal unless `actor` (somebody signed in) is given: they see "Bearbeiten" at their
    own contributions. `base` is the address that pages link to, the subject's own by default; `closed` stands in
    place of the way in and says why nobody can write any more.
    """
    base = base or path_in(subject.path, get_language() or "")
    # words stay outside f-strings: the tool that collects them for translation does not look inside
    title = escape(_("Fragen und Antworten"))
    # the link stands in the body so that pages of other rooms need to know nothing about this room's styles
    heading = (
        f'<link rel="stylesheet" href="{escape(static("comments/comments.css"))}">'
        f'<section class="ms-section ms-talk" id="gespraech" aria-labelledby="gespraech-titel">'
        f'<div class="ms-section__head"><h2 id="gespraech-titel">{title} '
        f'<span class="ms-section__count">{queries.count_on(subject)}</span></h2></div>'
    )
    join = link_button(_("Mitreden"), reverse("comments:add", args=[subject.public_id]), "primary")
    hint = escape(_("Ohne Konto möglich, mit bestätigter E-Mail-Adresse."))
    way_in = f'<p class="ms-talk__in">{join} <span class="ms-muted ms-small">{hint}</span></p>'
    if past.day() is not None:
        way_in = ""
    elif closed:
        way_in = f'<p class="ms-talk__in ms-muted">{escape(closed)}</p>'
    if not threads.roots:
        empty = _("Noch hat niemand etwas geschrieben. Stellen Sie die erste Frage.")
        if past.day() is not None:
            empty = _("Bis zu diesem Tag hatte niemand etwas geschrieben.")
        if threads.side:
            empty = _("Zu dieser Auswahl hat noch niemand etwas geschrieben.")
        if threads.page > 1:
            empty = _("Auf dieser Seite steht nichts mehr.")
        chosen = filtering(threads, base)
        return mark_safe(f'{heading}{chosen}<p class="ms-muted">{escape(empty)}</p>{way_in}</section>')  # noqa: S308 - escaped parts
    parts = [
        heading,
        way_in,
        filtering(threads, base),
        sorting(threads, base),
        thread_list(threads, actor, kind=subject.kind),
        paging(threads, base),
        "</section>",
    ]
    return mark_safe("".join(parts))  # noqa: S308 - every part escapes what people wrote


def thread_list(threads: ThreadPage, actor: Actor | None = None, *, level: int = 3, kind: str = "") -> SafeString:
    """The threads themselves, without heading; each starts with a heading of `level`, replies one below.

    `kind` is that of the subject they are about: its room may say more about contributions.
    """
    writer = _Writer(threads, actor, level, kind)
    return mark_safe("".join(writer.thread(row) for row in threads.roots))  # noqa: S308 - see _Writer


def sorting(threads: ThreadPage, base: str) -> str:
    """Links to the orders of threads; nothing to choose for a single one."""
    if len(threads.roots) < 2 and threads.page == 1:
        return ""
    names = {"neu": _("Neueste zuerst"), "alt": _("Älteste zuerst"), "beantwortet": _("Beantwortete zuerst")}
    items = []
    for key, name in names.items():
        if key == threads.sort:
            items.append(f'<li><span aria-current="true"><strong>{escape(name)}</strong></span></li>')
        else:
            items.append(f'<li><a href="{escape(_address(base, 1, key, threads.side))}">{escape(name)}</a></li>')
    label = escape(_("Reihenfolge"))
    return f'<ul class="ms-links ms-talk__sort" aria-label="{label}">{"".join(items)}</ul>'


def filtering(threads: ThreadPage, base: str) -> str:
    """Links to the contributions of each side, with how many there are; empty where nobody is asked or has written."""
    total = sum(threads.sides.values())
    if not total:
        return ""
    items = [_tab(escape(_("Alle")), total, _address(base, 1, threads.sort), not threads.side)]
    for key, side in queries.SIDES.items():
        name = side_mark(side) + escape(str(side.label))
        items.append(_tab(name, threads.sides[side], _address(base, 1, threads.sort, key), threads.side == key))
    label = escape(_("Nach Haltung zeigen"))
    note = escape(_("Gezählt sind Beiträge ohne Antworten, nicht Menschen. Das ist keine Abstimmung."))
    return (
        f'<div class="ms-talk__sides"><nav class="ms-tabs" aria-label="{label}"><ul>{"".join(items)}</ul></nav>'
        f'<p class="ms-small ms-muted">{note}</p></div>'
    )


def _tab(name: str, count: int, address: str, chosen: bool) -> str:
    inside = f'<span>{name}</span> <span class="ms-chips__count">{count}</span>'
    current = ' aria-current="page"' if chosen else ""
    return f'<li><a href="{escape(address)}"{current}>{inside}</a></li>'


def side_mark(side: str) -> str:
    """The shape of a side: an arrow up, an arrow down, a ring. The word beside it says the same."""
    drawn = {
        Side.PRO: '<path d="M8 14V3M3 8l5-5 5 5"/>',
        Side.CONTRA: '<path d="M8 2v11M3 8l5 5 5-5"/>',
        Side.NEITHER: '<circle cx="8" cy="8" r="5"/>',
    }[Side(side)]
    return f'<svg class="ms-side__mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{drawn}</svg>'


def side_tag(side: str) -> str:
    """ "Dafür" or "Dagegen" as word and shape; nothing for neither."""
    if not side:
        return ""
    word = escape(str(Side(side).label))
    return f'<span class="kern-badge ms-tag ms-side ms-side--{side}">{side_mark(side)}{word}</span>'


def paging(threads: ThreadPage, base: str) -> str:
    """Back and forth; the number of pages is nobody's question."""
    if threads.page == 1 and not threads.has_next:
        return ""
    links = []
    previous, here, more = escape(_("Vorige Seite")), escape(_("Seite %(n)s")), escape(_("Weitere Beiträge"))
    label = escape(_("Seiten"))
    if threads.page > 1:
        address = _address(base, threads.page - 1, threads.sort, threads.side)
        links.append(f'<li><a rel="prev" href="{escape(address)}">{previous}</a></li>')
    links.append(f'<li><span aria-current="page">{here % {"n": threads.page}}</span></li>')
    if threads.has_next:
        address = _address(base, threads.page + 1, threads.sort, threads.side)
        links.append(f'<li><a rel="next" href="{escape(address)}">{more}</a></li>')
    items = "".join(links)
    return f'<nav class="ms-talk__pages" aria-label="{label}"><ul class="ms-links">{items}</ul></nav>'


def _address(base: str, page: int, sort: str, side: str = "") -> str:
    query = [f"seite={page}"] if page > 1 else []
    if sort != "neu":
        query.append(f"reihenfolge={sort}")
    if side:
        query.append(f"haltung={side}")
    return f"{base}{'?' + '&'.join(query) if query else ''}#gespraech"


class _Writer:
    """Spells all constant words once, then writes rows. Everything people wrote goes through escape or text_html."""

    def __init__(self, threads: ThreadPage, actor: Actor | None, level: int, kind: str = "") -> None:
        self.threads = threads
        extra = registry.extra_of(kind)
        shown = [row["pk"] for row in threads.roots]
        shown += [row["pk"] for rows in threads.replies.values() for row in rows]
        self.marks = extra.marks(shown) if extra is not None and shown else {}
        offered = extra.link(actor) if extra is not None and actor is not None else None
        self.offer = (escape(offered[0]), escape(offered[1]).replace("SUBJECT", "\x00")) if offered else None
        self.words = Words(clock.today())
        self.first, self.below = f"h{level}", f"h{level + 1}"
        self.rings: dict[tuple[date, str | None], str] = {}
        self.writable = past.day() is None
        self.user_id = actor.user_id if actor is not None else None
        self.language = get_language() or ""
        self.total_days = conf.answer_days()
        mark = "\x00"
        self.reply_url = escape(reverse("comments:add", args=["SUBJECT"])).replace("SUBJECT", mark)
        self.permalink = escape(reverse("comments:thread", args=["SUBJECT"])).replace("SUBJECT", mark)
        self.own_url = escape(reverse("comments:own", args=["SUBJECT"])).replace("SUBJECT", mark)
        self.report_url = _report_url().replace("SUBJECT", mark)
        self.reply, self.report, self.change = escape(_("Antworten")), escape(_("Melden")), escape(_("Ändern"))
        self.city_answers = tag(_("Antwort der Stadt"), "ink")
        self.city = tag(_("Stadt"), "ink")
        self.example = f" {example()}"
        self.became = icon("success")
        self.because = escape(_("Daraus wurde:"))
        self.see_change = escape(_("Änderung ansehen"))
        self.nameless = escape(_("Ohne Namen"))
        self.edited = escape(_("geändert"))
        self.hidden = escape(
            _("Dieser Beitrag wurde von der Moderation ausgeblendet. Antworten darauf bleiben stehen.")
        )
        self.removed = escape(_("Dieser Beitrag wurde zurückgezogen."))
        self.channels = {value: escape(str(label)) for value, label in Channel.choices}
        self.spoken_to = escape(_("an %(name)s"))
        self.sides = {side: f" {side_tag(side)}" for side in (Side.PRO, Side.CONTRA)} | {"": ""}

    def thread(self, row: Row) -> str:
        replies = self.threads.replies.get(row["pk"], ())
        html = self.comment(row, self.first)
        if replies:
            html += f'<div class="ms-comment__replies">{"".join([self.comment(r, self.below) for r in replies])}'
            more = row["reply_count"] - len(replies)
            if more > 0 and not self.threads.whole:
                text = ngettext("Noch eine Antwort lesen", "Noch %(n)s Antworten lesen", more) % {"n": more}
                html += f'<p><a href="{self._at(self.permalink, row)}">{escape(text)}</a></p>'
            html += "</div>"
        return html

    def comment(self, row: Row, heading: str) -> str:
        """One contribution with its question, answer and what became of it."""
        anchor = row["subject__public_id"]
        parts = [f'<article class="ms-comment" id="k-{anchor}">']
        if row["removed_at"] is not None:
            parts.append(f'<p class="ms-muted">{self.removed}</p>')
        elif row["subject__restricted"]:
            parts.append(f'<p class="ms-muted">{self.hidden}</p>')
        else:
            parts.append(self.head(row, heading))
            language = f' lang="{escape(row["language"])}"' if row["language"] != self.language else ""
            parts.append(f'<div class="ms-comment__text"{language}>{text_html(row["text"])}</div>')
            parts.append(self.marks.get(row["pk"], ""))
        if row["question__state"] is not None:
            parts.append(self.question(row))
        elif row["pk"] in self.threads.effects:
            parts.append(self.effects(row))
        if row["removed_at"] is None and not row["subject__restricted"] and self.writable:
            parts.append(self.links(row))
        parts.append("</article>")
        return "".join(parts)

    def head(self, row: Row, heading: str) -> str:
        name = escape(row["author_label"]) if has_name(row) else self.nameless
        badge = f" {self.city}" if row["author_staff"] else ""
        badge += self.sides[row["side"]]
        to = ""
        if row["mentions_id"] is not None:
            to = " " + self.spoken_to % {"name": escape(row["mentions__author_label"] or "") or self.nameless}
        facts = (
            f'<a class="ms-talk__when" href="{self._at(self.permalink, row)}">{self.words.day(row["created_at"])}</a>'
        )
        if row["edited_at"] is not None:
            facts += f" · {self.edited}"
        if row["channel"] != Channel.ONLINE:
            facts += f" · {self.channels[row['channel']]}"
        mark = self.example if row["is_example"] else ""
        return f'<{heading} class="ms-comment__who"><strong>{name}</strong>{badge}{to} {facts}{mark}</{heading}>'

    def links(self, row: Row) -> str:
        public_id = row["subject__public_id"]
        items = f'<li><a href="{self._reply_address(public_id)}">{self.reply}</a></li>'
        if self.report_url:
            items += f'<li><a href="{self._at(self.report_url, row)}">{self.report}</a></li>'
        if self.user_id is not None and row["user_id"] == self.user_id:
            items += f'<li><a href="{self._at(self.own_url, row)}">{self.change}</a></li>'
        if self.offer is not None and row["parent_id"] is not None:
            items += f'<li><a href="{self._at(self.offer[1], row)}">{self.offer[0]}</a></li>'
        return f'<ul class="ms-links ms-small">{items}</ul>'

    def _reply_address(self, public_id: str) -> str:
        return self.reply_url.replace("\x00", public_id)

    @staticmethod
    def _at(template: str, row: Row) -> str:
        return template.replace("\x00", row["subject__public_id"])

    # -- questions -------------------------------------------------------------------------------------
    def question(self, row: Row) -> str:
        state = row["question__state"]
        steps = "".join(self.step(step) for step in self.threads.steps.get(row["pk"], ()))
        steps = f'<ul class="ms-talk__steps">{steps}</ul>' if steps else ""
        if state == State.ANSWERED:
            return steps + self.answer(row)
        if state == State.WITHDRAWN:
            return self.effects(row)
        return self.ring(row) + steps + self.effects(row)

    def ring(self, row: Row) -> str:
        """How long the city still has, as ring and as words."""
        key = (row["question__due_on"], row["question__department__name"])
        known = self.rings.get(key)
        if known is None:
            known = self.rings[key] = self.draw_ring(*key)
        return known

    def draw_ring(self, due: date, department: str | None) -> str:
        at = escape(_("liegt %(at)s") % {"at": self.words.at(department)})
        day = self.words.day(due)
        if due < self.words.today:
            late = self.words.overdue_days(due)
            head = escape(_("Antwort überfällig seit %(day)s") % {"day": day})
            note = escape(ngettext("seit %(n)s Arbeitstag", "seit %(n)s Arbeitstagen", late) % {"n": late})
            return _ring(1, 1, "!", "ms-ring--late", head, f"{note} · {at}")
        left = self.words.left(due)
        head = escape(_("Antwort fällig bis %(day)s") % {"day": day})
        note = escape(_("noch %(n)s von %(all)s Arbeitstagen") % {"n": left, "all": self.total_days})
        return _ring(left, self.total_days, str(left), "", head, f"{note} · {at}")

    def step(self, step: Row) -> str:
        day = self.words.day(step["at"])
        if step["kind"] == "forwarded":
            at = self.words.at(step["to_department__name"])
            what = escape(_("Seit %(day)s %(at)s:") % {"day": day, "at": at})
        else:
            what = escape(_("Zwischennachricht vom %(day)s, %(label)s:") % {"day": day, "label": step["label"]})
        return f'<li><strong>{what}</strong> <span class="ms-talk__note">{text_html(step["text"])}</span></li>'

    def answer(self, row: Row) -> str:
        """The city's answer: stands out by its form."""
        took = escape(working_days(row["question__working_days"] or 0))
        facts = f"{self.words.day(row['question__answered_on'])}, {took}"
        public_id = row["question__answer__public_id"]
        corrected = row["question__answer__corrected_at"]
        if corrected is not None:
            said = escape(_("berichtigt am %(day)s") % {"day": self.words.day(corrected)})
            link = self._at(self.permalink, row) + f"#a-{row['subject__public_id']}"
            facts += f' · <a href="{link}">{said}</a>'
        mark = self.example if row["question__answer__is_example"] else ""
        versions = "".join(self.version(v) for v in self.threads.versions.get(public_id, ()))
        return (
            f'<div class="ms-answer" id="a-{row["subject__public_id"]}">'
            f'<p class="ms-answer__head">{self.city_answers} '
            f"<strong>{escape(row['question__answer__label'])}</strong></p>"
            f'<p class="ms-muted ms-small">{facts}{mark}</p>'
            f'<div class="ms-comment__text">{text_html(row["question__answer__text"])}</div>'
            f"{versions}{self.effects(row)}</div>"
        )

    def version(self, version: Row) -> str:
        said = escape(_("Fassung bis %(day)s") % {"day": self.words.day(version["replaced_at"])})
        reason = escape(_("Grund der Berichtigung: %(reason)s") % {"reason": version["reason"]})
        return (
            f'<details class="ms-details"><summary>{said}</summary><p>{reason}</p>'
            f'<div class="ms-comment__text">{text_html(version["text"])}</div></details>'
        )

    def effects(self, row: Row) -> str:
        """What changed because of this contribution."""
        html = ""
        for effect in self.threads.effects.get(row["pk"], ()):
            address = escape(path_in(effect["target__path"], self.language))
            html += (
                f'<p class="ms-answer__became">{self.became} {self.because} {escape(effect["note"])} '
                f'<span class="ms-muted">({self.words.day(effect["created_at"])})</span> '
                f'<a href="{address}" title="{escape(effect["target__title"])}">{self.see_change}</a></p>'
            )
        return html


def has_name(row: Row) -> bool:
    """Is there still somebody behind the name? Staff, paper and the demo's invented people have no account here."""
    if not row["author_label"]:
        return False
    anybody = row["user_id"] is not None or row["guest_id"] is not None
    return anybody or row["author_staff"] or row["is_example"] or row["channel"] != Channel.ONLINE


def _ring(left: int, total: int, inside: str, tone: str, head: str, note: str) -> str:
    """An open ring that shrinks: `left` of `total`. Decoration only; the words next to it say the same."""
    share = min(max(left / total, 0), 1) if total else 0
    return (
        f'<div class="ms-ring {tone}"><svg viewBox="0 0 44 44" width="44" height="44" aria-hidden="true">'
        '<circle class="ms-ring__track" cx="22" cy="22" r="17" fill="none" stroke-width="4"/>'
        f'<circle class="ms-ring__rest" cx="22" cy="22" r="17" fill="none" stroke-width="4" '
        f'stroke-dasharray="{share * _RING:.1f} {_RING:.1f}" transform="rotate(-90 22 22)"/>'
        f'<text x="22" y="27" text-anchor="middle">{inside}</text></svg>'
        f'<div><strong>{head}</strong><span class="ms-ring__note">{note}</span></div></div>'
    )


def _report_url() -> str:
    """Where somebody reports a contribution; empty while there is no such page."""
    try:
        return escape(reverse("moderation:report", args=["SUBJECT"]))
    except NoReverseMatch:
        return ""


def effects_on(subject: Subject) -> SafeString:
    """On the changed thing's own page: the contributions that caused changes. Empty when there are none. One query."""
    rows = queries.caused(subject.pk)
    if not rows:
        return SafeString("")
    words = Words(clock.today())
    language = get_language() or ""
    items = "".join(_effect(row, words, language) for row in rows)
    title = escape(_("Was Beiträge bewirkt haben"))
    return mark_safe(  # noqa: S308 - escaped parts
        f'<section class="ms-section" id="bewirkt"><h2>{title}</h2><ul class="ms-list">{items}</ul></section>'
    )


def _effect(row: dict[str, Any], words: Words, language: str) -> str:
    said = escape(_("Anlass: „%(text)s“") % {"text": row["source__title"]})
    mark = f" {example()}" if row["source__is_example"] else ""
    return (
        f"<li><strong>{escape(row['note'])}</strong> "
        f'<span class="ms-muted">{words.day(row["created_at"])}</span>{mark}<br>'
        f'<a href="{escape(path_in(row["source__path"], language))}">{said}</a></li>'
    )
