"""Capacities of the demo city that move in time."""


def load() -> str:
    return ""
