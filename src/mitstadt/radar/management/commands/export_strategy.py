"""`mitstadt export-strategy --format yaml`: the strategy as a file that can be imported again."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mitstadt.radar import exporter, queries
from mitstadt.radar.models import Strategy


class Command(BaseCommand):
    help = "Write the strategy as YAML (with its whole frame), or its measures as CSV or XLSX."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=sorted(exporter.FORMATS), default="yaml")
        parser.add_argument("--output", type=Path, help="a file; else standard output")
        parser.add_argument("--strategy", default="", help="short address of the strategy; else the current one")
        parser.add_argument("--template", action="store_true", help="an empty table with all headings (CSV, XLSX)")

    def handle(self, *args: Any, **options: Any) -> None:
        form = options["format"]
        if options["template"]:
            if form == "yaml":
                raise CommandError("A template is a table: --format csv or xlsx.")
            data = exporter.template(form)
        else:
            slug = options["strategy"]
            strategy = Strategy.objects.filter(slug=slug).first() if slug else queries.current_strategy()
            if strategy is None:
                raise CommandError("There is no such strategy.")
            data = exporter.export(strategy, form)
        if options["output"]:
            options["output"].write_bytes(data)
        else:
            sys.stdout.buffer.write(data)
