"""Compiles the message catalogues (`.po` to `.mo`) with polib, so that running Mitstadt needs no gettext tools."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parents[1]


def catalogues(folder: Path = PACKAGE) -> Iterator[Path]:
    """Every room's `.po` file."""
    return iter(sorted(folder.glob("**/locale/*/LC_MESSAGES/django*.po")))


def compile_all(folder: Path = PACKAGE) -> int:
    """Compile what is newer than its `.mo`. Returns how many were compiled."""
    done = 0
    for source in catalogues(folder):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        temporary = target.with_suffix(f".mo.{os.getpid()}")  # two processes may compile at once
        polib.pofile(str(source)).save_as_mofile(str(temporary))
        temporary.replace(target)
        done += 1
    return done
