"""What pages of processes are made of. Rows by the hundred are drawn here, not by a template each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.geo.models import District
from mitstadt.kit import components as ui
from mitstadt.kit import languages, past
from mitstadt.kit.prepared import Prepared
from mitstadt.subjects.models import Link, Subject

from . import access, queries, rules, then, words
from .models import Assessment, Contribution, Module, Phase, Process

EMPTY = SafeString("")


def state_tag(state: str) -> SafeString:
    """The state of a process as word and tone."""
    return ui.tag(words.STATES[state], words.TONES[state])


def decision_tag(decision: str) -> SafeString:
    """What the city decided on a contribution; nothing while it is open."""
    if not decision:
        return EMPTY
    return ui.tag(Assessment.Decision(decision).label, words.DECISION_TONES[decision])


def supports_split(total: int, paper: int, phone: int, event: int) -> str:
    """ "12 online, 30 auf Papier"; nothing where all of them came online."""
    counts = {"online": total - paper - phone - event, "paper": paper, "phone": phone, "event": event}
    if counts["online"] == total:
        return ""
    return ", ".join(f"{n} {words.CHANNELS[channel]}" for channel, n in counts.items() if n)


def split_of(row: Mapping[str, Any]) -> str:
    """The same of a row that was read with `queries.SUPPORTS`."""
    return supports_split(*(row[name] for name in queries.SUPPORTS))


def split(contribution: Contribution) -> str:
    """The same of a loaded contribution."""
    return supports_split(*(getattr(contribution, name) for name in queries.SUPPORTS))


def left(phases: Sequence[Phase], now: datetime, stage: str) -> str:
    """`noch 12 Tage` until the last active phase ends; when the next one begins in a pause."""
    active = [phase for phase in phases if phase.when(now, stage) == rules.ACTIVE]
    if active:
        return ui.days_left(max(phase.end for phase in active))
    coming = [phase for phase in phases if phase.when(now, stage) == rules.NEXT]
    return _("weiter ab %(day)s") % {"day": ui.day(min(p.start for p in coming))} if coming else ""


def where(process: Process) -> str:
    """The districts' names, or the whole city."""
    names = [str(district) for district in process.districts.all()]
    return ", ".join(names) if names else _("Ganze Stadt")


def card(process: Process, now: datetime, level: int = 3) -> SafeString:
    """A process in a list. `process` comes from `queries.with_parts`."""
    phases = list(process.phases.all())
    state = rules.state(process.stage, phases, now)
    facts: list[str] = []
    if state == rules.RUNNING and (time := left(phases, now, process.stage)):
        facts.append(time)
    if state == rules.ANNOUNCED and phases:
        facts.append(_("ab %(day)s") % {"day": ui.day(min(phase.start for phase in phases))})
    if process.contribution_count:
        facts.append(
            ngettext("%(n)s Beitrag", "%(n)s Beiträge", process.contribution_count) % {"n": process.contribution_count}
        )
    top = format_html("{} {} {}", where(process), state_tag(state), ui.example(process.is_example))
    summary = process.result if state in (rules.ANSWERED, rules.IMPLEMENTED) and process.result else process.summary
    text = format_html("<p>{}</p>", _short(summary))
    if facts:
        text = format_html('{}<p class="ms-meta"><strong>{}</strong></p>', text, " · ".join(facts))
    action = main_action(phases, now, process.stage)
    button = EMPTY
    path = languages.local_path(process.subject.path)
    if action is not None and action.module is not None:
        target = languages.local_path(action.module.subject.path)
        button = ui.link_button(verb_word(action), target, "primary")
    return ui.card(process.title, path, text, top, button, level)


def _short(text: str, length: int = 180) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.–-") + " …"


_ORDER = ("propose", "vote", "answer", "annotate", "meet", "comment", "support", "rate")


def main_action(phases: Iterable[Phase], now: datetime, stage: str) -> Phase | None:
    """The active phase with the strongest verb: what the one button of a card does."""
    active = [phase for phase in phases if phase.when(now, stage) == rules.ACTIVE and phase.allows and phase.module_id]
    return min(active, key=lambda phase: (min(_ORDER.index(verb) for verb in phase.allows), phase.end), default=None)


def verb_word(phase: Phase) -> str:
    """The strongest verb of a phase as a button's word."""
    return str(words.VERBS[min(phase.allows, key=_ORDER.index)])


