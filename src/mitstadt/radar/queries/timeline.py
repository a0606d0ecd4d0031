"""Everything that ever happened to one measure, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext

from mitstadt.kit import wording
from mitstadt.radar import dates, diff, history, rules
from mitstadt.radar.models import Measure, MeasureLineage, MeasureVersion

from .flags import words_of
from .page import Parts
from .page import relatives as read_relatives
from .words import Words, fact_names

# Changes that are told on their own; the rest of a version's facts follow in this order.
TOLD = ("title", "status", "end", "start", "field", "core_area", "department", "kind", "principles", "district",
        "summary", "reason", "audience", "contact")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the time line.

    `day` is a partial date, empty when no source names one. `what` is a fact (``title``, ``status``, ``end`` …) or
    ``recorded`` (first state), ``proven`` (a source proves more), ``milestone``, ``council``, ``progress``,
    ``merged``, ``split``, ``retired``. `text` says it in one sentence, `old` and `new` in words where there are two
    sides, `pieces` word by word for texts. `shift` are months for a moved planned end: positive is later.
    """

    day: str
    what: str
    text: str
    old: str = ""
    new: str = ""
    who: str = ""
    why: str = ""
    source: str = ""
    shift: int | None = None
    revision: str = ""
    url: str = ""
    confidence: str = ""
    pieces: tuple[wording.Piece, ...] = ()

    @property
    def day_text(self) -> str:
        return words_of(self.day)


def timeline(
    measure_id: int,
    *,
    measure: Measure | None = None,
    parts: Parts | None = None,
    relatives: list[dict[str, Any]] | None = None,
) -> list[Change]:
    """All changes of a measure, newest first, undated ones last. Six queries, whatever the length, and one per kind
    of name that its changes mention; with `measure` (and its strategy), `parts` and `relatives` already read it is one.

    Raises `Measure.DoesNotExist`.
    """
    if measure is None:
        measure = Measure.objects.select_related("strategy").get(pk=measure_id)
    words = Words(measure.strategy)
    names = fact_names()
    found: list[Change] = []
    moves: set[tuple[str, str]] = set()
    before: MeasureVersion | None = None
    for version in MeasureVersion.objects.filter(measure=measure).select_related("revision").order_by("sequence"):
        found += _of_version(before, version, words, names, moves)
        before = version
    found += _milestones(measure, parts)
    found += _council(measure, parts)
    found += _progress(measure, parts, moves, words)
    found += _lineage(read_relatives(measure.pk) if relatives is None else relatives)
    numbered = sorted(enumerate(found), key=lambda pair: (_sortable(pair[1].day), pair[0]), reverse=True)
    return [change for _n, change in numbered]


def _sortable(day: str) -> date:
    return dates.last_day(day) if day else date.min


def _of_version(
    before: MeasureVersion | None,
    version: MeasureVersion,
    words: Words,
    names: dict[str, str],
    moves: set[tuple[str, str]],
) -> list[Change]:
    common: dict[str, Any] = {
        "day": version.valid_from.isoformat() if version.valid_from else "",
        "who": version.by,
        "why": version.reason,
        "source": version.source,
        "revision": version.revision.name if version.revision else "",
        "confidence": version.confidence,
    }
    facts = version.facts
    if before is None:
        return _first(version, words, common)
    found = []
    newly = []
    for name in TOLD:
        old, new = before.facts.get(name), facts.get(name)
        if not history.is_proven(facts, name):
            continue
        if not history.is_proven(before.facts, name):
            if new not in (None, "", [], rules.UNKNOWN):
                newly.append(name)
            continue
        if (old or "") == (new or ""):
            continue
        found.append(_change(name, old, new, words, names, common, moves))
    if newly:
        found.insert(0, _proven(newly, facts, words, names, common, complete=facts.get("proven") is None))
    if facts.get("retired") and not before.facts.get("retired"):
        found.append(Change(what="retired", text=gettext("Nicht mehr Teil der Strategie."), **common))
    elif before.facts.get("retired") and not facts.get("retired"):
        found.append(Change(what="recorded", text=gettext("Wieder Teil der Strategie."), **common))
    return found


def _first(version: MeasureVersion, words: Words, common: dict[str, Any]) -> list[Change]:
    facts = version.facts
    if version.revision is not None:
        text = (
            gettext("Belegt in „%(revision)s“.")
            if facts.get("proven") is not None
            else gettext("Aufgenommen mit „%(revision)s“.")
        )
        return [Change(what="recorded", text=text % {"revision": version.revision.name}, **common)]
    if facts.get("proven") is not None:
        return []  # nobody knows since when: there is nothing to tell
    return [Change(what="recorded", text=gettext("In diesen Radar aufgenommen."), **common)]


