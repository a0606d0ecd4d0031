"""Mitstadt: the open platform for a city and its people."""

__version__ = "0.1.0"
