"""`mitstadt manage load_districts FILE`: take the districts' outlines from the city's own GeoJSON."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mitstadt.geo import actions, geojson
from mitstadt.kit.city import current
from mitstadt.kit.errors import DomainError


class Command(BaseCommand):
    help = (
        "Load the districts of the city's folder (districts.yaml) and, from FILE, their outlines as GeoJSON "
        "(RFC 7946), matched by number or name. Everything or nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="a GeoJSON file; without it only districts.yaml is read")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["file"]
        try:
            if (current().folder / "districts.yaml").is_file():
                self.stdout.write(f"{actions.load_districts(current().folder)} Stadtbezirke")
            if path is not None:
                if path.stat().st_size > geojson.MAX_BYTES:
                    geojson.read(b" " * (geojson.MAX_BYTES + 1))
                self.stdout.write(self.style.SUCCESS(f"{actions.load_outlines(path.read_bytes())} Umrisse"))
        except DomainError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
