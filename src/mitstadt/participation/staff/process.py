"""One process in the back office: everything that belongs to it on one page, small forms behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mitstadt.accounts.models import User
from mitstadt.kit import clock, languages
from mitstadt.kit.errors import DomainError, show
from mitstadt.kit.languages import german_path
from mitstadt.participation import access, components, registry, rules, words
from mitstadt.participation.actions import codes, processes, structure
from mitstadt.participation.models import Assignment, Module, Phase, Process
from mitstadt.subjects.models import Subject

from .doors import actor_of, found, managed, staff_only
from .forms import (
    DocumentForm,
    InviteForm,
    LinkForm,
    ModuleForm,
    NewsForm,
    PhaseForm,
    ProcessForm,
    ResultForm,
    TeamForm,
)


def _back(process: Process, anchor: str = "") -> HttpResponse:
    response = redirect("participation_staff:process", number=process.number)
    response["Location"] += f"#{anchor}" if anchor else ""
    return response


@staff_only
def process(request: HttpRequest, number: int) -> HttpResponse:
    """``/verwaltung/beteiligung/12/``"""
    shown = managed(request, number)
    form = ProcessForm(request.POST or None, instance=shown)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        districts = [district.pk for district in data.pop("districts")]
        revision = data.pop("revision")
        try:
            processes.change(actor_of(request), found(number), revision=revision, districts=districts, **data)
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Gespeichert."))
            return _back(shown)
    now = clock.now()
    shown = found(number)
    state = shown.state(now)
    context = {
        "process": shown,
        "form": form,
        "state": state,
        "state_word": words.STATES[state],
        "missing": processes.missing(shown),
        "stages": [
            (stage, Process.Stage(stage).label) for stage in rules.STEPS[shown.stage] if stage != rules.ANSWERED
        ],
        "may_answer": rules.ANSWERED in rules.STEPS[shown.stage],
        "result_form": ResultForm(initial={"result": shown.result}),
        "modules": [
            (module, getattr(registry.find(module.format), "label", module.format), _desk(module))
            for module in shown.modules.all()
        ],
        "formats": [
            (label, f"?{urlencode({'format': made.slug, **({'preset': preset} if preset else {})})}")
            for made in registry.all_formats()
            for preset, label in [("", made.label), *((slug, words) for slug, (words, _set) in made.presets.items())]
        ],
        "phases": [
            (
                phase,
                phase.when(now, shown.stage),
                access.audience_sentence(rules.Audience.read(phase.audience)),
                [words.VERBS[verb] for verb in phase.allows],
            )
            for phase in shown.phases.all()
        ],
        "news": shown.news.all()[:5],
        "documents": shown.documents.all(),
        "team": shown.assignments.select_related("user"),
        "groups": [(group, group.codes.count()) for group in shown.code_groups.all()],
        "links": [
            (link, languages.local_path(link.target.path))
            for link in shown.subject.links_out.select_related("target").order_by("pk")
        ],
        "linked_from": components.links_back(shown.subject),
        "more_links": registry.staff_links(shown),
        "open_form": form.is_bound,
    }
    return render(request, "participation/staff/process.html", context, status=422 if form.errors else 200)


def _desk(module: Module) -> list[tuple[str, str]]:
    """The format's own screens for this module."""
    made = registry.find(module.format)
    return made.desk(module) if made is not None else []


@require_POST
@staff_only
def stage(request: HttpRequest, number: int) -> HttpResponse:
    """Move a process on: publish, answer, archive."""
    shown = managed(request, number)
    wanted = request.POST.get("stage", "")
    try:
        processes.move(actor_of(request), shown, wanted, result=request.POST.get("result"))
        messages.success(request, _("Das Verfahren ist jetzt: %(stage)s.") % {"stage": shown.get_stage_display()})
    except DomainError as error:
        messages.error(request, error.message)
    return _back(shown)


def _simple(request: HttpRequest, shown: Process, form: Form, heading: str, send: str, **more: Any) -> HttpResponse:
    context = {"form": form, "process": shown, "heading": heading, "send": send, **more}
    return render(request, "participation/staff/form.html", context, status=422 if form.errors else 200)


