"""`mitstadt import-offers FILE --mapping NAME`: compare a file with the directory and take it over."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mitstadt.accounts.actor import ADMINISTRATOR, Actor, Grant
from mitstadt.directory.importing import planning, running, shipped
from mitstadt.directory.importing.models import Import, ImportRow
from mitstadt.kit.errors import DomainError
from mitstadt.kit.tables import MAX_BYTES

OPERATOR = Actor(second_factor=True, grants=(Grant(ADMINISTRATOR, 0, "Mitstadt", "Betrieb"),))
SHOWN = 40


class Command(BaseCommand):
    help = "Compare a file (CSV, XLSX, JSON, GeoJSON, HSDS) with the directory of offers and take it over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", default="", help="slug of a mapping; without one, those there are get listed")
        parser.add_argument("--dry-run", action="store_true", help="compare only")
        parser.add_argument(
            "--duplicates", choices=["ask", "skip", "new", "replace"], default="ask",
            help="what becomes of entries that may be there already; ask (the default) leaves them for the next import",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not options["mapping"]:
            known = "\n".join(f"  {one.slug}: {one.name}" for one in shipped.everything())
            raise CommandError(f"Which mapping? --mapping is one of:\n{known}")
        try:
            if path.stat().st_size > MAX_BYTES:
                raise CommandError(f"{path}: more than {MAX_BYTES // 1_048_576} MB.")
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        try:
            staged = planning.stage(OPERATOR, data, path.name, options["mapping"])
            self._show(staged)
            if staged.state == Import.State.BROKEN:
                running.discard(OPERATOR, staged)
                raise CommandError("Nothing was changed.")
            if options["dry_run"]:
                running.discard(OPERATOR, staged)
                self.stdout.write("Nothing was changed.")
                return
            if options["duplicates"] != "ask":
                running.choose_all(OPERATOR, staged, options["duplicates"])
            running.take(OPERATOR, staged, wait=True)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(", ".join(f"{name} {count}" for name, count in sorted(staged.outcome.items())))
        for row in staged.rows.filter(outcome=ImportRow.Outcome.REFUSED)[:SHOWN]:
            self.stdout.write(f"refused: {row.line}: {row.title}: {row.reason}")

    def _show(self, staged: Import) -> None:
        for note in staged.notes:
            self.stdout.write(str(note))
        for verdict in (ImportRow.Verdict.BROKEN, ImportRow.Verdict.TWIN, ImportRow.Verdict.CHANGED,
                        ImportRow.Verdict.GONE):  # fmt: skip
            rows = staged.rows.filter(verdict=verdict)
            for row in rows[:SHOWN]:
                told = "; ".join(f"{fault['field']}: {fault['text']}" for fault in row.faults) or ", ".join(row.fields)
                self.stdout.write(f"{verdict.value}: {row.line or '–'}: {row.title}{f' ({told})' if told else ''}")
            if (count := staged.counts.get(verdict.value, 0)) > SHOWN:
                self.stdout.write(f"… {count - SHOWN} more")
        if staged.state == Import.State.READY:
            self.stdout.write(", ".join(f"{name} {count}" for name, count in staged.counts.items()))
            if not any(staged.counts.get(name) for name in ("new", "changed", "twin", "broken", "gone")):
                self.stdout.write("No difference.")
