"""Entering what came on paper, by telephone or at an event: one screen, by keyboard alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mitstadt.accounts import drafts
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused, require, show
from mitstadt.kit.ids import new_id
from mitstadt.participation import access, queries, registry, words
from mitstadt.participation.entry import actions, pictures, printing, undoing
from mitstadt.participation.models import Batch, Entered, EntryList, Process, Source
from mitstadt.participation.models.sheets import OFFLINE

from .doors import actor_of, found, staff_only
from .forms import DAY

LAST = 8  # what the screen reads back
KEPT = 200  # what stayed of a list that was taken back


class BatchForm(forms.Form):
    """What stays the same for everything that is entered together."""

    module = forms.ChoiceField(label=gettext_lazy("Wozu"))
    channel = forms.ChoiceField(label=gettext_lazy("Auf welchem Weg"), choices=OFFLINE, widget=forms.RadioSelect)
    held_on = forms.DateField(label=gettext_lazy("Wann es gesagt oder geschrieben wurde"), widget=DAY)
    event = forms.CharField(
        label=gettext_lazy("Anlass"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Zum Beispiel: Werkstatt im Gemeindesaal, 12. Mai."),
    )
    source = forms.CharField(
        label=gettext_lazy("Woher es stammt"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Zum Beispiel: Stellwand 3, oder der Ordner, in dem die Blätter liegen."),
    )

    def __init__(self, *args: Any, process: Process, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["module"].choices = [  # type: ignore[attr-defined]
            (module.subject.public_id, module.title) for module in process.modules.all() if takes_entries(module.format)
        ]
        self.fields["held_on"].initial = clock.today()


class SheetForm(forms.Form):
    """What belongs to the sheet, not to what was said."""

    sheet = forms.CharField(label=gettext_lazy("Nummer des Blatts oder Anrufs"), max_length=40, required=False)
    access_code = forms.CharField(
        label=gettext_lazy("Code aus dem Brief"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Steht auf dem Blatt ein Code, zählt die Person online und auf Papier einmal."),
    )


class PictureForm(forms.Form):
    picture = forms.FileField(
        label=gettext_lazy("Foto, etwa einer Stellwand"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=gettext_lazy("JPEG, PNG oder WebP bis 15 MB. Ort, Zeit und Gerät werden entfernt."),
    )
    words = forms.CharField(label=gettext_lazy("Was zu sehen ist"), max_length=300)


def takes_entries(slug: str) -> bool:
    """Can staff enter something for others with this format?"""
    known = registry.find(slug)
    return known is not None and known.entry is not None


def entering(request: HttpRequest, number: int) -> Process:
    """A process into which this person may enter. 404 when there is none, Refused when it is not theirs."""
    process = found(number)
    require(access.may_enter(actor_of(request), process))
    return process


def batch_of(process: Process, pk: int) -> Batch:
    batch = Batch.objects.select_related("module__subject", "process__subject").filter(process=process, pk=pk).first()
    if batch is None:
        raise Http404
    return batch


@never_cache
@staff_only
def batches(request: HttpRequest, number: int) -> HttpResponse:
    """``/verwaltung/beteiligung/12/erfassung/``: what was entered so far, and beginning something new."""
    process = entering(request, number)
    form = BatchForm(request.POST or None, process=process)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        module = queries.module(data["module"])
        assert module is not None
        try:
            batch = actions.open_batch(
                actor_of(request),
                module,
                data["channel"],
                data["held_on"],
                event=data["event"],
                source=data["source"],
            )
        except Refused:
            raise
        except DomainError as error:
            show(form, error)
        else:
            return redirect("participation_staff:entry", number, batch.pk)
    there = Q(entered__undone_at=None, entered__isnull=False)
    rows = (
        process.batches.select_related("module")
        .annotate(n=Count("entered", filter=there, distinct=True), last=Max("entered__at"))
        .annotate(pictures=Count("sources", distinct=True))
    )
    context = {
        "process": process,
        "form": form,
        "lists": EntryList.objects.select_related("module")
        .filter(module__process=process)
        .exclude(state=EntryList.State.DISCARDED)[:20],
        "rows": [(batch, words.CHANNELS[batch.channel]) for batch in rows],
        "possible": bool(form.fields["module"].choices),  # type: ignore[attr-defined]
        "printable": [module for module in process.modules.all() if takes_entries(module.format)],
        "may_manage": bool(access.may_manage(actor_of(request), process)),
    }
    return render(request, "participation/staff/batches.html", context, status=422 if form.errors else 200)


@never_cache
@staff_only
def entry(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """``/verwaltung/beteiligung/12/erfassung/7/``: one thing after the other; Enter saves and the screen stays."""
    process = entering(request, number)
    batch = batch_of(process, pk)
    known = registry.get(batch.module.format)
    assert known.entry is not None
    module = queries.module_of(batch.module_id)
    assert module is not None
    form_class = known.entry.form(module)
    typed = request.POST if request.method == "POST" else None
    kept = drafts.restore(request)
    form, sheet = form_class(typed, initial=kept), SheetForm(typed, initial=kept)
    key = (request.POST.get("key") or new_id())[:40]
    if request.method == "POST" and all([form.is_valid(), sheet.is_valid()]):
        try:
            done = actions.enter(
                actor_of(request),
                batch,
                form.cleaned_data,
                sheet=sheet.cleaned_data["sheet"],
                code=sheet.cleaned_data["access_code"],
                key=key,
            )
        except DomainError as error:
            if error.field in ("code", "sheet"):
                sheet.add_error({"code": "access_code"}.get(error.field, error.field), error.message)
            else:
                show(form, error)
        else:
            drafts.done(request)
            messages.success(request, _("Gespeichert: %(said)s") % {"said": done.said})
            return redirect(request.path)
    mine = Q(by=actor_of(request).public_id)
    counts = Entered.objects.filter(batch=batch, undone_at=None).aggregate(
        all=Count("pk"), mine=Count("pk", filter=mine), codes=Count("pk", filter=Q(with_code=True))
    )
    context = {
        "process": process,
        "batch": batch,
        "channel": words.CHANNELS[batch.channel],
        "form": form,
        "sheet_form": sheet,
        "key": key if form.errors or sheet.errors else new_id(),
        "counts": counts,
        "may": access.can_for_others(actor_of(request), known.writes, module, clock.now(), batch.channel),
        "last": Entered.objects.filter(batch=batch).select_related("contribution__subject").order_by("-pk")[:LAST],
        "may_undo": bool(undoing.may(actor_of(request), batch)),
        "undoing": batch.undo_at is not None and batch.undone_at is None,
        "stuck": undoing.is_stuck(batch),
        "kept": Entered.objects.filter(batch=batch, undone_at=None)
        .exclude(kept="")
        .select_related("contribution__subject")
        .order_by("pk")[:KEPT]
        if batch.undone_at
        else [],
        "most": KEPT,
        "pictures": batch.sources.defer("data"),
        "picture_form": PictureForm(),
        "may_manage": bool(access.may_manage(actor_of(request), process)),
    }
    failed = bool(form.errors or sheet.errors)
    return render(request, "participation/staff/entry.html", context, status=422 if failed else 200)


class PrintForm(forms.Form):
    """How many paper forms, and how."""

    count = forms.IntegerField(
        label=gettext_lazy("Wie viele Bögen"),
        min_value=1,
        max_value=printing.MOST,
        initial=20,
        help_text=gettext_lazy("Jeder bekommt eine eigene Nummer und wird genau einmal eingetragen."),
    )
    large = forms.BooleanField(label=gettext_lazy("Große Schrift"), required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Sprache des Rahmens"), choices=[("de", "Deutsch"), ("en", "English")], initial="de"
    )


@never_cache
@staff_only
def print_forms(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """``/verwaltung/beteiligung/12/bogen/<module>/``: a pile of paper forms as one PDF."""
    process = entering(request, number)
    module = queries.module(public_id)
    if module is None or module.process_id != process.pk:
        raise Http404
    form = PrintForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = printing.pile(
                actor_of(request), module, data["count"], large=data["large"], language=data["language"]
            )
        except DomainError as error:
            show(form, error)
        else:
            response = HttpResponse(made, content_type="application/pdf")
            response["Content-Disposition"] = f'attachment; filename="bogen-{public_id}.pdf"'
            return response
    context = {
        "process": process,
        "module": module,
        "form": form,
        "possible": printing.possible(module),
        "printed": module.printed_sheets.count(),
        "used": module.printed_sheets.filter(used_at__isnull=False).count(),
    }
    return render(request, "participation/staff/print.html", context, status=422 if form.errors else 200)


@require_POST
@staff_only
def undo(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take the last one back."""
    batch = batch_of(entering(request, number), pk)
    try:
        last = actions.undo(actor_of(request), batch)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Zurückgenommen: %(said)s") % {"said": last.said})
    return redirect("participation_staff:entry", number, pk)


