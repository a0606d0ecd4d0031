"""`/beteiligung/p-012-…/bericht/`: the report of a process, to read, to file (PDF/A) and to work on (Word)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from mitstadt.kit import components as ui
from mitstadt.kit import languages
from mitstadt.kit.errors import DomainError
from mitstadt.participation.models import Process
from mitstadt.participation.report import build, pdf, word

from .processes import found_process

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _document(process: Process) -> build.Document:
    return build.document(process, get_language() or "de")


def _attached(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
def report(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    found = found_process(number, slug, request, "bericht/")
    if isinstance(found, HttpResponse):
        return found
    path = languages.local_path(found.get_absolute_url())
    made = _document(found)
    chapters = [
        (part, [ui.table(columns, rows, caption) for caption, columns, rows in part.tables]) for part in made.parts
    ]
    context = {"process": found, "path": path, "document": made, "chapters": chapters}
    return render(request, "participation/report.html", context)


@require_GET
def as_pdf(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    found = found_process(number, slug, request, "bericht.pdf")
    if isinstance(found, HttpResponse):
        return found
    try:
        content = pdf.render("participation/print/report.html", {"document": _document(found)})
    except DomainError as error:
        return render(request, "participation/closed_file.html", {"reason": error.message}, status=503)
    return _attached(content, "application/pdf", f"bericht-p-{found.number:03d}.pdf")


@require_GET
def as_word(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    found = found_process(number, slug, request, "bericht.docx")
    if isinstance(found, HttpResponse):
        return found
    return _attached(word.render(_document(found)), WORD, f"bericht-p-{found.number:03d}.docx")
