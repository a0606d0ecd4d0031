"""PDF files that last: PDF/A-3a, tagged, fonts inside, nothing fetched from anywhere but our own static files."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from mitstadt.kit.errors import DomainError

VARIANT = "pdf/a-3a"
FONTS = (("FiraSans-Regular", 400), ("FiraSans-SemiBold", 700))


def render(template: str, context: dict[str, Any]) -> bytes:
    """The template as PDF. It gets `fonts` and `styles` (CSS) and must be a whole page with a title and a language.

    Raises DomainError where the library's system parts (Pango) are missing.
    """
    html = render_to_string(template, {**context, "styles": styles()})
    return _made(html)


def styles() -> str:
    """The print styles with the house's font, as one text for `<style>`."""
    faces = "".join(
        f'@font-face {{ font-family: "Fira Sans"; font-weight: {weight}; src: url("{_file(name).as_uri()}"); }}\n'
        for name, weight in FONTS
    )
    return faces + _static("participation/print.css").read_text(encoding="utf-8")


def plain_styles() -> str:
    """The print styles without any file: for a page that must open anywhere."""
    return _static("participation/print.css").read_text(encoding="utf-8")


def _file(name: str) -> Path:
    return _static(f"kit/vendor/fira-sans/{name}.woff2")


@lru_cache
def _static(name: str) -> Path:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found)


@lru_cache(maxsize=8)
def _made(html: str) -> bytes:
    """The same page is made once; the last few are kept."""
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except OSError as error:  # Pango is not on this machine
        raise DomainError(_("Eine PDF-Datei lässt sich hier gerade nicht erzeugen."), code="no_pdf") from error
    fetcher = URLFetcher(allowed_protocols=("file", "data"), allow_redirects=False)
    written = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url=None).write_pdf(
        pdf_variant=VARIANT, pdf_identifier=b"mitstadt", optimize_images=True
    )
    return bytes(written or b"")
