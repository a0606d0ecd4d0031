"""How entries of the catalogue look in lists, in facts, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mitstadt.kit import components as ui
from mitstadt.kit import languages, mixed

from . import adviser, asking, planning, queries, rulebook, words
from .catalogue import MethodData, english, german, is_address
from .models import Combination, Knowledge, Method

EMPTY = SafeString("")


def title(entry: Method | Combination) -> str:
    """The name in the reader's language, plain: for the window and for lists to choose from."""
    return "".join(text for text, _code in mixed.parts_of(name(entry)))


def name(entry: Method | Combination) -> str:
    """The name in the reader's language, marked where it is German only."""
    return said(entry, "name")


def said(entry: Method | Combination | MethodData, field: str) -> str:
    """A text of an entry in the reader's language; where there is no English of it, German marked as such."""
    return mixed.said(german(entry, field), english(entry, field))


class Shown(NamedTuple):
    """A text for a block of its own, and the attribute that says so where it is German."""

    text: Any
    lang: SafeString


def lang(code: str) -> SafeString:
    """The attribute for a text in the language `code`, where the page speaks another one."""
    return format_html(' lang="{}"', code) if mixed.is_foreign(code) else EMPTY


def shown(entry: Method | Combination, field: str) -> Shown:
    """A text or a list of an entry in the reader's language."""
    translated = english(entry, field) if mixed.in_english() else ""
    return Shown(translated, EMPTY) if translated else Shown(german(entry, field), lang("de"))


def is_german(entry: Method | Combination, fields: Iterable[str]) -> bool:
    """Does a reader of English meet German in one of these texts?"""
    return mixed.in_english() and any(german(entry, field) and not english(entry, field) for field in fields)


def span(low: int, high: int) -> str:
    if low == high:
        return str(number_format(low, force_grouping=True))
    return _("%(low)s bis %(high)s") % {
        "low": number_format(low, force_grouping=True),
        "high": number_format(high, force_grouping=True),
    }


def persons(method: Method) -> str:
    return people(method.group_min, method.group_max)


def people(low: int, high: int) -> str:
    """`12 bis 2.000 Personen`; a hundred thousand mean everybody."""
    if high >= 100_000:
        return (
            _("ab %(n)s Personen") % {"n": number_format(low, force_grouping=True)} if low > 1 else _("beliebig viele")
        )
    return _("%(span)s Personen") % {"span": span(low, high)}


def weeks(low: int, high: int) -> str:
    return ngettext("%(span)s Woche", "%(span)s Wochen", high) % {"span": span(low, high)}


def duration(method: Method) -> str:
    takes = said(method, "duration")
    return format_html("{} ({})", takes, words.TIMES[method.time]) if method.time else takes


def cost(method: Method) -> SafeString:
    """`€€  2.000 bis 15.000 €`"""
    return format_html("{} ({})", method.cost_class, words.COSTS[method.cost_class])


def rule_of_thumb(entry: Method | MethodData) -> str:
    """The mark for figures that nobody saw at a source; empty for others."""
    return _figures(entry) if entry.figures == "typical" else ""


def method_card(method: Method) -> SafeString:
    text = mixed.said(_first(method.description), _first(english(method, "description")))
    top = format_html("{}{}", words.KINDS[method.kind], format_html(" · {}", method.cost_class))
    body = format_html(
        '<p>{}</p><p class="ms-meta">{} · {} · {}{}</p>',
        text,
        persons(method),
        said(method, "duration"),
        _("Vorbereitung %(weeks)s") % {"weeks": weeks(method.prep_min, method.prep_max)},
        _marked(method),
    )
    return ui.card(name(method), languages.local_path(method.get_absolute_url()), body, top)


def _marked(entry: Method | MethodData) -> str:
    mark = rule_of_thumb(entry)
    return f" · {mark}" if mark else ""


def _first(text: str) -> str:
    """The first sentence."""
    return text.split(". ")[0].rstrip(".") + "." if text else ""


def combination_cards(found: Iterable[Combination]) -> list[SafeString]:
    return [
        ui.card(
            name(one),
            languages.local_path(one.get_absolute_url()),
            format_html("<p>{}</p>", said(one, "goal")),
            format_html(
                "{} · {}",
                ngettext("%(n)s Format", "%(n)s Formate", len(one.steps)) % {"n": len(one.steps)},
                f"{weeks(one.weeks_min, one.weeks_max)} ({words.FIGURES['typical']})",
            ),
        )
        for one in found
    ]


def kind_chips(query: Mapping[str, object], every: Sequence[Method], chosen: str) -> list[ui.Option]:
    counts = Counter(method.kind for method in every)
    return [
        ui.Option(
            label,
            ui.with_query(query, art=None if chosen == key else key),
            chosen == key,
            counts[key],
        )
        for key, label in words.KINDS.items()
    ]


