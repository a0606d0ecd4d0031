"""Which rows refer to a person: every model with such a row registers here, and a test finds the one that did not.

How another room uses it, in its ``AppConfig.ready()``::

    personal.register(
        Comment,
        label=gettext_lazy("Kommentare"),
        export=personal.rows(Comment, ["public_id", "text", "created_at"], user="author", guest="guest"),
        erase=erase_comments,              # erase(person, keep_without_name: bool) -> int (rows touched)
        retention=gettext_lazy("bis Sie sie löschen"),
        choice=True,                       # the person is asked: remove, or keep without a name
        count=lambda person: Comment.objects.filter(author_id=person.user_id).count(),
        purge=None,                        # purge(now) -> int: deletes what is older than `retention`
    )

For models with one plain key use `rows`, `delete` and `forget` below. `erase` runs inside the one transaction of the
deletion, before the account row goes; slow work (files, search) goes into `after_erase`, which runs as a job with the
public id. A row of somebody else (a reply) must survive: set a key to NULL or blank the text instead of cascading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models


@dataclass(frozen=True, slots=True)
class Person:
    """Whose rows: an account or a guest. `public_id` is what the audit log calls them."""

    public_id: str
    user_id: int | None = None
    guest_id: int | None = None

    def owns(self, user: str, guest: str = "") -> models.Q:
        """The condition on a model whose foreign keys are named `user` and, where it has one, `guest`."""
        if self.user_id is not None:
            return models.Q(**{f"{user}_id": self.user_id})
        if guest and self.guest_id is not None:
            return models.Q(**{f"{guest}_id": self.guest_id})
        return models.Q(pk__in=[])


Export = Callable[[Person], Iterable[Mapping[str, Any]]]
Erase = Callable[[Person, bool], int]
Purge = Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Kind:
    """One registered model. `label` and `retention` are lazily translated."""

    model: type[models.Model]
    label: Any
    export: Export
    erase: Erase
    retention: Any
    choice: bool = False
    count: Callable[[Person], int] | None = None
    purge: Purge | None = None

    @property
    def key(self) -> str:
        """``room.model``, used in file names and form fields."""
        return self.model._meta.label_lower


_kinds: dict[type[models.Model], Kind] = {}
_after: list[Callable[[str], None]] = []


def register(
    model: type[models.Model],
    *,
    label: Any,
    export: Export,
    erase: Erase,
    retention: Any,
    choice: bool = False,
    count: Callable[[Person], int] | None = None,
    purge: Purge | None = None,
) -> None:
    """Declare how rows of `model` are handed out, erased and forgotten. See the module's text."""
    _kinds[model] = Kind(model, label, export, erase, retention, choice, count, purge)


def after_erase(work: Callable[[str], None]) -> None:
    """Add `work(public_id)` to what a job does after a deletion was committed. It may run more than once."""
    if work not in _after:
        _after.append(work)


def kinds() -> list[Kind]:
    """All registered models, in a stable order."""
    return sorted(_kinds.values(), key=lambda kind: kind.key)


def is_registered(model: type[models.Model]) -> bool:
    return model in _kinds


def run_after_erase(public_id: str) -> None:
    """The job after a deletion."""
    for work in _after:
        work(public_id)


# -- for models with plain keys ----------------------------------------------------------------------
def rows(model: type[models.Model], fields: Iterable[str], *, user: str = "user", guest: str = "") -> Export:
    """Export these fields of the person's rows."""
    names = list(fields)

    def export(person: Person) -> Iterable[Mapping[str, Any]]:
        return model._default_manager.filter(person.owns(user, guest)).order_by("pk").values(*names)

    return export


def delete(model: type[models.Model], *, user: str = "user", guest: str = "") -> Erase:
    """Delete the person's rows, whatever they chose: nobody else needs them."""

    def erase(person: Person, keep_without_name: bool) -> int:
        return model._default_manager.filter(person.owns(user, guest)).delete()[0]

    return erase


def forget(model: type[models.Model], *, user: str = "user", guest: str = "") -> Erase:
    """Set the person's key to NULL and keep the rows, whatever they chose."""

    def erase(person: Person, keep_without_name: bool) -> int:
        key = user if person.user_id is not None else guest
        return model._default_manager.filter(person.owns(user, guest)).update(**{key: None}) if key else 0

    return erase
