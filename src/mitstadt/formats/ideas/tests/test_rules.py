"""How far an idea still has to go."""

import pytest

from mitstadt.formats.ideas import rules


@pytest.mark.parametrize(("support", "threshold", "left"), [(3, 15, 12), (15, 15, 0), (40, 15, 0), (3, 0, 0)])
def test_how_many_are_missing(support, threshold, left):
    assert rules.missing(support, threshold) == left
