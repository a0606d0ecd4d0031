"""Forms of the back office. The actions decide; the forms hold what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mitstadt.geo.models import District
from mitstadt.kit import clock
from mitstadt.organisations.models import Organisation
from mitstadt.participation import registry, rules, words
from mitstadt.participation.actions import plans
from mitstadt.participation.models import Area, Assignment, CodeGroup, Module, Phase, Process

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
MOMENT = "%Y-%m-%dT%H:%M"


def moment_field(label: Any, **kwargs: Any) -> forms.DateTimeField:
    """A day with its time, as browsers offer it."""
    widget = forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, widget=widget, input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S"], **kwargs)


def departments() -> Any:
    return Organisation.objects.filter(kind__in=("department", "company")).order_by("name")


class NewForm(forms.Form):
    """What it takes to begin: where it comes from, whose it is, what it is called, when it starts."""

    template = forms.ChoiceField(label=_("Vorlage"), widget=forms.RadioSelect, required=False)
    department = forms.ModelChoiceField(label=_("Referat"), queryset=Organisation.objects.none())
    title = forms.CharField(label=_("Titel"), max_length=200)
    start = forms.DateField(label=_("Beginn"), widget=DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(plan.slug, f"{plan.name}. {plan.when}") for plan in plans.templates()]
        self.fields["template"].choices = [*choices, ("", _("Leer anfangen"))]  # type: ignore[attr-defined]
        self.fields["department"].queryset = departments()  # type: ignore[attr-defined]
        self.fields["start"].initial = clock.today()


class CopyForm(forms.Form):
    title = forms.CharField(label=_("Titel der Kopie"), max_length=200)
    start = forms.DateField(label=_("Beginn"), widget=DAY)


class ProcessForm(forms.ModelForm):  # type: ignore[type-arg]
    """The texts of a process. `revision` notices that somebody else was faster."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    districts = forms.ModelMultipleChoiceField(
        label=_("Stadtbezirke"),
        queryset=District.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ohne Auswahl betrifft es die ganze Stadt."),
    )

    class Meta:
        model = Process
        fields = [
            "title",
            "summary",
            "can_decide",
            "cannot_decide",
            "decided_by",
            "text",
            "plain_text",
            "department",
            "place",
            "contact_name",
            "contact_email",
            "contact_phone",
        ]
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "can_decide": forms.Textarea(attrs={"rows": 3}),
            "cannot_decide": forms.Textarea(attrs={"rows": 3}),
            "text": forms.Textarea(attrs={"rows": 8}),
            "plain_text": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revision"].initial = self.instance.revision
        self.fields["districts"].initial = [district.pk for district in self.instance.districts.all()]
        self.fields["department"].queryset = departments()  # type: ignore[attr-defined]


