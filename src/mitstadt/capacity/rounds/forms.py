"""What a family says about a child, how siblings apply, and what staff set for a round."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mitstadt.capacity import seekers

from .actions import Wishes, capacities, local_of
from .models import Application, Child, Programme, Round

RANK = "rank_"


class ChildForm(forms.Form):
    """Wishes as numbers beside the programmes, as many as one likes; criteria to tick.

    Local criteria are asked as "at which house?". Without JavaScript, `moved` answers the buttons up and down.
    """

    name = forms.CharField(
        label=_("Vorname des Kindes"), max_length=80, required=False,
        help_text=_("Verschlüsselt. Er steht nur auf Ihrem Bescheid und in keiner Rechnung."),
    )  # fmt: skip
    born = forms.DateField(
        label=_("Geburtstag"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    facts = forms.MultipleChoiceField(
        label=_("Was trifft zu?"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Nachweise zeigen Sie erst, wenn es einen Platz gibt."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, round_: Round, programmes: Sequence[Programme], child: Child | None = None,
                 **kwargs: Any) -> None:  # fmt: skip
        kwargs.setdefault("initial", self.of_child(child) if child is not None else {})
        super().__init__(data, **kwargs)
        self.round, self.programmes = round_, list(programmes)
        facts = self.fields["facts"]
        if isinstance(facts, forms.MultipleChoiceField):
            facts.choices = [(row["id"], self._label(row)) for row in round_.for_all]
        if not round_.for_all:
            del self.fields["facts"]
        for row in round_.local:
            at = [(p.code, self._here(p, row["id"])) for p in self.programmes if row["id"] in local_of(p, round_)]
            if at:
                self.fields[f"local_{row['id']}"] = forms.MultipleChoiceField(
                    label=row["name"], choices=at, widget=forms.CheckboxSelectMultiple, required=False,
                    help_text=gettext("In welchem Haus trifft das zu?"),
                )  # fmt: skip
        for programme in self.programmes:
            self.fields[RANK + programme.code] = forms.IntegerField(
                label=str(programme), required=False, min_value=1, max_value=9999,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "rd-rank__number"}),
            )  # fmt: skip

    @staticmethod
    def _label(row: Mapping[str, Any]) -> str:
        from .wording import points

        return f"{row['name']} ({points(row['points'])})" if row["points"] else str(row["name"])

    @staticmethod
    def _here(programme: Programme, criterion: str) -> str:
        from .wording import points

        count = programme.points.get(criterion)
        return f"{programme} ({points(count)})" if count else str(programme)

    @staticmethod
    def of_child(child: Child) -> dict[str, Any]:
        words = seekers.words_of(child.sealed)
        found: dict[str, Any] = {"name": words.get("name", ""), "facts": child.facts}
        if words.get("born"):
            found["born"] = date.fromisoformat(words["born"])
        for code, names in child.local.items():
            for name in names:
                found.setdefault(f"local_{name}", []).append(code)
        return found | {RANK + code: turn for turn, code in enumerate(child.choices, start=1)}

    def moved(self) -> ChildForm:
        """The form after the button `up`, `down` or `out` of a row: programmes numbered anew, nothing lost."""
        data = cast(QueryDict, self.data).copy()
        order = self.typed_order()
        for verb in ("up", "down", "out"):
            code = data.get(verb, "")
            if code not in {p.code for p in self.programmes}:
                continue
            if code not in order:
                order += [code] if verb != "out" else []
                continue
            here = order.index(code)
            order.remove(code)
            if verb != "out":
                order.insert(max(0, here - 1) if verb == "up" else here + 1, code)
        for programme in self.programmes:
            place = order.index(programme.code) + 1 if programme.code in order else ""
            data[RANK + programme.code] = str(place)
        return type(self)(data, round_=self.round, programmes=self.programmes)

    def typed_order(self) -> list[str]:
        """Programme codes by the numbers that stand in the form now; what is no number comes last."""
        typed: list[tuple[int, int, str]] = []
        for turn, programme in enumerate(self.programmes):
            text = str(self[RANK + programme.code].value() or "").strip()
            if text:
                typed.append((int(text) if text.isascii() and text.isdigit() else 99999, turn, programme.code))
        return [code for _number, _turn, code in sorted(typed)]

    def rows(self) -> list[dict[str, Any]]:
        """The programmes with their number fields: the ranked first, in their order."""
        order = self.typed_order()
        known = {p.code: p for p in self.programmes}
        rest = [p.code for p in self.programmes if p.code not in order]
        return [
            {
                "programme": known[code],
                "field": self[RANK + code],
                "ranked": code in order,
                "requires": [self.round.criterion(name)["name"] for name in known[code].requires],
            }
            for code in (*order, *rest)
        ]

    def plain(self) -> list[Any]:
        """Every visible field that is not a rank."""
        return [f for f in self.visible_fields() if not f.name.startswith(RANK)]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        numbers: dict[int, str] = {}
        for programme in self.programmes:
            number = data.get(RANK + programme.code)
            if number is None:
                continue
            if number in numbers:
                self.add_error(
                    RANK + programme.code, gettext("Den Platz %(n)s haben Sie zweimal vergeben.") % {"n": number}
                )
            numbers[number] = programme.code
        if not numbers and not self.errors:
            self.add_error(None, gettext("Geben Sie mindestens einem Angebot einen Platz."))
        return data

    def wishes(self) -> Wishes:
        data = self.cleaned_data
        local: dict[str, list[str]] = {}
        for row in self.round.local:
            for code in data.get(f"local_{row['id']}") or ():
                local.setdefault(code, []).append(row["id"])
        ranked = sorted((data[RANK + p.code], p.code) for p in self.programmes if data.get(RANK + p.code))
        return Wishes(
            [code for _number, code in ranked], data.get("facts") or (), local, data.get("name", ""), data.get("born")
        )


class ApplyForm(ChildForm):
    """The first child, and where we may write. `website` is a trap for programs."""

    email = forms.EmailField(
        label=_("E-Mail"), required=False,
        help_text=_("Dorthin schreiben wir, wenn das Ergebnis da ist. Ohne Adresse bewahren Sie bitte Ihren Link auf."),
    )  # fmt: skip
    website = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class ContactForm(forms.Form):
    """How the house reaches a family that takes its place."""

    name = forms.CharField(label=_("Ihr Name"), max_length=80, required=False)
    phone = forms.CharField(label=_("Telefon"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-Mail"), required=False)


class TogetherForm(forms.Form):
    """How siblings apply: rows of one choice per child, the best first; three rows more than are filled."""

    together = forms.ChoiceField(
        label=_("Wie melden sich die Kinder an?"), choices=Application.Together.choices, widget=forms.RadioSelect,
        required=False,
    )  # fmt: skip
    MORE, MOST = 3, 60

    def __init__(self, data: Any = None, *, application: Application, children: Sequence[tuple[str, str]],
                 programmes: Sequence[Programme], **kwargs: Any) -> None:  # fmt: skip
        initial: dict[str, Any] = {"together": application.together}
        for turn, option in enumerate(application.options):
            initial |= {f"option_{turn}_{reference}": code for reference, code in option.items()}
        super().__init__(data, initial=initial, **kwargs)
        self.children = list(children)
        typed = [
            int(m[1]) for name in (data or ()) if (m := re.fullmatch(r"option_(\d{1,2})_\w+", name)) and data[name]
        ]
        filled = max([len(application.options), *(n + 1 for n in typed)])
        self.count = min(filled + self.MORE, self.MOST)
        choices = [("", "–"), *((p.code, str(p)) for p in programmes)]
        for turn in range(self.count):
            for reference, name in self.children:
                self.fields[f"option_{turn}_{reference}"] = forms.ChoiceField(
                    label=name, choices=choices, required=False
                )

    def rows(self) -> list[tuple[int, list[Any]]]:
        return [
            (turn + 1, [self[f"option_{turn}_{reference}"] for reference, _name in self.children])
            for turn in range(self.count)
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for turn in range(self.count):
            missing = [r for r, _name in self.children if not data.get(f"option_{turn}_{r}")]
            if missing and len(missing) < len(self.children):
                for reference in missing:
                    self.add_error(
                        f"option_{turn}_{reference}", gettext("Jede Möglichkeit nennt für jedes Kind ein Angebot.")
                    )
        return data

    def options(self) -> list[dict[str, str]]:
        rows = [
            {r: self.cleaned_data[f"option_{turn}_{r}"] for r, _name in self.children} for turn in range(self.count)
        ]
        return [row for row in rows if all(row.values())]


# -- staff -----------------------------------------------------------------------------------------
class RoundForm(forms.ModelForm):  # type: ignore[type-arg]
    """Criteria a line each: ``id | Name | Rechtsgrundlage | Punkte``; without points a criterion is local."""

    criteria_text = forms.CharField(
        label=_("Kriterien"), widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Je Zeile: Kürzel | Name | Rechtsgrundlage | Punkte. Ohne Punkte zählt es je Angebot verschieden."),
    )  # fmt: skip

    class Meta:
        model = Round
        fields = ["title", "text", "office", "opens_at", "closes_at", "answer_days", "seed_source", "appeal_text"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 5}),
            "appeal_text": forms.Textarea(attrs={"rows": 5}),
            "opens_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "closes_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }
        help_texts = {
            "seed_source": _(
                "Steht öffentlich da, bevor jemand sich anmeldet: zum Beispiel die Lottozahlen vom 3. April."
            ),
            "answer_days": _("Ab dem Ergebnis, 1 bis 60. Ohne Antwort geht ein Platz an das nächste Kind."),
        }

    field_order = ["title", "text", "office", "opens_at", "closes_at", "answer_days", "criteria_text", "seed_source",
                   "appeal_text"]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criteria_text"].initial = "\n".join(
            " | ".join(
                [row["id"], row["name"], row["legal_basis"], "" if row["points"] is None else str(row["points"])]
            )
            for row in self.instance.criteria
        )

    def clean_criteria_text(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for number, line in enumerate(str(self.cleaned_data["criteria_text"]).splitlines(), start=1):
            if not line.strip():
                continue
            parts = ([part.strip() for part in line.split("|")] + [""] * 4)[:4]
            if not re.fullmatch(r"[A-Za-z0-9._-]{1,40}", parts[0]) or parts[0] in {row["id"] for row in found}:
                raise forms.ValidationError(
                    gettext("Zeile %(n)s: Das Kürzel fehlt oder steht zweimal da.") % {"n": number}
                )
            if not parts[1] or not parts[2]:
                raise forms.ValidationError(gettext("Zeile %(n)s: Name oder Rechtsgrundlage fehlt.") % {"n": number})
            if parts[3] and not re.fullmatch(r"[0-9]{1,6}", parts[3]):
                raise forms.ValidationError(gettext("Zeile %(n)s: Punkte sind eine ganze Zahl.") % {"n": number})
            found.append(
                {
                    "id": parts[0],
                    "name": parts[1],
                    "legal_basis": parts[2],
                    "points": int(parts[3]) if parts[3] else None,
                }
            )
        return found

    def round(self) -> Round:
        found: Round = self.save(commit=False)
        found.criteria = self.cleaned_data["criteria_text"]
        return found


class ProgrammeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A capacity with its contract. Local points a line each: ``id | Punkte``."""

    points_text = forms.CharField(
        label=_("Punkte, die nur hier zählen"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Je Zeile: Kürzel | Punkte"),
    )  # fmt: skip
    requires = forms.MultipleChoiceField(
        label=_("Ohne das wird niemand berücksichtigt"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Programme
        fields = ["capacity", "quota", "contract_on", "requires", "last_year", "last_year_all"]
        widgets = {"contract_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    field_order = ["capacity", "quota", "contract_on", "points_text", "requires", "last_year", "last_year_all"]

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round = round_
        capacity, requires = self.fields["capacity"], self.fields["requires"]
        if isinstance(capacity, forms.ModelChoiceField):
            capacity.queryset = capacities()
            capacity.label = _("Angebot")
        if isinstance(requires, forms.MultipleChoiceField):
            requires.choices = [(row["id"], row["name"]) for row in round_.criteria]
        self.fields["points_text"].initial = "\n".join(f"{k} | {v}" for k, v in self.instance.points.items())

    def clean_points_text(self) -> dict[str, int]:
        found: dict[str, int] = {}
        local = {row["id"] for row in self.round.local}
        for line in str(self.cleaned_data["points_text"]).splitlines():
            if not line.strip():
                continue
            name, _bar, number = (part.strip() for part in line.partition("|"))
            if name not in local or not re.fullmatch(r"[0-9]{1,6}", number):
                raise forms.ValidationError(
                    gettext("Diese Zeile ist nicht zu verstehen: %(line)s") % {"line": line[:80]}
                )
            found[name] = int(number)
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("last_year_all") and data.get("last_year") is not None:
            self.add_error("last_year", gettext("Entweder bekamen alle einen Platz, oder es gab eine letzte Zusage."))
        return data

    def programme(self) -> Programme:
        found: Programme = self.save(commit=False)
        found.round = self.round
        found.points = self.cleaned_data["points_text"]
        found.requires = self.cleaned_data["requires"]
        return found


class SeedForm(forms.Form):
    seed = forms.CharField(
        label=_("Loszahl"), max_length=200,
        help_text=_("Genau wie angekündigt. Sie wird einmal eingetragen und steht dann öffentlich da."),
    )  # fmt: skip
