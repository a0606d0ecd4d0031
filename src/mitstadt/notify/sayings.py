"""A sentence whose message and values stay apart, so that everybody reads it in their own language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext


@dataclass(frozen=True)
class Saying:
    """A German message (mark it with `gettext_noop`) with ``%(name)s`` places and their values.

    `words` are values that are themselves German messages and are translated when read.

    >>> Saying("Antwort auf „%(title)s“", {"title": "Radweg"}).german()
    'Antwort auf „Radweg“'
    """

    message: str
    values: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def german(self) -> str:
        with translation.override("de"):
            return self.say()

    def say(self) -> str:
        """In the language that is active now."""
        return fill(self.message, self.values, self.words)

    def to_json(self) -> dict[str, Any]:
        return {"message": self.message, "values": {k: str(v) for k, v in self.values.items()}, "words": self.words}


def fill(message: str, values: dict[str, str], words: dict[str, str]) -> str:
    """The message in the active language with its values; without any a percent sign is just that."""
    text = gettext(message) if message else ""
    all_values = {**values, **{name: gettext(word) for name, word in words.items()}}
    return text % all_values if all_values else text


def german(text: str | Saying) -> str:
    return text.german() if isinstance(text, Saying) else str(text)


def keep(title: str | Saying, text: str | Saying) -> dict[str, Any]:
    """What `Event.sayings` holds: only what can be translated."""
    pairs = (("title", title), ("text", text))
    return {name: saying.to_json() for name, saying in pairs if isinstance(saying, Saying)}


def read(sayings: dict[str, Any], name: str, stored: str) -> str:
    """`title` or `text` of an event in the active language, else as stored."""
    kept = sayings.get(name)
    return fill(kept["message"], kept["values"], kept["words"]) if kept else stored