def steps(phases: Sequence[Phase], now: datetime, stage: str) -> SafeString:
    """The phases as a list in time: over, now, next; what is possible, for whom, who decides."""
    names = {rules.OVER: _("vorbei"), rules.ACTIVE: _("jetzt"), rules.NEXT: _("kommt")}
    marks = {rules.OVER: "abgeschlossen", rules.ACTIVE: "in_umsetzung", rules.NEXT: "geplant"}
    rows = []
    for phase in phases:
        moment = phase.when(now, stage)
        title = (
            format_html('<a href="{}">{}</a>', languages.local_path(phase.module.subject.path), phase.title)
            if phase.module is not None
            else format_html("{}", phase.title)
        )
        facts = [
            _("%(start)s bis %(end)s") % {"start": ui.day(phase.start), "end": ui.moment(phase.end)},
            access.audience_sentence(rules.Audience.read(phase.audience)) if phase.allows else "",
            ", ".join(str(words.VERBS[verb]) for verb in phase.allows),
            formality(phase),
        ]
        rows.append(
            format_html(
                '<li class="pt-step pt-step--{}"{}>{}<div><p class="pt-step__head"><strong>{}</strong> '
                '<span class="ms-muted">{}</span></p>{}<p class="ms-meta">{}</p></div></li>',
                moment,
                SafeString(' aria-current="step"') if moment == rules.ACTIVE else EMPTY,
                ui.mark_svg(marks[moment]),
                title,
                names[moment],
                format_html("<p>{}</p>", phase.text) if phase.text else EMPTY,
                format_html_join(SafeString("<br>"), "{}", ((fact,) for fact in facts if fact)),
            )
        )
    return format_html('<ol class="pt-steps">{}</ol>', ui.join(rows)) if rows else EMPTY


def formality(phase: Phase) -> str:
    """Informal or formal with its legal basis, and who decides in the end; "" for a phase of information only."""
    if not phase.allows:
        return phase.decided_by
    said = _("Informell, keine förmliche Stellungnahme.")
    if phase.formality == Phase.Formality.FORMAL:
        said = _("Förmliche Beteiligung nach %(basis)s: Ihr Beitrag gilt als Stellungnahme.") % {
            "basis": phase.legal_basis
        }
    if phase.decided_by:
        said = f"{said} {phase.decided_by}".strip()
    return said


def place(process: Process) -> SafeString:
    """Where it is: words, and the districts."""
    return format_html("{}", ", ".join(filter(None, [process.place, where(process)])))


def tiles(now: datetime) -> SafeString:
    """The districts as a map: how many processes run or come in each. Two queries."""
    running = queries.public().filter(then.in_stage(rules.OPEN), last_end__gt=now)
    open_now = Q(processes__in=running.values("pk"))
    counted = District.objects.defer("outline").annotate(n=Count("processes", filter=open_now, distinct=True))
    address = languages.local_path("/beteiligung/")
    found = [
        ui.Tile(
            number=district.number,
            name=district.name,
            col=district.column,
            row=district.row,
            href=f"{address}?bezirk={district.number}",
            value=str(district.n) if district.n else "–",
            tint=min(district.n, 4),
        )
        for district in counted
    ]
    return ui.tile_map(_("Was in den Stadtbezirken läuft oder kommt"), found, _("Verfahren"))


def _links_from(subject_id: int) -> QuerySet[Link, Any]:
    shown = Link.objects.filter(source_id=subject_id, target__published=True, target__restricted=False)
    return shown.filter(then.links()).values_list("kind", "target__title", "target__path", "note")


def _links_to(subject_id: int) -> QuerySet[Link, Any]:
    shown = Link.objects.filter(
        target_id=subject_id, source__published=True, source__restricted=False, source__comment__isnull=True
    )
    return shown.filter(then.links()).values_list("kind", "source__title", "source__path", "note")


_OUT, _BACK = Prepared(_links_from), Prepared(_links_to)


def links_back(subject: Subject) -> list[tuple[str, str]]:
    """(title, address) of what leads here and is public. One query."""
    return [(title, languages.local_path(path)) for _kind, title, path, _note in _links_to(subject.pk)]


def links(subject: Subject) -> list[dict[str, Any]]:
    """What a subject is linked with, both ways, only what is public. Two queries."""
    today = past.day() is None
    out = _OUT.rows(subject.pk) if today else list(_links_from(subject.pk))
    back = _BACK.rows(subject.pk) if today else list(_links_to(subject.pk))
    found = [(str(Link.Kind(kind).label), title, path, note) for kind, title, path, note in out]
    found += [(_("verweist hierher"), title, path, note) for _kind, title, path, note in back]
    return [
        {"kind": kind, "title": title, "href": languages.local_path(path), "note": note}
        for kind, title, path, note in found
    ]


def orphan(module: Module) -> SafeString:
    """The card of a module whose format is not installed any more."""
    return ui.card(
        module.title,
        "",
        format_html("<p>{}</p>", _("Dieser Teil des Verfahrens ist hier nicht mehr installiert.")),
    )


def channels(process: Process) -> dict[str, int]:
    """How many public contributions came by each channel. One query."""
    rows = queries.public_contributions().filter(process=process).order_by().values("channel").annotate(n=Count("pk"))
    return {row["channel"]: row["n"] for row in rows}


def own_label(contribution: Contribution) -> str:
    """Whose words a contribution is, as the public reads it."""
    return contribution.author_label or _("Ohne Namen")
