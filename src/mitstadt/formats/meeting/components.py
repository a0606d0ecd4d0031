"""What lists of dates are made of. Rows are drawn here, not by a template each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.booking import components as booking
from mitstadt.booking.queries import PlacesState
from mitstadt.kit import clock, languages
from mitstadt.kit import components as ui

from . import rules
from .models import Access, Live, Meeting, Question

EMPTY = SafeString("")


def when(meeting: Meeting) -> str:
    """``3. Dezember 2026, 18:00 bis 20:00 Uhr``; over midnight with both days."""
    start, end = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    if start.date() != end.date():
        return _("%(start)s bis %(end)s") % {"start": ui.moment(start), "end": ui.moment(end)}
    values = {"day": ui.day(start), "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
    return _("%(day)s, %(start)s bis %(end)s Uhr") % values


def how_soon(meeting: Meeting, now: datetime) -> str:
    """``heute``, ``morgen``, ``in 5 Tagen``; empty when it is over or cancelled."""
    found = rules.state(meeting, now)
    if found == rules.NOW:
        return _("läuft jetzt")
    if found != rules.COMING:
        return ""
    days = (timezone.localdate(meeting.starts_at) - clock.today()).days
    if days <= 0:
        return _("heute")
    return _("morgen") if days == 1 else _("in %(n)d Tagen") % {"n": days}


def weekday_block(meeting: Meeting) -> SafeString:
    """The day as a block at the side: weekday, day, month."""
    start = timezone.localtime(meeting.starts_at)
    return format_html(
        '<p class="mt-day" aria-hidden="true"><span>{}</span><strong>{}</strong><span>{}</span></p>',
        date_format(start, "D"),
        start.day,
        date_format(start, "M"),
    )


def state_tag(meeting: Meeting, now: datetime) -> SafeString:
    """Cancelled, moved, or how soon, as a word."""
    if meeting.cancelled_at is not None:
        return ui.tag(_("abgesagt"), "stopped")
    soon = how_soon(meeting, now)
    found = [ui.tag(soon, "run" if rules.state(meeting, now) == rules.NOW else "plan")] if soon else []
    if meeting.moved_at is not None and rules.state(meeting, now) != rules.OVER:
        found.append(ui.tag(_("verlegt"), "late"))
    return ui.join(found, " ")


def access_words(meeting: Meeting) -> list[str]:
    return [str(Access(code).label) for code in meeting.access if code in Access.values]


def place(meeting: Meeting) -> str:
    """Venue and address; "im Netz" where that is the only place, and both where both are possible."""
    if not meeting.venue:
        return _("Im Netz")
    local = ", ".join(filter(None, [meeting.venue, meeting.address]))
    return _("%(place)s, und im Netz") % {"place": local} if meeting.link else local


def coming(meeting: Meeting, offer: PlacesState | None, closed: str, now: datetime) -> SafeString:
    """A date that is to come: when, where, free places, the one button. `closed` is why nobody can reserve at all."""
    path = languages.local_path(meeting.subject.path)
    facts = [ui.esc(place(meeting))]
    if meeting.access:
        facts.append(ui.esc(", ".join(access_words(meeting)[:3])))
    action = EMPTY
    if meeting.cancelled_at is not None:
        facts.append(ui.esc(meeting.cancel_reason))
    elif offer is None:
        facts.append(ui.esc(_("ohne Anmeldung")))
    elif closed:
        facts.append(ui.esc(closed))
    else:
        facts.append(booking.places_line(offer))
        if offer.phase == "open" and (not offer.is_full or offer.can_wait):
            verb = _("Auf die Warteliste") if offer.is_full else _("Platz reservieren")
            target = reverse("booking:book", args=[offer.public_id])
            action = ui.link_button(verb, target, aria_label=f"{verb}: {meeting.title}, {when(meeting)}")
    return format_html(
        '<li class="mt-date">{}<div class="mt-date__body"><h3 class="mt-date__title"><a href="{}">{}</a></h3>'
        '<p><strong>{}</strong> {} {}</p><p class="ms-meta">{}</p>{}</div></li>',
        weekday_block(meeting),
        path,
        meeting.title,
        when(meeting),
        state_tag(meeting, now),
        ui.example(meeting.is_example),
        format_html_join(SafeString("<br>"), "{}", ((fact,) for fact in facts if fact)),
        format_html("<p>{}</p>", action) if action else EMPTY,
    )


def over(meeting: Meeting, came: int) -> SafeString:
    """A date that is over: what came of it in one line."""
    facts: list[object] = [ui.day(meeting.starts_at)]
    if meeting.cancelled_at is not None:
        facts.append(ui.tag(_("abgesagt"), "stopped"))
    elif meeting.minutes_at is not None:
        if came:
            facts.append(came_words(came))
        facts.append(_("mit Protokoll") if meeting.minutes else _("mit Ergebnis"))
    else:
        facts.append(_("Protokoll folgt"))
    facts.append(ui.example(meeting.is_example))
    text = meeting.result if meeting.minutes_at is not None else meeting.cancel_reason
    return ui.item(meeting.title, languages.local_path(meeting.subject.path), _short(text), facts)


def came_words(came: int) -> str:
    return ngettext("eine Person war da", "%(n)d Menschen waren da", came) % {"n": came}


def _short(text: str, length: int = 180) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.–-") + " …"


# -- the live part -----------------------------------------------------------------------------------------------
def version_of(live: Live, may_vote: bool) -> str:
    """Names what a screen shows; another value means that something changed, the end by the clock included."""
    return f"{live.version}-{int(may_vote)}"


def live_list(
    live: Live,
    *,
    shown: Sequence[Question],
    done: Sequence[Question],
    waiting: Sequence[Question],
    voted: Collection[int],
    asker: str,
    may_vote: bool,
    token: str,
    still: bool,
    over: str = "",
) -> SafeString:
    """All questions as one device sees them; it asks for itself again every few seconds unless `still`. `over` is
    the sentence for those who saw the round end while the page was open."""
    version = version_of(live, may_vote)
    parts: list[SafeString] = [format_html('<p role="status">{}</p>', over)] if over else []
    if waiting:
        rows = ui.join(
            format_html(
                '<li class="mt-q"><div class="mt-q__text"><p>{}</p><p class="ms-meta">{}</p></div></li>',
                question.text,
                _("Wartet auf die Moderation") if question.state == "held" else _("Von der Moderation nicht gezeigt"),
            )
            for question in waiting
        )
        parts.append(format_html('<h2 class="ms-h3">{}</h2><ul class="mt-qs">{}</ul>', _("Ihre Fragen"), rows))
    heading = _("Fragen (%(n)d)") % {"n": len(shown)} if shown else _("Fragen")
    if shown:
        rows = ui.join(_question(live, question, voted, asker, may_vote, token, still) for question in shown)
        parts.append(format_html('<h2 class="ms-h3">{}</h2><ol class="mt-qs">{}</ol>', heading, rows))
    else:
        empty = _("Noch hat niemand gefragt. Fangen Sie an.") if may_vote else _("Es ist keine Frage mehr offen.")
        parts.append(format_html('<h2 class="ms-h3">{}</h2><p>{}</p>', heading, empty))
    if done:
        rows = ui.join(
            format_html(
                '<li class="mt-q"><div class="mt-q__text"><p>{}</p><p class="ms-meta">{}</p></div></li>',
                question.text,
                votes_words(question.votes),
            )
            for question in done
        )
        parts.append(format_html('<h2 class="ms-h3">{}</h2><ul class="mt-qs">{}</ul>', _("Schon beantwortet"), rows))
    again = EMPTY
    if not still:
        address = reverse("meeting:live_list", args=[live.code])
        again = format_html(
            ' data-hx-get="{}?v={}" data-hx-trigger="every 5s" data-hx-swap="outerHTML"', address, version
        )
    return format_html('<div id="fragen" class="mt-live"{}>{}</div>', again, ui.join(parts))


def _question(
    live: Live, question: Question, voted: Collection[int], asker: str, may_vote: bool, token: str, still: bool
) -> SafeString:
    mine = question.pk in voted
    facts = [
        ui.tag(_("jetzt dran"), "run") if question.current else EMPTY,
        ui.tag(_("angeheftet")) if question.pinned and not question.current else EMPTY,
        format_html("{}", question.name) if question.name else EMPTY,
        format_html("{}", _("Ihre Frage")) if asker and question.asker == asker else EMPTY,
        ui.example(question.is_example),
    ]
    if may_vote:
        address = reverse("meeting:vote", args=[live.code, question.public_id]) + ("?ruhig" if still else "")
        label = _("Stimme zurücknehmen: %(text)s") if mine else _("Ist mir auch wichtig: %(text)s")
        control = format_html(
            '<form method="post" action="{}" data-hx-post="{}" data-hx-target="#fragen" data-hx-swap="outerHTML">'
            '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
            '<button type="submit" class="mt-vote" id="stimme-{}" name="verb" value="{}" aria-pressed="{}" '
            'aria-label="{}">{}<strong>{}</strong></button></form>',
            address,
            address,
            token,
            question.public_id,
            "down" if mine else "up",
            "true" if mine else "false",
            f"{label % {'text': question.text}} ({votes_words(question.votes)})",
            _ARROW,
            question.votes,
        )
    else:
        control = format_html('<p class="mt-vote mt-vote--still"><strong>{}</strong></p>', votes_words(question.votes))
    shown = [fact for fact in facts if fact]
    return format_html(
        '<li class="mt-q{}" id="frage-{}">{}<div class="mt-q__text"><p>{}</p>{}</div></li>',
        " mt-q--now" if question.current else "",
        question.public_id,
        control,
        question.text,
        format_html('<p class="ms-meta">{}</p>', ui.join(shown, " ")) if shown else EMPTY,
    )


_ARROW = SafeString(
    '<svg class="ms-icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 3 2.5 9.5h3.5V13h4V9.5h3.5z" '
    'fill="currentColor"/></svg>'
)


def votes_words(votes: int) -> str:
    return ngettext("%(n)d Stimme", "%(n)d Stimmen", votes) % {"n": votes}


def asked(rows: Sequence[Question]) -> list[SafeString]:
    """What was asked at a date, with the answers; each leads to what became of it where it went into the evaluation."""
    return [_asked(row) for row in rows]


def _asked(row: Question) -> SafeString:
    title: object = row.text
    if row.contribution is not None:
        title = format_html('<a href="{}">{}</a>', languages.local_path(row.contribution.subject.path), row.text)
    facts = ui.dotted(
        row.name, votes_words(row.votes) if row.votes else "", "" if row.answer else _("noch ohne Antwort")
    )
    answer = EMPTY
    if row.answer:
        answer = format_html('<div class="ms-prose">{}</div>', SafeString(linebreaks(row.answer, autoescape=True)))
    return format_html(
        '<article class="mt-asked"><h3>{}</h3><p class="ms-meta">{}</p>{}</article>', title, facts, answer
    )
