"""`make lint`: everything that a machine can say about the source, all of it before the verdict."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

CHECKS: list[tuple[str, list[str]]] = [
    ("ruff: faults", ["ruff", "check", "."]),
    ("ruff: form", ["ruff", "format", "--check", "."]),
    ("djlint: templates", ["djlint", "--lint", "--quiet", "src", "demo"]),
    ("mypy: types", ["mypy"]),
    ("import-linter: floors", ["lint-imports"]),
    ("migrations are complete", ["python", "-m", "django", "makemigrations", "--check", "--dry-run"]),
    ("catalogues are complete", ["python", "scripts/catalogues.py", "check"]),
    ("reuse: licences", ["reuse", "lint", "--quiet"]),
]


def lock_files() -> list[str]:
    """Lock files hold names, versions and hashes; a download address would tie everybody to one place."""
    faults = []
    for file in sorted(ROOT.glob("requirements*.txt")):
        for number, line in enumerate(file.read_text().splitlines(), start=1):
            if re.search(r"https?://|--index-url|--extra-index-url|--find-links", line):
                faults.append(f"{file.name}:{number}: {line.strip()}")
        if "--hash=" not in file.read_text():
            faults.append(f"{file.name}: no hashes")
    return faults


def main() -> int:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "mitstadt.project.settings.test",
        "DATABASE_URL": f"sqlite:///{ROOT}/build/lint.sqlite3",
    }
    (ROOT / "build").mkdir(exist_ok=True)
    bad: list[str] = []
    for name, command in CHECKS:
        started = time.monotonic()
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        well = done.returncode == 0
        sys.stdout.write(f"{'ok  ' if well else 'BAD '} {name} ({time.monotonic() - started:.1f} s)\n")
        if not well:
            bad.append(name)
            sys.stdout.write(done.stdout + done.stderr)
        elif "not installed" in done.stdout:
            sys.stdout.write(done.stdout)
        sys.stdout.flush()
    faults = lock_files()
    sys.stdout.write(f"{'BAD ' if faults else 'ok  '} lock files\n" + "".join(f"{fault}\n" for fault in faults))
    if faults:
        bad.append("lock files")
    sys.stdout.write(f"\n{len(bad)} of {len(CHECKS) + 1} checks failed: {', '.join(bad)}\n" if bad else "\nAll well.\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
