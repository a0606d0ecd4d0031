"""The short status form: what a department reports in two minutes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mitstadt.kit import clock
from mitstadt.organisations.models import Organisation
from mitstadt.radar import dates
from mitstadt.radar.models import Measure, Status
from mitstadt.radar.models.strategy import check_partial_date


class PartialDateField(forms.CharField):
    """A year, month or day; refuses anything else and quotes what was typed."""

    default_validators = [check_partial_date]


def check_not_to_come(value: str) -> None:
    """Raises ValidationError for a day to come; what is no day is refused by others."""
    try:
        to_come = dates.first_day(value) > clock.today()
    except ValueError:
        return
    if to_come:
        raise forms.ValidationError(
            _("„%(value)s“ liegt in der Zukunft. Ein Stand gilt für heute oder früher."), params={"value": value}
        )


class StatusDateField(PartialDateField):
    """The day of a status: today or earlier."""

    default_validators = [*PartialDateField.default_validators, check_not_to_come]


class StatusForm(forms.Form):
    """Status, end, milestone and source of one measure. Whoever moves the end says why."""

    status = forms.ChoiceField(label=_("Status heute"), choices=Status.choices, widget=forms.RadioSelect)
    status_as_of = StatusDateField(label=_("Stand vom"), max_length=10, help_text=_("2026, 2026-11 oder 2026-11-22"))
    end = PartialDateField(label=_("Geplantes Ende"), max_length=10, required=False)
    change_reason = forms.CharField(
        label=_("Grund, wenn sich das Ende ändert"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Steht öffentlich in der Zeitleiste."),
    )
    milestone = forms.ChoiceField(label=_("Meilenstein erreicht"), required=False)
    milestone_done_on = PartialDateField(label=_("Erreicht am"), max_length=10, required=False)
    new_milestone = forms.CharField(label=_("Neuer Meilenstein"), max_length=300, required=False)
    new_milestone_due = PartialDateField(label=_("Geplant für"), max_length=10, required=False)
    source = forms.CharField(label=_("Quelle"), max_length=600, required=False)
    seen_revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, measure: Measure, *args: Any, **kwargs: Any) -> None:
        self.measure = measure
        kwargs.setdefault(
            "initial",
            {
                "status": measure.status,
                "status_as_of": f"{clock.today():%Y-%m}",
                "end": measure.end,
                "source": measure.source,
                "seen_revision": measure.latest_revision_id,
            },
        )
        super().__init__(*args, **kwargs)
        open_ones = [(str(m.order), m.title) for m in measure.milestones.all() if not m.done_on]
        field = self.fields["milestone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("keiner") if open_ones else _("Noch kein offener Meilenstein")), *open_ones]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "end" in data and data["end"] != self.measure.end and not data.get("change_reason", "").strip():
            self.add_error("change_reason", _("Das Ende ändert sich. Bitte nennen Sie den Grund."))
        end, start = data.get("end"), self.measure.start
        if end and start and dates.last_day(end) < dates.first_day(start):
            self.add_error("end", _("Das Ende liegt vor dem Beginn (%(start)s).") % {"start": start})
        if data.get("milestone") and not data.get("milestone_done_on"):
            data["milestone_done_on"] = clock.today().isoformat()
        if data.get("seen_revision") and data["seen_revision"] != self.measure.latest_revision_id:
            raise forms.ValidationError(
                _(
                    "Inzwischen hat jemand anderes diese Maßnahme geändert. Ihre Eingaben stehen noch hier. "
                    "Bitte vergleichen Sie und senden Sie dann noch einmal ab."
                )
            )
        return data


class _ManyForm(forms.Form):
    """What is said once for many measures, always with a reason."""

    reason = forms.CharField(
        label=_("Grund"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Steht öffentlich in der Zeitleiste jeder dieser Maßnahmen."),
    )


class ReportManyForm(_ManyForm):
    """One status for many measures."""

    status = forms.ChoiceField(label=_("Status heute"), choices=[("", "–"), *Status.choices])
    status_as_of = StatusDateField(label=_("Stand vom"), max_length=10, help_text=_("2026, 2026-11 oder 2026-11-22"))
    field_order = ["status", "status_as_of", "reason"]


class AssignManyForm(_ManyForm):
    """One department for many measures."""

    department = forms.ModelChoiceField(
        label=_("Referat"),
        queryset=Organisation.objects.filter(
            kind__in=[Organisation.Kind.DEPARTMENT, Organisation.Kind.COMPANY]
        ).order_by("name"),
    )
    field_order = ["department", "reason"]
