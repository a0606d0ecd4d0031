"""`mitstadt export-offers FILE`: the public entries, in a file that import-offers reads again without a difference."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mitstadt.directory import queries
from mitstadt.directory.importing import export


class Command(BaseCommand):
    help = "Write all public offers into a CSV, JSON or GeoJSON file; import-offers --mapping mitstadt reads it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        form = path.suffix.lower().lstrip(".")
        if form not in export.FORMS:
            raise CommandError("The file must end in .csv, .json or .geojson.")
        try:
            with path.open("w", encoding="utf-8", newline="") as target:
                target.writelines(export.lines(form, queries.public()))
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
