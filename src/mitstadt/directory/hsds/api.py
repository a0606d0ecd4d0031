"""`/api/hsds/…`: the directory in HSDS 3.1, for programs. The same public offers as the pages, read only.

Paths, parameters and pages follow schema/openapi.json of HSDS 3.1. A parameter that is not understood, or not known, is
answered with 400 and its name, so that nobody mistakes everything for what they asked for. Errors are in English.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from mitstadt.directory import queries
from mitstadt.directory.models import Provider, Service, ServiceAt
from mitstadt.kit import cache
from mitstadt.kit.problems import CityAPI, Problem, ProblemOut, respond

from . import profile, selecting, shapes
from .selecting import Asked, Wrong
from .shapes import Shape

MOST = 100  # on a page
MOST_MINIMAL = 10_000
CHUNK = 200
Found = TypeVar("Found", bound=Model)

api = CityAPI(
    title="Mitstadt: HSDS",
    version=profile.VERSION,
    description=(
        "The city's social offers in HSDS 3.1 (Human Services Data Specification: an Open Referral resource, "
        "https://openreferral.org/). What HSDS lacks is said by attributes of the profile at profile.json."
    ),
    openapi_url="openapi.json",
    docs_url=None,
    urls_namespace="hsds",
)


# -- what can be asked ------------------------------------------------------------------------------
class PageIn(Schema):
    page: Annotated[int, Field(ge=1, le=1_000_000, description="Number of the page")] = 1
    per_page: Annotated[int, Field(ge=1, le=MOST_MINIMAL, description=f"Up to {MOST}; {MOST_MINIMAL} if minimal")] = 50
    format: Annotated[Literal["json", "ndjson"], Field(description="ndjson: everything, one object a line")] = "json"


class SearchIn(PageIn):
    search: Annotated[str, Field(max_length=300, description="Words in German, as on the page")] = ""


class HsdsOffersIn(SearchIn):
    taxonomy_term_id: Annotated[str, Field(description="With this term or one below it")] = ""
    taxonomy_id: Annotated[str, Field(description="With any term of this taxonomy")] = ""
    organization_id: str = ""
    modified_after: Annotated[str, Field(description="Changed or confirmed at or after: a day or a moment")] = ""
    postcode: Annotated[str, Field(description="Open to people here; with proximity, within so many metres")] = ""
    proximity: Annotated[str, Field(description="Metres from the postcode, or latitude,longitude")] = ""
    distance: Annotated[int | None, Field(description="Metres from proximity=latitude,longitude")] = None
    minimum_age: Annotated[float | None, Field(ge=0, le=150, description="For people of this age or above")] = None
    maximum_age: Annotated[float | None, Field(ge=0, le=150, description="For people of this age or below")] = None
    full: Annotated[bool, Field(description="Everything about each, nested")] = False


class ServicesIn(HsdsOffersIn):
    minimal: Annotated[bool, Field(description="Only id, name, status and last_modified")] = False


class OrganizationsIn(SearchIn):
    taxonomy_term_id: str = ""
    taxonomy_id: str = ""
    full: Annotated[bool, Field(description="With places and offers")] = False
    full_service: Annotated[bool, Field(description="With places, and everything about each offer")] = False


class OrganizationIn(Schema):
    full_service: bool = False


class TermsIn(SearchIn):
    taxonomy_id: str = ""
    top_only: Annotated[bool, Field(description="Only terms without one above them")] = False
    parent_id: Annotated[str, Field(description="Only terms directly below this one")] = ""


class NothingIn(Schema):
    pass


# -- what is answered -------------------------------------------------------------------------------
class InfoOut(Schema):
    version: str
    profile: str
    openapi_url: str


class ObjectOut(Schema):
    """An object of HSDS 3.1; its schema: github.com/openreferral/specification, schema/compiled of 3.1."""

    id: str


class PageOut(Schema):
    """Page of HSDS. `total_items` is a lower bound where a search finds more than 2,000."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[ObjectOut]


_MANY: dict[int, type[Schema]] = {200: PageOut, 400: ProblemOut}
_ONE: dict[int, type[Schema]] = {200: ObjectOut, 400: ProblemOut, 404: ProblemOut}


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """400, as the standard's description says, not 422."""
    said = "; ".join(f"{found['loc'][-1]}: {found['msg']}" for found in error.errors[:5])
    return respond(Problem(400, said, "invalid"))


