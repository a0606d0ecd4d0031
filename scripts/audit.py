"""`make audit`: every page in every theme, mode, width and language through axe, and its HTML through a validator.

Two walks at once, a line for each that is done; a walk that was stopped goes on where it stood (what was clean is
remembered for the same state of the code, below build/audit). Words after the command go to pytest: `-k staff`.

Needs Chromium. The validator (the npm package vnu-jar, run with java) is installed into build/; where npm or java are
missing this is said, and in CI it is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from mitstadt.project.catalogues import compile_all  # noqa: E402 - needs the path above

VALIDATOR = ROOT / "build" / "audit" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def validator() -> Path | None:
    """The validator's jar, installed if need be; None when it cannot be."""
    if VALIDATOR.exists():
        return VALIDATOR
    if not (shutil.which("npm") and shutil.which("java")):
        return None
    folder = ROOT / "build" / "audit"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["npm", "install", "--silent", "--no-save", "--prefix", str(folder), "vnu-jar"], check=False, cwd=folder
    )
    return VALIDATOR if VALIDATOR.exists() else None


def main() -> int:
    jar = validator()
    if jar is None:
        sys.stdout.write("No npm or java: the HTML of the pages is not validated.\n")
        if os.environ.get("CI"):
            return 1
    compile_all()  # before Django starts anywhere: it keeps the catalogues that it finds then
    environment = {**os.environ, "MITSTADT_AUDIT": "1", "MITSTADT_VNU": str(jar or "")}
    environment.setdefault("DATABASE_URL", f"sqlite:///{ROOT}/build/audit.sqlite3")
    command = [sys.executable, "-m", "pytest", "tests/browser/test_audit.py", "-v", "--show-capture=no"]
    command += ["-n", "2", "--dist", "worksteal", *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
