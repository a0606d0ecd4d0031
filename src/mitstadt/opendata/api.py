"""`/api/v1/datasets`: what there is to download."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema

from mitstadt.kit import datasets
from mitstadt.kit.city import current

from .catalogue import formats_of

router = Router(tags=["datasets"])


class ColumnOut(Schema):
    name: str
    kind: str
    meaning: str


class DatasetOut(Schema):
    slug: str
    title: str
    description: str
    licence_url: str
    modified: datetime | None
    columns: list[ColumnOut]
    downloads: dict[str, str]


@router.get("", response=list[DatasetOut], summary="Open data sets")
def list_datasets(request: HttpRequest) -> list[DatasetOut]:
    base = settings.MITSTADT_BASE_URL.rstrip("/")
    return [
        DatasetOut(
            slug=d.slug,
            title=str(d.title),
            description=str(d.description),
            licence_url=current().licence.url,
            modified=d.modified(),
            columns=[ColumnOut(name=c.name, kind=c.kind, meaning=str(c.meaning)) for c in d.columns],
            downloads={suffix: f"{base}/daten/{d.slug}.{suffix}" for suffix in formats_of(d)},
        )
        for d in datasets.all_datasets()
    ]
