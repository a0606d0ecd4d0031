"""`/api/v1/districts`: the city's districts, with their place in the tile map, and as GeoJSON."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from . import queries
from .models import District

router = Router(tags=["districts"])


class DistrictOut(Schema):
    """`column` and `row` are the place in the schematic tile map, from 0, north is up."""

    number: int
    name: str
    slug: str
    column: int
    row: int


@router.get("", response=list[DistrictOut], summary="All districts by number")
def list_districts(request: HttpRequest) -> list[District]:
    return queries.all_districts()


@router.get("/geojson", summary="All districts as GeoJSON (RFC 7946)", response=dict)
def geojson(request: HttpRequest) -> HttpResponse:
    text = json.dumps(queries.feature_collection(), ensure_ascii=False)
    return HttpResponse(text, content_type="application/geo+json")
