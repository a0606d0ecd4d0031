"""A recommendation as a participation concept, in the outline that German cities use: occasion, scope for influence,
target groups, formats, time plan, resources, use of results, evaluation. One document; page and Word file draw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mitstadt.kit import clock, mixed
from mitstadt.kit import components as ui
from mitstadt.participation.registry import Figure, ReportPart
from mitstadt.participation.report.build import Document

from . import adviser, asking, components, planning, words
from .catalogue import MethodData, english
from .rulebook import RuleSet

BLANK = " …"  # what only the city can fill in


def document(
    rules: RuleSet,
    asked: asking.Asked,
    result: adviser.Result,
    names: Mapping[str, str],
    slug: str,
    parts: Sequence[MethodData],
    plan: planning.Plan | None,
    address: str,
) -> Document:
    """The concept for the entry `slug` with its formats `parts`; `address` leads back to the answers."""
    answered = {question.key: said for question, said in asking.answered(rules, asked.answers)}
    labels = {question.key: asking.word(question) for question in rules.questions}

    def figures(*keys: str) -> list[Figure]:
        return [Figure(labels[key], answered[key]) for key in keys if key in answered]

    estimate = components.estimate(rules, parts, asked.answers)
    chosen = result.of(slug)
    lines = [
        _("Entwurf vom %(day)s") % {"day": ui.day(clock.today())},
        _("Antworten, aus denen er entstand: %(address)s") % {"address": address},
    ]
    asked_for = {"gegenstand", "offen", "betroffen", "leise", "anzahl", "online", "geld", "tage"}
    others = [question.key for question in rules.questions if question.key not in asked_for]
    return Document(
        _("Beteiligungskonzept"),
        names.get(slug, ""),
        lines,
        [
            ReportPart(
                _("1. Anlass und Gegenstand"),
                figures("gegenstand", *others),
                [
                    _("Vorhaben und Anlass:") + BLANK,
                    _("Beschluss und Auftrag:") + BLANK,
                    _("Zuständig, erreichbar unter:") + BLANK,
                ],
            ),
            ReportPart(_("2. Spielraum der Beteiligung"), figures("offen"), _scope(result, chosen, parts)),
            ReportPart(
                _("3. Zielgruppen"),
                figures("betroffen", "leise", "anzahl", "online"),
                [
                    *_ways_to(rules, asked),
                    _("Wer eingeladen wird, wo und in welchen Sprachen:") + BLANK,
                ],
            ),
            ReportPart(_("4. Formate"), (), _reasons(chosen), [_formats(parts, names)] if parts else []),
            ReportPart(_("5. Zeitplan"), (), *_times(plan, names)),
            ReportPart(
                _("6. Mittel"),
                [*(Figure(str(label), cast(str, value)) for label, value in estimate),
                 *figures("geld", "tage")],
                [_("Woher das Geld kommt, wer die Arbeit macht:") + BLANK],
                [_means(rules, parts, names)] if parts else [],
            ),
            ReportPart(
                _("7. Umgang mit den Ergebnissen"),
                (),
                [
                    _("Alle Beiträge zählen gleich, ob online, auf Papier, am Telefon oder vor Ort."),
                    _("Jeder Beitrag bekommt eine Antwort mit Grund: übernommen, teilweise oder nicht, und warum."),
                    *_answer_by(plan),
                    _("Wer auswertet, wer antwortet, welches Gremium entscheidet:") + BLANK,
                ],
            ),
            ReportPart(
                _("8. Auswertung der Beteiligung"),
                (),
                [
                    _("Wen haben wir erreicht, wen nicht?") + BLANK,
                    _("Was hat es gekostet, an Geld und an Arbeitstagen?") + BLANK,
                    _("Was hat sich durch die Beteiligung geändert?") + BLANK,
                    _("Was machen wir nächstes Mal anders?") + BLANK,
                ],
            ),
        ],
        (get_language() or "de")[:2],
    )  # fmt: skip


def _scope(result: adviser.Result, chosen: adviser.Advice | None, parts: Sequence[MethodData]) -> list[str]:
    reached = [key for key in words.LEVELS if any(key in part.iap2 for part in parts)]
    said = [asking.reason_text(limit) for limit in result.limits]
    if chosen is not None and chosen.excluded:
        why = mixed.join(" ", [asking.reason_text(reason) for reason in chosen.excluded])
        said.append(mixed.fill(_("So geht es nicht: %(why)s"), {"why": why}))
    if reached:
        levels = ", ".join(str(words.LEVELS[key]) for key in reached)
        said.append(_("Stufen, die diese Formate erreichen können: %(levels)s.") % {"levels": levels})
    return [*said, _("Was noch offen ist:") + BLANK, _("Was schon feststeht:") + BLANK]


def _ways_to(rules: RuleSet, asked: asking.Asked) -> list[str]:
    """How those are reached who are usually not heard: what the rules about them say."""
    found = [
        mixed.said(rule.why, rule.why_en)
        for rule in rules.rules
        if set(rule.when) == {"leise"} and rule.holds(asked.answers) and any(v > 0 for v in rule.give.values())
    ]
    return list(dict.fromkeys(found))


def _reasons(chosen: adviser.Advice | None) -> list[str]:
    if chosen is None:
        return []
    return [
        *(mixed.fill(_("Dafür: %(why)s"), {"why": asking.reason_text(reason)}) for reason in chosen.pro),
        *(mixed.fill(_("Zu beachten: %(why)s"), {"why": asking.reason_text(reason)}) for reason in chosen.contra),
    ]


def _marked(figure: str, part: MethodData) -> str:
    mark = components.rule_of_thumb(part)
    return mixed.join("", [figure, f" ({mark})"]) if mark else figure


def _formats(parts: Sequence[MethodData], names: Mapping[str, str]) -> tuple[str, list[str], list[list[str]]]:
    columns = [_("Format"), _("Wo"), _("Wie viele"), _("Dauer"), _("Wer gebraucht wird")]
    rows = [
        [
            names.get(part.slug, part.name_de),
            str(words.KINDS[part.kind]),
            _marked(components.people(part.group_min, part.group_max), part),
            _marked(mixed.said(part.duration, english(part, "duration")), part),
            mixed.said(part.staffing, english(part, "staffing")),
        ]
        for part in parts
    ]
    return _("Formate in ihrer Reihenfolge"), columns, rows


def _means(
    rules: RuleSet, parts: Sequence[MethodData], names: Mapping[str, str]
) -> tuple[str, list[str], list[list[str]]]:
    rows = [
        [
            names.get(part.slug, part.name_de),
            str(words.COSTS[part.cost_class]),
            components.span(*rules.effort_days[part.effort]),
        ]
        for part in parts
    ]
    return _("Mittel je Format (Richtwerte)"), [_("Format"), _("Kosten"), _("Arbeitstage der Verwaltung")], rows


def _times(
    plan: planning.Plan | None, names: Mapping[str, str]
) -> tuple[list[str], list[tuple[str, list[str], list[list[str]]]]]:
    if plan is None:
        return [_("Für einen Zeitplan fehlt noch, wann entschieden wird.")], []
    said = []
    if plan.late_weeks:
        said.append(
            _("Das wird zu knapp: Wochen, die vor dem gewünschten Anfang liegen: %(n)s.")
            % {"n": number_format(plan.late_weeks)}
        )
    rows = [
        [str(one["day"]), str(one["until"]), one["text"], one["note"]] for one in components.milestones(plan, names)
    ]
    return said, [(_("Rückwärts vom Tag der Entscheidung"), [_("Ab"), _("Bis"), _("Was"), _("Hinweis")], rows)]


def _answer_by(plan: planning.Plan | None) -> list[str]:
    paper = next((one for one in plan.milestones if one.kind == "paper"), None) if plan is not None else None
    if paper is None:
        return []
    return [
        _("Ausgewertet und beantwortet bis %(day)s, dann geht die Vorlage an das Gremium.") % {"day": ui.day(paper.day)}
    ]
