"""What other rooms add to a person's own page ("Meine Beiträge", "Was ich verfolge").

overview.register(overview.Card(_("Meine Beiträge"), "comments:mine", _("Was Sie geschrieben haben"), order=20))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .actor import Actor


@dataclass(frozen=True, slots=True)
class Card:
    """`target` is a URL name or a path; `shown(actor)` decides for whom, without a query."""

    title: Any
    target: str
    text: Any = ""
    order: int = 100
    shown: Callable[[Actor], bool] = lambda actor: True

    @property
    def href(self) -> str:
        from django.urls import reverse

        return self.target if self.target.startswith("/") else reverse(self.target)


_cards: dict[str, Card] = {}


def register(card: Card) -> None:
    """Add a card to `/konto/`; call it in ``AppConfig.ready``."""
    _cards[card.target] = card


def cards(actor: Actor) -> list[Card]:
    return sorted((c for c in _cards.values() if c.shown(actor)), key=lambda card: (card.order, card.target))
