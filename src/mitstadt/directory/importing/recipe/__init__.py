"""A mapping: a YAML text that says how the columns of somebody's file become an entry. See docs/offer-import.md.

`parse` reads the text by itself, `check` holds it against the columns of one file; `understand.Reader` then turns row
after row into an entry. Whatever is wrong names the line of the mapping and its key. Pure but for translated sentences.
"""

from .check import check
from .columns import find, fold, names_of, resolve
from .plan import AGES, CODES, FIELDS, FLAGS, LISTS, TEXTS, BadRecipe, Flaw, Group, Recipe, Spec, Template
from .text import MOST_TEXT, parse

__all__ = [
    "AGES",
    "CODES",
    "FIELDS",
    "FLAGS",
    "LISTS",
    "MOST_TEXT",
    "TEXTS",
    "BadRecipe",
    "Flaw",
    "Group",
    "Recipe",
    "Spec",
    "Template",
    "check",
    "find",
    "fold",
    "names_of",
    "parse",
    "resolve",
]