@api.exception_handler(Wrong)
def _wrong(request: HttpRequest, error: Wrong) -> HttpResponse:
    return respond(Problem(400, str(error), "invalid"))


def base() -> str:
    """The address of this interface."""
    return settings.MITSTADT_BASE_URL.rstrip("/") + "/api/hsds/"


def _check(request: HttpRequest, known: type[Schema], asked: PageIn | None = None) -> None:
    """No parameter that is ignored, and no page that is too long."""
    for name in request.GET:
        if name not in known.model_fields:
            raise Wrong(f"{name[:40]}: unknown parameter; known are {', '.join(known.model_fields) or 'none'}")
    most = MOST_MINIMAL if getattr(asked, "minimal", False) else MOST
    if asked is not None and asked.per_page > most:
        raise Wrong(f"per_page: at most {most}; format=ndjson gives everything at once")


def _asked(given: Schema) -> Asked:
    return Asked(**{name: value for name, value in given.dict().items() if name in Asked.__slots__})


def _json(request: HttpRequest, found: Any) -> HttpResponse:
    response = HttpResponse(json.dumps(found, ensure_ascii=False), content_type="application/json")
    _private(request, response)
    return response


def _private(request: HttpRequest, response: HttpResponseBase) -> None:
    """What somebody looks for, and where, is kept in no cache and told no other site."""
    if any(request.GET.get(name) for name in ("search", "proximity", "postcode")):
        cache.never(response)
        response["Referrer-Policy"] = "no-referrer"


def _page(request: HttpRequest, asked: PageIn, total: int, contents: Sequence[Shape]) -> HttpResponse:
    pages = -(-total // asked.per_page)
    return _json(
        request,
        {
            "total_items": total,
            "total_pages": pages,
            "page_number": asked.page,
            "size": len(contents),
            "first_page": asked.page == 1,
            "last_page": asked.page >= pages,
            "empty": not contents,
            "contents": contents,
        },
    )


def _lines(request: HttpRequest, found: Iterable[Shape]) -> StreamingHttpResponse:
    lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in found)
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson")
    _private(request, response)
    return response


def _slice(asked: PageIn, rows: Sequence[Any]) -> Sequence[Any]:
    start = (asked.page - 1) * asked.per_page
    return rows[start : start + asked.per_page]


def _keys(
    asked: PageIn, rows: QuerySet[Found], order: Sequence[int] | None
) -> tuple[int, Sequence[int] | None, QuerySet[Found]]:
    """(how many, keys of one page in their order or None, the rows of the page)."""
    if order is None:
        start = (asked.page - 1) * asked.per_page
        return rows.count(), None, rows.order_by("pk")[start : start + asked.per_page]
    there = set(rows.filter(pk__in=order).values_list("pk", flat=True))
    keys = [key for key in order if key in there]
    shown = _slice(asked, keys)
    return len(keys), shown, rows.filter(pk__in=shown)


def _in_order(rows: Iterable[Any], keys: Sequence[int] | None) -> list[Any]:
    if keys is None:
        return list(rows)
    by_key = {row.pk: row for row in rows}
    return [by_key[key] for key in keys if key in by_key]


def _answer(
    request: HttpRequest,
    asked: PageIn,
    rows: QuerySet[Found],
    order: Sequence[int] | None,
    shape: Callable[[Any], Shape],
) -> Any:
    """A page, or with `format=ndjson` everything, one object a line."""
    if asked.format == "ndjson":
        if order is not None:
            rows = rows.filter(pk__in=order)
        return _lines(request, (shape(row) for row in rows.order_by("pk").iterator(chunk_size=CHUNK)))
    total, keys, shown = _keys(asked, rows, order)
    return _page(request, asked, total, [shape(row) for row in _in_order(shown, keys)])


# -- about ------------------------------------------------------------------------------------------
@api.get("/", response={200: InfoOut, 400: ProblemOut}, summary="Version, profile and description of this interface")
def info(request: HttpRequest) -> Any:
    _check(request, NothingIn)
    return {
        "version": profile.VERSION,
        "profile": f"{base()}profile.json",
        "openapi_url": f"{base()}openapi.json",
    }


@api.get("/profile.json", response=dict, summary="The profile: taxonomies and fields that HSDS lacks")
def profile_json(request: HttpRequest) -> Any:
    return profile.description(base())


