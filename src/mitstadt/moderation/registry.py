"""What upper rooms tell moderation about their kinds of subject.

In the upper room's ``AppConfig.ready()``::

    moderation.registry.register("comment", author_of=…, excerpt_of=…, redact=…)

Every function gets a loaded Subject. `author_of` gives ``("user", id)``, ``("guest", id)`` or None (no author, or the
city itself); `excerpt_of` the text as people saw it; `can_moderate(actor, subject)` narrows who may decide (None:
every moderator); `redact(subject, text, actor)` replaces the text by one without personal data, inside the
transaction; `context_of` adds what a moderator needs to understand it (the comment it answers).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.who import Who
from mitstadt.kit.decision import YES, Decision
from mitstadt.subjects.models import Subject


def _nobody(_subject: Subject) -> Who | None:
    return None


def _nothing(_subject: Subject) -> str:
    return ""


def _unmoved(_subject: Subject, _what: str) -> None:
    return None


def _every_moderator(_actor: Actor, _subject: Subject) -> Decision:
    return YES


@dataclass(frozen=True, slots=True)
class Moderated:
    """How one kind of subject is moderated."""

    author_of: Callable[[Subject], Who | None] = _nobody
    excerpt_of: Callable[[Subject], str] = _nothing
    can_moderate: Callable[[Actor, Subject], Decision] = _every_moderator
    redact: Callable[[Subject, str, Actor], None] | None = None
    context_of: Callable[[Subject], str] = _nothing
    settled: Callable[[Subject, str], None] = _unmoved


_kinds: dict[str, Moderated] = {}
UNKNOWN = Moderated(excerpt_of=lambda subject: subject.title)


def register(
    kind: str,
    author_of: Callable[[Subject], Who | None],
    excerpt_of: Callable[[Subject], str],
    can_moderate: Callable[[Actor, Subject], Decision] | None = None,
    *,
    redact: Callable[[Subject, str, Actor], None] | None = None,
    context_of: Callable[[Subject], str] | None = None,
    settled: Callable[[Subject, str], None] | None = None,
) -> None:
    """Introduce how subjects of `kind` are moderated; doing it again replaces it.

    `settled(subject, what)` is called inside the transaction of a decision: ``kept``, ``restricted`` or ``lifted``. The
    room moves its counters there, and publishes what a rule had held back.
    """
    _kinds[kind] = Moderated(
        author_of, excerpt_of, can_moderate or _every_moderator, redact, context_of or _nothing, settled or _unmoved
    )


def of(kind: str) -> Moderated:
    """How `kind` is moderated; for kinds that said nothing only the title is known."""
    return _kinds.get(kind, UNKNOWN)
