"""Import of offers in the back office: file and mapping, what it would change, decide, take over; and the export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mitstadt.accounts.views.common import actor_of
from mitstadt.directory import queries
from mitstadt.directory.importing import export, planning, recipe, running, shipped
from mitstadt.directory.importing.models import Import, ImportRow
from mitstadt.directory.models import Service, entry_fields
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, show
from mitstadt.kit.tables import MAX_BYTES, MEGABYTE

from .screens import difference, keepers

PAGE = 50
_KINDS = {  # address → verdict
    "neu": ImportRow.Verdict.NEW,
    "geaendert": ImportRow.Verdict.CHANGED,
    "doppelt": ImportRow.Verdict.TWIN,
    "fehlerhaft": ImportRow.Verdict.BROKEN,
    "gleich": ImportRow.Verdict.SAME,
    "weg": ImportRow.Verdict.GONE,
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Datei"),
        help_text=gettext_lazy("CSV, XLSX, JSON, GeoJSON oder HSDS; höchstens 20 MB und 20.000 Zeilen."),
    )
    mapping = forms.ChoiceField(
        label=gettext_lazy("Zuordnung"), help_text=gettext_lazy("Welche Spalte der Datei was bedeutet.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mapping"].choices = [("", _("bitte wählen")), *((m.slug, m.name) for m in shipped.everything())]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found.size > MAX_BYTES:
            raise forms.ValidationError(
                _("Die Datei ist %(size)s MB groß; erlaubt sind %(most)s MB.")
                % {"size": round(found.size / MEGABYTE, 1), "most": MAX_BYTES // MEGABYTE}
            )
        return found


class MappingForm(forms.Form):
    slug = forms.SlugField(
        label=gettext_lazy("Kürzel"), max_length=60,
        help_text=gettext_lazy("Unter diesem Kürzel wird die Zuordnung gesichert; ein bekanntes wird ersetzt."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Zuordnung"), max_length=recipe.MOST_TEXT, strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false", "class": "ps-codes"}),
    )  # fmt: skip


@keepers
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """`/verwaltung/angebote/import/`: a file to compare, earlier imports, the mappings, the export."""
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                staged = planning.stage(
                    actor_of(request), upload.read(), upload.name or "", form.cleaned_data["mapping"]
                )
            except DomainError as error:
                show(form, error)
            else:
                return redirect("directory_staff:import", public_id=staged.public_id)
    context = {"form": form, "imports": list(Import.objects.all()[:30]), "mappings": shipped.everything()}
    return render(request, "directory/staff/imports.html", context, status=status)


def _import(public_id: str) -> Import:
    found = Import.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


@keepers
def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a file would change, row by row, by kind: `?was=doppelt&p=2`."""
    staged = _import(public_id)
    kinds = [(key, verdict.label, staged.counts.get(verdict.value, 0)) for key, verdict in _KINDS.items()]
    fallback = next((key for key, _label, count in kinds if count), "neu")
    kind = request.GET.get("was", "")
    kind = kind if kind in _KINDS else fallback
    rows = staged.rows.filter(verdict=_KINDS[kind]).select_related("service")
    page = Paginator(rows, PAGE).get_page(request.GET.get("p"))
    done, of = running.progress(staged) if staged.state == Import.State.RUNNING else (0, 0)
    undecided = (
        staged.rows.filter(verdict=ImportRow.Verdict.TWIN, choice="").count()
        if staged.state == Import.State.READY and staged.counts.get("twin")
        else 0
    )
    work = sum(staged.counts.get(name, 0) for name in ("new", "changed", "twin"))
    outcomes = [(label, staged.outcome.get(value, 0)) for value, label in ImportRow.Outcome.choices if value]
    context = {
        "staged": staged,
        "mapping": shipped.find(staged.mapping),
        "kinds": kinds,
        "kind": kind,
        "page": page,
        "rows": _shown(staged, list(page)),
        "choices": [(value, label) for value, label in ImportRow.Choice.choices if value],
        "is_ready": staged.state == Import.State.READY,
        "undecided": undecided,
        "nothing_to_take": staged.state == Import.State.READY and not work,
        "broken": staged.counts.get("broken", 0),
        "done": done,
        "of": of,
        "outcomes": [pair for pair in outcomes if pair[1]],
    }
    return render(request, "directory/staff/import.html", context)


