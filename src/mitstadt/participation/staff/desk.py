"""``/verwaltung/beteiligung/schalter/``: one screen for whoever calls or stands there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from mitstadt.accounts import drafts
from mitstadt.comments import permissions
from mitstadt.comments import registry as discussions
from mitstadt.comments.forms import side_field
from mitstadt.kit import clock, qr
from mitstadt.kit import components as ui
from mitstadt.kit.city import current
from mitstadt.kit.errors import DomainError, Refused, require, show
from mitstadt.kit.ids import new_id
from mitstadt.participation import access, components, queries, rules
from mitstadt.participation.desk import actions
from mitstadt.participation.entry import printing
from mitstadt.participation.models import Letter, Module, Phase, Process
from mitstadt.participation.report import pdf
from mitstadt.search import queries as search
from mitstadt.search.models import Document
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Subject

from .doors import actor_of, staff_only
from .entry import takes_entries


class TakeDownForm(forms.Form):
    """What somebody says, in their name."""

    text = forms.CharField(label=gettext_lazy("Was die Person sagt"), widget=forms.Textarea(attrs={"rows": 5}))
    name = forms.CharField(label=gettext_lazy("Name, wie er erscheinen soll"), max_length=60, required=False)
    answer = forms.BooleanField(label=gettext_lazy("Bitte antworten"), required=False)
    address = forms.CharField(
        label=gettext_lazy("Anschrift für die Antwort per Brief"),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        required=False,
        help_text=gettext_lazy(
            "Name, Straße, Ort in eigenen Zeilen. Verschlüsselt, nur für diesen Brief, danach gelöscht."
        ),
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40, initial=new_id)

    def __init__(self, *args: Any, asks_side: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_side:
            self.fields["side"] = side_field(_("Wie steht die Person dazu?"))
            self.order_fields(["side"])


@dataclass(frozen=True, slots=True)
class ReadOut:
    """What staff read to somebody: short sentences, in the order in which people ask."""

    title: str
    kind: str
    lines: list[str]
    path: str


def read_out(subject: Subject) -> ReadOut:
    """From the thing itself where it is one of this room, else from what the search knows of it."""
    lines: list[str] = []
    process = Process.objects.prefetch_related("phases").filter(pk=subject.pk).first()
    if process is not None:
        now = clock.now()
        lines = [
            process.plain_text or process.summary,
            _("Entscheiden kann man hier: %(text)s") % {"text": process.can_decide},
        ]
        lines += [_phase_words(phase) for phase in process.phases.all() if phase.when(now, process.stage) != rules.OVER]
        lines += [process.decided_by, process.result]
        contact = ", ".join(filter(None, [process.contact_name, process.contact_phone]))
        lines.append(_("Auskunft: %(contact)s") % {"contact": contact} if contact else "")
    else:
        text = Document.objects.filter(pk=subject.pk).values_list("text", flat=True).first() or ""
        lines = text.split("\n")
    try:
        kind = str(kinds.get(subject.kind).label)
    except KeyError:
        kind = ""
    return ReadOut(subject.title, kind, [line.strip() for line in lines if line and line.strip()], subject.path)


def _phase_words(phase: Phase) -> str:
    audience = access.audience_sentence(rules.Audience.read(phase.audience))
    return f"{phase.title}: {ui.period(phase.start, phase.end)}. {audience}"


def _modules(subject: Subject) -> list[Module]:
    """Where something may be entered now, for a process or one of its modules."""
    process = Process.objects.filter(pk=subject.pk).first()
    if process is not None:
        keys = process.modules.values_list("pk", flat=True)
    else:
        keys = Module.objects.filter(pk=subject.pk).values_list("pk", flat=True)
    found = [queries.module_of(pk) for pk in keys]
    return [module for module in found if module is not None and takes_entries(module.format)]


@never_cache
@staff_only
def desk(request: HttpRequest) -> HttpResponse:
    """Search on top; ``?q=…`` what is found; everything else is one key away."""
    require(actions.may(actor_of(request)))
    query = request.GET.get("q", "")[:200]
    found = search.find(query, limit=15) if query.strip() else None
    waiting = Letter.objects.filter(sent_at=None).exclude(address="")
    context = {
        "query": query,
        "found": found,
        "hits": [(hit, _kind(hit.kind)) for hit in found.hits] if found is not None else [],
        "running": queries.listed(clock.now(), [rules.RUNNING], limit=8) if found is None else [],
        "letters": waiting.count(),
        "ready": waiting.filter(comment__question__answer__isnull=False).count(),
        "city": current().name,
    }
    return render(request, "participation/staff/desk.html", context)


def _kind(slug: str) -> str:
    try:
        return str(kinds.get(slug).label)
    except KeyError:
        return slug


def _subject(public_id: str) -> Subject:
    subject = Subject.objects.filter(public_id=public_id).first()
    if subject is None or not subject.is_public:
        raise Http404
    return subject


@never_cache
@staff_only
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """One thing: read it out, take something down about it, enter, support, print."""
    actor = actor_of(request)
    require(actions.may(actor))
    subject = _subject(public_id)
    allowed = permissions.about(actor, subject, clock.now(), for_others=True)
    form = TakeDownForm(request.POST or None, asks_side=discussions.asks_side(subject), initial=drafts.restore(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.take_down(
                actor, subject, data["text"], name=data["name"], side=data.get("side", ""), answer=data["answer"],
                address=data["address"], key=data["key"],
            )  # fmt: skip
        except Refused as error:
            form.add_error(None, error.message)
        except DomainError as error:
            show(form, error)
        else:
            drafts.done(request)
            messages.success(request, _("Aufgenommen: %(title)s") % {"title": made.subject.title})
            return redirect("participation_staff:desk_one", public_id)
    contribution = queries.contribution(public_id)
    context = {
        "subject": subject,
        "read": read_out(subject),
        "form": form,
        "allowed": allowed,
        "modules": [(module, printing.possible(module)) for module in _modules(subject)],
        "contribution": contribution if contribution is not None and contribution.kind == "idea" else None,
        "split": components.split(contribution) if contribution is not None else "",
        "places": [
            (row.label or subject.title, reverse("booking_enter", args=[row.public_id])) for row in subject.places.all()
        ],
    }
    return render(request, "participation/staff/desk_one.html", context, status=422 if form.errors else 200)


@require_POST
@staff_only
def begin(request: HttpRequest, public_id: str) -> HttpResponse:
    """Into today's pile of telephone calls for a module."""
    module = queries.module(public_id)
    if module is None:
        raise Http404
    try:
        batch = actions.begin(actor_of(request), module)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("participation_staff:desk_one", module.process.subject.public_id)
    return redirect("participation_staff:entry", module.process.number, batch.pk)


