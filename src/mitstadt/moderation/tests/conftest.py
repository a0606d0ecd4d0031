"""A kind of text that can be moderated: `texts` maps subjects to words and authors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import translation

from mitstadt.moderation import actions, registry


@dataclass
class Texts:
    """What people wrote, by subject key."""

    words: dict[int, str] = field(default_factory=dict)
    authors: dict[int, tuple[str, int]] = field(default_factory=dict)


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    """A page in English that an earlier test asked for leaves its language behind in the thread."""
    with translation.override("de"):
        yield


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> Texts:
    store = Texts()
    monkeypatch.setattr(registry, "_kinds", {})

    def redact(subject: Any, text: str, actor: Any) -> None:
        store.words[subject.pk] = text

    registry.register(
        "remark",
        lambda subject: store.authors.get(subject.pk),
        lambda subject: store.words.get(subject.pk, ""),
        redact=redact,
    )
    return store


@pytest.fixture
def wrote(texts: Texts, subject_factory: Any) -> Callable[..., Any]:
    """`wrote(alice, "Meine Meinung")` is the subject of what Alice wrote."""

    def make(person: Any, words: str = "Meine Meinung", **fields: Any) -> Any:
        subject = subject_factory(kind="remark", title=words[:40], **fields)
        texts.words[subject.pk] = words
        if person is not None:
            who = ("guest", person.guest_id) if hasattr(person, "guest_id") else ("user", person.pk)
            texts.authors[subject.pk] = who
        return subject

    return make


@pytest.fixture
def hide(actor_of: Any) -> Callable[..., Any]:
    """`hide(moderator, subject)` restricts it and returns the case."""

    def make(person: Any, subject: Any, **more: Any) -> Any:
        values = {"ground": "respect", "facts": "Zeile 1 beschimpft Bob.", **more}
        return actions.restrict(actor_of(person), subject, **values).case

    return make