def _shown(staged: Import, rows: list[ImportRow]) -> list[dict[str, Any]]:
    """Rows for the page; a fixed number of queries, however many there are."""
    labels = {"id": _("Kennung"), "*": _("Zeile"), **entry_fields()}
    services = Service.objects.in_bulk({twin["service"] for row in rows for twin in row.twins if "service" in twin})
    positions = {twin["position"] for row in rows for twin in row.twins if "position" in twin}
    others = {row.position: row for row in staged.rows.filter(position__in=positions)} if positions else {}
    found = []
    for row in rows:
        entry = row.entry if row.data else None
        before = row.service.entry if row.service is not None and row.verdict == ImportRow.Verdict.CHANGED else None
        changes = _changes(before, entry, row.fields) if entry is not None and before is not None else []
        twins = []
        for twin in row.twins:
            service, other = services.get(twin.get("service", 0)), others.get(twin.get("position", 0))
            if service is not None:
                place = ", ".join(p.address for p in service.entry.places[:2] if p.address)
                twins.append({"name": service.name, "slug": service.slug, "place": place, "line": 0})
            elif other is not None:
                twins.append({"name": other.title, "slug": "", "place": "", "line": other.line})
        found.append(
            {
                "row": row,
                "provider": entry.provider if entry is not None and entry.provider != entry.name else "",
                "place": ", ".join(p.address for p in entry.places[:2] if p.address) if entry is not None else "",
                "changes": changes,
                "overtaken": row.service is not None and bool(row.fields) and row.service.version != row.version
                and not row.outcome,
                "kept": [labels.get(name, name) for name in row.kept],
                "faults": [(labels.get(f["field"], f["field"]), f["text"]) for f in row.faults],
                "hints": [(labels.get(h["field"], h["field"]), h["text"]) for h in row.hints],
                "twins": twins,
                "fields": [labels.get(name, name) for name in row.fields] if not changes else [],
            }
        )  # fmt: skip
    return found


def _changes(before: Any, after: Any, names: list[str]) -> list[tuple[object, str, str]]:
    """(field, before, after) as people read them, only of these fields."""
    wanted = {str(entry_fields()[name]) for name in names}
    return [change for change in difference(before, after) if str(change[0]) in wanted]


@keepers
@require_POST
def act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Decide about what may be there already, take over, throw away."""
    staged, actor = _import(public_id), actor_of(request)
    back = f"?was={request.POST.get('was', '')[:12]}&p={request.POST.get('p', '')[:4]}"
    try:
        if verb == "entscheiden":
            everything = request.POST.get("alle", "")
            if everything:
                count = running.choose_all(actor, staged, everything)
            else:
                chosen = {
                    int(name[4:]): value for name, value in request.POST.items()
                    if name.startswith("row-") and name[4:].isdigit() and isinstance(value, str)
                }  # fmt: skip
                count = running.choose(actor, staged, chosen)
            messages.success(request, _("Festgehalten: %(n)s Zeilen.") % {"n": count})
            return redirect(f"{_address(staged)}{back}")
        if verb == "uebernehmen":
            running.take(actor, staged)
            if staged.state == Import.State.DONE:
                messages.success(request, _("Übernommen."))
            else:
                messages.success(request, _("Wird im Hintergrund übernommen."))
        elif verb == "verwerfen":
            running.discard(actor, staged)
            messages.success(request, _("Verworfen. Es hat sich nichts geändert."))
            return redirect("directory_staff:imports")
        else:
            raise Http404
    except DomainError as error:
        messages.error(request, error.message)
    return redirect(_address(staged))


def _address(staged: Import) -> str:
    return reverse("directory_staff:import", args=[staged.public_id])


@keepers
@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: HttpRequest, slug: str) -> HttpResponse:
    """One mapping to read, change, or save under another slug."""
    known = shipped.find(slug)
    if known is None:
        raise Http404
    form = MappingForm(request.POST or None, initial={"slug": known.slug, "text": known.text})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = shipped.save(actor_of(request), form.cleaned_data["slug"], form.cleaned_data["text"])
            except DomainError as error:
                show(form, error)
            else:
                messages.success(request, _("Gesichert: %(name)s") % {"name": saved.name})
                return redirect("directory_staff:import_mapping", slug=saved.slug)
    return render(request, "directory/staff/import_mapping.html", {"form": form, "mapping": known}, status=status)


@keepers
def download(request: HttpRequest, form: str) -> HttpResponseBase:
    """All public entries as a file that imports again without a difference."""
    kinds = {"csv": "text/csv; charset=utf-8", "json": "application/json", "geojson": "application/geo+json"}
    if form not in kinds:
        raise Http404
    lines: Iterator[str] = export.lines(form, queries.public())
    response = StreamingHttpResponse((line.encode() for line in lines), content_type=kinds[form])
    response["Content-Disposition"] = f'attachment; filename="angebote-{clock.today().isoformat()}.{form}"'
    return response


urlpatterns = [
    path("", index, name="imports"),
    path("ausgabe/<slug:form>/", download, name="import_export"),
    path("zuordnung/<slug:slug>/", mapping, name="import_mapping"),
    path("<slug:public_id>/", preview, name="import"),
    path("<slug:public_id>/<slug:verb>/", act, name="import_act"),
]
