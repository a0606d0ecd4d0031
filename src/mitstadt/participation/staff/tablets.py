"""``/verwaltung/beteiligung/12/tablets/``: open a tablet for a stall, see what came in, end it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from mitstadt.kit import clock, qr
from mitstadt.kit.errors import DomainError, show
from mitstadt.participation import queries
from mitstadt.participation.entry import tablets
from mitstadt.participation.models import Process, Tablet

from .doors import actor_of, staff_only
from .entry import entering, takes_entries


class TabletForm(forms.Form):
    """Where it stands, for what, for how long."""

    module = forms.ChoiceField(label=gettext_lazy("Wozu"))
    name = forms.CharField(
        label=gettext_lazy("Wo das Gerät steht"),
        max_length=120,
        help_text=gettext_lazy("Zum Beispiel: Stand am Wochenmarkt, 12. Mai."),
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Für wie viele Stunden"), min_value=1, max_value=tablets.MOST_HOURS, initial=8
    )

    def __init__(self, *args: Any, process: Process, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["module"].choices = [  # type: ignore[attr-defined]
            (module.subject.public_id, module.title) for module in process.modules.all() if takes_entries(module.format)
        ]


@never_cache
@staff_only
def listing(request: HttpRequest, number: int) -> HttpResponse:
    """All tablets of a process; the link of a new one is shown once."""
    process = entering(request, number)
    opening = request.method == "POST" and "end" not in request.POST
    form = TabletForm(request.POST if opening else None, process=process)
    link = ""
    if request.method == "POST" and not opening:
        pk = request.POST.get("end", "")
        tablet = Tablet.objects.select_related("module__process", "module__subject").filter(
            module__process=process, pk=int(pk) if pk.isdecimal() else 0
        )
        if (found := tablet.first()) is not None:
            tablets.revoke(actor_of(request), found)
            messages.success(request, _("Das Tablet ist beendet."))
        return redirect("participation_staff:tablets", number)
    if opening and form.is_valid():
        data = form.cleaned_data
        module = queries.module(data["module"])
        assert module is not None
        try:
            _tablet, secret = tablets.open_one(actor_of(request), module, data["name"], data["hours"])
        except DomainError as error:
            show(form, error)
        else:
            link = settings.MITSTADT_BASE_URL.rstrip("/") + reverse("participation:tablet_pair", args=[secret])
            form = TabletForm(process=process)
    now = clock.now()
    rows = Tablet.objects.filter(module__process=process).select_related("module")[:50]
    context = {
        "process": process,
        "form": form,
        "link": link,
        "qr": qr.svg(link, "ps-qr") if link else "",
        "rows": [(row, row.revoked_at is None and row.valid_until > now) for row in rows],
    }
    return render(request, "participation/staff/tablets.html", context, status=422 if form.errors else 200)
