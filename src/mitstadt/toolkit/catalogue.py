"""The catalogue as one documented file: reading with every fault named, writing, comparing. No database.

The file is YAML or JSON with `formats` and `combinations` (schema: `data/catalogue.schema.json`). `parse` never raises
for what a file may contain; it returns what is right and a list of faults, each with entry, field and the value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import yaml
from django.utils.translation import gettext as _

from mitstadt.kit import yamls

from . import words

LARGEST = 4_000_000  # bytes of a file
MOST = 2_000  # entries of a file
LONGEST = 6_000  # characters of one text
# words of addresses below /methoden/ and /api/v1/methods/: no entry may be called so
RESERVED = frozenset(
    {
        *("antwort", "berater", "fragen", "katalog", "kombinationen", "vergleich", "vorschlaege", "vorschlagen"),
        *("wissen", "advice", "experiences", "knowledge", "questions"),
    }
)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: in which entry and field, and what stood there (shortened)."""

    entry: str
    field: str
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """Something to print. Without an address it is shown as still missing."""

    title: str
    url: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class MethodData:
    """A format of participation. Sizes are persons, `prep` weeks, `cost_class` one of `words.COSTS`."""

    slug: str
    name_de: str
    kind: str
    iap2: tuple[str, ...]
    phases: tuple[str, ...]
    group_min: int
    group_max: int
    duration: str
    prep_min: int
    prep_max: int
    effort: str
    cost_class: str
    description: str
    name_en: str = ""
    staffing: str = ""
    reach: str = ""
    barriers: str = ""
    risks: str = ""
    combine_with: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    figures: str = "typical"
    module: str = ""  # slug of the platform's own format that runs it online, if any
    steps: tuple[str, ...] = ()
    checklist: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    time: str = ""
    groups: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    description_en: str = ""
    duration_en: str = ""


@dataclass(frozen=True, slots=True)
class CombinationData:
    """Methods that go well together, in their order. `weeks` from first preparation to the end."""

    slug: str
    name_de: str
    goal: str
    why: str
    phases: tuple[str, ...]
    steps: tuple[str, ...]
    weeks_min: int
    weeks_max: int
    name_en: str = ""
    goal_en: str = ""
    why_en: str = ""


@dataclass(frozen=True, slots=True)
class ExperienceData:
    """What a city learned with a format in one process. `persons`, `euro`, `days` (working days) may be unknown."""

    format: str
    city: str
    process: str
    year: int
    url: str = ""
    persons: int | None = None
    euro: int | None = None
    days: int | None = None
    reached: str = ""
    learned: str = ""
    is_example: bool = False

    @property
    def slug(self) -> str:
        """What tells it from others: one format in one process of one city."""
        return f"{self.format}@{self.city}@{self.process}"

    @property
    def name_de(self) -> str:
        return f"{self.format}: {self.city}, {self.process}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    methods: tuple[MethodData, ...] = ()
    combinations: tuple[CombinationData, ...] = ()
    experiences: tuple[ExperienceData, ...] = ()


def closed(found: Catalogue) -> Catalogue:
    """The same with no word about formats that are not in it (drafts, hidden ones), so that the file can be read alone.
    A combination that loses a step goes altogether."""
    known = {method.slug for method in found.methods}
    return Catalogue(
        tuple(replace(m, combine_with=tuple(slug for slug in m.combine_with if slug in known)) for m in found.methods),
        tuple(plan for plan in found.combinations if known.issuperset(plan.steps)),
        tuple(one for one in found.experiences if one.format in known),
    )