def levels(asked: Sequence[str]) -> SafeString:
    """The five steps of the IAP2 spectrum; those that the method reaches are marked, in words too."""
    return format_html(
        '<ol class="tk-levels">{}</ol>',
        format_html_join(
            "",
            '<li{}><span class="tk-levels__bar" aria-hidden="true"></span>{}{}</li>',
            (
                (
                    SafeString(' class="tk-levels__on"') if key in asked else EMPTY,
                    label,
                    format_html('<span class="ms-sr">: {}</span>', _("ja") if key in asked else _("nein")),
                )
                for key, label in words.LEVELS.items()
            ),
        ),
    )


def _figures(method: Method | MethodData) -> str:
    return str(words.FIGURES[method.figures])


def facts(method: Method) -> list[tuple[object, object]]:
    """What the side of a method's page lists. Rules of thumb are marked as such."""
    mark = f" ({_figures(method)})"
    pairs: list[tuple[object, object]] = [
        (_("Wo"), words.KINDS[method.kind]),
        (_("Gruppe"), persons(method) + mark),
        (_("Dauer"), format_html("{}{}", said(method, "duration"), mark)),
        (_("Vorbereitung"), weeks(method.prep_min, method.prep_max) + f" ({words.FIGURES['typical']})"),
        (_("Kosten"), format_html("{} – {}", cost(method), _("Richtwert, ohne Personal der Verwaltung"))),
        (_("Aufwand"), words.EFFORTS[method.effort]),
        (_("Phasen"), ", ".join(str(words.PHASES[key]) for key in method.phases)),
    ]
    if method.groups:
        pairs.append((_("Erreicht besonders"), listed(method.groups, words.GROUPS)))
    if method.needs:
        pairs.append((_("Verlangt"), listed(method.needs, words.NEEDS)))
    if method.staffing:
        pairs.append((_("Wer gebraucht wird"), said(method, "staffing")))
    return pairs


def short_facts(method: Method) -> SafeString:
    takes = said(method, "duration")
    return format_html(
        "{} · {} · {} · {}{}",
        words.KINDS[method.kind],
        persons(method),
        takes,
        method.cost_class,
        _marked(method),
    )


def _euro(parts: Sequence[Method | MethodData]) -> str:
    """`2.000 bis 15.000 €`, what formats cost together."""
    cost = planning.cost(parts)
    if cost.more:
        return _("mehr als %(n)s €") % {"n": number_format(cost.low, force_grouping=True)}
    return _("%(span)s €") % {"span": span(cost.low, cost.high)}


def combination_facts(found: Combination, steps: Sequence[Method]) -> list[tuple[object, object]]:
    return [
        (_("Dauer"), weeks(found.weeks_min, found.weeks_max) + f" ({words.FIGURES['typical']})"),
        (_("Phasen"), ", ".join(str(words.PHASES[key]) for key in found.phases)),
        (_("Kosten zusammen"), f"{_euro(steps)} ({words.FIGURES['typical']})"),
    ]


def listed(keys: Sequence[str], known: Mapping[str, Any]) -> str:
    """Fixed terms in their order, with commas."""
    return ", ".join(str(label) for key, label in known.items() if key in keys)


def comparison(chosen: Sequence[Method]) -> SafeString:
    """Methods side by side, one fact a line."""
    if not chosen:
        return EMPTY
    facts_of: list[tuple[Any, list[Any]]] = [
        (_("Wo"), [words.KINDS[m.kind] for m in chosen]),
        (_("Wie viel Einfluss"), [", ".join(str(words.LEVELS[key]) for key in m.levels) for m in chosen]),
        (_("Phasen"), [", ".join(str(words.PHASES[key]) for key in m.phases) for m in chosen]),
        (_("Gruppe"), [persons(m) for m in chosen]),
        (_("Dauer"), [duration(m) for m in chosen]),
        (_("Vorbereitung"), [weeks(m.prep_min, m.prep_max) for m in chosen]),
        (_("Kosten"), [cost(m) for m in chosen]),
        (_("Aufwand"), [words.EFFORTS[m.effort] for m in chosen]),
        (_("Wer gebraucht wird"), [said(m, "staffing") for m in chosen]),
        (_("Erreicht besonders"), [listed(m.groups, words.GROUPS) for m in chosen]),
        (_("Wen es erreicht"), [said(m, "reach") for m in chosen]),
        (_("Verlangt"), [listed(m.needs, words.NEEDS) or _("nichts davon") for m in chosen]),
        (_("Was Menschen fernhält"), [said(m, "barriers") for m in chosen]),
        (_("Was schiefgehen kann"), [said(m, "risks") for m in chosen]),
        (_("Zahlen"), [_figures(m) for m in chosen]),
    ]
    more: list[Any] = [
        format_html('<a href="{}">{}</a>', languages.local_path(m.get_absolute_url()), _("Zur Seite")) for m in chosen
    ]
    rows = [[label, *cells] for label, cells in [*facts_of, (_("Mehr"), more)]]
    return ui.table([_("Format"), *(name(m) for m in chosen)], rows, _("Formate im Vergleich"))