@staff_only
def module(request: HttpRequest, number: int, public_id: str = "") -> HttpResponse:
    """A module: its words, and its format's own settings. ``?format=debate`` names the format of a new one."""
    shown = managed(request, number)
    old = Module.objects.select_related("subject", "process__subject", "process__department").filter(
        process=shown, subject__public_id=public_id
    )
    existing = old.first() if public_id else None
    if public_id and existing is None:
        raise Http404
    slug = existing.format if existing is not None else request.GET.get("format", "")
    made = registry.find(slug)
    if made is None:
        raise Http404
    label, settings = made.presets.get(request.GET.get("preset", ""), (made.label, {}))
    initial = {"title": str(label)}
    if existing is not None:
        names = "\n".join(category.name for category in existing.categories.all())
        initial = {"title": existing.title, "intro": existing.intro, "categories": names}
        settings = existing.settings
    form = ModuleForm(request.POST or None, initial=initial)
    own = made.settings(request.POST or None, initial=settings, prefix="format")
    if request.method == "POST" and form.is_valid() and own.is_valid():
        data, names_ = form.cleaned_data, form.names()
        try:
            if existing is None:
                structure.add_module(
                    actor_of(request),
                    shown,
                    slug,
                    data["title"],
                    intro=data["intro"],
                    settings=own.cleaned_data,
                    categories=names_,
                )
            else:
                structure.change_module(
                    actor_of(request),
                    existing,
                    title=data["title"],
                    intro=data["intro"],
                    settings=own.cleaned_data,
                    categories=names_,
                )
        except DomainError as error:
            show(form if error.field in form.fields or error.field not in own.fields else own, error)
        else:
            messages.success(request, _("Gespeichert."))
            return _back(shown, "module")
    heading = existing.title if existing is not None else _("Neues Modul: %(format)s") % {"format": label}
    frozen = made.frozen(existing) if existing is not None else ""
    more = {"second": own, "note": frozen or made.summary, "remove": existing}
    return _simple(request, shown, form, heading, _("Speichern"), **more)