@dataclass(slots=True)
class _Reader:
    """Takes fields out of one entry and remembers what was wrong with them."""

    entry: str
    data: Mapping[str, Any]
    faults: list[Fault]
    bad: bool = field(default=False)

    def fault(self, name: str, message: str, value: object = "") -> None:
        self.bad = True
        self.faults.append(Fault(self.entry, name, message, str(value)[:80] if value != "" else ""))

    def text(self, name: str, *, needed: bool = False, longest: int = LONGEST) -> str:
        value = self.data.get(name, "")
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.fault(name, _("Hier wird ein Text erwartet."), value)
            return ""
        value = value.strip()
        if needed and not value:
            self.fault(name, _("Diese Angabe fehlt."))
        if len(value) > longest:
            self.fault(name, _("Der Text ist zu lang (%(n)s Zeichen).") % {"n": len(value)}, value)
        if _CONTROL.search(value):
            self.fault(name, _("Im Text stehen Steuerzeichen."), _CONTROL.sub("□", value))
        if "<" in value and re.search(r"<\s*/?\s*[a-zA-Z!]", value):
            self.fault(name, _("Im Text steht HTML. Erlaubt ist nur einfacher Text."), value)
        return str(value)

    def one_of(self, name: str, known: Mapping[str, Any], default: str = "") -> str:
        value = self.data.get(name, default)
        if not isinstance(value, str) or value not in known:
            self.fault(name, _("Erlaubt sind: %(known)s.") % {"known": ", ".join(known)}, value)
            return default
        return str(value)

    def several_of(self, name: str, known: Mapping[str, Any]) -> tuple[str, ...]:
        values = self.texts(name)
        if not values and isinstance(self.data.get(name) or [], list):
            self.fault(name, _("Diese Angabe fehlt."))
        for value in values:
            if value not in known:
                self.fault(name, _("Erlaubt sind: %(known)s.") % {"known": ", ".join(known)}, value)
        return tuple(key for key in known if key in values)

    def texts(self, name: str, *, most: int = 60) -> tuple[str, ...]:
        values = self.data.get(name) or []
        if not isinstance(values, list) or any(not isinstance(value, str) for value in values):
            self.fault(name, _("Hier wird eine Liste von Texten erwartet."), values)
            return ()
        if len(values) > most:
            self.fault(name, _("Die Liste ist zu lang (%(n)s Einträge).") % {"n": len(values)})
        inner = _Reader(self.entry, {str(i): value for i, value in enumerate(values[:most])}, self.faults)
        found = tuple(inner.text(str(i), longest=1_000) for i in range(len(values[:most])))
        self.bad = self.bad or inner.bad
        return tuple(value for value in found if value)

    def span(self, name: str, largest: int) -> tuple[int, int]:
        """``{min: 3, max: 6}`` or ``[3, 6]``."""
        value = self.data.get(name)
        pair = [value.get("min"), value.get("max")] if isinstance(value, Mapping) else value
        if (
            not isinstance(pair, list)
            or len(pair) != 2
            or any(isinstance(n, bool) or not isinstance(n, int) for n in pair)
        ):
            self.fault(name, _("Hier werden zwei ganze Zahlen erwartet: mindestens und höchstens."), value)
            return (0, 0)
        low, high = pair
        if not 0 <= low <= high <= largest:
            self.fault(
                name, _("Mindestens darf nicht über höchstens liegen, erlaubt ist 0 bis %(n)s.") % {"n": largest}, value
            )
        return (low, high)

    def number(self, name: str, least: int, most: int, *, needed: bool = False) -> int | None:
        value = self.data.get(name)
        if value is None and not needed:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            wanted = {"low": least, "high": most}
            self.fault(name, _("Hier wird eine ganze Zahl von %(low)s bis %(high)s erwartet.") % wanted, value)
            return None
        return value

    def materials(self) -> tuple[Material, ...]:
        values = self.data.get("materials") or []
        if not isinstance(values, list):
            self.fault("materials", _("Hier wird eine Liste erwartet."), values)
            return ()
        found = []
        for value in values[:40]:
            if not isinstance(value, Mapping):
                self.fault("materials", _("Jedes Material hat title, url und source."), value)
                continue
            inner = _Reader(self.entry, value, self.faults)
            made = Material(inner.text("title", needed=True), inner.text("url", longest=500), inner.text("source"))
            if made.url and not is_address(made.url):
                inner.fault("materials.url", _("Die Adresse muss mit https:// beginnen."), made.url)
            self.bad = self.bad or inner.bad
            found.append(made)
        return tuple(found)


def is_address(url: str) -> bool:
    """An address of the web, or one of our own pages (``/…``, never ``//elsewhere``)."""
    return url.startswith(("https://", "http://")) or (url.startswith("/") and not url.startswith(("//", "/\\")))