@require_POST
@staff_only
def undo_all(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take a whole list back, or go on with it where it stopped."""
    batch = batch_of(entering(request, number), pk)
    try:
        if request.POST.get("verb") == "resume":
            undoing.resume(actor_of(request), batch)
        elif request.POST.get("sure") != "on":
            raise DomainError(_("Bitte setzen Sie den Haken, wenn Sie alles zurücknehmen wollen."))
        else:
            undoing.begin(actor_of(request), batch)
        messages.success(request, _("Die Liste wird jetzt im Hintergrund zurückgenommen."))
    except Refused:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("participation_staff:entry", number, pk)


@require_POST
@staff_only
def attach(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Keep a photograph with the batch."""
    batch = batch_of(entering(request, number), pk)
    form = PictureForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise DomainError(_("Bitte wählen Sie ein Bild und sagen Sie, was zu sehen ist."))
        upload = form.cleaned_data["picture"]
        data = upload.read() if upload.size <= pictures.MAX_BYTES else b"x" * (pictures.MAX_BYTES + 1)
        actions.attach(actor_of(request), batch, data, form.cleaned_data["words"])
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Das Foto ist angehängt. Zu sehen ist es nur hier, bis Sie es freigeben."))
    return redirect("participation_staff:entry", number, pk)


def _source(request: HttpRequest, number: int, public_id: str) -> Source:
    process = entering(request, number)
    source = Source.objects.select_related("batch__process__subject", "batch__module__subject").filter(
        batch__process=process, public_id=public_id
    )
    picture = source.first()
    if picture is None:
        raise Http404
    return picture


@require_safe
@staff_only
def picture(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """The photograph, for staff."""
    response = HttpResponse(bytes(_source(request, number, public_id).data), content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@staff_only
def release(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """Let everybody see it, hide it again, or delete it."""
    source = _source(request, number, public_id)
    verb = request.POST.get("verb", "")
    if verb == "remove":
        actions.remove(actor_of(request), source)
        messages.success(request, _("Das Foto ist gelöscht."))
    else:
        actions.release(actor_of(request), source, verb == "show")
        messages.success(
            request, _("Das Foto ist jetzt öffentlich.") if verb == "show" else _("Das Foto sehen nur noch Sie.")
        )
    return redirect("participation_staff:entry", number, source.batch_id)