def uses(method: Method) -> dict[str, Any]:
    """Where the method was used here and what was learned, of public processes; one query.

    `summary` reads "5-mal hier, 40 bis 120 Menschen" over what was released.
    """
    rows = (
        queries.public_uses()
        .filter(method=method)
        .values(
            "process__title", "process__subject__path", "persons", "euro", "days", "reached", "learned", "released_at",
            "process__is_example",
        )
        .order_by("-process__number")
    )  # fmt: skip
    found = [
        {
            "title": row["process__title"],
            "href": languages.local_path(row["process__subject__path"]),
            "is_example": row["process__is_example"],
            "facts": " · ".join(_learned_facts(row)) if row["released_at"] else "",
            "reached": row["reached"] if row["released_at"] else "",
            "learned": row["learned"] if row["released_at"] else "",
        }
        for row in rows
    ]
    persons = [row["persons"] for row in rows if row["released_at"] and row["persons"] is not None]
    known = queries.Experience(len(found), min(persons, default=None), max(persons, default=None))
    return {"rows": found, "summary": experience(known)}


def elsewhere(method: Method) -> list[dict[str, Any]]:
    """What other cities learned with it; one query."""
    fields = ("city", "process", "year", "url", "persons", "euro", "days", "reached", "learned", "is_example")
    return [
        {**row, "facts": " · ".join([str(row["year"]), *_learned_facts(row)])}
        for row in method.elsewhere.values(*fields)
    ]


def experience(known: queries.Experience | None) -> str:
    """`5-mal hier, 40 bis 120 Menschen`; empty for what was never used here."""
    if known is None or not known.times:
        return ""
    times = ngettext("%(n)s-mal hier", "%(n)s-mal hier", known.times) % {"n": known.times}
    if known.least is None or known.most is None:
        return times
    return f"{times}, " + _("%(span)s Menschen") % {"span": span(known.least, known.most)}


def _learned_facts(row: Mapping[str, Any]) -> list[str]:
    facts = []
    if row["persons"] is not None:
        facts.append(_("%(n)s Menschen") % {"n": number_format(row["persons"], force_grouping=True)})
    if row["euro"] is not None:
        facts.append(_("%(n)s €") % {"n": number_format(row["euro"], force_grouping=True)})
    if row["days"] is not None:
        facts.append(ngettext("%(n)s Arbeitstag", "%(n)s Arbeitstage", row["days"]) % {"n": row["days"]})
    return facts


def front() -> dict[str, Any]:
    """What a city whose front door is the toolkit shows there. Three queries."""
    wanted = (Knowledge.Type.OFFER, Knowledge.Type.CASE)
    return {
        "count": queries.public_methods().count(),
        "combinations": combination_cards(queries.public_combinations()[:6]),
        "offers": [
            ui.card(
                mixed.written_in(one.name, one.language),
                languages.local_path(one.get_absolute_url()),
                mixed.written_in(one.lead, one.language),
                str(one.get_type_display()),
            )
            for one in queries.public_knowledge().filter(type__in=wanted)[:6]
        ],
    }


# -- knowledge -------------------------------------------------------------------------------------------------
KNOWLEDGE: dict[str, Any] = {
    Knowledge.Type.OFFER: gettext_lazy("Wo Sie immer mitmachen können"),
    Knowledge.Type.CASE: gettext_lazy("Was anderswo geschah"),
    Knowledge.Type.PATH: gettext_lazy("Lernwege"),
    Knowledge.Type.ARTICLE: gettext_lazy("Artikel und Vorlagen"),
    Knowledge.Type.TRAINING: gettext_lazy("Schulungen"),
    Knowledge.Type.TALK: gettext_lazy("Fragen und Vorschläge"),
}


def step(text: str) -> tuple[str, str]:
    """``Text | Adresse`` as (text, address); an address that is none is left out."""
    words_of_it, _bar, address = (part.strip() for part in text.partition("|"))
    return words_of_it, here(address) if is_address(address) else ""


def here(address: str) -> str:
    """An address that staff gave: a page of our own in the reader's language, anything else (files too) as it is."""
    own_page = address.startswith("/") and urlsplit(address).path.endswith("/")
    return languages.local_path(address) if own_page else address


