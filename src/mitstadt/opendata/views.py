"""The pages and files of open data."""

from __future__ import annotations

from datetime import datetime, time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from mitstadt.kit import clock, datasets, past
from mitstadt.kit.city import current
from mitstadt.kit.datasets import Dataset

from . import catalogue, writers
from .card import about

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "geojson": "application/geo+json; charset=utf-8",
}


def _get(slug: str) -> Dataset:
    try:
        return datasets.get(slug)
    except KeyError:
        raise Http404(_("Diesen Datensatz gibt es nicht.")) from None


def since_from(text: str) -> datetime | None:
    """The moment in ``2026-01-01`` or ``2026-01-01T12:00:00Z``; None for nothing. Raises ValueError, quoting `text`."""
    if not text.strip():
        return None
    text = text.strip().replace(" ", "+")  # a plus sign that nobody encoded
    try:
        moment = parse_datetime(text) if "T" in text else None
        day = parse_date(text) if moment is None else None
    except ValueError:
        moment, day = None, None
    if day is not None:
        moment = datetime.combine(day, time.min)
    if moment is None or not 2 <= moment.year <= 9998:  # the edge of the calendar fits no other time zone
        raise ValueError(
            _("„%(text)s“ ist kein Zeitpunkt. Erwartet wird zum Beispiel 2026-01-01 oder 2026-01-01T12:00:00Z.")
            % {"text": text[:60]}
        )
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _modified(dataset: Dataset) -> datetime | None:
    """When it last changed; None on a past day that lies before, for then nobody knows."""
    found, moment = dataset.modified(), past.moment()
    return None if found is not None and moment is not None and found > moment else found


@past.shown
def index(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "opendata/index.html",
        {
            "datasets": [
                {"slug": d.slug, "title": d.title, "description": d.description, "modified": _modified(d)}
                for d in datasets.all_datasets()
            ],
            "licence_name": current().licence.name,
            "licence_url": current().licence.url,
        },
    )


@past.shown
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    dataset = _get(slug)
    sample = []
    proven = dataset.shows_past or past.day() is None
    if not proven:
        past.doubt(_("Dieser Datensatz hat keine Geschichte: Was am gewählten Tag in ihm stand, ist nicht belegt."))
    for row in dataset.rows(None) if proven else ():
        sample.append([writers.flat(row.get(name)) for name in dataset.names])
        if len(sample) == 5:
            break
    modified = _modified(dataset)
    base = settings.MITSTADT_BASE_URL.rstrip("/")
    return render(
        request,
        "opendata/detail.html",
        {
            "dataset": dataset,
            "sample": sample,
            "modified": modified,
            "formats": catalogue.formats_of(dataset) if proven else [],
            "licence_name": current().licence.name,
            "licence_url": current().licence.url,
            "address": f"{base}/daten/{slug}/",
            "example_since": clock.today().replace(day=1).isoformat(),
        },
    )


@past.shown
def download(request: HttpRequest, slug: str, suffix: str) -> HttpResponseBase:
    """The file; `?seit=` keeps only rows that changed from that moment on."""
    dataset = _get(slug)
    if suffix not in catalogue.formats_of(dataset):
        raise Http404(_("Dieses Format gibt es für den Datensatz nicht."))
    if past.day() is not None and not dataset.shows_past:
        raise past.Unproven
    try:
        since = since_from(request.GET.get("seit", ""))
    except ValueError as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    pieces = writers.pieces(suffix, dataset, dataset.rows(since), lambda: about(dataset))
    response = StreamingHttpResponse(pieces, content_type=TYPES[suffix])
    day = clock.today().isoformat()
    response["Content-Disposition"] = f'attachment; filename="{current().slug}-{slug}-{day}.{suffix}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


def catalog(request: HttpRequest, suffix: str) -> HttpResponse:
    """The catalogue as Turtle, RDF/XML or JSON-LD."""
    if suffix not in catalogue.SERIALISATIONS:
        raise Http404(_("Den Katalog gibt es als ttl, rdf und jsonld."))
    form, content_type = catalogue.SERIALISATIONS[suffix]
    graph = catalogue.build(current(), datasets.all_datasets())
    response = HttpResponse(graph.serialize(format=form), content_type=content_type)
    response["Access-Control-Allow-Origin"] = "*"
    return response
