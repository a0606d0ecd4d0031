"""The catalogue after DCAT-AP.de 3.0, so that GovData and state portals can harvest the city's sets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, XSD, BNode, Graph, Literal, Namespace, URIRef

from mitstadt.kit import clock
from mitstadt.kit.city import City, current
from mitstadt.kit.datasets import Dataset

EU = "http://publications.europa.eu/resource/authority/"
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
DCATAP = Namespace("http://data.europa.eu/r5r/")

FORMATS = {"csv": "CSV", "json": "JSON", "geojson": "GEOJSON"}
SERIALISATIONS = {
    "ttl": ("turtle", "text/turtle; charset=utf-8"),
    "rdf": ("pretty-xml", "application/rdf+xml; charset=utf-8"),
    "jsonld": ("json-ld", "application/ld+json; charset=utf-8"),
}


def formats_of(dataset: Dataset) -> list[str]:
    return [name for name in FORMATS if name != "geojson" or dataset.geometry]


def _day(value: date) -> Literal:
    return Literal(value.isoformat(), datatype=XSD.date)


def build(city: City, datasets: Sequence[Dataset]) -> Graph:
    """The whole catalogue as one graph; addresses are stable for ever."""
    base = settings.MITSTADT_BASE_URL.rstrip("/")
    graph = Graph()
    for prefix, space in {"dcat": DCAT, "dct": DCTERMS, "foaf": FOAF, "dcatde": DCATDE, "vcard": VCARD}.items():
        graph.bind(prefix, space)
    graph.bind("dcatap", DCATAP)
    german = URIRef(EU + "language/DEU")
    catalogue = URIRef(f"{base}/daten/katalog")
    publisher = URIRef(f"{base}/daten/katalog#herausgeberin")
    home = URIRef(f"{base}/")
    today = clock.today()

    graph.add((publisher, RDF.type, FOAF.Agent))
    graph.add((publisher, FOAF.name, Literal(city.name, lang="de")))
    graph.add((publisher, DCTERMS.type, URIRef("http://purl.org/adms/publishertype/LocalAuthority")))
    graph.add((home, RDF.type, FOAF.Document))
    for predicate, value in (
        (RDF.type, DCAT.Catalog),
        (DCTERMS.title, Literal(f"Offene Daten von Mitstadt {city.short_name}", lang="de")),
        (DCTERMS.description, Literal("Was Mitstadt öffentlich zeigt, zum Herunterladen.", lang="de")),
        (DCTERMS.publisher, publisher),
        (DCTERMS.language, german),
        (DCTERMS.license, URIRef(current().licence.uri)),
        (FOAF.homepage, home),
        (DCAT.themeTaxonomy, URIRef(EU + "data-theme")),
        (DCTERMS.modified, _day(today)),
    ):
        graph.add((catalogue, predicate, value))
    for dataset in datasets:
        graph.add((catalogue, DCAT.dataset, _dataset(graph, base, city, publisher, dataset)))
    return graph


def _dataset(graph: Graph, base: str, city: City, publisher: URIRef, dataset: Dataset) -> URIRef:
    page = URIRef(f"{base}/daten/{dataset.slug}/")
    node = URIRef(f"{base}/daten/{dataset.slug}/#datensatz")
    contact = BNode()
    graph.add((page, RDF.type, FOAF.Document))
    graph.add((contact, RDF.type, VCARD.Organization))
    graph.add((contact, RDF.type, VCARD.Kind))  # harvesters without the vCard ontology look for the general class
    graph.add((contact, VCARD.fn, Literal(city.name)))
    graph.add((contact, VCARD.hasEmail, URIRef("mailto:" + city.contact.get("email", "mitreden@example.org"))))
    modified = dataset.modified()
    facts: list[tuple[URIRef, URIRef | Literal | BNode]] = [
        (RDF.type, DCAT.Dataset),
        (DCTERMS.title, Literal(str(dataset.title), lang="de")),
        (DCTERMS.description, Literal(str(dataset.description), lang="de")),
        (DCTERMS.identifier, Literal(f"mitstadt-{city.slug}-{dataset.slug}")),
        (DCTERMS.publisher, publisher),
        (DCAT.contactPoint, contact),
        (DCAT.theme, URIRef(EU + "data-theme/GOVE")),
        (DCTERMS.accrualPeriodicity, URIRef(EU + "frequency/" + dataset.frequency)),
        (DCTERMS.accessRights, URIRef(EU + "access-right/PUBLIC")),
        (DCAT.landingPage, page),
        (
            DCATDE.politicalGeocodingLevelURI,
            URIRef("http://dcat-ap.de/def/politicalGeocoding/Level/municipality"),
        ),
    ]
    facts += [(DCAT.keyword, Literal(word, lang="de")) for word in dataset.keywords]
    if modified is not None:
        facts.append((DCTERMS.modified, _day(modified.date())))
    if contributor := city.texts.get("dcat_contributor"):
        facts.append((DCATDE.contributorID, URIRef(f"http://dcat-ap.de/def/contributors/{contributor}")))
    for predicate, value in facts:
        graph.add((node, predicate, value))
    for suffix in formats_of(dataset):
        graph.add((node, DCAT.distribution, _distribution(graph, base, dataset, suffix)))
    return node


def _distribution(graph: Graph, base: str, dataset: Dataset, suffix: str) -> URIRef:
    file = URIRef(f"{base}/daten/{dataset.slug}.{suffix}")
    node = URIRef(f"{file}#distribution")
    graph.add((file, RDF.type, RDFS.Resource))
    facts: list[tuple[URIRef, URIRef | Literal]] = [
        (RDF.type, DCAT.Distribution),
        (DCTERMS.title, Literal(suffix.upper(), lang="de")),
        (DCAT.accessURL, file),
        (DCAT.downloadURL, file),
        (DCTERMS.format, URIRef(EU + "file-type/" + FORMATS[suffix])),
        (DCTERMS.license, URIRef(current().licence.uri)),
        (DCATAP.availability, URIRef(EU + "planned-availability/STABLE")),
    ]
    for predicate, value in facts:
        graph.add((node, predicate, value))
    return node
