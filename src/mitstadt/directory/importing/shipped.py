"""The mappings that can be chosen: what staff saved, and what Mitstadt brings along."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.utils.text import slugify
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.directory import access
from mitstadt.directory.models import Mapping
from mitstadt.kit.errors import DomainError, require

from . import recipe
from .recipe import BadRecipe

FOLDER = Path(__file__).parent.parent / "data" / "mappings"


@dataclass(frozen=True, slots=True)
class Known:
    """A mapping by its slug. `saved`: staff wrote it here; it stands before a shipped one of the same slug."""

    slug: str
    name: str
    text: str
    saved: bool


def everything() -> list[Known]:
    """All mappings by name."""
    saved = {row.slug: Known(row.slug, row.name, row.text, True) for row in Mapping.objects.all()}
    brought = {path.stem: path for path in FOLDER.glob("*.yaml")}
    for slug, path in brought.items():
        if slug not in saved:
            saved[slug] = _brought(slug, path)
    return sorted(saved.values(), key=lambda one: one.name.casefold())


def find(slug: str) -> Known | None:
    """The mapping with this slug."""
    row = Mapping.objects.filter(slug=slug).first()
    if row is not None:
        return Known(row.slug, row.name, row.text, True)
    path = FOLDER / f"{slug}.yaml"
    return _brought(slug, path) if slugify(slug) == slug and path.is_file() else None


def _brought(slug: str, path: Path) -> Known:
    text = path.read_text(encoding="utf-8")
    try:
        name = recipe.parse(text).name
    except BadRecipe:
        name = slug
    return Known(slug, name, text, False)


def save(actor: Actor, slug: str, text: str) -> Mapping:
    """Keep a mapping under a slug; its name is in it. Raises DomainError naming lines and keys."""
    require(access.may_keep(actor))
    slug = slugify(slug)[:60]
    if not slug:
        raise DomainError(_("Die Zuordnung braucht ein Kürzel aus Buchstaben und Ziffern."), field="slug")
    try:
        plan = recipe.parse(text)
    except BadRecipe as error:
        raise DomainError(str(error), field="text") from error
    row, _created = Mapping.objects.update_or_create(slug=slug, defaults={"name": plan.name[:120], "text": text})
    audit.record("directory.mapping.save", by=actor, obj=slug)
    return row
