"""`/plaetze/anbieter/datei/`: many figures as a table, and the table to fill in."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from mitstadt.accounts.views.common import actor_of, signed_in
from mitstadt.capacity import files, queries
from mitstadt.kit import cache, tables

from .provider import _providers as providers_of


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("Tabelle (CSV)"), help_text=_("Spalten: id; free; total; free_from; waiting_list"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}), max_length=200,
    )  # fmt: skip


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """All rows are checked first; one that is wrong is named, and nothing is taken over."""
    actor = actor_of(request)
    providers = providers_of(actor)
    if not providers:
        raise Http404
    form = FileForm(request.POST or None, request.FILES or None)
    problems, status = [], 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            sent = form.cleaned_data["file"]
            by = ", ".join(str(provider) for provider in providers)
            try:
                data = sent.read(tables.MAX_BYTES + 1)
                count = files.take(data, queries.of_providers(providers), by=by, actor=actor)
            except files.FileError as error:
                problems = files.shown(error)
            else:
                text = ngettext("%(n)s Zahl übernommen.", "%(n)s Zahlen übernommen.", count) % {"n": count}
                messages.success(request, text)
                return redirect("capacity:provider")
    response = render(request, "capacity/file.html", {"form": form, "problems": problems}, status=status)
    cache.never(response)
    return response


@signed_in
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """`/plaetze/anbieter/datei/vorlage.csv`: my capacities with their figures, for Excel (UTF-8 with mark)."""
    providers = providers_of(actor_of(request))
    if not providers:
        raise Http404
    text = files.template(queries.of_providers(providers))
    response = HttpResponse("﻿" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="plaetze.csv"'
    cache.never(response)
    return response
