"""`mitstadt import-strategy FILE`: check a strategy or a revision, show what it would do, publish it if asked to."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mitstadt.accounts.actor import ADMINISTRATOR, Actor, Grant
from mitstadt.kit.errors import DomainError
from mitstadt.radar import actions
from mitstadt.radar.models import ColumnMapping, StagedImport

OPERATOR = Actor(grants=(Grant(ADMINISTRATOR, 0, "Mitstadt", "Betrieb"),))
SHOWN = 40


class Command(BaseCommand):
    help = "Check a strategy file (YAML, CSV, XLSX) and show what it would change; --publish publishes it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check and compare only (the default)")
        parser.add_argument("--publish", action="store_true", help="publish when there is no error")
        parser.add_argument("--strategy", default=actions.DEFAULT_SLUG, help="short address of the strategy")
        parser.add_argument("--revision", default="", help="code of the revision that the file becomes, such as 2024")
        parser.add_argument("--name", default="", help="name of that revision")
        parser.add_argument("--decided", default="", help="when it was decided: 2024, 2024-05 or 2024-05-31")
        parser.add_argument("--partial", action="store_true", help="do not retire measures that the file leaves out")
        parser.add_argument("--mapping", default="", help="name of a saved column mapping")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        if options["dry_run"] and options["publish"]:
            raise CommandError("--dry-run and --publish exclude each other.")
        target = {key: options[option] for key, option in
                  (("code", "revision"), ("name", "name"), ("decided", "decided")) if options[option]}  # fmt: skip
        try:
            staged = actions.stage_import(
                OPERATOR,
                data,
                path.name,
                strategy_slug=options["strategy"],
                target=target,
                full=not options["partial"],
                mapping=self._mapping(options["mapping"]),
                progress=self._progress,
            )
            self._show(staged)
            if staged.state == StagedImport.State.BROKEN:
                actions.discard_import(OPERATOR, staged)
                raise CommandError(f"{staged.summary['errors']} errors; nothing was changed.")
            if options["publish"]:
                actions.publish_revision(OPERATOR, staged, progress=self._progress)
                self.stdout.write("Published.")
            else:
                actions.discard_import(OPERATOR, staged)
                self.stdout.write("Nothing was changed (--publish publishes).")
        except DomainError as error:
            raise CommandError(error.message) from error

    def _mapping(self, name: str) -> dict[str, str]:
        if not name:
            return {}
        found = ColumnMapping.objects.filter(name=name).first()
        if found is None:
            raise CommandError(f"There is no column mapping {name!r}.")
        return dict(found.columns)

    def _progress(self, step: str, done: int, of: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{step} {done}/{of}", ending="" if done < of else "\n")

    def _show(self, staged: StagedImport) -> None:
        for problem in staged.problems[:SHOWN]:
            place = f"{problem['row']}: " if problem["row"] else ""
            self.stdout.write(
                f"{problem['level']}: {place}{problem['field']}: „{problem['value']}“ – {problem['message']}"
            )
        if staged.summary.get("problems", 0) > SHOWN:
            self.stdout.write(f"… {staged.summary['problems'] - SHOWN} more")
        for row in staged.rows.exclude(verdict="same")[:SHOWN]:
            fields = ", ".join(d["field"] for d in row.differences)
            self.stdout.write(f"{row.verdict}: {row.title}{f' ({fields})' if fields else ''}")
        self.stdout.write(", ".join(f"{key} {value}" for key, value in staged.summary.items()))
