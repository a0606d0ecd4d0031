"""From a file to the catalogue: bytes to plain data, plain data to entries."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any

import yaml
from django.utils.translation import gettext as _

from mitstadt.kit import tables, yamls
from mitstadt.toolkit import words

from .entries import LISTS, TRANSLATED, Catalogue, CombinationData, ExperienceData, MethodData
from .fields import LONGEST, Fault, Reader

LARGEST = 4_000_000  # bytes of a file
MOST = 2_000  # entries of a file
# words of addresses below /methoden/ and /api/v1/methods/: no entry may be called so
RESERVED = frozenset(
    {
        *("antwort", "berater", "fragen", "katalog", "kombinationen", "vergleich", "vorschlaege", "vorschlagen"),
        *("wissen", "advice", "experiences", "knowledge", "questions"),
    }
)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_KNOWN_METHOD = {
    "slug", "name_de", "name_en", "kind", "iap2", "phases", "group_size", "duration", "prep_weeks", "effort",
    "cost_class", "staffing", "reach", "barriers", "combine_with", "risks", "description", "sources", "figures",
    "module", "steps", "checklist", "access", "partners", "materials",
    "time", "groups", "needs", "outdated_en", *(f"{name}_en" for name in TRANSLATED["method"]),
}  # fmt: skip
_KNOWN_COMBINATION = {
    "slug", "name_de", "goal", "why", "phases", "steps", "duration_weeks", "outdated_en",
    *(f"{name}_en" for name in TRANSLATED["combination"]),
}  # fmt: skip
_KNOWN_EXPERIENCE = {field.name for field in fields(ExperienceData)}


def load(content: bytes) -> tuple[Any, list[Fault]]:
    """Bytes of a YAML or JSON file as plain data. Aliases (which can grow without end) and other tags are refused."""
    if len(content) > LARGEST:
        return None, [Fault("", "", _("Die Datei ist zu groß. Erlaubt sind %(n)s MB.") % {"n": LARGEST // 1_000_000})]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [Fault("", "", _("Die Datei ist nicht in UTF-8 geschrieben (Stelle %(n)s).") % {"n": error.start})]
    try:
        if text.lstrip().startswith("{"):
            return tables.json_of(text), []
        return yamls.strict(text), []
    except tables.TwiceError as error:
        slug = error.row.get("slug")
        said = f"{slug}: {error.name}" if isinstance(slug, str) else error.name
        return None, [Fault("", "", _("Dieses Feld steht zweimal da."), said[:80])]
    except tables.UnreadableError as error:
        return None, [Fault("", "", str(error))]
    except yamls.AliasError:
        return None, [Fault("", "", _("Die Datei verwendet Verweise (*name). Bitte schreiben Sie alles aus."))]
    except yamls.TwiceError as error:
        place = _("Zeile %(n)s") % {"n": error.line}
        return None, [Fault("", place, _("Dieses Feld steht zweimal da."), error.key[:80])]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = _("Zeile %(n)s") % {"n": mark.line + 1} if mark else ""
        return None, [Fault("", place, _("Die Datei ist nicht lesbar."), str(getattr(error, "problem", error) or ""))]


def parse(data: Any, here: Collection[str] = ()) -> tuple[Catalogue, list[Fault]]:
    """Plain data as a catalogue, and what is wrong with it. With faults, the catalogue holds the faultless entries.

    Entries may name formats of the same file, and those that are `here` already.
    """
    faults: list[Fault] = []
    if not isinstance(data, Mapping) or not isinstance(data.get("formats", []), list):
        return Catalogue(), [Fault("", "formats", _("Die Datei braucht eine Liste „formats“."))]
    rows, combined, learned = data.get("formats", []), data.get("combinations") or [], data.get("experiences") or []
    strange = [str(name)[:60] for name in data if name not in ("formats", "combinations", "experiences", "meta")]
    faults += [Fault("", name, _("Dieses Feld kennen wir nicht.")) for name in strange]
    if not isinstance(combined, list):
        return Catalogue(), [Fault("", "combinations", _("„combinations“ muss eine Liste sein."))]
    if not isinstance(learned, list):
        return Catalogue(), [Fault("", "experiences", _("„experiences“ muss eine Liste sein."))]
    if len(rows) + len(combined) + len(learned) > MOST:
        return Catalogue(), [Fault("", "", _("Die Datei hat zu viele Einträge (erlaubt sind %(n)s).") % {"n": MOST})]
    methods = [made for i, row in enumerate(rows, 1) if (made := _method(i, row, faults)) is not None]
    _once([m.slug for m in methods], faults)
    known = (
        {*here}
        | {method.slug for method in methods}
        | {row["slug"] for row in rows if isinstance(row, Mapping) and isinstance(row.get("slug"), str)}
    )
    unknown = _("Dieses Format gibt es in der Datei nicht.")
    for method in methods:
        faults += [Fault(method.slug, "combine_with", unknown, x[:80]) for x in method.combine_with if x not in known]
    combinations = [plan for i, row in enumerate(combined, 1) if (plan := _combination(i, row, faults)) is not None]
    _once([c.slug for c in combinations], faults)
    for plan in combinations:
        faults += [Fault(plan.slug, "steps", unknown, x[:80]) for x in plan.steps if x not in known]
    experiences = [seen for i, row in enumerate(learned, 1) if (seen := _experience(i, row, faults)) is not None]
    _once([one.slug for one in experiences], faults)
    faults += [Fault(one.slug, "format", unknown, one.format[:80]) for one in experiences if one.format not in known]
    return Catalogue(tuple(methods), tuple(combinations), tuple(experiences)), faults


def _once(slugs: Sequence[str], faults: list[Fault]) -> None:
    seen: set[str] = set()
    for slug in slugs:
        if slug in seen:
            faults.append(Fault(slug, "slug", _("Dieser Eintrag steht zweimal in der Datei."), slug))
        seen.add(slug)


def _start(position: int, row: Any, known: set[str], faults: list[Fault]) -> Reader | None:
    if not isinstance(row, Mapping):
        faults.append(Fault(f"#{position}", "", _("Hier wird ein Eintrag mit Feldern erwartet."), str(row)[:80]))
        return None
    slug = row.get("slug")
    if not isinstance(slug, str) or len(slug) > 60 or not SLUG.match(slug):
        message = _("Das Kürzel besteht aus Kleinbuchstaben, Ziffern und Bindestrichen.")
        faults.append(Fault(f"#{position}", "slug", message, str(slug)[:80]))
        return None
    reader = Reader(slug, row, faults)
    if slug in RESERVED:
        reader.fault("slug", _("Dieses Kürzel braucht die Plattform selbst."), slug)
    for name in row:
        if name not in known:
            reader.fault(str(name)[:60], _("Dieses Feld kennen wir nicht."))
    return reader


def _method(position: int, row: Any, faults: list[Fault]) -> MethodData | None:
    reader = _start(position, row, _KNOWN_METHOD, faults)
    if reader is None:
        return None
    group, prep = reader.span("group_size", 10_000_000), reader.span("prep_weeks", 260)
    made = MethodData(
        slug=reader.entry,
        name_de=reader.text("name_de", needed=True, longest=120),
        kind=reader.one_of("kind", words.KINDS),
        iap2=reader.several_of("iap2", words.LEVELS),
        phases=reader.several_of("phases", words.PHASES),
        group_min=group[0],
        group_max=group[1],
        duration=reader.text("duration", needed=True, longest=120),
        prep_min=prep[0],
        prep_max=prep[1],
        effort=reader.one_of("effort", words.EFFORTS),
        cost_class=reader.one_of("cost_class", words.COSTS),
        description=reader.text("description", needed=True),
        figures=reader.one_of("figures", words.FIGURES, "typical"),
        module=reader.text("module", longest=40),
        materials=reader.materials(),
        staffing=reader.text("staffing"),
        reach=reader.text("reach"),
        barriers=reader.text("barriers"),
        risks=reader.text("risks"),
        combine_with=reader.texts("combine_with"),
        sources=reader.texts("sources"),
        steps=reader.texts("steps"),
        checklist=reader.texts("checklist"),
        access=reader.texts("access"),
        partners=reader.texts("partners"),
        time=reader.one_of("time", words.TIMES) if row.get("time") else "",
        groups=reader.several_of("groups", words.GROUPS) if row.get("groups") else (),
        needs=reader.several_of("needs", words.NEEDS) if row.get("needs") else (),
        **_english(reader, TRANSLATED["method"]),
    )
    return None if reader.bad else made


def _english(reader: Reader, names: Sequence[str]) -> dict[str, Any]:
    """`<name>_en` of the texts and lists of that name, and which of them are outdated."""
    lists = [name for name in LISTS if name in names]
    found: dict[str, Any] = {f"{name}_en": reader.texts(f"{name}_en") for name in lists}
    for name in names:
        if name not in lists:
            found[f"{name}_en"] = reader.text(f"{name}_en", longest=120 if name in ("name", "duration") else LONGEST)
    return {**found, "outdated_en": reader.outdated(names, lists)}


def _combination(position: int, row: Any, faults: list[Fault]) -> CombinationData | None:
    reader = _start(position, row, _KNOWN_COMBINATION, faults)
    if reader is None:
        return None
    weeks = reader.span("duration_weeks", 520)
    made = CombinationData(
        slug=reader.entry,
        name_de=reader.text("name_de", needed=True, longest=120),
        goal=reader.text("goal", needed=True),
        why=reader.text("why"),
        phases=reader.several_of("phases", words.PHASES),
        steps=reader.texts("steps"),
        weeks_min=weeks[0],
        weeks_max=weeks[1],
        **_english(reader, TRANSLATED["combination"]),
    )
    if not made.steps:
        reader.fault("steps", _("Diese Angabe fehlt."))
    return None if reader.bad else made


def _experience(position: int, row: Any, faults: list[Fault]) -> ExperienceData | None:
    place = f"experiences #{position}"
    if not isinstance(row, Mapping):
        faults.append(Fault(place, "", _("Hier wird ein Eintrag mit Feldern erwartet."), str(row)[:80]))
        return None
    reader = Reader(place, row, faults)
    for name in row:
        if name not in _KNOWN_EXPERIENCE:
            reader.fault(str(name)[:60], _("Dieses Feld kennen wir nicht."))
    year = reader.number("year", 1950, 2100, needed=True)
    example = row.get("is_example", False)
    if not isinstance(example, bool):
        reader.fault("is_example", _("Hier wird true oder false erwartet."), example)
    made = ExperienceData(
        format=reader.text("format", needed=True, longest=60),
        city=reader.text("city", needed=True, longest=80),
        process=reader.text("process", needed=True, longest=200),
        year=year or 0,
        url=reader.text("url", longest=500),
        persons=reader.number("persons", 0, 100_000_000),
        euro=reader.number("euro", 0, 1_000_000_000),
        days=reader.number("days", 0, 100_000),
        reached=reader.text("reached"),
        learned=reader.text("learned"),
        is_example=example is True,
    )
    if made.url and not made.url.startswith(("https://", "http://")):
        reader.fault("url", _("Die Adresse muss mit https:// beginnen."), made.url)
    return None if reader.bad else made
