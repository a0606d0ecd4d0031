"""`GET /api/v1/search`: what the search page finds, for programs."""

from __future__ import annotations

from html import unescape
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router, Schema

from mitstadt.geo import queries as geo

from . import queries

router = Router(tags=["search"])


class HitOut(Schema):
    id: str
    kind: str
    title: str
    url: str
    snippet: str
    snippet_html: str
    state: str
    district: str
    is_example: bool


class ResultsOut(Schema):
    """`total` is a lower bound when `more` is true. `reason`: why there is nothing (empty, stopwords, nothing)."""

    query: str
    corrected_query: str
    left_out: list[str]
    total: int
    more: bool
    kinds: dict[str, int]
    reason: str
    items: list[HitOut]


@router.get("", response=ResultsOut, summary="Search everything that is public")
def search(
    request: HttpRequest,
    q: Annotated[str, Query(description="Words in German; longer than 200 characters is cut")] = "",
    kind: Annotated[str, Query(description="Only this kind of subject")] = "",
    district: Annotated[int | None, Query(description="Number of a district", ge=0, le=32_767)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=queries.MOST)] = 0,
) -> ResultsOut:
    where = geo.by_number(district) if district is not None else None
    found = queries.find(
        q,
        kinds=[kind] if kind else None,
        district=where.pk if where else (-1 if district is not None else None),
        limit=limit,
        offset=offset,
    )
    base = settings.MITSTADT_BASE_URL.rstrip("/")
    return ResultsOut(
        query=found.query,
        corrected_query=found.corrected_query,
        left_out=[word for word in found.left_out if word],
        total=found.total,
        more=found.more,
        kinds=found.facets,
        reason=found.reason,
        items=[
            HitOut(
                id=hit.public_id,
                kind=hit.kind,
                title=hit.plain_title,
                url=base + hit.path,
                snippet=_plain(hit.snippet),
                snippet_html=hit.snippet,
                state=hit.state,
                district=hit.district,
                is_example=hit.is_example,
            )
            for hit in found.hits
        ],
    )


def _plain(snippet: str) -> str:
    return unescape(snippet.replace("<mark>", "").replace("</mark>", ""))
