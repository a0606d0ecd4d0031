"""Message catalogues of every room: `collect` texts into them, or `check` that nothing is missing (needs gettext).

German is the language of the source texts, so a catalogue exists for every other language only.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import django
import polib
from django.conf import settings
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "mitstadt"
LANGUAGES = ("en",)


def rooms() -> list[Path]:
    """Every room; of the formats each folder is one."""
    folders = [*PACKAGE.iterdir(), *(PACKAGE / "formats").iterdir()]
    return sorted(f for f in folders if (f / "__init__.py").exists() and f != PACKAGE / "formats")


def name_of(room: Path) -> str:
    """``radar``, ``formats/ideas``"""
    return str(room.relative_to(PACKAGE))


def collect(room: Path) -> None:
    """Run Django's makemessages inside `room`."""
    (room / "locale").mkdir(exist_ok=True)
    if not settings.configured:  # in this process and without our own settings: twenty rooms, one start
        settings.configure()
        django.setup()
    with contextlib.chdir(room):
        call_command(
            "makemessages",
            locale=list(LANGUAGES),
            no_location=True,
            add_location=None,
            no_wrap=True,
            verbosity=0,
            ignore_patterns=["tests/*"],
        )
    for file in room.glob("locale/*/LC_MESSAGES/*.po"):
        tidy(file)


def tidy(file: Path) -> None:
    """Leave out what differs from run to run (the date), so that only changed texts change the file."""
    catalogue = polib.pofile(str(file), wrapwidth=0)
    for name in ("POT-Creation-Date", "Report-Msgid-Bugs-To"):
        catalogue.metadata.pop(name, None)
    for entry in catalogue:
        entry.previous_msgctxt = entry.previous_msgid = entry.previous_msgid_plural = None  # who translated knows
    catalogue.save(str(file))


def texts(file: Path) -> dict[tuple[str | None, str], polib.POEntry]:
    if not file.exists():
        return {}
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(file)) if not entry.obsolete}


def faults_of(room: Path, workshop: Path) -> list[str]:
    """What is missing, unfinished or left over in the catalogues of `room`. Works on a copy."""
    copy = workshop / name_of(room)
    shutil.copytree(room, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "static", "migrations", "tests"))
    collect(copy)
    found: list[str] = []
    for language in LANGUAGES:
        for name in ("django.po", "djangojs.po"):
            where = Path("locale", language, "LC_MESSAGES", name)
            have, need = texts(room / where), texts(copy / where)
            label = f"{name_of(room)}/{where}"
            found += [f"{label}: missing {key[1]!r}" for key in need.keys() - have.keys()]
            for key, entry in have.items():
                if entry.fuzzy:
                    found.append(f"{label}: fuzzy {key[1]!r}")
                elif not entry.translated():
                    found.append(f"{label}: not translated {key[1]!r}")
    return found


def check() -> int:
    if not shutil.which("xgettext"):
        sys.stdout.write("gettext is not installed, so the catalogues were not compared with the source texts.\n")
        return 1 if os.environ.get("CI") else 0
    with tempfile.TemporaryDirectory() as workshop:
        faults = [fault for room in rooms() for fault in faults_of(room, Path(workshop))]
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    return 1 if faults else 0


def main(words: list[str]) -> int:
    if words[:1] == ["collect"]:
        known = {name_of(room): room for room in rooms()}
        for name in words[1:] or known:
            collect(known[name])
        return 0
    if words == ["check"]:
        return check()
    sys.stdout.write("usage: catalogues.py collect [ROOM …]|check\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