@require_POST
@staff_only
def support(request: HttpRequest, public_id: str) -> HttpResponse:
    """A signature by the code of a letter."""
    found = queries.contribution(public_id)
    if found is None:
        raise Http404
    try:
        new = actions.support(actor_of(request), found, request.POST.get("code", "")[:40])
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, _("Die Unterstützung zählt.") if new else _("Diese Person unterstützt die Idee schon.")
        )
    return redirect("participation_staff:desk_one", public_id)


@never_cache
@staff_only
def slip(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was read out, to take along: one page in large print with a QR picture."""
    require(actions.may(actor_of(request)))
    subject = _subject(public_id)
    address = settings.MITSTADT_BASE_URL.rstrip("/") + subject.path
    context = {"read": read_out(subject), "qr": qr.svg(address, "qr", border=0), "address": address.split("://")[-1]}
    return _pdf(request, "slip", context, f"merkzettel-{public_id}.pdf")


@never_cache
@staff_only
def letters(request: HttpRequest) -> HttpResponse:
    """Letters that wait for an answer, for printing, for the post."""
    actor = actor_of(request)
    require(actions.may(actor))
    rows = Letter.objects.select_related("comment__subject", "comment__about", "comment__question__answer")
    if request.method == "POST":
        pk = request.POST.get("sent", "")
        letter = rows.filter(pk=int(pk) if pk.isdecimal() else 0).first()
        try:
            if letter is not None:
                actions.sent(actor, letter)
                messages.success(request, _("Verschickt. Die Anschrift ist gelöscht."))
        except DomainError as error:
            messages.error(request, error.message)
        return redirect("participation_staff:letters")
    return render(
        request, "participation/staff/letters.html", {"rows": rows.filter(sent_at=None).exclude(address="")[:200]}
    )


@never_cache
@staff_only
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer as a letter for a window envelope."""
    actor = actor_of(request)
    require(actions.may(actor))
    found = (
        Letter.objects.select_related("comment__subject", "comment__about", "comment__question__answer__department")
        .filter(pk=pk)
        .first()
    )
    if found is None or not found.address or found.comment.question.answer is None:
        raise Http404
    answer = found.comment.question.answer
    context = {
        "address": actions.address_of(actor, found),
        "comment": found.comment,
        "answer": answer,
        "city": current().name,
        "today": clock.today(),
        "url": settings.MITSTADT_BASE_URL.rstrip("/").split("://")[-1] + found.comment.subject.path,
    }
    return _pdf(request, "letter", context, f"brief-{found.comment.subject.public_id}.pdf")


def _pdf(request: HttpRequest, name: str, context: dict[str, Any], file: str) -> HttpResponse:
    try:
        content = pdf.render(f"participation/print/{name}.html", context)
    except DomainError as error:
        return render(request, "participation/staff/refused.html", {"reason": error.message}, status=503)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{file}"'
    response["Cache-Control"] = "no-store"
    return response
