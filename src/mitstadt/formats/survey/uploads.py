"""Files as answers: what is let in. Pictures are drawn anew, so that place, time and camera are gone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from mitstadt.kit.errors import DomainError
from mitstadt.participation.entry import pictures

MAX_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content_type: str
    data: bytes


def checked(upload: UploadedFile, field: str) -> File:
    """The file as it is kept. Raises DomainError (`field`) for everything but JPEG, PNG, WebP and PDF up to 5 MB."""
    if upload.size is None or upload.size > MAX_BYTES:
        raise DomainError(_("Die Datei ist größer als 5 MB. Bitte verkleinern Sie sie."), field)
    data = upload.read()
    stem = "".join(c for c in PurePath(upload.name or "").stem if c.isalnum() or c in " -_")[:80].strip() or "datei"
    if data.startswith(b"%PDF-"):
        return File(f"{stem}.pdf", "application/pdf", data)
    try:
        return File(f"{stem}.jpg", "image/jpeg", pictures.checked(data).data)
    except DomainError as error:
        raise DomainError(error.message, field) from error
