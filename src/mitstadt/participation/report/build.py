"""What stands in the report of a process. One document; page, PDF and Word file only draw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.kit import clock
from mitstadt.kit import components as ui
from mitstadt.participation import access, components, registry, rules, words
from mitstadt.participation.models import Assessment, Process
from mitstadt.participation.registry import Figure, ReportPart

from . import chain

MOST = 300  # answers, and open points, that the report lists one by one; the page and the data have all


@dataclass(frozen=True, slots=True)
class Document:
    """A report: `lines` stand below the title, `parts` are its chapters. `language` is a code."""

    title: str
    subtitle: str
    lines: Sequence[str]
    parts: Sequence[ReportPart] = field(default_factory=tuple)
    language: str = "de"


def document(process: Process, language: str = "de") -> Document:
    """The report as it stands now, in the language that is active. `process` has its parts loaded."""
    now = clock.now()
    state = process.state(now)
    figures = chain.figures(process)
    parts = [_short(process, now), _numbers(figures)]
    if (districts := _districts(process)) is not None:
        parts.append(districts)
    for module in process.modules.all():
        known = registry.find(module.format)
        if known is not None:
            parts += known.report(module)
    parts += [part for part in (_answers(process, figures), _open_points(process, figures)) if part is not None]
    if process.result:
        parts.insert(1, ReportPart(_("Das Ergebnis"), paragraphs=_paragraphs(process.result)))
    lines = [
        process.department.name,
        _("%(state)s, Bericht vom %(day)s") % {"state": words.STATES[state], "day": ui.day(clock.today())},
    ]
    if process.is_example:
        lines.append(_("Erfundenes Beispiel"))
    return Document(_("Bericht zur Beteiligung"), process.title, lines, parts, language)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def _short(process: Process, now: datetime) -> ReportPart:
    phases = list(process.phases.all())
    rows = [
        (
            phase.title,
            f"{ui.day(phase.start)} – {ui.day(phase.end)}",
            ", ".join(str(words.VERBS[verb]) for verb in phase.allows),
            access.audience_sentence(rules.Audience.read(phase.audience)) if phase.allows else "",
        )
        for phase in phases
    ]
    said = [
        process.summary,
        _("Mitbestimmen ließ sich: %(what)s") % {"what": process.can_decide} if process.can_decide else "",
        _("Fest stand: %(what)s") % {"what": process.cannot_decide} if process.cannot_decide else "",
        process.decided_by,
        _("Ort: %(place)s") % {"place": ", ".join(filter(None, [process.place, components.where(process)]))},
    ]
    tables = [(_("Ablauf"), (_("Schritt"), _("Zeit"), _("Möglich war"), _("Für wen")), rows)] if rows else []
    return ReportPart(_("Worum es ging"), paragraphs=[line for line in said if line], tables=tables)


def _numbers(found: chain.Figures) -> ReportPart:
    figures = [
        Figure(_("Beiträge"), found.total, _("alle Kanäle zusammen")),
        Figure(_("beantwortet"), found.answered),
        Figure(_("noch offen"), found.total - found.answered),
    ]
    if found.overdue:
        figures.append(Figure(_("davon überfällig"), found.overdue))
    if found.days is not None:
        days = ngettext("%(n)s Tag", "%(n)s Tage", found.days) % {"n": found.days}
        figures.append(Figure(_("bis zur Antwort, in der Mitte"), days))
    rows = [(str(words.CHANNELS[slug]), n) for slug, n in found.channels]
    tables = [(_("Auf diesen Wegen kamen die Beiträge"), (_("Weg"), _("Beiträge")), rows)] if rows else []
    return ReportPart(_("In Zahlen"), figures, tables=tables)


def _districts(process: Process) -> ReportPart | None:
    rows = chain.of(process).order_by().exclude(district=None)
    counted = rows.values("district__number", "district__name").annotate(n=Count("pk")).order_by("district__number")
    found = {f"{row['district__number']} {row['district__name']}": row["n"] for row in counted}
    if not found:
        return None
    shown = [(name, _("nicht gezeigt") if n is None else n) for name, n in rules.suppressed(found).items()]
    note = _(
        "Gezählt ist der Ort, um den es geht. Kleine Gruppen stehen nicht als Zahl da, und wo sie sich sonst "
        "ausrechnen ließen, die nächstgrößere auch nicht."
    )
    table = (_("Beiträge nach Stadtbezirk"), (_("Stadtbezirk"), _("Beiträge")), shown)
    return ReportPart(_("Erreichte Stadtbezirke"), paragraphs=[note], tables=[table])


def _answers(process: Process, figures: chain.Figures) -> ReportPart | None:
    if not figures.answered:
        return None
    counts = [(str(Assessment.Decision(slug).label), n) for slug, n in figures.decisions if slug]
    rows = chain.rows_of(chain.chosen(process, chain.Asked(show="beantwortet"))[:MOST])
    each = [
        (
            _said(row),
            str(Assessment.Decision(row["assessment__decision"]).label),
            row["assessment__reason"],
            "; ".join(
                f"{effect.kind} {effect.title}" + (f" ({effect.state})" if effect.state else "")
                for effect in row["effects"]
            ),
            ui.day(row["assessment__decided_on"]),
        )
        for row in rows
    ]
    columns = (_("Beitrag"), _("Entscheidung"), _("Begründung"), _("Führte zu"), _("Am"))
    tables: list[tuple[str, Sequence[str], Sequence[Sequence[Any]]]] = [
        (_("Entscheidungen"), (_("Entscheidung"), _("Beiträge")), counts),
        (_("Alle Antworten"), columns, each),
    ]
    return ReportPart(_("Was die Stadt geantwortet hat"), paragraphs=_cut(figures.answered), tables=tables)


def _open_points(process: Process, figures: chain.Figures) -> ReportPart | None:
    left = figures.total - figures.answered
    if not left:
        none = ReportPart(_("Offene Punkte"), paragraphs=[_("Keine: Jeder Beitrag ist beantwortet.")])
        return none if figures.total else None
    rows = chain.rows_of(chain.chosen(process, chain.Asked(show="offen"))[:MOST])
    each = [(_said(row), ui.day(row["created_at"]), ui.day(row["assessment__due_on"])) for row in rows]
    table = (_("Noch ohne Antwort"), (_("Beitrag"), _("Eingegangen"), _("Antwort bis")), each)
    return ReportPart(_("Offene Punkte"), paragraphs=_cut(left), tables=[table])


def _cut(n: int) -> list[str]:
    if n <= MOST:
        return []
    return [_("Hier stehen %(most)s von %(n)s. Alle stehen auf der Seite „Was daraus wurde“.") % {"most": MOST, "n": n}]


def _said(row: dict[str, Any]) -> str:
    """Title, else the words; long ones cut."""
    line = " ".join((row["title"] or row["words"]).split())
    return line if len(line) <= 240 else line[:239].rsplit(" ", 1)[0] + " …"
