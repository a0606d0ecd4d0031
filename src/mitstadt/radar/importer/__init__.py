"""From a city's file to measures: read safely (limits, read_*), recognise columns, check, compare (plan), stage.

Everything here but `stage` and `state` is pure: bytes in, dataclasses and problems out.
"""
