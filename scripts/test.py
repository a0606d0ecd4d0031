"""`make test`: the fast and the slow part on SQLite and on PostgreSQL, then the journeys in headless Chromium.

Tests that need no database (conftest.py marks them `pure`) run once, beside SQLite. Prints pytest's own output of each
part and one closing line for all of them. PostgreSQL is the server in DATABASE_URL, else the one on 127.0.0.1:5432. In
CI (`CI` set) a missing server or browser is a failure, elsewhere it is said loudly.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from mitstadt.project.catalogues import compile_all  # noqa: E402 - needs the path above

BUILD = ROOT / "build" / "tests"
IN_CI = bool(os.environ.get("CI"))
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FAST, SLOW = "not browser and not slow", "slow and not browser"
LEAN = [word for name in ("schemathesis", "faker", "playwright") for word in ("-p", f"no:{name}")]  # a second to import
MINE = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]  # two checkouts may test on one server at once


@dataclass
class Part:
    """One run of pytest."""

    name: str
    database: str
    arguments: list[str]
    process: subprocess.Popen[str] | None = None
    code: int = 0

    @property
    def report(self) -> Path:
        return BUILD / f"{self.name}.xml"

    @property
    def log(self) -> Path:
        return BUILD / f"{self.name}.log"

    def start(self, *, quiet: bool) -> None:
        environment = {**os.environ, "DATABASE_URL": self.database, "PYTHONUNBUFFERED": "1"}
        environment["DJANGO_SETTINGS_MODULE"] = "mitstadt.project.settings.test"
        if environment.pop("PYTHONDONTWRITEBYTECODE", ""):  # compile once all the same, but not into the source tree
            environment["PYTHONPYCACHEPREFIX"] = str(ROOT / "build" / "bytecode")
        command = [sys.executable, "-m", "pytest", *self.arguments, f"--junitxml={self.report}"]
        output = self.log.open("w") if quiet else None
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, text=True, stdout=output, stderr=subprocess.STDOUT if quiet else None
        )

    def finish(self, *, quiet: bool) -> None:
        assert self.process is not None
        self.code = self.process.wait()
        if quiet:
            sys.stdout.write(self.log.read_text())
            sys.stdout.flush()


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def loudly(text: str) -> None:
    bar = "!" * 78
    say(f"{bar}\n!!  {text}\n{bar}")


def postgres() -> str | None:
    """The address of a server that answers, or None."""
    import psycopg

    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith(("postgres://", "postgresql://")):
        url = f"postgres://postgres@127.0.0.1:5432/mitstadt_{MINE}"
    base, _, _name = url.rpartition("/")
    try:
        psycopg.connect(f"{base}/postgres", connect_timeout=5).close()
    except psycopg.OperationalError as error:
        say(f"PostgreSQL: {str(error).splitlines()[0]}")
        return None
    return url


def have_chromium() -> bool:
    """Is a browser there? On Debian as root it is installed when missing (with gettext, which `make lint` needs)."""
    if os.environ.get("MITSTADT_CHROMIUM") or any(map(shutil.which, CHROMIUM)):
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("▸ Installing Chromium and gettext")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "gettext"],
            env=quiet,
            check=False,
            stdout=subprocess.DEVNULL,
        )
    return any(map(shutil.which, CHROMIUM))


def closing_line(parts: list[Part], seconds: float, missing: list[str]) -> tuple[str, bool]:
    """pytest's last line over all parts, and whether everything is well."""
    passed = failed = errors = skipped = 0
    broken = [part.name for part in parts if not part.report.exists()]
    for part in parts:
        if not part.report.exists():
            continue
        for suite in ET.parse(part.report).getroot().iter("testsuite"):  # noqa: S314  our own file
            total, bad, worse, left = (int(suite.get(k, 0)) for k in ("tests", "failures", "errors", "skipped"))
            passed += total - bad - worse - left
            failed, errors, skipped = failed + bad, errors + worse, skipped + left
    words = [f"{failed} failed"] if failed else []
    words += [f"{passed} passed"]
    words += [f"{skipped} skipped"] if skipped else []
    words += [f"{errors} errors"] if errors else []
    words += [f"no result from {name}" for name in broken] + [f"{name} missing" for name in missing]
    well = not (failed or errors or broken or any(part.code for part in parts)) and not (missing and IN_CI)
    text = f" {', '.join(words)} in {seconds:.2f}s "
    return text.center(78, "="), well and passed > 0


def on_each(databases: dict[str, str], chosen: str, ending: str = "") -> list[Part]:
    """The chosen tests on each database; those that need none on the first one only."""
    choices = [chosen] + [f"{chosen} and not pure"] * (len(databases) - 1)
    return [
        Part(f"{name}{ending}", url, [*LEAN, "-m", choice])
        for (name, url), choice in zip(databases.items(), choices, strict=True)
    ]


def side_by_side(parts: list[Part], started: float) -> list[Part]:
    """One process for each database: they do not get in each other's way."""
    for part in parts:
        part.start(quiet=True)
    for part in parts:
        part.finish(quiet=True)
        say(f"  ({part.name}, after {time.monotonic() - started:.0f} s)")
    os.environ["MITSTADT_FRESH_DATABASE"] = "0"  # even in CI: what was migrated a minute ago is kept as a template
    return parts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--browser", action="store_true")
    options = parser.parse_args()
    everything = options.fast == options.browser
    started = time.monotonic()
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    compile_all()  # before Django starts anywhere: it keeps the catalogues that it finds then
    parts: list[Part] = []
    missing: list[str] = []
    if everything or options.fast:
        databases = {"sqlite": f"sqlite:///{BUILD}/fast.sqlite3"}
        if server := postgres():
            databases["postgresql"] = server
        else:
            missing.append("PostgreSQL")
            loudly("No PostgreSQL: half of the promise is untested. Start one on 127.0.0.1:5432 or set DATABASE_URL.")
        say(f"▸ Unit and integration tests on {' and '.join(databases)}, side by side")
        parts += side_by_side(on_each(databases, FAST), started)
        if everything:
            say("▸ The slow part: killed processes, long walks")
            parts += side_by_side(on_each(databases, SLOW, "-slow"), started)
    if everything or options.browser:
        if have_chromium():
            say("▸ Journeys in headless Chromium")
            journeys = Part(
                "browser", f"sqlite:///{BUILD}/browser.sqlite3", ["-m", "browser", "-n", "2", "--dist", "loadfile"]
            )
            parts.append(journeys)
            journeys.start(quiet=False)
            journeys.finish(quiet=False)
        else:
            missing.append("Chromium")
            loudly("No Chromium: the journeys were not walked. Install it or name it in MITSTADT_CHROMIUM.")
    line, well = closing_line(parts, time.monotonic() - started, missing)
    say(line)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
