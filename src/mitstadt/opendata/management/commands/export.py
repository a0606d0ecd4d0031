"""`mitstadt export FOLDER`: every public data set as files, with the catalogue; or one process as a flat file."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mitstadt.kit import datasets
from mitstadt.kit.city import current
from mitstadt.opendata import catalogue, writers
from mitstadt.opendata.card import about
from mitstadt.opendata.views import since_from

FLAT = "flat"


class Command(BaseCommand):
    help = (
        "Write every public data set (or those named with --only) and the DCAT-AP.de catalogue into a folder. "
        "With --process only the flat file of that process, into this folder if none is named."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="where the files go; made if it does not exist")
        parser.add_argument("--only", action="append", default=[], metavar="SET", help="only this set; repeatable")
        parser.add_argument(
            "--format",
            action="append",
            default=[],
            choices=[*sorted(catalogue.FORMATS), FLAT],
            help="only this format; repeatable; GeoJSON is written for sets with a place; "
            "flat (with --process) is CSV and JSON",
        )
        parser.add_argument("--process", metavar="ID", help="only this process: its number or its permanent id")
        parser.add_argument("--since", default="", help="only what changed from this day or moment on")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["process"] is not None:
            self._flat(options)
            return
        if options["folder"] is None:
            raise CommandError("Name a folder to write into.")
        if FLAT in options["format"]:
            raise CommandError("A flat file is of one process: name it with --process ID.")
        known = {dataset.slug: dataset for dataset in datasets.all_datasets()}
        unknown = [slug for slug in options["only"] if slug not in known]
        if unknown:
            raise CommandError(f"There is no data set {unknown[0]!r}. Known: {', '.join(known)}.")
        try:
            since = since_from(options["since"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        for slug in options["only"] or known:
            dataset = known[slug]
            for suffix in catalogue.formats_of(dataset):
                if options["format"] and suffix not in options["format"]:
                    continue
                pieces = writers.pieces(suffix, dataset, dataset.rows(since), partial(about, dataset))
                self._report(write(folder / f"{slug}.{suffix}", pieces))
        if not options["only"]:
            graph = catalogue.build(current(), datasets.all_datasets())
            for suffix, (form, _type) in catalogue.SERIALISATIONS.items():
                self._report(write(folder / f"katalog.{suffix}", [graph.serialize(format=form)]))

    def _flat(self, options: dict[str, Any]) -> None:
        if options["only"] or options["since"]:
            raise CommandError("--process writes one whole file: --only and --since do not go with it.")
        found = datasets.flat_file("process", options["process"])
        if found is None:
            raise CommandError(f"There is no public process {options['process']!r}.")
        wanted = set(options["format"] or [FLAT])
        suffixes = [suffix for suffix in ("csv", "json") if wanted & {suffix, FLAT}]
        if not suffixes:
            raise CommandError("The flat file of a process is CSV or JSON.")
        folder: Path = options["folder"] or Path()
        folder.mkdir(parents=True, exist_ok=True)
        for suffix in suffixes:
            pieces = writers.pieces(suffix, found.dataset, found.rows(), found.card)
            self._report(write(folder / f"{found.name}.{suffix}", pieces))

    def _report(self, path: Path) -> None:
        self.stdout.write(f"{path} ({path.stat().st_size:,} bytes)")


def write(path: Path, pieces: Iterable[str]) -> Path:
    """Write a file as it streams; until it is whole, what stood there before stays."""
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return path
