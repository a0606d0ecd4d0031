"""`mitstadt export FOLDER`: every public data set as files, with the catalogue."""

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


class Command(BaseCommand):
    help = "Write every public data set (or those named with --only) and the DCAT-AP.de catalogue into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where the files go; made if it does not exist")
        parser.add_argument("--only", action="append", default=[], metavar="SET", help="only this set; repeatable")
        parser.add_argument(
            "--format",
            action="append",
            default=[],
            choices=sorted(catalogue.FORMATS),
            help="only this format; repeatable; GeoJSON is written for sets with a place",
        )
        parser.add_argument("--since", default="", help="only what changed from this day or moment on")

    def handle(self, *args: Any, **options: Any) -> None:
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
