"""Static files with their hash in the name, compressed when they are collected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

BACK_OFFICE = ("/wagtail", "/admin/", "/rest_framework/", "/ninja/", "/django_")


class HouseCompressor(Compressor):
    """Brotli for what citizens load. The back office makes do with gzip: Brotli took ten of twelve seconds for it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]  # whitenoise has no types
        self.plain = Compressor(**{**options, "use_brotli": False})

    def compress(self, path: str) -> Sequence[str]:
        if any(part in path for part in BACK_OFFICE):
            return list(self.plain.compress(path))
        return list(super().compress(path))  # type: ignore[no-untyped-call]


class StaticStorage(CompressedManifestStaticFilesStorage):
    keep_only_hashed_files = True

    def create_compressor(self, **options: Any) -> Compressor:
        return HouseCompressor(**options)
