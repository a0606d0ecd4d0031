"""Remarks as open data: a flat set for all texts, and W3C Web Annotation (JSON-LD) for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from mitstadt.comments.models import Held
from mitstadt.kit.datasets import Column, Dataset
from mitstadt.participation.models import Contribution, Module

from . import actions, rules
from .models import Anchor, Annotation, Version

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
PER_PAGE = 500


def public() -> QuerySet[Annotation]:
    """Every remark that anybody may read, in the order in which they were written."""
    return Annotation.objects.filter(
        contribution__held=Held.NO,
        contribution__draft=False,
        contribution__removed_at__isnull=True,
        contribution__subject__published=True,
        contribution__subject__restricted=False,
        contribution__process__subject__published=True,
        contribution__process__subject__restricted=False,
    ).order_by("pk")


def _address(path: str) -> str:
    return settings.MITSTADT_BASE_URL.rstrip("/") + path


# -- W3C Web Annotation ----------------------------------------------------------------------------------------------
def collection(module: Module, page: int = 0) -> dict[str, Any] | None:
    """The remarks on a text as an AnnotationCollection that holds its first page; a number gives that AnnotationPage.

    None for a page that is not there.

    A target is a version at its permanent address: the current one where the words still stand, else the one that was
    read. Positions count code points in the plain text of the paragraph that the FragmentSelector names.
    """
    rows = public().filter(made_on__module=module)
    total = rows.count()
    pages = max(1, -(-total // PER_PAGE))
    if not 0 <= page <= pages:
        return None
    number, page = page, page or 1
    address = _address(f"{module.subject.path}anmerkungen.jsonld")
    found = list(
        rows.select_related("contribution__subject", "contribution__assessment", "made_on")[
            (page - 1) * PER_PAGE : page * PER_PAGE
        ]
    )
    anchors = Anchor.objects.filter(annotation__in=found, version__is_current=True, paragraph__isnull=False)
    standing = {anchor.annotation_id: anchor for anchor in anchors.select_related("version", "paragraph")}
    shown: dict[str, Any] = {
        "id": f"{address}?seite={page}",
        "type": "AnnotationPage",
        "partOf": address,
        "startIndex": (page - 1) * PER_PAGE,
        "items": [_item(annotation, standing.get(annotation.pk), module) for annotation in found],
    }
    if page < pages:
        shown["next"] = f"{address}?seite={page + 1}"
    if number:
        return {"@context": CONTEXT, **shown}
    return {
        "@context": CONTEXT,
        "id": address,
        "type": "AnnotationCollection",
        "label": module.title,
        "total": total,
        "first": shown,
        "last": f"{address}?seite={pages}",
    }


def _item(annotation: Annotation, anchor: Anchor | None, module: Module) -> dict[str, Any]:
    contribution = annotation.contribution
    made: dict[str, Any] = {
        "id": _address(contribution.subject.path),
        "type": "Annotation",
        "motivation": "commenting",
        "created": contribution.created_at.isoformat(),
        "body": [_body(contribution.text, "commenting", contribution.language)],
        "target": _target(annotation, anchor, module),
    }
    if contribution.edited_at is not None:
        made["modified"] = contribution.edited_at.isoformat()
    if contribution.author_label:
        kind = "Organization" if contribution.author_staff else "Person"
        made["creator"] = {"type": kind, "nickname": contribution.author_label}
    if contribution.assessment.decision:
        made["body"].append(_body(contribution.assessment.reason, "replying", "de"))
    return made


def _body(text: str, purpose: str, language: str) -> dict[str, str]:
    return {"type": "TextualBody", "value": text, "format": "text/plain", "language": language, "purpose": purpose}


def _target(annotation: Annotation, anchor: Anchor | None, module: Module) -> dict[str, Any]:
    version, key, quote = annotation.made_on, annotation.key, annotation.quote
    if anchor is not None and anchor.paragraph is not None:
        version, key = anchor.version, anchor.paragraph.key
        quote = rules.quote(anchor.paragraph.text, anchor.start, anchor.end)
    version.module = module
    return {
        "source": _address(actions.path_of(version)),
        "selector": {
            "type": "FragmentSelector",
            "conformsTo": "http://tools.ietf.org/rfc/rfc3236",
            "value": f"p-{key}",
            "refinedBy": [
                {"type": "TextQuoteSelector", "exact": quote.exact, "prefix": quote.prefix, "suffix": quote.suffix},
                {"type": "TextPositionSelector", "start": quote.start, "end": quote.end},
            ],
        },
    }


# -- the flat set ----------------------------------------------------------------------------------------------------
def rows(since: datetime | None) -> Iterator[dict[str, Any]]:
    found = public()
    if since is not None:
        found = found.filter(contribution__created_at__gte=since)
    current = dict(
        Anchor.objects.filter(version__is_current=True, annotation__in=found.values("pk")).values_list(
            "annotation_id", "how"
        )
    )
    fields = (
        "pk",
        "contribution__subject__public_id",
        "contribution__module__subject__public_id",
        "made_on__number",
        "key",
        "start",
        "end",
        "exact",
        "contribution__text",
        "contribution__channel",
        "contribution__created_at",
        "contribution__assessment__decision",
        "contribution__assessment__reason",
        "contribution__subject__path",
    )
    for row in found.values_list(*fields).iterator(chunk_size=2000):
        yield {
            "id": row[1],
            "text_id": row[2],
            "version": row[3],
            "paragraph": row[4],
            "start": row[5],
            "end": row[6],
            "quote": row[7],
            "text": row[8],
            "state": current.get(row[0], rules.MADE),
            "channel": row[9],
            "created_at": row[10],
            "decision": row[11],
            "reason": row[12],
            "url": _address(row[13]),
        }


def _modified() -> datetime | None:
    written = Contribution.objects.filter(kind="annotation").aggregate(last=Max("created_at"))["last"]
    published = Version.objects.aggregate(last=Max("published_at"))["last"]
    return max((moment for moment in (written, published) if moment is not None), default=None)


DATASET = Dataset(
    slug="anmerkungen-an-texten",
    title=_("Anmerkungen an Texten"),
    description=_(
        "Was Menschen zu Stellen von Entwürfen gesagt haben, ohne Namen, mit der Stelle und dem, was die Stadt daraus "
        "macht. Jeden Text gibt es auch als W3C Web Annotation unter seiner Adresse mit anmerkungen.jsonld."
    ),
    columns=(
        Column("id", "text", _("Kennung, für immer gleich")),
        Column("text_id", "text", _("Kennung des Textes")),
        Column("version", "number", _("Fassung, zu der die Anmerkung geschrieben wurde")),
        Column("paragraph", "text", _("Kennung des Absatzes; sie bleibt über Fassungen gleich")),
        Column("start", "number", _("Anfang der Stelle im Absatz, in Zeichen")),
        Column("end", "number", _("Ende der Stelle, nicht eingeschlossen")),
        Column("quote", "text", _("Wortlaut der Stelle, als die Anmerkung geschrieben wurde")),
        Column("text", "text", _("Anmerkung")),
        Column("state", "text", _("In der geltenden Fassung: made, same, moved, changed, outdated")),
        Column("channel", "text", _("Kanal: online, paper, phone, event")),
        Column("created_at", "datetime", _("Eingegangen am")),
        Column("decision", "text", _("Entscheidung der Stadt; leer heißt offen")),
        Column("reason", "text", _("Begründung der Entscheidung")),
        Column("url", "url", _("Adresse der Seite")),
    ),
    rows=rows,
    modified=_modified,
    keywords=("Beteiligung", "Anmerkungen", "Web Annotation"),
)