_KNOWN_METHOD = {
    "slug", "name_de", "name_en", "kind", "iap2", "phases", "group_size", "duration", "prep_weeks", "effort",
    "cost_class", "staffing", "reach", "barriers", "combine_with", "risks", "description", "sources", "figures",
    "module", "steps", "checklist", "access", "partners", "materials",
    "time", "groups", "needs", "description_en", "duration_en",
}  # fmt: skip
_KNOWN_COMBINATION = {
    "slug", "name_de", "name_en", "goal", "goal_en", "why", "why_en", "phases", "steps", "duration_weeks",
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
            return json.loads(text), []
        for event in yaml.parse(text, Loader=yamls.Loader):
            if isinstance(event, yaml.AliasEvent):
                return None, [Fault("", "", _("Die Datei verwendet Verweise (*name). Bitte schreiben Sie alles aus."))]
        return yamls.load(text), []
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


def _start(position: int, row: Any, known: set[str], faults: list[Fault]) -> _Reader | None:
    if not isinstance(row, Mapping):
        faults.append(Fault(f"#{position}", "", _("Hier wird ein Eintrag mit Feldern erwartet."), str(row)[:80]))
        return None
    slug = row.get("slug")
    if not isinstance(slug, str) or len(slug) > 60 or not SLUG.match(slug):
        message = _("Das Kürzel besteht aus Kleinbuchstaben, Ziffern und Bindestrichen.")
        faults.append(Fault(f"#{position}", "slug", message, str(slug)[:80]))
        return None
    reader = _Reader(slug, row, faults)
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
        name_en=reader.text("name_en", longest=120),
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
        description_en=reader.text("description_en"),
        duration_en=reader.text("duration_en", longest=120),
    )
    return None if reader.bad else made


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
        name_en=reader.text("name_en", longest=120),
        goal_en=reader.text("goal_en"),
        why_en=reader.text("why_en"),
    )
    if not made.steps:
        reader.fault("steps", _("Diese Angabe fehlt."))
    return None if reader.bad else made


def _experience(position: int, row: Any, faults: list[Fault]) -> ExperienceData | None:
    place = f"experiences #{position}"
    if not isinstance(row, Mapping):
        faults.append(Fault(place, "", _("Hier wird ein Eintrag mit Feldern erwartet."), str(row)[:80]))
        return None
    reader = _Reader(place, row, faults)
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


# -- out -------------------------------------------------------------------------------------------------------
def to_data(catalogue: Catalogue) -> dict[str, Any]:
    """The catalogue in the file's own shape; `parse(to_data(x))` gives `x` again."""
    return {
        "formats": [_method_out(method) for method in catalogue.methods],
        "combinations": [_combination_out(combination) for combination in catalogue.combinations],
        "experiences": [
            {name: value for name, value in asdict(one).items() if value not in ("", None, False)}
            for one in catalogue.experiences
        ],
    }


def _method_out(method: MethodData) -> dict[str, Any]:
    row = asdict(method)
    row["group_size"] = {"min": row.pop("group_min"), "max": row.pop("group_max")}
    row["prep_weeks"] = {"min": row.pop("prep_min"), "max": row.pop("prep_max")}
    return _shaped(row)


def _combination_out(combination: CombinationData) -> dict[str, Any]:
    row = asdict(combination)
    row["duration_weeks"] = [row.pop("weeks_min"), row.pop("weeks_max")]
    return _shaped(row)


def _shaped(row: Mapping[str, Any]) -> dict[str, Any]:
    """Plain lists, and nothing that is empty."""
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in row.items()}
    return {key: value for key, value in plain.items() if value not in ("", [])}


# -- comparing -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Change:
    """`kind`: new, changed, same, absent (only here). `what`: method, combination, experience. `differing` are
    (field, here, there)."""

    kind: str
    entry: str
    name: str
    what: str = "method"
    differing: tuple[tuple[str, Any, Any], ...] = ()


def compare(here: Catalogue, there: Catalogue) -> list[Change]:
    """What taking `there` over would change `here`, entry by entry; nothing is ever removed by it."""
    changes: list[Change] = []
    pairs: list[tuple[Sequence[Any], Sequence[Any], str]] = [
        (here.methods, there.methods, "method"),
        (here.combinations, there.combinations, "combination"),
        (here.experiences, there.experiences, "experience"),
    ]
    for ours, theirs, what in pairs:
        known = {one.slug: one for one in ours}
        for one in theirs:
            mine = known.pop(one.slug, None)
            if mine is None:
                changes.append(Change("new", one.slug, one.name_de, what))
                continue
            different = tuple(
                (f.name, getattr(mine, f.name), getattr(one, f.name))
                for f in fields(one)
                if getattr(mine, f.name) != getattr(one, f.name)
            )
            changes.append(Change("changed" if different else "same", one.slug, one.name_de, what, different))
        changes += [Change("absent", one.slug, one.name_de, what) for one in known.values()]
    return changes