def deadlines(calendar: planning.Calendar) -> list[SafeString]:
    """What the calendar holds, a line each."""
    lines = [
        _("%(weeks)s vom Abgeben der Vorlage bis zur Entscheidung") % {"weeks": weeks(*[calendar.committee_weeks] * 2)},
        _("%(weeks)s zum Auswerten") % {"weeks": weeks(*[calendar.evaluation_weeks] * 2)},
    ]
    return [
        *(format_html("{}", line) for line in lines),
        *(
            format_html(_("Ab {} €: {}, {}"), number_format(euro, force_grouping=True), text.said(), weeks(long, long))
            for euro, long, text in calendar.procurement
        ),
        *(
            format_html("{}: {}{}", called.said(), ui.day(first), f" – {ui.day(last)}" if last > first else "")
            for called, first, last in calendar.holidays
        ),
        *(format_html(_("Sitzung: {}, {}"), committee.said(), ui.day(day)) for day, committee in calendar.sittings),
    ]


# -- the adviser -----------------------------------------------------------------------------------------------
_STEPS: dict[str, Any] = {
    "procure": gettext_lazy("Beauftragen"),
    "prepare": gettext_lazy("Vorbereiten: %(name)s"),
    "run": gettext_lazy("%(name)s"),
    "evaluate": gettext_lazy("Auswerten und Antworten schreiben"),
    "paper": gettext_lazy("Vorlage für das Gremium abgeben"),
    "decide": gettext_lazy("Entscheidung"),
}


def milestones(plan: planning.Plan, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The plan in words: day, until, what, note."""
    return [
        {
            "day": ui.day(one.day),
            "until": ui.day(one.until) if one.until is not None else "",
            "text": mixed.fill(str(_STEPS[one.kind]), {"name": names.get(one.slug, one.slug)}),
            "note": mixed.join(" · ", filter(None, [one.text, one.note])),
            "strong": one.kind in ("run", "decide"),
        }
        for one in plan.milestones
    ]


def estimate(
    rules: rulebook.RuleSet, parts: Sequence[MethodData], answers: rulebook.Answers
) -> list[tuple[object, object]]:
    """Money and working days with their span, always as rules of thumb, and whether the upper ends are there."""
    if not parts:
        return []
    mark, days = words.FIGURES["typical"], planning.working_days(rules, parts)
    found: list[tuple[object, object]] = [
        (_("Kosten"), f"{_euro(parts)} ({mark})"),
        (_("Arbeitstage der Verwaltung"), f"{span(*days)} ({mark})"),
    ]
    there = adviser.Means.of(rules, answers)
    tight = [
        mixed.fill(_("%(means)s „%(answer)s“"), {"means": means, "answer": asking.word(option)})
        for key, means, needed, amount in (
            ("geld", _("Geld"), planning.cost(parts).high, there.euro), ("tage", _("Arbeitstage"), days[1], there.days)
        )
        if amount is not None and needed > amount and (option := adviser.chosen(rules, answers, key)) is not None
    ]  # fmt: skip
    if tight:
        text = _("Nach der oberen Schätzung nicht: Angegeben ist %(what)s. Planen Sie kleiner oder mehr Mittel ein.")
        found.append((_("Reicht das?"), mixed.fill(text, {"what": mixed.join(", ", tight)})))
    return found


def rule_row(
    rule: rulebook.Rule,
    rules: rulebook.RuleSet,
    names: Mapping[str, str],
) -> dict[str, Any]:
    """A rule in words: when, why, what it does."""
    conditions = []
    for key, answers in [*rule.when.items(), *rule.unless.items()]:
        question = rules.question(key)
        if question is not None:
            chosen = mixed.join(" / ", [asking.word(option) for option in question.options if option.key in answers])
            but = "" if key in rule.when else _("nicht:") + " "
            conditions.append(mixed.join("", [asking.word(question), f" {but}", chosen]))
    give = sorted(rule.give.items(), key=lambda pair: -pair[1])
    shown = [mixed.join("", [names[slug], f" {points:+g}"]) for slug, points in give if slug in names]
    if rule.where:
        kinds = {**words.KINDS, **words.LEVELS}
        which = ", ".join(str(kinds[value]) for values in rule.where.values() for value in sorted(values))
        kind = (
            _("alle ohne: %(which)s") if "level_not" in rule.where
            else _("alle ab: %(which)s") if "lowest" in rule.where
            else _("alle mit: %(which)s")
        ) % {"which": which}  # fmt: skip
        shown = [f"{kind} {_('ausgeschlossen') if rule.exclude else format(rule.points, '+g')}"]
        if rule.whole:
            shown.append(_("auch jede Kombination damit"))
    if rule.limit:
        shown = [_("steht als Hinweis über der Empfehlung")]
    return {"when": mixed.join(" · ", conditions), "why": mixed.said(rule.why, rule.why_en), "does": shown}
