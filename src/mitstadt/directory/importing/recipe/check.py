"""A mapping held against the columns of one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from mitstadt.directory.importing import flat

from .columns import names_of, resolve
from .plan import CODES, Flaw, Recipe


def check(recipe: Recipe, columns: Sequence[str], categories: frozenset[str] | set[str]) -> list[Flaw]:
    """What does not fit: columns that the file lacks, topics and codes that do not exist."""
    found: list[Flaw] = []
    here = names_of(columns)
    for spec, each in recipe.specs():
        for source in spec.sources:
            for column in source.columns:
                name = column.name
                if column.optional or resolve(name, here) or (each and name.startswith(f"{each}.")):
                    continue
                found.append(
                    Flaw(
                        spec.line, spec.key,
                        _("Die Spalte „%(name)s“ gibt es in der Datei nicht. Es gibt: %(known)s.")
                        % {"name": name, "known": ", ".join(columns[:30])[:400]},
                    )
                )  # fmt: skip
        known: Mapping[str, Any] | set[str] | frozenset[str] | None
        known = categories if spec.key == "categories" else CODES.get(spec.key.rpartition(".")[2])
        if known is None or spec.key == "id":
            continue
        for value in dict.fromkeys(spec.constants()):
            if value not in known:
                say = _("Dieses Thema kennen wir nicht: %(value)s") if spec.key == "categories" else _(
                    "Das kennen wir nicht: %(value)s"
                )  # fmt: skip
                found.append(Flaw(spec.line, spec.key, say % {"value": value[:60]}))
    for slug in dict.fromkeys(recipe.topics.values()):
        if slug not in categories:
            say = _("Dieses Thema kennen wir nicht: %(value)s")
            found.append(Flaw(recipe.topics_line, "topics", say % {"value": slug[:60]}))
    if recipe.shape == "entry":
        told, strange = flat.known_columns(columns)
        if strange:
            found.append(Flaw(0, "", _("Diese Spalten kennen wir nicht: %(names)s.") % {
                "names": ", ".join(strange[:10])[:200]
            }))  # fmt: skip
        if not {"name", "provider"} <= told:
            found.append(Flaw(0, "", _("Die Datei braucht die Spalten name und provider.")))
    for _name, group in recipe.groups():
        if group.each and not resolve(group.each, here):
            found.append(
                Flaw(group.line, "each", _("Die Spalte „%(name)s“ gibt es in der Datei nicht. Es gibt: %(known)s.") % {
                    "name": group.each, "known": ", ".join(columns[:30])[:400]
                })
            )  # fmt: skip
    return found
