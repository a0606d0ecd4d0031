"""`mitstadt dsfa`: the impact assessment before a city goes live, filled in from the models."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mitstadt.capacity import impact


class Command(BaseCommand):
    help = "Print the data protection impact assessment (DSFA) of the directory and the free places, in German."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, help="write it into this file instead")
        parser.add_argument("--check", action="store_true", help="say whether the paper knows every table")

    def handle(self, *args: Any, **options: Any) -> None:
        found = impact.problems()
        if found:
            raise CommandError("\n".join(found))
        if options["check"]:
            self.stdout.write("every table and field is accounted for")
        elif options["output"] is not None:
            options["output"].write_text(impact.text(), encoding="utf-8")
        else:
            self.stdout.write(impact.text())
