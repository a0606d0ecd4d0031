"""The catalogue as one documented file: reading with every fault named, writing, comparing. No database.

The file is YAML or JSON with `formats` and `combinations` (schema: `data/catalogue.schema.json`). `parse` never raises
for what a file may contain; it returns what is right and a list of faults, each with entry, field and the value.
"""

from .comparing import Change, compare
from .entries import (
    LISTS,
    TRANSLATED,
    Catalogue,
    CombinationData,
    ExperienceData,
    Material,
    MethodData,
    closed,
    english,
    german,
)
from .fields import Fault, is_address
from .reading import LARGEST, RESERVED, load, parse
from .writing import to_data

__all__ = [
    "LARGEST",
    "LISTS",
    "RESERVED",
    "TRANSLATED",
    "Catalogue",
    "Change",
    "CombinationData",
    "ExperienceData",
    "Fault",
    "Material",
    "MethodData",
    "closed",
    "compare",
    "english",
    "german",
    "is_address",
    "load",
    "parse",
    "to_data",
]