def _proven(
    newly: list[str],
    facts: dict[str, Any],
    words: Words,
    names: dict[str, str],
    common: dict[str, Any],
    *,
    complete: bool,
) -> Change:
    if complete:
        return Change(what="proven", text=gettext("Alle Angaben aus den Quellen zusammengestellt."), **common)
    if "status" in newly:
        text = gettext("Status laut Quelle: %(status)s.") % {"status": words("status", facts["status"])}
        as_of = facts.get("status_as_of") or common["day"]
        return Change(what="status", text=text, new=words("status", facts["status"]), **{**common, "day": as_of})
    listed = ", ".join(names[name] for name in newly)
    return Change(what="proven", text=gettext("Belegt: %(facts)s.") % {"facts": listed}, **common)


def _change(
    name: str,
    old: Any,
    new: Any,
    words: Words,
    names: dict[str, str],
    common: dict[str, Any],
    moves: set[tuple[str, str]],
) -> Change:
    before, after = words(name, old), words(name, new)
    unknown = gettext("ohne Angabe")
    shift = None
    pieces: tuple[wording.Piece, ...] = ()
    if name in diff.TEXTS:
        pieces = wording.pieces(str(old or ""), str(new or ""))
        text = gettext("%(fact)s geändert.") % {"fact": names[name]}
    else:
        text = gettext("%(fact)s: %(old)s → %(new)s") % {
            "fact": names[name],
            "old": before or unknown,
            "new": after or unknown,
        }
    if name == "end" and old and new:
        shift = dates.months_between(str(old), str(new))
        moves.add((str(old), str(new)))
        text = shift_text(shift, before, after)
    return Change(what=name, text=text, old=before, new=after, shift=shift, pieces=pieces, **common)


def shift_text(months: int, before: str, after: str) -> str:
    """A moved planned end in words."""
    values = {"n": abs(months), "old": before, "new": after}
    if months > 0:
        return (
            ngettext(
                "Geplantes Ende um %(n)s Monat verschoben: %(old)s → %(new)s",
                "Geplantes Ende um %(n)s Monate verschoben: %(old)s → %(new)s",
                months,
            )
            % values
        )
    if months < 0:
        return (
            ngettext(
                "Geplantes Ende um %(n)s Monat vorgezogen: %(old)s → %(new)s",
                "Geplantes Ende um %(n)s Monate vorgezogen: %(old)s → %(new)s",
                -months,
            )
            % values
        )
    return gettext("Geplantes Ende genauer: %(old)s → %(new)s") % values


def _milestones(measure: Measure, parts: Parts | None) -> list[Change]:
    return [
        Change(day=done, what="milestone", text=title, source=source)
        for title, _due, done, source in (
            parts.milestones
            if parts is not None
            else measure.milestones.values_list("title", "due", "done_on", "source")
        )
        if done
    ]


def _council(measure: Measure, parts: Parts | None) -> list[Change]:
    return [
        Change(
            day=day,
            what="council",
            text=gettext("Beschluss: %(paper)s") % {"paper": f"{paper} ({body})" if body else paper},
            url=url,
        )
        for paper, day, body, url in (
            parts.decisions
            if parts is not None
            else measure.council_decisions.values_list("paper", "date", "body", "url")
        )
    ]


def _progress(measure: Measure, parts: Parts | None, moves: set[tuple[str, str]], words: Words) -> list[Change]:
    """What the city reported as a percentage, and ends that moved between two reports without a dated state."""
    found = []
    before = ""
    for percent, end, as_of, confidence in (
        parts.progress
        if parts is not None
        else measure.progress_reports.values_list("percent", "end", "as_of", "confidence")
    ):
        text = gettext("Gemeldet: %(percent)s %%") % {"percent": percent}
        if end:
            text = gettext("Gemeldet: %(percent)s %%, geplantes Ende damals %(end)s") % {
                "percent": percent,
                "end": words_of(end),
            }
        found.append(Change(day=as_of, what="progress", text=text, confidence=confidence))
        if before and end and end != before and (before, end) not in moves:
            months = dates.months_between(before, end)
            old, new = words("end", before), words("end", end)
            found.append(
                Change(
                    day=as_of,
                    what="end",
                    text=shift_text(months, old, new),
                    old=old,
                    new=new,
                    shift=months,
                    source=measure.source,
                    confidence=confidence,
                )
            )
        before = end or before
    return found


def _lineage(relatives: list[dict[str, Any]]) -> list[Change]:
    """What went into what; only neighbours that anybody may see."""
    kinds = MeasureLineage.Kind
    found = []
    for row in sorted(relatives, key=lambda row: int(row["pk"])):
        if row["kind"] not in (kinds.MERGED, kinds.SPLIT):
            continue
        if row["kind"] == kinds.MERGED:
            text = gettext("Ging auf in „%(title)s“.") if row["forward"] else gettext("„%(title)s“ ging hierin auf.")
        else:
            text = gettext("Abgeteilt wurde „%(title)s“.") if row["forward"] else gettext("Abgeteilt von „%(title)s“.")
        found.append(
            Change(
                day=row["in_force"].isoformat() if row["in_force"] else "",
                what=row["kind"],
                text=text % {"title": row["title"]},
                revision=row["revision"],
                url=row["path"],
            )
        )
    return found