# -- services ---------------------------------------------------------------------------------------
@api.get("/services", response=_MANY, summary="Offers")
def services(request: HttpRequest, asked: Query[ServicesIn]) -> Any:
    _check(request, ServicesIn, asked)
    rows, order = selecting.services(_asked(asked))
    if asked.minimal:
        return _answer(request, asked, rows, order, shapes.minimal)
    if not asked.full:
        return _answer(request, asked, selecting.listed(rows), order, shapes.service_listed)
    names = profile.district_names()
    return _answer(request, asked, selecting.whole(rows), order, lambda row: shapes.service_full(row, names))


@api.get("/services/{service_id}", response=_ONE, summary="Everything about one offer")
def service(request: HttpRequest, service_id: str) -> Any:
    _check(request, NothingIn)
    found = selecting.whole(queries.public()).filter(uuid=_known(service_id)).first()
    if found is None:
        raise _unknown("service")
    return _json(request, shapes.service_full(found, profile.district_names()))


@api.get("/export.json", response=list[ObjectOut], summary="All offers with everything, as one list")
def export(request: HttpRequest) -> Any:
    """Streamed; the import of the directory reads it again. `services?full=true&format=ndjson` is the same by lines."""
    return StreamingHttpResponse(export_lines(), content_type="application/json")


def export_lines() -> Iterator[str]:
    """A JSON list of all full services, one a line."""
    names = profile.district_names()
    yield "["
    before = "\n"
    for row in selecting.whole(queries.public()).order_by("pk").iterator(chunk_size=CHUNK):
        yield before + json.dumps(shapes.service_full(row, names), ensure_ascii=False)
        before = ",\n"
    yield "\n]\n"


def _known(text: str) -> Any:
    """A UUID; what is none is nobody's identifier."""
    try:
        return selecting.identifier(text, "id")
    except Wrong as error:
        raise _unknown("object") from error


def _unknown(what: str) -> HttpError:
    return HttpError(404, f"no public {what} with this id")


# -- places -----------------------------------------------------------------------------------------
def _places() -> QuerySet[ServiceAt]:
    return selecting.public_places().select_related(
        "service__provider__organisation", "location__provider", "location__district"
    )


@api.get("/service_at_locations", response=_MANY, summary="Offers at places; those at a secret address are not here")
def service_at_locations(request: HttpRequest, asked: Query[HsdsOffersIn]) -> Any:
    _check(request, HsdsOffersIn, asked)
    chosen = _asked(asked)
    found, ranked = selecting.services(chosen)
    rows = _places().filter(service__in=found)
    around = selecting.circle(chosen)
    if around is not None:
        rows = rows.filter(pk__in=selecting.near(*around).values("pk"))
    order = None
    if ranked is not None:
        place = {key: number for number, key in enumerate(ranked)}
        pairs = rows.filter(service__in=ranked).values_list("pk", "service_id", "order")
        order = [pk for pk, _service, _order in sorted(pairs, key=lambda pair: (place[pair[1]], pair[2], pair[0]))]
    if not asked.full:
        return _answer(request, asked, rows, order, shapes.at_location_listed)
    names = profile.district_names()
    return _answer(request, asked, selecting.below(rows), order, lambda row: shapes.at_location_full(row, names))


@api.get("/service_at_locations/{at_id}", response=_ONE, summary="Everything about one offer at one place")
def service_at_location(request: HttpRequest, at_id: str) -> Any:
    _check(request, NothingIn)
    found = selecting.below(_places()).filter(uuid=_known(at_id)).first()
    if found is None:
        raise _unknown("service_at_location")
    return _json(request, shapes.at_location_full(found, profile.district_names()))


# -- organizations ----------------------------------------------------------------------------------
@api.get("/organizations", response=_MANY, summary="Organisations with public offers")
def organizations(request: HttpRequest, asked: Query[OrganizationsIn]) -> Any:
    _check(request, OrganizationsIn, asked)
    found, ranked = selecting.services(_asked(asked))
    rows = queries.providers()
    order = None
    if ranked is not None:
        there = dict(found.filter(pk__in=ranked).values_list("pk", "provider_id"))
        named = rows.filter(organisation__name__icontains=asked.search.strip()).values_list("pk", flat=True)
        order = list(dict.fromkeys([*named.order_by("pk"), *(there[key] for key in ranked if key in there)]))
    if asked.taxonomy_term_id or asked.taxonomy_id:
        rows = rows.filter(pk__in=found.values("provider"))
    if not (asked.full or asked.full_service):
        return _answer(request, asked, rows, order, shapes.organization_flat)
    if asked.format == "ndjson":
        rows = rows.filter(pk__in=order) if order is not None else rows
        return _lines(request, _by_chunks(rows.order_by("pk"), asked.full_service))
    total, keys, shown = _keys(asked, rows, order)
    return _page(request, asked, total, _whole_organizations(_in_order(shown, keys), asked.full_service))


