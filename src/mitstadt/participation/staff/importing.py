"""Reading a workshop's list from a file: choose, look at what was checked, take over; a long one by the worker."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mitstadt.kit.errors import DomainError, Refused, show
from mitstadt.kit.tables import MAX_BYTES, MEGABYTE
from mitstadt.participation import queries, words
from mitstadt.participation.entry import importing as lists
from mitstadt.participation.entry import lists as long_lists
from mitstadt.participation.models import EntryList

from .doors import actor_of, staff_only
from .entry import BatchForm, entering

SHOWN = 500  # problems on one page


class FileForm(BatchForm):
    """The batch, and the file it comes from. `kept` carries a file that was read already through the next step."""

    file = forms.FileField(
        label=gettext_lazy("Datei"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.json"}),
        help_text=gettext_lazy(
            "CSV, JSON oder Excel (XLSX), eine Zeile je Beitrag, Überschriften in der ersten Zeile. "
            "Bis 20.000 Zeilen und 20 MB."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.data.get("kept")

    def contents(self) -> tuple[str, bytes]:
        """Name and bytes. Raises DomainError (field ``file``)."""
        upload = self.cleaned_data.get("file")
        if upload is not None:
            if upload.size > MAX_BYTES:
                raise DomainError(
                    _("Die Datei ist %(size)s MB groß; erlaubt sind %(most)s MB. Bitte teilen Sie die Liste auf.")
                    % {"size": round(upload.size / MEGABYTE, 1), "most": MAX_BYTES // MEGABYTE},
                    field="file",
                )
            return upload.name[:200], upload.read()
        try:
            data = base64.b64decode(self.data.get("kept", ""), validate=True)
        except (ValueError, binascii.Error):
            data = b""
        if not data:
            raise DomainError(_("Bitte wählen Sie eine Datei."), field="file")
        return str(self.data.get("kept_name", ""))[:200], data


@never_cache
@staff_only
def importing(request: HttpRequest, number: int) -> HttpResponse:
    """``/verwaltung/beteiligung/12/erfassung/datei/``: the first sending only checks, the second one takes over. A long
    list waits on a page of its own instead."""
    process = entering(request, number)
    form = FileForm(request.POST or None, request.FILES or None, process=process)
    context = {"process": process, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            answer = _read(request, form, context)
            if answer is not None:
                return answer
        except Refused:
            raise
        except DomainError as error:
            show(form, error)
    failed = bool(form.errors)
    return render(request, "participation/staff/import.html", context, status=422 if failed else 200)


def _read(request: HttpRequest, form: FileForm, context: dict[str, Any]) -> HttpResponse | None:
    """What is checked goes into the context; where to go once it is taken over, or waits as a long list."""
    data, actor = form.cleaned_data, actor_of(request)
    module = queries.module(data["module"])
    assert module is not None
    name, content = form.contents()
    table = lists.read(name, content)
    fields = lists.fields_of(module)
    is_long = lists.is_long(table, content)
    headings = hashlib.sha256("\n".join(table.headings).encode()).hexdigest()[:16]
    columns = lists.recognise(table.headings, fields)
    if request.POST.get("headings") == headings:  # what somebody chose for these columns counts
        chosen = {field: request.POST.get(f"col-{field}", "") for field in fields}
        columns = {field: heading for field, heading in chosen.items() if heading in table.headings}
    context |= {
        "kept": "" if is_long else base64.b64encode(content).decode(),
        "kept_name": name,
        "is_long": is_long,
        "headings_key": headings,
        "headings": [heading for heading in table.headings if heading],
        "columns": [(field, label, columns.get(field, "")) for field, label in fields.items()],
    }
    file = lists.ListFile(
        table, columns, data["channel"], data["held_on"], content, name, data["event"], data["source"]
    )
    if is_long:
        listed, outcome = long_lists.stage(actor, module, file)
        if listed is not None:
            return redirect("participation_staff:list", context["process"].number, listed.public_id)
    else:
        trial = request.POST.get("verb") != "take"
        outcome = lists.take_over(actor, module, file, trial=trial)
        if outcome.batch is not None:
            messages.success(request, _("Übernommen: %(n)s Beiträge.") % {"n": outcome.rows})
            return redirect("participation_staff:entry", context["process"].number, outcome.batch.pk)
    context |= {"outcome": outcome, "problems": outcome.problems[:SHOWN], "most": SHOWN}
    return None


@never_cache
@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """``/verwaltung/beteiligung/12/erfassung/liste/<id>/``: a long list that was checked: take it over or throw it
    away, how far the worker is, and what came of it."""
    process = entering(request, number)
    found = EntryList.objects.select_related("module__subject", "module__process__subject", "batch").filter(
        module__process=process, public_id=public_id
    )
    one = found.first()
    if one is None:
        raise Http404
    if request.method == "POST":
        verb = request.POST.get("verb", "")
        try:
            if verb == "take":
                long_lists.take(actor_of(request), one)
                messages.success(request, _("Die Liste wird jetzt im Hintergrund eingetragen."))
            elif verb == "resume":
                long_lists.resume(actor_of(request), one)
                messages.success(request, _("Es geht weiter, wo es stehen geblieben ist."))
            elif verb == "discard":
                long_lists.discard(actor_of(request), one)
                messages.success(request, _("Verworfen. Es wurde nichts eingetragen."))
                return redirect("participation_staff:batches", number)
            else:
                raise Http404
        except Refused:
            raise
        except DomainError as error:
            messages.error(request, error.message)
        return redirect("participation_staff:list", number, public_id)
    context = {
        "process": process,
        "listed": one,
        "channel": words.CHANNELS[one.channel],
        "stuck": long_lists.is_stuck(one),
        "entered": one.done - one.refused,
        "first": one.rows.all()[:5] if one.state == EntryList.State.READY else [],
        "refused": one.rows.exclude(reason="")[:SHOWN],
        "most": SHOWN,
    }
    return render(request, "participation/staff/long_list.html", context)
