"""Capacities as open data."""

from mitstadt.kit.datasets import Dataset

ALL: tuple[Dataset, ...] = ()
