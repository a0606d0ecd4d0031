"""Writes: departments, and who holds which role in them."""

from __future__ import annotations

from django.db import transaction
from django.utils.text import slugify

from .models import Organisation


def ensure_department(code: str, name: str, confidence: str = "") -> Organisation:
    """The department with this short code (``RIT``), created or brought up to date. Costs one query when unchanged."""
    return ensure_organisation(code, name, confidence=confidence, kind=Organisation.Kind.DEPARTMENT)


def ensure_organisation(code: str, name: str, *, confidence: str = "", kind: str) -> Organisation:
    """As `ensure_department`, for any kind."""
    with transaction.atomic():
        found = Organisation.objects.filter(code=code).first()
        if found is None:
            return Organisation.objects.create(
                code=code, name=name, confidence=confidence, kind=kind, slug=_free_slug(name, code)
            )
        if (found.name, found.confidence, found.kind) != (name, confidence, kind):
            found.name, found.confidence, found.kind = name, confidence, kind
            found.save(update_fields=["name", "confidence", "kind"])
        return found


def _free_slug(name: str, code: str) -> str:
    folded = name.lower().translate(str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}))
    slug = slugify(folded)[:140] or slugify(code)
    return f"{slug}-{slugify(code)}" if Organisation.objects.filter(slug=slug).exists() else slug
