"""`mitstadt manage search_rebuild`: bring the search index in line with what the rooms hold."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from mitstadt.search import actions, schema


class Command(BaseCommand):
    help = "Rebuild the search index from every room's texts. Safe while people are using the site."
    requires_system_checks = []  # it repairs what the checks complain about

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--index", action="store_true", help="make the database's full-text index anew first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["index"]:
            with transaction.atomic():
                schema.create(connection)
        total = actions.rebuild(lambda kind, count: self.stdout.write(f"{kind or 'analysed'}: {count}"))
        self.stdout.write(self.style.SUCCESS(f"{total} documents are searchable."))