def _by_chunks(rows: QuerySet[Provider], full_service: bool) -> Iterator[Shape]:
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        yield from _whole_organizations(chunk, full_service)
        last = chunk[-1].pk


def _whole_organizations(providers: Sequence[Provider], full_service: bool) -> list[Shape]:
    """With places and offers, in a number of queries that does not grow."""
    rows = queries.public().filter(provider__in=[p.pk for p in providers]).order_by("pk")
    rows = selecting.whole(rows) if full_service else selecting.listed(rows)
    offers: dict[int, list[Service]] = {}
    for row in rows:
        offers.setdefault(row.provider_id, []).append(row)
    places = selecting.locations_of(providers)
    names = profile.district_names()
    return [
        shapes.organization_full(p, offers.get(p.pk, ()), places.get(p.pk, ()), names, full_service=full_service)
        for p in providers
    ]


@api.get("/organizations/{organization_id}", response=_ONE, summary="One organisation with its places and offers")
def organization(request: HttpRequest, organization_id: str, asked: Query[OrganizationIn]) -> Any:
    _check(request, OrganizationIn)
    found = queries.providers().filter(uuid=_known(organization_id)).first()
    if found is None:
        raise _unknown("organization")
    return _json(request, _whole_organizations([found], asked.full_service)[0])


# -- taxonomies -------------------------------------------------------------------------------------
@api.get("/taxonomies", response=_MANY, summary="The code lists of the profile, and the city's topics and districts")
def taxonomies(request: HttpRequest, asked: Query[SearchIn]) -> Any:
    _check(request, SearchIn, asked)
    found = [one for one in profile.TAXONOMIES if _says(asked.search, one.name, one.description, one.code)]
    return _from_memory(request, asked, found, lambda one: shapes.taxonomy(one, base()))


def _says(text: str, *words: str) -> bool:
    return all(any(part in word.casefold() for word in words) for part in text.casefold().split())


def _from_memory(request: HttpRequest, asked: PageIn, found: list[Any], shape: Callable[[Any], Shape]) -> Any:
    if asked.format == "ndjson":
        return _lines(request, map(shape, found))
    return _page(request, asked, len(found), [shape(one) for one in _slice(asked, found)])


@api.get("/taxonomies/{taxonomy_id}", response=_ONE, summary="One taxonomy")
def taxonomy(request: HttpRequest, taxonomy_id: str) -> Any:
    _check(request, NothingIn)
    found = profile.BY_ID.get(str(_known(taxonomy_id)))
    if found is None:
        raise _unknown("taxonomy")
    return _json(request, shapes.taxonomy(found, base()))


@api.get("/taxonomy_terms", response=_MANY, summary="Terms")
def taxonomy_terms(request: HttpRequest, asked: Query[TermsIn]) -> Any:
    _check(request, TermsIn, asked)
    found = [term for term in profile.all_terms() if _says(asked.search, term.name, term.description, term.code)]
    if asked.taxonomy_id:
        key = str(selecting.identifier(asked.taxonomy_id, "taxonomy_id"))
        found = [term for term in found if term.taxonomy.id == key]
    if asked.parent_id:
        key = str(selecting.identifier(asked.parent_id, "parent_id"))
        found = [term for term in found if term.parent == key]
    if asked.top_only:
        found = [term for term in found if not term.parent]
    return _from_memory(request, asked, found, lambda term: shapes.term(term, base()))


@api.get("/taxonomy_terms/{term_id}", response=_ONE, summary="One term")
def taxonomy_term(request: HttpRequest, term_id: str) -> Any:
    _check(request, NothingIn)
    key = str(_known(term_id))
    found = next((term for term in profile.all_terms() if term.id == key), None)
    if found is None:
        raise _unknown("taxonomy term")
    return _json(request, shapes.term(found, base()))
