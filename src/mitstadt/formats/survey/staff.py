"""Making a survey in the back office: its questions, what came in, and the sheets of paper."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import Actor
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, show
from mitstadt.participation import access
from mitstadt.participation import queries as participation
from mitstadt.participation.models import Module
from mitstadt.participation.staff.doors import opens, opens_module

from . import components, editing, queries, results, rules, sheets
from .editing import Draft
from .forms import AnswerForm, option_words
from .models import Question, QuestionKind, Sheet, Upload


def _find(public_id: str) -> Module | None:
    module = participation.module(public_id)
    return module if module is not None and module.format == queries.FORMAT else None


managed = opens_module(queries.FORMAT)
entered = opens(_find, lambda actor, module: access.may_enter(actor, module.process))


class QuestionForm(forms.Form):
    """One question. Lists have one entry per line."""

    kind = forms.ChoiceField(label=gettext_lazy("Art der Frage"), choices=QuestionKind.choices)
    text = forms.CharField(label=gettext_lazy("Frage"), max_length=300)
    help = forms.CharField(label=gettext_lazy("Erläuterung"), max_length=500, required=False)
    options = forms.CharField(
        label=gettext_lazy("Antworten, eine je Zeile"),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        help_text=gettext_lazy("Bei einer Tabelle sind es die Spalten, bei einer Reihenfolge das, was sortiert wird."),
    )
    rows = forms.CharField(
        label=gettext_lazy("Zeilen der Tabelle, eine je Zeile"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    most = forms.IntegerField(
        label=gettext_lazy("Wie viele höchstens angekreuzt oder sortiert werden"),
        min_value=0,
        max_value=30,
        required=False,
        help_text=gettext_lazy("Leer heißt: beliebig viele."),
    )
    steps = forms.IntegerField(
        label=gettext_lazy("Stufen der Skala"), min_value=2, max_value=11, initial=5, required=False
    )
    low = forms.CharField(label=gettext_lazy("Wort für die kleinste Stufe"), max_length=60, required=False)
    high = forms.CharField(label=gettext_lazy("Wort für die größte Stufe"), max_length=60, required=False)
    required = forms.BooleanField(label=gettext_lazy("Muss beantwortet werden"), required=False)
    public = forms.BooleanField(
        label=gettext_lazy("Texte oder Orte dieser Frage sehen alle"),
        required=False,
        help_text=gettext_lazy("Sonst lesen sie nur die Beschäftigten."),
    )
    condition = forms.ChoiceField(label=gettext_lazy("Nur fragen, wenn bei dieser Frage"), required=False)
    condition_values = forms.CharField(
        label=gettext_lazy("eine dieser Antworten steht, eine je Zeile"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=gettext_lazy("Bei einer Skala die Zahl der Stufe."),
    )

    def __init__(self, *args: Any, earlier: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["condition"].choices = [("", gettext_lazy("– immer fragen –"))] + [  # type: ignore[attr-defined]
            (question.key, question.text) for question in earlier if question.kind in rules.DECIDING
        ]

    def draft(self) -> Draft:
        data = self.cleaned_data
        return Draft(
            kind=data["kind"],
            text=data["text"],
            help=data["help"],
            required=data["required"],
            options=data["options"].splitlines(),
            rows=data["rows"].splitlines(),
            most=data["most"] or 0,
            steps=data["steps"] or 5,
            low=data["low"],
            high=data["high"],
            public=data["public"],
            condition=data["condition"],
            condition_values=data["condition_values"].splitlines(),
        )


def _initial(question: Question) -> dict[str, Any]:
    known = option_words(question.condition) if question.condition is not None else {}
    scale = question.condition is not None and question.condition.kind == QuestionKind.SCALE
    values = [str(value) if scale else known.get(str(value), str(value)) for value in question.condition_values]
    return {
        "kind": question.kind,
        "text": question.text,
        "help": question.help,
        "options": "\n".join(words for _value, words in question.options),
        "rows": "\n".join(words for _value, words in question.rows),
        "most": question.most or None,
        "steps": question.steps,
        "low": question.low,
        "high": question.high,
        "required": question.required,
        "public": question.public,
        "condition": question.condition.key if question.condition is not None else "",
        "condition_values": "\n".join(values),
    }


@require_safe
@managed
def questions(request: HttpRequest, actor: Actor, module: Module) -> HttpResponse:
    """``/verwaltung/beteiligung/umfrage/<module>/``: the questions in order, and how many have answered."""
    survey = queries.survey_of(module)
    context = {
        "module": module,
        "process": module.process,
        "questions": queries.questions(survey),
        "frozen": editing.frozen(module),
        "count": components.answers(survey.responses),
        "is_poll": queries.verb_of(module) == "vote",
        "presets": [
            ("yes_no", _("Ja, nein, Enthaltung")),
            ("satisfaction", _("Zufriedenheit mit Begründung")),
            ("where", _("Wo? (Ort auf der Karte)")),
        ],
    }
    return render(request, "survey/staff/questions.html", context)


PRESETS = {
    "yes_no": lambda: [
        Draft("single", _("Sind Sie dafür?"), required=True, options=[_("Ja"), _("Nein"), _("Enthaltung")])
    ],
    "satisfaction": lambda: [
        Draft("scale", _("Wie zufrieden sind Sie?"), low=_("gar nicht"), high=_("sehr")),
        Draft("text", _("Was sollte besser werden?")),
    ],
    "where": lambda: [Draft("place", _("Wo fehlt etwas?"), public=True)],
}


@require_POST
@managed
def preset(request: HttpRequest, actor: Actor, module: Module) -> HttpResponse:
    """Questions that many surveys ask, to be changed as one likes."""
    wanted = PRESETS.get(request.POST.get("preset", ""))
    try:
        for draft in wanted() if wanted is not None else []:
            editing.add(actor, module, draft)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("survey_staff:questions", module.subject.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def question(request: HttpRequest, actor: Actor, module: Module, key: str = "") -> HttpResponse:
    """A new question, or one as it is."""
    rows = queries.questions(queries.survey_of(module))
    existing = next((row for row in rows if row.key == key), None)
    if key and existing is None:
        raise Http404
    earlier = rows[: rows.index(existing)] if existing is not None else rows
    initial = _initial(existing) if existing is not None else {}
    form = QuestionForm(request.POST or None, earlier=earlier, initial={**initial, **drafts.restore(request)})
    if request.method == "POST" and form.is_valid():
        try:
            if existing is None:
                editing.add(actor, module, form.draft())
            else:
                editing.change(actor, module, key, form.draft())
        except DomainError as error:
            show(form, error)
        else:
            drafts.done(request)
            messages.success(request, _("Gespeichert."))
            again = existing is None and "more" in request.POST
            to = "survey_staff:new" if again else "survey_staff:questions"
            return redirect(to, module.subject.public_id)
    context = {
        "module": module,
        "process": module.process,
        "question": existing,
        "form": form,
        "frozen": editing.frozen(module),
        "back": reverse("survey_staff:questions", args=[module.subject.public_id]),
    }
    return render(request, "survey/staff/question.html", context, status=422 if form.errors else 200)


@require_POST
@managed
def arrange(request: HttpRequest, actor: Actor, module: Module, key: str) -> HttpResponse:
    """``verb``: up, down or remove."""
    verb = request.POST.get("verb", "")
    try:
        if verb == "remove":
            editing.remove(actor, module, key)
        elif verb in ("up", "down"):
            editing.move(actor, module, key, -1 if verb == "up" else 1)
    except DomainError as error:
        messages.error(request, error.message)
    response = redirect("survey_staff:questions", module.subject.public_id)
    response["Location"] += f"#frage-{key}" if verb != "remove" else ""
    return response


@require_safe
@entered
def result(request: HttpRequest, actor: Actor, module: Module) -> HttpResponse:
    """What came out so far, for staff at any time, with files."""
    survey = queries.survey_of(module)
    came = results.of(module, survey, texts=20)
    uploads = Upload.objects.filter(answer__response__survey=survey).select_related("answer__question").defer("data")
    context = {
        "module": module,
        "process": module.process,
        "parts": [(one.question, components.question(one, came)) for one in came.questions],
        "who": components.who_answered(came),
        "count": components.answers(came.total),
        "uploads": uploads.order_by("pk")[:500],
    }
    return render(request, "survey/staff/result.html", context)


@require_safe
@entered
def upload(request: HttpRequest, actor: Actor, module: Module, pk: int) -> HttpResponse:
    """A file that somebody sent, as an attachment."""
    found = Upload.objects.filter(pk=pk, answer__question__survey__module=module).first()
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.data), content_type=found.content_type)
    response["Content-Disposition"] = f'attachment; filename="{found.name.encode("ascii", "replace").decode()}"'
    response["Cache-Control"] = "no-store"
    return response


# -- sheets of paper ---------------------------------------------------------------------------------------------
class SheetForm(forms.Form):
    """What belongs to the sheet."""

    sheet = forms.CharField(
        label=gettext_lazy("Nummer des Bogens"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    access_code = forms.CharField(
        label=gettext_lazy("Code aus dem Brief"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Steht auf dem Bogen ein Code, zählt die Person online und auf Papier einmal."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def paper(request: HttpRequest, actor: Actor, module: Module) -> HttpResponse:
    """Key one sheet after the other; whoever keys second does not see what the first one typed."""
    survey = queries.survey_of(module)
    rows = queries.questions(survey)
    typed = request.POST if request.method == "POST" else None
    kept = drafts.restore(request)
    sheet_form = SheetForm(typed, initial=kept)
    form = AnswerForm(typed, questions=rows, paper=True, initial=kept)
    if request.method == "POST" and all([sheet_form.is_valid(), form.is_valid()]):
        data = sheet_form.cleaned_data
        try:
            done = sheets.key(actor, module, data["sheet"], form.picks, access_code=data["access_code"])
        except DomainError as error:
            show(sheet_form, error)
        else:
            drafts.done(request)
            messages.success(request, f"{done.code}: {done.get_state_display()}")
            return redirect("survey_staff:paper", module.subject.public_id)
    me = actor.public_id
    listed = list(queries.sheets(survey).order_by("-pk")[:200])
    states: dict[str, int] = {}
    for state in queries.sheets(survey).values_list("state", flat=True):
        states[state] = states.get(state, 0) + 1
    context = {
        "module": module,
        "process": module.process,
        "form": form,
        "sheet_form": sheet_form,
        "may": access.can_for_others(actor, queries.verb_of(module), module, clock.now(), "paper"),
        "states": [(Sheet.State(state).label, count) for state, count in states.items()],
        "sheets": [
            (sheet, _what_next(sheet, me), me in (sheet.first_by, sheet.second_by) and sheet.state in sheets.UNCOUNTED)
            for sheet in listed
        ],
        "agreed": states.get(Sheet.State.AGREED, 0),
    }
    failed = bool(form.errors or sheet_form.errors)
    return render(request, "survey/staff/paper.html", context, status=422 if failed else 200)


def _what_next(sheet: Sheet, me: str) -> str:
    if sheet.state == Sheet.State.ONCE:
        return _("wartet auf jemand anderen") if sheet.first_by == me else _("bitte zum zweiten Mal eintippen")
    if sheet.state == Sheet.State.AGREED and me in (sheet.first_by, sheet.settled_by):
        return _("gibt jemand anderes frei")
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def differences(request: HttpRequest, actor: Actor, module: Module, pk: int) -> HttpResponse:
    """The report of what two people read differently, and the decision with the sheet in hand."""
    survey = queries.survey_of(module)
    sheet = queries.sheets(survey).filter(pk=pk).first()
    if sheet is None:
        raise Http404
    rows = {row.key: row for row in queries.questions(survey)}
    first, second = rules.from_json(sheet.first), rules.from_json(sheet.second or {})
    found = [
        (rows[key], _said(rows[key], first.get(key, [])), _said(rows[key], second.get(key, [])))
        for key in (sheets.differences(sheet) if sheet.state == Sheet.State.DIFFERS else [])
    ]
    if request.method == "POST":
        choices = {row.key: request.POST.get(row.key, "") for row, _first, _second in found}
        try:
            sheets.settle(actor, module, sheet, choices)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("Geklärt. Jetzt gibt jemand anderes den Bogen frei."))
            return redirect("survey_staff:paper", module.subject.public_id)
    context = {"module": module, "process": module.process, "sheet": sheet, "found": found, "typed": request.POST}
    return render(request, "survey/staff/differences.html", context, status=422 if request.method == "POST" else 200)


def _said(question: Question, picks: list[rules.Pick]) -> str:
    """What somebody keyed, in words."""
    options = option_words(question)
    rows = {str(value): str(words) for value, words in question.rows}
    parts = []
    for pick in picks:
        if pick.invalid:
            parts.append(_("nicht lesbar oder ungültig"))
        elif question.kind == QuestionKind.RANKING:
            parts.append(f"{pick.number}. {options.get(pick.value, pick.value)}")
        elif question.kind == QuestionKind.SCALE:
            parts.append(options.get(str(pick.number), str(pick.number)))
        else:
            said = pick.text or options.get(pick.value, pick.value)
            parts.append(f"{rows[pick.row]}: {said}" if pick.row in rows else said)
    return "; ".join(parts) or _("nichts")


@require_POST
@entered
def take_back(request: HttpRequest, actor: Actor, module: Module, pk: int) -> HttpResponse:
    """Withdraw what one keyed oneself."""
    sheet = queries.sheets(queries.survey_of(module)).filter(pk=pk).first()
    if sheet is None:
        raise Http404
    try:
        sheets.take_back(actor, module, sheet)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Zurückgenommen: %(code)s") % {"code": sheet.code})
    return redirect("survey_staff:paper", module.subject.public_id)


@require_POST
@entered
def release(request: HttpRequest, actor: Actor, module: Module) -> HttpResponse:
    """Let the agreed sheets count."""
    try:
        done = sheets.release(actor, module)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        text = ngettext("Ein Bogen zählt jetzt.", "%(n)d Bögen zählen jetzt.", done.counted) % {"n": done.counted}
        if done.twice:
            text += " " + ngettext(
                "Einer zählt nicht, weil die Person schon geantwortet hat.",
                "%(n)d zählen nicht, weil die Person schon geantwortet hat.",
                done.twice,
            ) % {"n": done.twice}
        if done.left:
            text += " " + ngettext(
                "Einen gibt jemand anderes frei, weil Sie ihn selbst eingetippt oder geklärt haben.",
                "%(n)d gibt jemand anderes frei, weil Sie sie selbst eingetippt oder geklärt haben.",
                done.left,
            ) % {"n": done.left}
        messages.success(request, text)
    return redirect("survey_staff:paper", module.subject.public_id)
