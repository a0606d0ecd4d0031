"""How the chain of a contribution is drawn: one block per contribution, without a query."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.kit import clock, languages
from mitstadt.kit import components as ui
from mitstadt.participation import components, words

from .chain import Effect, Figures

EMPTY = SafeString("")


def block(row: dict[str, Any]) -> SafeString:
    """One contribution with its answer and what it led to; `row` comes from `chain.rows_of`."""
    said = _cut(row["words"], 300) if row["title"] or len(row["words"]) > 90 else ""
    split = components.split_of(row)
    facts = [
        ui.day(row["created_at"]),
        words.CHANNELS[row["channel"]] if row["channel"] != "online" else "",
        row["category__name"] or "",
        row["district__name"] or "",
        ngettext("%(n)s Unterstützung", "%(n)s Unterstützungen", row["support_count"]) % {"n": row["support_count"]}
        + (f" ({split})" if split else "")
        if row["support_count"]
        else "",
    ]
    steps = [_answer(row), *(_effect(effect) for effect in row["effects"])]
    return format_html(
        '<li class="pt-chain"><div class="ms-item"><h3 class="ms-item__title"><a href="{}">{}</a></h3>{}'
        '<p class="ms-meta">{} {}</p></div><ol class="pt-chain__steps">{}</ol></li>',
        languages.local_path(row["subject__path"]),
        row["title"] or _cut(row["words"], 90),
        format_html("<p>{}</p>", said) if said else EMPTY,
        " · ".join(str(fact) for fact in facts if fact),
        ui.example(row["is_example"]),
        ui.join(steps),
    )


def _answer(row: dict[str, Any]) -> SafeString:
    if not row["assessment__decision"]:
        due = row["assessment__due_on"]
        if due is None:
            said = _("Noch nicht beantwortet.")
        elif due < clock.today():
            said = _("Noch nicht beantwortet, versprochen bis %(day)s.") % {"day": ui.day(due)}
        else:
            said = _("Die Antwort kommt bis %(day)s.") % {"day": ui.day(due)}
        return format_html('<li class="pt-chain__step pt-chain__step--open"><p>{}</p></li>', said)
    group = (
        format_html("<p>{} {}</p>", _("Das sagen mehrere:"), row["assessment__group__summary"])
        if row["assessment__group__summary"]
        else EMPTY
    )
    return format_html(
        '<li class="pt-chain__step"><p>{} {}</p>{}<p class="ms-meta">{}</p></li>',
        components.decision_tag(row["assessment__decision"]),
        row["assessment__reason"],
        group,
        " · ".join(filter(None, [row["assessment__label"], ui.day(row["assessment__decided_on"])])),
    )


def _effect(effect: Effect) -> SafeString:
    state = effect.state
    if state and effect.since:
        state = _("%(state)s, Stand %(day)s") % {"state": state, "day": effect.since}
    return format_html(
        '<li class="pt-chain__step"><p>{} <a href="{}">{}</a></p>{}<p class="ms-meta">{}</p></li>',
        effect.kind,
        languages.local_path(effect.path),
        effect.title,
        format_html("<p>{}</p>", effect.note) if effect.note else EMPTY,
        " · ".join(filter(None, [state, _("verbunden am %(day)s") % {"day": ui.day(effect.at)}])),
    )


def _cut(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rsplit(" ", 1)[0] + " …"


def facts(found: Figures) -> SafeString:
    """The figures on top of the page."""
    open_now = found.total - found.answered
    pairs: list[tuple[object, object]] = [
        (_("Beiträge"), found.total),
        (_("beantwortet"), found.answered),
        (_("noch offen"), open_now if found.total else ""),
        (_("davon überfällig"), found.overdue or ""),
        (_("mit einer Maßnahme oder anderem verbunden"), found.connected or ""),
    ]
    if found.days is not None:
        days = ngettext("%(n)s Tag", "%(n)s Tage", found.days) % {"n": found.days}
        pairs.append((_("bis zur Antwort, in der Mitte"), days))
    return ui.facts(pairs)
