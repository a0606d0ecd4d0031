"""What stands for all tests of a module is set up after those of its tests that want an empty database."""

from __future__ import annotations

from itertools import groupby

import pytest

SHARED = {"demo_city", "module_db"}


@pytest.hookimpl(trylast=True)  # after pytest-django has put real transactions last
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share come last in their module. Raises UsageError when the module has real transactions as well."""
    in_order = []
    for _path, group in groupby(items, key=lambda item: item.path):
        tests = list(group)
        if any(map(_shares, tests)) and (real := [item.nodeid for item in tests if _has_real_transactions(item)]):
            raise pytest.UsageError(f"{real[0]}: real transactions, in a module with {' or '.join(sorted(SHARED))}")
        in_order += sorted(tests, key=_shares)
    items[:] = in_order


def _fixtures(item: pytest.Item) -> tuple[str, ...]:
    return tuple(getattr(item, "fixturenames", ()))


def _shares(item: pytest.Item) -> bool:
    return bool(SHARED.intersection(_fixtures(item)))


def _has_real_transactions(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"}.intersection(_fixtures(item))
    return bool(asked or (mark and mark.kwargs.get("transaction")))
