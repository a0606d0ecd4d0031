"""Reading a workshop's list from a file: choose, look at the trial, take over."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from mitstadt.kit.errors import DomainError, Refused, show
from mitstadt.participation import queries
from mitstadt.participation.entry import importing as lists

from .doors import actor_of, staff_only
from .entry import BatchForm, entering

SHOWN = 50  # problems on one page


class FileForm(BatchForm):
    """The batch, and the file it comes from. `kept` carries a file that was read already through the next step."""

    file = forms.FileField(
        label=gettext_lazy("Datei"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.json"}),
        help_text=gettext_lazy(
            "CSV, JSON oder Excel (XLSX), eine Zeile je Beitrag, Überschriften in der ersten Zeile."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.data.get("kept")

    def contents(self) -> tuple[str, bytes]:
        """Name and bytes. Raises DomainError (field ``file``)."""
        upload = self.cleaned_data.get("file")
        if upload is not None:
            if upload.size > lists.MAX_BYTES:
                raise DomainError(_("Die Datei ist größer als 1 MB. Bitte teilen Sie die Liste auf."), field="file")
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
    """``/verwaltung/beteiligung/12/erfassung/datei/``: the first sending only tries, the second one takes over."""
    process = entering(request, number)
    form = FileForm(request.POST or None, request.FILES or None, process=process)
    context = {"process": process, "form": form}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        module = queries.module(data["module"])
        assert module is not None
        try:
            name, content = form.contents()
            table = lists.read(name, content)
            fields = lists.fields_of(module)
            columns = lists.recognise(table.headings, fields)
            if "kept" in request.POST and data.get("file") is None:  # what somebody chose counts
                chosen = {field: request.POST.get(f"col-{field}", "") for field in fields}
                columns = {field: heading for field, heading in chosen.items() if heading in table.headings}
            context |= {
                "kept": base64.b64encode(content).decode(),
                "kept_name": name,
                "headings": [heading for heading in table.headings if heading],
                "columns": [(field, label, columns.get(field, "")) for field, label in fields.items()],
            }
            outcome = lists.take_over(
                actor_of(request),
                module,
                table,
                columns,
                data["channel"],
                data["held_on"],
                event=data["event"],
                source=data["source"],
                file_name=name,
                data=content,
                trial=request.POST.get("verb") != "take",
            )
            if outcome.batch is not None:
                messages.success(request, _("Übernommen: %(n)s Beiträge.") % {"n": outcome.rows})
                return redirect("participation_staff:entry", number, outcome.batch.pk)
            context |= {"outcome": outcome, "problems": outcome.problems[:SHOWN]}
        except Refused:
            raise
        except DomainError as error:
            show(form, error)
    failed = bool(form.errors)
    return render(request, "participation/staff/import.html", context, status=422 if failed else 200)
