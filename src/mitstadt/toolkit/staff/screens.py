"""Staff screens: start a process from a recommendation, its tasks, what was learned, taking over a catalogue, rules."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import COORDINATOR, EDITOR
from mitstadt.kit import clock
from mitstadt.kit.city import current
from mitstadt.kit.decision import no
from mitstadt.kit.errors import DomainError, Refused, show
from mitstadt.organisations.models import Organisation
from mitstadt.participation import registry
from mitstadt.participation.models import Module, Process
from mitstadt.participation.staff.doors import actor_of, managed, staff_only
from mitstadt.participation.staff.forms import DAY, departments
from mitstadt.toolkit import (
    actions,
    adviser,
    answers,
    asking,
    catalogue,
    queries,
    rulebook,
    ruling,
    starting,
    suggesting,
)
from mitstadt.toolkit.models import Experienced, Method, RuleVersion, Start, Task, Use

from . import difference


class BeginForm(forms.Form):
    title = forms.CharField(label=_("Titel des Verfahrens"), max_length=200)
    department = forms.ModelChoiceField(label=_("Referat"), queryset=Organisation.objects.none(), empty_label=None)
    start = forms.DateField(
        label=_("Ab wann Sie vorbereiten"),
        widget=DAY,
        help_text=_("Gilt, wenn kein Tag der Entscheidung angegeben ist."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments()  # type: ignore[attr-defined]


@staff_only
def begin(request: HttpRequest) -> HttpResponse:
    """``/verwaltung/methoden/beginnen/?plan=quartier-gestalten&gegenstand=ort&…``: the adviser's address, one click."""
    actor = actor_of(request)
    if not (actor.has(EDITOR) or actor.has(COORDINATOR)):
        raise Refused(no(gettext("Verfahren anlegen können die Redaktionen der Referate und die Koordination.")))
    rules, calendar = ruling.both()
    asked = asking.read(request.GET, rules)
    known = queries.catalogue()
    result = adviser.advise(rules, known, asked.answers)
    slug, parts = asking.parts_of(known, asked.chosen, result)
    names = {m.slug: m.name_de for m in known.methods} | {c.slug: c.name_de for c in known.combinations}
    first = asked.answers.start or clock.today()
    form = BeginForm(
        request.POST or None,
        initial={"start": first, "title": names.get(slug, "")} | drafts.restore(request),
    )
    found = starting.runs(rules, calendar, parts, asked.answers, first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = starting.runs(rules, calendar, parts, asked.answers, data["start"])
        try:
            process, left_out = starting.begin(
                actor,
                data["department"],
                data["title"],
                slug,
                names.get(slug, slug),
                found,
                request.GET.urlencode(),
                {question.key: said for question, said in asking.answered(rules, asked.answers)}.get("offen", ""),
            )
        except DomainError as error:
            show(form, error)
        else:
            drafts.done(request)
            for sentence in left_out:
                messages.warning(request, sentence)
            messages.success(request, gettext("Der Entwurf ist angelegt, mit Phasen, Modulen und Aufgaben."))
            return redirect("participation_staff:process", number=process.number)
    own = [grant.organisation_id for grant in actor.grants if grant.role in (EDITOR, COORDINATOR)]
    form.initial.setdefault("department", own[0] if own else None)
    context = {"form": form, "name": names.get(slug, ""), "runs": found, "problems": asked.problems}
    return render(request, "toolkit/staff/begin.html", context, status=422 if form.errors else 200)


class LearnForm(forms.ModelForm):  # type: ignore[type-arg]
    release = forms.BooleanField(label=_("Veröffentlichen"), required=False)

    class Meta:
        model = Use
        fields = ["persons", "euro", "days", "reached", "learned"]
        widgets = {"reached": forms.Textarea(attrs={"rows": 2}), "learned": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = bool(kwargs.get("initial"))
        self.initial.setdefault("release", self.instance.released_at is not None)


def _has_paper(module: Module) -> bool:
    """Does its format take what comes on paper, by telephone or at an event?"""
    known = registry.find(module.format)
    return known is not None and known.entry is not None


class AddForm(forms.Form):
    """A format of the catalogue that the process does not name yet."""

    method = forms.ModelChoiceField(label=_("Format"), queryset=Method.objects.none(), to_field_name="slug")

    def __init__(self, *args: Any, process: Process, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unused = queries.public_methods().exclude(uses__process=process)
        self.fields["method"].queryset = unused  # type: ignore[attr-defined]


def _typed(kept: dict[str, str], use: int) -> dict[str, str]:
    """The fields of one evaluation out of a kept form."""
    mark = f"use-{use}-"
    return {name.removeprefix(mark): value for name, value in kept.items() if name.startswith(mark)}


@staff_only
def process(request: HttpRequest, number: int) -> HttpResponse:
    """``/verwaltung/methoden/verfahren/12/``: tasks, and a short evaluation for each format used."""
    found = managed(request, number)
    actor = actor_of(request)
    uses = list(Use.objects.filter(process=found).select_related("method"))
    sent = request.POST.get("use", "")
    kept = drafts.restore(request)  # what was typed before a login ran out
    formsets = [
        (
            use,
            LearnForm(
                request.POST if sent == str(use.pk) else None,
                instance=use,
                prefix=f"use-{use.pk}",
                initial=_typed(kept, use.pk),
            ),
        )
        for use in uses
    ]
    if request.method == "POST" and request.POST.get("task", "").isdecimal():
        task = get_object_or_404(
            Task.objects.select_related("process__subject"), pk=int(request.POST["task"]), process=found
        )
        starting.tick(actor, task, done=request.POST.get("done") == "1")
        return redirect("toolkit_staff:process", number=number)
    for use, form in formsets:
        if form.is_bound and form.is_valid():
            use.process = found
            starting.learn(actor, use, form.cleaned_data["release"])
            drafts.done(request)
            messages.success(request, gettext("Gespeichert."))
            return redirect("toolkit_staff:process", number=number)
    adding = AddForm(request.POST if "method" in request.POST else None, process=found)
    if adding.is_bound and adding.is_valid():
        starting.use(actor, found, adding.cleaned_data["method"])
        messages.success(request, gettext("Das Format steht jetzt beim Verfahren."))
        return redirect("toolkit_staff:process", number=number)
    bad = bool(adding.errors) or any(form.errors for _use, form in formsets)
    context = {
        "process": found,
        "tasks": Task.objects.filter(process=found).select_related("method"),
        "uses": formsets,
        "adding": adding,
        "papers": [module for module in found.modules.all() if _has_paper(module)],
        "start": Start.objects.filter(process=found).first(),
        "today": clock.today(),
    }
    return render(request, "toolkit/staff/process.html", context, status=422 if bad else 200)


def _coordinator(request: HttpRequest) -> None:
    if not actor_of(request).has(COORDINATOR):
        raise Refused(no(gettext("Das darf nur die Koordination.")))


class ExchangeForm(forms.Form):
    file = forms.FileField(label=_("Katalog als YAML oder JSON"), required=False)
    text = forms.CharField(widget=forms.HiddenInput, required=False)


@staff_only
def exchange(request: HttpRequest) -> HttpResponse:
    """``/verwaltung/methoden/austausch/``: another city's catalogue, first as a difference, then what is chosen."""
    _coordinator(request)
    context: dict[str, Any] = {"form": ExchangeForm()}
    status = 200
    if request.method == "POST":
        upload = request.FILES.get("file")
        content = upload.read(catalogue.LARGEST + 1) if upload else request.POST.get("text", "").encode()
        data, faults = catalogue.load(content)
        there, here = catalogue.Catalogue(), queries.everything()
        if not faults:
            there, faults = catalogue.parse(data, {method.slug for method in here.methods})
        wanted = [name for name in request.POST.getlist("take") if name]
        if faults:
            context["faults"], status = faults[:200], 422
        elif wanted:
            try:
                new, changed = actions.take_over(actor_of(request), there, wanted)
            except DomainError as error:
                context |= _difference(here, there) | {"refused": error.message, "wanted": wanted}
                status = 422
            else:
                messages.success(
                    request, gettext("%(new)s neu, %(changed)s geändert.") % {"new": new, "changed": changed}
                )
                return redirect("toolkit_staff:exchange")
        else:
            context |= _difference(here, there)
    return render(request, "toolkit/staff/exchange.html", context, status=status)


def _difference(here: catalogue.Catalogue, there: catalogue.Catalogue) -> dict[str, Any]:
    """What taking the file over would change, for the screen."""
    own = current().short_name
    there = replace(there, experiences=tuple(one for one in there.experiences if one.city != own))
    found = catalogue.compare(here, there)
    changes = [change for change in found if change.kind in ("new", "changed")]
    titles = (
        ("method", gettext("Formate")),
        ("combination", gettext("Kombinationen")),
        ("experience", gettext("Erfahrungen")),
    )
    learned = {one.slug: one for one in there.experiences}
    return {
        "groups": [
            (title, [(one, learned.get(one.entry), difference.rows(one)) for one in changes if one.what == what])
            for what, title in titles
        ],
        "changes": len(changes),
        "same": sum(1 for change in found if change.kind == "same"),
        "absent": sum(1 for change in found if change.kind == "absent"),
        "text": json.dumps(catalogue.to_data(there), ensure_ascii=False),
        "compared": True,
        "wanted": [change.entry for change in changes if change.kind == "new"],
    }


class RulesForm(forms.Form):
    text = forms.CharField(
        label=_("Text"), widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false"}), strip=False
    )
    note = forms.CharField(label=_("Was Sie geändert haben"), max_length=200)


@staff_only
def rules(request: HttpRequest, kind: str) -> HttpResponse:
    """``/verwaltung/methoden/regeln/rules/`` and ``…/calendar/``: the adviser's rules and dates as text."""
    _coordinator(request)
    if kind not in RuleVersion.Kind.values:
        raise Http404
    form = RulesForm(request.POST or None, initial={"text": ruling.text_of(kind)})
    if request.method == "POST" and form.is_valid():
        try:
            ruling.save(kind, form.cleaned_data["text"], form.cleaned_data["note"], actor_of(request))
        except rulebook.BadRules as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, gettext("Die neue Fassung gilt ab jetzt."))
            return redirect("toolkit_staff:rules", kind=kind)
    context = {
        "form": form,
        "heading": RuleVersion.Kind(kind).label,
        "versions": RuleVersion.objects.filter(kind=kind)[:20],
        "kinds": RuleVersion.Kind.choices,
    }
    return render(request, "toolkit/staff/rules.html", context, status=422 if form.errors else 200)


class ExperiencedForm(forms.Form):
    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())
    reason = forms.CharField(
        label=_("Warum"), max_length=200, help_text=_("Zum Beispiel: moderiert seit Jahren Zukunftswerkstätten.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            kind__in=(Organisation.Kind.ASSOCIATION, Organisation.Kind.PROVIDER), experienced__isnull=True
        )


@staff_only
def experienced(request: HttpRequest) -> HttpResponse:
    """``/verwaltung/methoden/erfahrene/``: associations and providers whose people may accept answers."""
    _coordinator(request)
    actor = actor_of(request)
    if request.method == "POST" and request.POST.get("remove", "").isdecimal():
        gone = get_object_or_404(Organisation, pk=int(request.POST["remove"]), experienced__isnull=False)
        answers.set_experienced(actor, gone, "", False)
        messages.success(request, gettext("Die Organisation nimmt keine Antworten mehr an."))
        return redirect("toolkit_staff:experienced")
    form = ExperiencedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answers.set_experienced(actor, form.cleaned_data["organisation"], form.cleaned_data["reason"], True)
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, gettext("Die Organisation kann jetzt Antworten annehmen."))
            return redirect("toolkit_staff:experienced")
    context = {"form": form, "known": Experienced.objects.select_related("organisation").order_by("organisation__name")}
    return render(request, "toolkit/staff/experienced.html", context, status=422 if form.errors else 200)


@staff_only
def suggestions(request: HttpRequest) -> HttpResponse:
    """``/verwaltung/methoden/vorschlaege/``: what people miss, and one click into a draft of the catalogue."""
    actor = actor_of(request)
    if not suggesting.may_draft(actor):
        raise Refused(no(gettext("Entwürfe anlegen können die Redaktionen der Referate und die Koordination.")))
    if request.method == "POST":
        wanted = request.POST.get("draft", "")
        found = get_object_or_404(suggesting.public(), pk=int(wanted) if wanted.isdecimal() else 0)
        made = suggesting.make_draft(actor, found)
        messages.success(request, gettext("Der Entwurf ist angelegt. Ergänzen Sie die Angaben, dann veröffentlichen."))
        return redirect("methods:edit", made.pk)
    context = {"suggestions": suggesting.public()[:200], "waiting": suggesting.waiting()}
    return render(request, "toolkit/staff/suggestions.html", context)
