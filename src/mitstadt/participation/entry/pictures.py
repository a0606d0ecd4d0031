"""Photographs of flip charts: checked, turned upright and drawn anew, so that nothing but the picture stays."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from mitstadt.kit.errors import DomainError

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 60_000_000
LONGEST_SIDE = 2400
FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG without any metadata; `digest` is the SHA-256 of what was uploaded."""

    data: bytes
    width: int
    height: int
    digest: str


def _no(message: str) -> DomainError:
    return DomainError(message, field="picture", code="picture")


def checked(upload: bytes) -> Picture:
    """The picture in these bytes. Raises DomainError (field ``picture``) with what to do instead."""
    if not upload:
        raise _no(_("Die Datei ist leer."))
    if len(upload) > MAX_BYTES:
        raise _no(_("Das Bild ist größer als 15 MB. Bitte verkleinern Sie es."))
    head = upload[:512].lstrip().lower()
    if upload[4:8] == b"ftyp":
        raise _no(_("HEIC- und AVIF-Bilder können nicht alle öffnen. Bitte speichern Sie das Bild als JPEG."))
    if head.startswith((b"<svg", b"<?xml", b"<!doctype")) or b"<svg" in head:
        raise _no(_("SVG ist eine Zeichnung, die Programme enthalten kann. Bitte speichern Sie das Bild als JPEG."))
    try:
        with Image.open(io.BytesIO(upload), formats=FORMATS) as found:
            if found.width * found.height > MAX_PIXELS:
                raise _no(_("Das Bild hat zu viele Bildpunkte. Bitte verkleinern Sie es."))
            found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(found)
            flat = upright.convert("RGBA") if upright.mode in ("P", "LA", "RGBA", "PA") else upright.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _no(_("Das ist kein Bild, das sich öffnen lässt. Möglich sind JPEG, PNG und WebP.")) from error
    if flat.mode == "RGBA":
        paper = Image.new("RGB", flat.size, "white")
        paper.paste(flat, mask=flat.getchannel("A"))
        flat = paper
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=84, optimize=True, exif=b"")
    return Picture(out.getvalue(), flat.width, flat.height, hashlib.sha256(upload).hexdigest())
