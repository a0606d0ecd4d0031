"""Import of a strategy or revision: upload, what it would change, publish."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mitstadt.accounts.actor import Actor
from mitstadt.kit.errors import DomainError
from mitstadt.radar import access, actions, exporter, queries, registry
from mitstadt.radar.importer.shape import WARNING
from mitstadt.radar.models import ColumnMapping, StagedImport, StagedRow
from mitstadt.radar.queries.words import fact_names

from .import_forms import ImportForm, MappingForm

PER_PAGE = 100
TEMPLATES = {
    "csv": ("text/csv; charset=utf-8", "vorlage.csv"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "vorlage.xlsx"),
}


def _coordinator(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    decision = access.may_publish(actor)
    if not decision:
        raise PermissionDenied(decision.reason)
    return actor


def index(request: HttpRequest) -> HttpResponse:
    """Earlier imports and the form for a new one. A file is read and compared; nothing public changes yet."""
    actor = _coordinator(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        staged = _stage(actor, form, _saved_mapping(request))
        return redirect("radar_staff:import", public_id=staged.public_id)
    context = {
        "form": form,
        "imports": StagedImport.objects.all()[:30],
        "mappings": ColumnMapping.objects.order_by("name"),
    }
    return render(request, "radar/staff/imports.html", context, status=422 if request.method == "POST" else 200)


def _saved_mapping(request: HttpRequest) -> dict[str, str]:
    name = request.POST.get("mapping", "")
    found = ColumnMapping.objects.filter(name=name).first() if name else None
    return dict(found.columns) if found else {}


def _stage(actor: Actor, form: ImportForm, mapping: dict[str, str]) -> StagedImport:
    strategy = queries.current_strategy()
    upload = form.cleaned_data["file"]
    return actions.stage_import(
        actor,
        upload.read(),
        upload.name,
        strategy_slug=strategy.slug if strategy else actions.DEFAULT_SLUG,
        target=form.target(),
        full=form.cleaned_data["full"],
        mapping=mapping,
    )


def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is wrong with a file, or exactly what it would do."""
    _coordinator(request)
    staged = get_object_or_404(StagedImport, public_id=public_id)
    verdict = request.GET.get("art", "")
    rows = staged.rows.order_by("position")
    if verdict in StagedRow.Verdict.values:
        rows = rows.filter(verdict=verdict)
    else:
        rows = rows.exclude(verdict=StagedRow.Verdict.SAME)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    names = fact_names()
    context: dict[str, Any] = {
        "staged": staged,
        "verdict": verdict,
        "verdicts": [(v.value, v.label, staged.summary.get(v.value, 0)) for v in StagedRow.Verdict],
        "page": page,
        "rows": [
            {
                "row": row,
                "differences": [
                    (names.get(d["field"], d["field"]), _short(d["before"]), _short(d["after"]))
                    for d in row.differences
                ],
            }
            for row in page
        ],
        "problems": staged.problems[:PER_PAGE],
        "panels": registry.import_panels(staged),
        "more_problems": max(staged.summary.get("problems", 0) - PER_PAGE, 0),
    }
    if staged.file_format in ("csv", "xlsx") and staged.state != StagedImport.State.PUBLISHED:
        context["mapping_form"] = _mapping_form(staged, None)
        context["again"] = ImportForm(initial={**staged.target, "full": staged.full})
    return render(request, "radar/staff/import.html", context)


def _mapping_form(staged: StagedImport, data: Any) -> MappingForm:
    known = dict(staged.mapping)
    unknown = [
        p["field"] for p in staged.problems if p["row"] == 0 and p["level"] == WARNING and p["field"] not in known
    ]
    return MappingForm([*known, *unknown], known, data)


def _short(value: Any) -> str:
    if isinstance(value, list | tuple):
        value = "; ".join(str(v) for v in value)
    text = "" if value is None else str(value)
    return text if len(text) <= 300 else text[:299] + "…"


@require_POST
def remap(request: HttpRequest, public_id: str) -> HttpResponse:
    """Read the file once more with columns that somebody has assigned."""
    actor = _coordinator(request)
    staged = get_object_or_404(StagedImport, public_id=public_id)
    mapping_form = _mapping_form(staged, request.POST)
    form = ImportForm(request.POST, request.FILES)
    if not (mapping_form.is_valid() and form.is_valid()):
        messages.error(request, _("Bitte wählen Sie dieselbe Datei noch einmal aus."))
        return redirect("radar_staff:import", public_id=public_id)
    mapping = mapping_form.mapping()
    if mapping_form.cleaned_data["save_as"]:
        actions.save_mapping(actor, mapping_form.cleaned_data["save_as"], mapping)
    return redirect("radar_staff:import", public_id=_stage(actor, form, mapping).public_id)


@require_POST
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Publish or throw away."""
    actor = _coordinator(request)
    staged = get_object_or_404(StagedImport, public_id=public_id)
    try:
        if request.POST.get("was") == "verwerfen":
            actions.discard_import(actor, staged)
            messages.success(request, _("Verworfen. Öffentlich hat sich nichts geändert."))
            return redirect("radar_staff:imports")
        actions.publish_revision(actor, staged)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Veröffentlicht. Der Radar zeigt den neuen Stand."))
    return redirect("radar_staff:import", public_id=public_id)


def template(request: HttpRequest, form: str) -> HttpResponse:
    """An empty table with every column that the import understands."""
    _coordinator(request)
    if form not in TEMPLATES:
        raise Http404
    content_type, name = TEMPLATES[form]
    response = HttpResponse(exporter.template(form), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def export(request: HttpRequest, form: str) -> HttpResponse:
    """The strategy as it stands, in a form that the import reads back without a difference."""
    _coordinator(request)
    strategy = queries.current_strategy()
    if strategy is None or form not in ("yaml", "csv", "xlsx"):
        raise Http404
    response = HttpResponse(exporter.export(strategy, form), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{strategy.slug}.{form}"'
    return response
