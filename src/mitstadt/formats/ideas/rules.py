"""Pure decisions about thresholds: how far an idea still has to go."""

from __future__ import annotations


def missing(support: int, threshold: int) -> int:
    """How many supporters are still needed until the city looks at an idea; 0 when it does."""
    return max(0, threshold - support) if threshold else 0