@require_POST
@staff_only
def remove_module(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    shown = managed(request, number)
    existing = Module.objects.select_related("subject", "process__subject").filter(subject__public_id=public_id).first()
    if existing is None or existing.process_id != shown.pk:
        raise Http404
    try:
        structure.remove_module(actor_of(request), existing)
        messages.success(request, _("Das Modul ist entfernt."))
    except DomainError as error:
        messages.error(request, error.message)
    return _back(shown, "module")


@staff_only
def phase(request: HttpRequest, number: int, pk: int = 0) -> HttpResponse:
    """A phase: when, what, for whom."""
    shown = managed(request, number)
    existing = Phase.objects.filter(process=shown, pk=pk).first() if pk else None
    if pk and existing is None:
        raise Http404
    form = PhaseForm(request.POST or None, process=shown, phase=existing)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            structure.save_phase(
                actor_of(request),
                shown,
                phase=existing,
                module=data["module"],
                title=data["title"],
                start=data["start"],
                end=data["end"],
                allows=data["allows"],
                audience=form.audience(),
                text=data["text"],
                formality=data["formality"],
                legal_basis=data["legal_basis"],
                decided_by=data["decided_by"],
            )
        except rules.BadAudience as error:
            form.add_error(error.field, _("Diese Angabe passt nicht."))
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Gespeichert. Was schon geschrieben wurde, bleibt stehen."))
            return _back(shown, "phasen")
    heading = existing.title if existing is not None else _("Neue Phase")
    return _simple(request, shown, form, heading, _("Speichern"), remove_phase=existing)


@require_POST
@staff_only
def remove_phase(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    shown = managed(request, number)
    existing = Phase.objects.select_related("process__subject").filter(process=shown, pk=pk).first()
    if existing is None:
        raise Http404
    structure.remove_phase(actor_of(request), existing)
    messages.success(request, _("Die Phase ist entfernt; Beiträge aus ihr bleiben."))
    return _back(shown, "phasen")


@staff_only
def news(request: HttpRequest, number: int) -> HttpResponse:
    shown = managed(request, number)
    form = NewsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            processes.tell(actor_of(request), shown, form.cleaned_data["title"], form.cleaned_data["text"])
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Die Neuigkeit steht beim Verfahren; wer folgt, bekommt Bescheid."))
            return _back(shown, "neues")
    return _simple(request, shown, form, _("Neuigkeit schreiben"), _("Veröffentlichen"))


@staff_only
def document(request: HttpRequest, number: int) -> HttpResponse:
    shown = managed(request, number)
    form = DocumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            processes.add_document(actor_of(request), shown, form.cleaned_data["title"], form.cleaned_data["url"])
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Die Unterlage steht beim Verfahren."))
            return _back(shown, "unterlagen")
    return _simple(request, shown, form, _("Unterlage hinzufügen"), _("Hinzufügen"))


@staff_only
def team(request: HttpRequest, number: int) -> HttpResponse:
    """Colleagues and moderators from outside."""
    shown = managed(request, number)
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        user = User.objects.filter(email__iexact=data["email"], is_active=True).first()
        if user is None:
            form.add_error("email", _("Ein Konto mit dieser Adresse gibt es nicht. Die Person meldet sich einmal an."))
        else:
            processes.assign(actor_of(request), shown, user, data["role"], data["function"])
            messages.success(request, _("Die Person arbeitet jetzt mit."))
            return _back(shown, "team")
    return _simple(request, shown, form, _("Jemanden mitarbeiten lassen"), _("Hinzufügen"))


@require_POST
@staff_only
def leave_team(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    shown = managed(request, number)
    assignment = Assignment.objects.select_related("user", "process__subject").filter(process=shown, pk=pk).first()
    if assignment is None:
        raise Http404
    processes.unassign(actor_of(request), assignment)
    messages.success(request, _("Die Person arbeitet nicht mehr mit."))
    return _back(shown, "team")


@staff_only
def invite(request: HttpRequest, number: int) -> HttpResponse:
    """Make codes for letters; they are shown once, to print or to hand to the printer."""
    shown = managed(request, number)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        facts = [fact.strip() for fact in data["facts"].split(",") if fact.strip()]
        try:
            group = codes.invite(actor_of(request), shown, data["name"], data["valid_until"], facts)
            made = codes.issue(actor_of(request), group, data["count"])
        except DomainError as error:
            show(form, error)
        else:
            response = render(
                request, "participation/staff/codes.html", {"process": shown, "group": group, "codes": made}
            )
            response["Cache-Control"] = "no-store"
            return response
    return _simple(request, shown, form, _("Menschen mit Codes einladen"), _("Codes erzeugen"))


@staff_only
def link(request: HttpRequest, number: int) -> HttpResponse:
    """Join the process with a measure, a paper, another process, or part them. Visible on both pages."""
    shown = managed(request, number)
    if request.method == "POST" and (gone := request.POST.get("gone", "")).isdecimal():
        try:
            processes.disconnect(actor_of(request), shown, int(gone))
            messages.success(request, _("Die Verbindung ist gelöst."))
        except DomainError as error:
            messages.error(request, error.message)
        return _back(shown, "verbunden")
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        path = german_path(urlsplit(form.cleaned_data["target"].strip()).path)
        target = Subject.objects.filter(path=path).exclude(pk=shown.pk).first()
        if target is None:
            form.add_error("target", _("Unter dieser Adresse gibt es hier nichts, womit man verbinden kann."))
        else:
            processes.connect(actor_of(request), shown, target, form.cleaned_data["note"])
            messages.success(request, _("Verbunden; auf beiden Seiten zu sehen."))
            return _back(shown, "verbunden")
    return _simple(request, shown, form, _("Verbinden"), _("Verbinden"))


def local_moment(text: str) -> datetime | None:
    """``2026-12-01T10:00`` or ``2026-12-01`` in the city's time; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
