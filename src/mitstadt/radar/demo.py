"""Loading a city's own strategy from its folder: `strategy.yaml` and, beside it, `short_names.yaml`.

An invented city brings `synthetic.yaml` instead, with the numbers of `synthetic.make_city`.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.translation import gettext, override

from mitstadt.accounts.actor import ADMINISTRATOR, Actor, Grant
from mitstadt.kit import city, yamls
from mitstadt.kit.errors import DomainError
from mitstadt.search import actions as search
from mitstadt.subjects.models import Subject

from . import actions, snapshot, synthetic
from .importer.stage import Progress
from .models import Measure, Strategy

# What loads a city's folder is the installation itself, not a person.
INSTALLATION = Actor(grants=(Grant(ADMINISTRATOR, 0, "Mitstadt"),))


def load(progress: Progress | None = None) -> str | None:
    """Load the current city's strategy. Loading it again changes nothing; a changed file is published as a
    correction. Returns a short text for the person who watches, None when the folder has no strategy.

    Raises DomainError with the file's first problems.
    """
    path = city.current().folder / "strategy.yaml"
    if not path.is_file():
        return _invent()
    data = path.read_bytes()
    names = _short_names()
    digest = hashlib.sha256(data + repr(sorted(names.items())).encode()).hexdigest()
    found = Strategy.objects.filter(slug=actions.DEFAULT_SLUG).first()
    if found is None or found.source_digest != digest:
        with override("de"):
            _load(_with_names(data, names), path.name, progress)
        Strategy.objects.filter(slug=actions.DEFAULT_SLUG).update(source_digest=digest)
    count = Measure.objects.filter(strategy__slug=actions.DEFAULT_SLUG).count()
    return gettext("%(n)s Maßnahmen") % {"n": count}


def _invent() -> str | None:
    """An invented city with a past, if the folder asks for one; an existing strategy is left alone."""
    path = city.current().folder / "synthetic.yaml"
    if not path.is_file():
        return None
    if not Strategy.objects.filter(slug=actions.DEFAULT_SLUG).exists():
        wanted: dict[str, int] = yamls.read(path)
        with override("de"):
            strategy = synthetic.make_city(
                wanted["measures"], wanted["years"], wanted["seed"], slug=actions.DEFAULT_SLUG
            )
            Subject.objects.filter(measure__strategy=strategy).update(is_example=True)
            latest = strategy.revisions.last()
            if latest is not None:
                snapshot.freeze(latest)
            search.rebuild()
    count = Measure.objects.filter(strategy__slug=actions.DEFAULT_SLUG).count()
    return gettext("%(n)s Maßnahmen") % {"n": count}


def _load(data: bytes, name: str, progress: Progress | None) -> None:
    staged = actions.stage_import(INSTALLATION, data, name, progress=progress)
    if staged.state == staged.State.BROKEN:
        first = [f"{p['row']}: {p['field']}: „{p['value']}“ – {p['message']}" for p in staged.problems[:5]]
        raise DomainError("\n".join([name, *first]))
    actions.publish_revision(INSTALLATION, staged, progress=progress)


def _with_names(data: bytes, names: dict[str, str]) -> bytes:
    """The file with the names for the picture, which are ours and kept beside it."""
    if not names:
        return data
    loaded: Any = yamls.load(data)
    for measure in loaded["measures"]:
        if measure.get("slug") in names:
            measure.setdefault("short_name", names[measure["slug"]])
    return yamls.dump(loaded).encode()


def _short_names() -> dict[str, str]:
    path = city.current().folder / "short_names.yaml"
    if not path.is_file():
        return {}
    found: Any = yamls.read(path) or {}
    return {str(slug): str(name)[:40] for slug, name in found.items()}
