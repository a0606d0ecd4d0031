"""What the catalogue holds: formats, combinations, what was learned with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

# What has an English text beside the German one, `<name>_en`: single texts and lists with a line each.
TEXTS = ("name", "duration", "description", "staffing", "reach", "barriers", "risks")
LISTS = ("steps", "checklist", "access", "partners")
TRANSLATED: Mapping[str, tuple[str, ...]] = {"method": (*TEXTS, *LISTS), "combination": ("name", "goal", "why")}


@dataclass(frozen=True, slots=True)
class Material:
    """Something to print. Without an address it is shown as still missing."""

    title: str
    url: str = ""
    source: str = ""
    title_en: str = ""


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
    staffing_en: str = ""
    reach_en: str = ""
    barriers_en: str = ""
    risks_en: str = ""
    steps_en: tuple[str, ...] = ()
    checklist_en: tuple[str, ...] = ()
    access_en: tuple[str, ...] = ()
    partners_en: tuple[str, ...] = ()
    outdated_en: tuple[str, ...] = ()  # names of texts whose English belongs to an older German one


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
    outdated_en: tuple[str, ...] = ()


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


def english(entry: Any, name: str) -> Any:
    """The English of a text of an entry (record or data), as far as it belongs to the German one of today; else
    something empty."""
    text = getattr(entry, f"{name}_en")
    return type(text)() if name in entry.outdated_en else text


def german(entry: Any, name: str) -> Any:
    """The German text; of data, the name is called `name_de`."""
    return entry.name_de if name == "name" and hasattr(entry, "name_de") else getattr(entry, name)


def closed(found: Catalogue) -> Catalogue:
    """The same with no word about formats that are not in it (drafts, hidden ones), so that the file can be read alone.
    A combination that loses a step goes altogether."""
    known = {method.slug for method in found.methods}
    return Catalogue(
        tuple(replace(m, combine_with=tuple(slug for slug in m.combine_with if slug in known)) for m in found.methods),
        tuple(plan for plan in found.combinations if known.issuperset(plan.steps)),
        tuple(one for one in found.experiences if one.format in known),
    )
