"""Signatures on paper that no code stands beside: a list is counted, its number entered, put right or removed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mitstadt.accounts import drafts
from mitstadt.comments.models import Channel
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused, show
from mitstadt.kit.ids import new_id
from mitstadt.participation import access, components, queries
from mitstadt.participation.entry import signatures
from mitstadt.participation.models import MOST_SIGNATURES, Contribution, Module, Process, SignatureList

from .doors import actor_of, staff_only
from .entry import entering
from .forms import DAY

SHOWN = 50


class SignaturesForm(forms.Form):
    """One list."""

    count = forms.IntegerField(
        label=gettext_lazy("Gültige Unterschriften"),
        min_value=1,
        max_value=MOST_SIGNATURES,
        help_text=gettext_lazy(
            "Bitte prüfen Sie selbst, ob jede Unterschrift gültig ist und keine doppelt vorkommt, auch mit denen, die "
            "online oder mit Code zählen. Das Programm zählt, was Sie hier nennen."
        ),
    )
    source = forms.CharField(
        label=gettext_lazy("Welche Liste"),
        max_length=200,
        help_text=gettext_lazy("Zum Beispiel: Blätter 1 bis 4 vom Stand am Grünspitz."),
    )
    counted_on = forms.DateField(label=gettext_lazy("Gezählt am"), widget=DAY)
    counted_by = forms.CharField(
        label=gettext_lazy("Wer gezählt hat"),
        max_length=120,
        help_text=gettext_lazy("Stelle oder Kürzel genügt. Das sieht nur die Verwaltung."),
    )
    scan = forms.FileField(
        label=gettext_lazy("Bild oder PDF der Liste"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
        help_text=gettext_lazy(
            "Bis 5 MB, verschlüsselt, nur für die Verwaltung dieses Verfahrens; jedes Öffnen steht im Protokoll. Nach "
            "180 Tagen gelöscht."
        ),
    )

    def __init__(self, *args: Any, corrects: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["counted_on"].initial = clock.today()
        if corrects:
            del self.fields["scan"]

    @property
    def counted(self) -> signatures.Counted:
        data = self.cleaned_data
        return signatures.Counted(data["count"], data["source"], data["counted_on"], data["counted_by"])


def _supported(process: Process, public_id: str) -> tuple[Contribution, Module]:
    found = queries.contribution(public_id)
    if found is None or found.process_id != process.pk or found.module is None or found.draft:
        raise Http404
    return found, found.module


def _list(contribution: Contribution, pk: str) -> SignatureList:
    rows = contribution.signature_lists.filter(pk=int(pk) if pk.isascii() and pk.isdecimal() and len(pk) < 12 else 0)
    if (found := rows.first()) is None:
        raise Http404
    return found


@never_cache
@staff_only
@require_safe
def choose(request: HttpRequest, number: int) -> HttpResponse:
    """``/verwaltung/beteiligung/12/erfassung/unterschriften/?q=brunnen``: for which contribution a list was signed."""
    process = entering(request, number)
    modules = [module for module in process.modules.all() if _takes_support(process, module.pk)]
    words = request.GET.get("q", "")[:100].replace("\x00", "")
    rows = queries.public_contributions().filter(
        process=process, module__in=modules, merged_into=None, subject__comment=None
    )
    for word in words.split()[:5]:
        rows = rows.filter(title__icontains=word)
    found = rows.order_by("-support_count", "pk").values("subject__public_id", "title", *queries.SUPPORTS)[:SHOWN]
    context = {
        "process": process,
        "q": words,
        "possible": bool(modules),
        "rows": [{**row, "split": components.split_of(row)} for row in found],
        "most": SHOWN,
    }
    return render(request, "participation/staff/signatures_choose.html", context)


def _takes_support(process: Process, module_id: int) -> bool:
    return any(phase.module_id == module_id and "support" in phase.allows for phase in process.phases.all())


@never_cache
@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def lists(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """``/verwaltung/beteiligung/12/erfassung/unterschriften/<id>/?liste=7``: what counts, one more, putting one
    right."""
    process = entering(request, number)
    contribution, module = _supported(process, public_id)
    actor = actor_of(request)
    wanted = request.POST.get("list", "") or request.GET.get("liste", "")
    corrected = _list(contribution, wanted) if wanted else None
    initial: dict[str, Any] = drafts.restore(request)
    if corrected is not None:
        fields = ("count", "source", "counted_on", "counted_by")
        initial = {**{name: getattr(corrected, name) for name in fields}, **initial}
    sending = request.method == "POST" and request.POST.get("verb") != "remove"
    form = SignaturesForm(
        request.POST if sending else None,
        request.FILES if sending else None,
        initial=initial,
        corrects=corrected is not None,
    )
    status = 200
    try:
        if request.method == "POST" and not sending:
            if corrected is None:
                raise Http404
            signatures.remove(actor, contribution, corrected, request.POST.get("reason", ""))
            messages.success(request, _("Die Liste zählt nicht mehr."))
            return redirect(request.path)
        if sending and form.is_valid():
            _write(request, contribution, corrected, form)
            return redirect(request.path)
    except Refused:
        raise
    except DomainError as error:
        status = 422
        if sending:
            show(form, error)
        else:
            messages.error(request, error.message)
    rows = list(contribution.signature_lists.defer("scan").order_by("-pk"))
    contribution.refresh_from_db(fields=queries.SUPPORTS)
    context = {
        "process": process,
        "contribution": contribution,
        "split": components.split(contribution),
        "form": form,
        "corrected": corrected,
        "key": request.POST.get("key", "")[:40] if form.errors else new_id(),
        "reason": request.POST.get("reason", ""),
        "rows": [row for row in rows if row.ended_at is None],
        "ended": [row for row in rows if row.ended_at is not None],
        "may": access.can_for_others(actor, "support", module, clock.now(), Channel.PAPER)
        if corrected is None
        else access.not_frozen(process),
    }
    return render(request, "participation/staff/signatures.html", context, status=422 if form.errors else status)


def _write(
    request: HttpRequest, contribution: Contribution, corrected: SignatureList | None, form: SignaturesForm
) -> None:
    """Raises DomainError."""
    actor = actor_of(request)
    if corrected is not None:
        signatures.correct(actor, contribution, corrected, form.counted)
        messages.success(request, _("Berichtigt."))
    else:
        upload = form.cleaned_data["scan"]
        if upload is not None and upload.size > signatures.MAX_BYTES:
            raise DomainError(_("Die Datei ist größer als 5 MB. Bitte verkleinern Sie sie."), field="scan")
        scan = upload.read() if upload is not None else b""
        made = signatures.enter(actor, contribution, form.counted, scan=scan, key=request.POST.get("key", "")[:40])
        messages.success(request, _("Gespeichert: %(n)s Unterschriften zählen.") % {"n": made.count})
    drafts.done(request)


@never_cache
@staff_only
@require_safe
def scan(request: HttpRequest, number: int, public_id: str, pk: int) -> HttpResponse:
    """The picture of a list, for staff."""
    contribution, _module = _supported(entering(request, number), public_id)
    try:
        data, content_type = signatures.look(actor_of(request), contribution, _list(contribution, str(pk)))
    except Refused:
        raise
    except DomainError as error:
        raise Http404(error.message) from error
    response = HttpResponse(data, content_type=content_type)
    suffix = "pdf" if content_type == "application/pdf" else "jpg"
    response["Content-Disposition"] = f'attachment; filename="unterschriften-{pk}.{suffix}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