class ModuleForm(forms.Form):
    """Title, introduction and categories; the format's own settings stand below."""

    title = forms.CharField(label=_("Titel"), max_length=200)
    intro = forms.CharField(label=_("Einleitung"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    categories = forms.CharField(
        label=_("Kategorien"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=_("Eine je Zeile, in dieser Reihenfolge."),
    )

    def names(self) -> list[str]:
        """The categories, one each."""
        return [line.strip() for line in self.cleaned_data["categories"].splitlines() if line.strip()]


class PhaseForm(forms.Form):
    """When, what, and for whom."""

    module = forms.ModelChoiceField(
        label=_("Modul"), queryset=Module.objects.none(), required=False, empty_label=_("nur Information")
    )
    title = forms.CharField(label=_("Titel"), max_length=200)
    text = forms.CharField(
        label=_("Was in dieser Phase geschieht"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    start = moment_field(_("Beginn"))
    end = moment_field(_("Ende"))
    allows = forms.MultipleChoiceField(
        label=_("Was möglich ist"), choices=(), required=False, widget=forms.CheckboxSelectMultiple
    )
    trust = forms.TypedChoiceField(
        label=_("Wer mitmachen kann"),
        coerce=int,
        choices=[
            (0, _("alle")),
            (1, _("wer eine E-Mail-Adresse bestätigt")),
            (2, _("wer hier wohnt")),
            (3, _("wer sich mit dem Online-Ausweis anmeldet")),
        ],
    )
    age_from = forms.IntegerField(label=_("Alter von"), required=False, min_value=1, max_value=129)
    age_to = forms.IntegerField(label=_("Alter bis"), required=False, min_value=1, max_value=129)
    districts = forms.ModelMultipleChoiceField(
        label=_("Nur in diesen Stadtbezirken"),
        queryset=District.objects.all(),
        required=False,
        to_field_name="number",
        widget=forms.CheckboxSelectMultiple,
    )
    areas = forms.ModelMultipleChoiceField(
        label=_("Nur in diesen Straßen"),
        queryset=Area.objects.all(),
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )
    organisations = forms.ModelMultipleChoiceField(
        label=_("Nur Mitglieder von"), queryset=Organisation.objects.none(), required=False
    )
    groups = forms.ModelMultipleChoiceField(
        label=_("Nur mit dem Code dieser Einladung"),
        queryset=CodeGroup.objects.none(),
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )
    formality = forms.ChoiceField(label=_("Art der Beteiligung"), choices=Phase.Formality.choices)
    legal_basis = forms.CharField(label=_("Rechtsgrundlage"), max_length=120, required=False)
    decided_by = forms.CharField(
        label=_("Wer am Ende entscheidet"), max_length=300, required=False, help_text=_("Wenn anders als im Verfahren.")
    )

    def __init__(self, *args: Any, process: Process, phase: Phase | None = None, **kwargs: Any) -> None:
        if phase is not None:
            kwargs["initial"] = initial_of(phase)
        super().__init__(*args, **kwargs)
        self.fields["module"].queryset = process.modules.all()  # type: ignore[attr-defined]
        self.fields["groups"].queryset = process.code_groups.all()  # type: ignore[attr-defined]
        self.fields["organisations"].queryset = Organisation.objects.exclude(kind="department")  # type: ignore[attr-defined]
        known = {
            verb
            for module in process.modules.all()
            if (found := registry.find(module.format)) is not None
            for verb in found.verbs
        }
        verbs = [(verb, words.VERBS[verb]) for verb in rules.VERBS if verb in known]
        self.fields["allows"].choices = verbs  # type: ignore[attr-defined]

    def audience(self) -> rules.Audience:
        """Raises BadAudience."""
        data = self.cleaned_data
        return rules.Audience.read(
            {
                "trust": data["trust"],
                "age_from": data["age_from"],
                "age_to": data["age_to"],
                "districts": [district.number for district in data["districts"]],
                "areas": [area.slug for area in data["areas"]],
                "organisations": [organisation.pk for organisation in data["organisations"]],
                "groups": [group.slug for group in data["groups"]],
            }
        )


def initial_of(phase: Phase) -> dict[str, Any]:
    """A stored phase as the form's initial values."""
    wanted = rules.Audience.read(phase.audience)
    return {
        "module": phase.module_id,
        "title": phase.title,
        "text": phase.text,
        "start": phase.start,
        "end": phase.end,
        "allows": phase.allows,
        "trust": wanted.trust,
        "age_from": wanted.age_from,
        "age_to": wanted.age_to,
        "districts": [str(number) for number in wanted.districts],
        "areas": list(wanted.areas),
        "organisations": list(wanted.organisations),
        "groups": list(wanted.groups),
        "formality": phase.formality,
        "legal_basis": phase.legal_basis,
        "decided_by": phase.decided_by,
    }


class ResultForm(forms.Form):
    result = forms.CharField(
        label=_("Was die Stadt daraus macht"), widget=forms.Textarea(attrs={"rows": 6}), required=False
    )


class NewsForm(forms.Form):
    title = forms.CharField(label=_("Überschrift"), max_length=200)
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 5}))


class DocumentForm(forms.Form):
    title = forms.CharField(label=_("Titel"), max_length=200)
    url = forms.CharField(label=_("Adresse"), max_length=600, help_text=_("https://… oder /dokumente/…"))


class TeamForm(forms.Form):
    email = forms.EmailField(label=_("E-Mail-Adresse des Kontos"))
    role = forms.ChoiceField(label=_("Aufgabe"), choices=Assignment.Role.choices)
    function = forms.CharField(
        label=_("Funktion"), max_length=120, required=False, help_text=_("So erscheint die Person öffentlich.")
    )


class InviteForm(forms.Form):
    name = forms.CharField(label=_("Eingeladene Gruppe"), max_length=120)
    valid_until = moment_field(_("Codes gelten bis"))
    facts = forms.CharField(
        label=_("Was ein Code außerdem zeigt"),
        required=False,
        max_length=300,
        help_text=_("Leer, oder durch Komma getrennt: resident, district_9, age_14, age_to_26."),
    )
    count = forms.IntegerField(label=_("Wie viele Codes"), min_value=1, max_value=20_000, initial=100)


class LinkForm(forms.Form):
    target = forms.CharField(label=_("Adresse hier"), max_length=300, help_text=_("Zum Beispiel /radar/m-004-e-akte/"))
    note = forms.CharField(label=_("Wozu"), max_length=300, required=False)
