"""Screens inside the back office: confirming residence at the counter, codes for letters."""

from __future__ import annotations

import csv
import io

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mitstadt.kit.errors import DomainError

from . import actions, rules
from .actor import ADMINISTRATOR, EDITOR
from .forms import CodeForm
from .models import LetterCode
from .views.common import actor_of


class LettersForm(forms.Form):
    count = forms.IntegerField(label=gettext_lazy("Anzahl"), min_value=1, max_value=10_000)
    batch = forms.CharField(label=gettext_lazy("Wofür"), max_length=60)
    valid_days = forms.IntegerField(label=gettext_lazy("Gültig (Tage)"), min_value=1, max_value=365, initial=60)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """Type the code that the person shows, after looking at their identity card."""
    actor = actor_of(request)
    if not rules.staff_role(actor, EDITOR):
        raise PermissionDenied
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            name = actions.confirm_at_counter(actor, form.cleaned_data["code"])
        except DomainError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("Bestätigt: %(name)s wohnt in der Stadt.") % {"name": name})
            return redirect("accounts_counter")
    return render(request, "accounts/staff_counter.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest) -> HttpResponse:
    """POST answers with a CSV of new codes, the only time they can be read."""
    actor = actor_of(request)
    if not rules.staff_role(actor, ADMINISTRATOR):
        raise PermissionDenied
    form = LettersForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        codes = actions.issue_letter_codes(actor, data["count"], batch=data["batch"], valid_days=data["valid_days"])
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows([["code"], *([code] for code in codes)])
        response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="briefcodes.csv"'
        response["Cache-Control"] = "no-store"
        return response
    used = LetterCode.objects.filter(used_at__isnull=False).count()
    page = {"form": form, "issued": LetterCode.objects.count(), "used": used}
    return render(request, "accounts/staff_letters.html", page, status=400 if form.errors else 200)


urlpatterns = [
    path("nachweise/schalter/", counter, name="accounts_counter"),
    path("nachweise/briefe/", letters, name="accounts_letters"),
]
