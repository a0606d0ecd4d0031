"""Rectangles and how to prove that none lies on another. Lengths in px of the picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlaps(self, other: Box) -> bool:
        """Whether the two share an area; touching edges do not count."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


def conflicts(boxes: Iterable[tuple[str, Box]]) -> list[tuple[str, str]]:
    """All pairs of names whose boxes overlap, by a sweep from top to bottom."""
    found: list[tuple[str, str]] = []
    open_boxes: list[tuple[str, Box]] = []
    for name, box in sorted(boxes, key=lambda pair: (pair[1].y, pair[1].x)):
        open_boxes = [pair for pair in open_boxes if pair[1].bottom > box.y]
        found += [(other, name) for other, taken in open_boxes if taken.overlaps(box)]
        open_boxes.append((name, box))
    return found
