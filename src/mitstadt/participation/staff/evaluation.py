"""The evaluation of a process: everything that came, by any channel and format, on one fast screen."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mitstadt.comments.models import Side
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.kit.languages import german_path
from mitstadt.kit.spreadsheets import cell
from mitstadt.participation import components, queries, words
from mitstadt.participation.actions import assessment, evaluation
from mitstadt.participation.models import Assessment, Contribution, Entered, Kind, Process
from mitstadt.subjects.models import Subject

from .doors import actor_of, managed, staff_only

PER_PAGE = 100
STATES = (
    ("offen", gettext_lazy("Offen")),
    ("ueberfaellig", gettext_lazy("Überfällig")),
    ("entschieden", gettext_lazy("Entschieden")),
    ("alle", gettext_lazy("Alle")),
)
_FIELDS = (
    "pk",
    "subject__public_id",
    "subject__path",
    "subject__published",
    "subject__restricted",
    "kind",
    "title",
    "words",
    "called",
    "channel",
    "subject__comment__side",
    "sheet",
    *queries.SUPPORTS,
    "category__name",
    "district__name",
    "created_at",
    "held",
    "is_example",
    "assessment__decision",
    "assessment__reason",
    "assessment__due_on",
    "assessment__revision",
    "assessment__group__name",
    "assessment__department__name",
)


def chosen(process: Process, asked: dict[str, str]) -> QuerySet[Contribution]:
    """The contributions of a process that the filters leave, newest first; drafts and withdrawn ones are nobody's."""
    rows = queries.with_words(
        Contribution.objects.filter(process=process, draft=False, removed_at__isnull=True, merged_into__isnull=True)
    ).filter(subject__comment__removed_at__isnull=True)
    state = asked["zeigen"]
    if state == "offen":
        rows = rows.filter(assessment__decision="")
    elif state == "ueberfaellig":
        rows = rows.filter(assessment__decision="", assessment__due_on__lt=clock.today())
    elif state == "entschieden":
        rows = rows.exclude(assessment__decision="")
    for name, column in (("art", "kind"), ("kanal", "channel"), ("entscheidung", "assessment__decision")):
        if asked[name]:
            rows = rows.filter(**{column: asked[name]})
    for name, column in (
        ("modul", "module__subject__public_id"),
        ("gruppe", "assessment__group__name"),
        ("schlagwort", "assessment__labels__name"),
    ):
        if asked[name]:
            rows = rows.filter(**{column: asked[name]})
    for word in asked["q"].split()[:5]:
        rows = rows.filter(Q(title__icontains=word) | Q(words__icontains=word))
    order = "-support_count" if asked["sortierung"] == "unterstuetzung" else "-created_at"
    return rows.order_by(order, "-pk")


_ASKED = ("zeigen", "art", "kanal", "entscheidung", "modul", "gruppe", "schlagwort", "q", "sortierung")


def _asked(request: HttpRequest) -> dict[str, str]:
    asked = {name: request.GET.get(name, "")[:200] for name in _ASKED}
    if asked["zeigen"] not in dict(STATES):
        asked["zeigen"] = "offen"
    return asked


@staff_only
def evaluate(request: HttpRequest, number: int) -> HttpResponse:
    """``/verwaltung/beteiligung/12/auswertung/?zeigen=offen&q=bank``"""
    process = managed(request, number)
    asked = _asked(request)
    typed = {"decision": "", "reason": "", "label": "", "group": "", "target": "", "note": "", "summary": ""}
    status = 200
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in typed}
        try:
            return _act(request, process, typed)
        except DomainError as error:
            messages.error(request, error.message)
            status = 422
    page = Paginator(chosen(process, asked), PER_PAGE).get_page(request.GET.get("p"))
    shown: QuerySet[Contribution] = page.object_list  # type: ignore[assignment]
    rows = list(shown.values(*_FIELDS))
    labels: dict[int, list[str]] = {}
    held = Assessment.objects.filter(pk__in=[row["pk"] for row in rows], labels__isnull=False)
    for pk, name in held.values_list("pk", "labels__name"):
        labels.setdefault(pk, []).append(name)
    counts = _counts(process)
    picked = set(request.POST.getlist("id"))
    context = {
        "process": process,
        "asked": asked,
        "states": [(slug, label, counts[slug]) for slug, label in STATES],
        "page": page,
        "rows": [
            {
                **row,
                "kind_word": Kind(row["kind"]).label,
                "channel_word": words.CHANNELS[row["channel"]],
                "split": components.split_of(row),
                "side_word": Side(row["subject__comment__side"]).label if row["subject__comment__side"] else "",
                "decision_word": Assessment.Decision(row["assessment__decision"]).label,
                "labels": labels.get(row["pk"], []),
                "hidden": not row["subject__published"] or row["subject__restricted"],
                "picked": row["subject__public_id"] in picked,
            }
            for row in rows
        ],
        "kinds": Kind.choices,
        "channels": list(words.CHANNELS.items()),
        "decisions": [choice for choice in Assessment.Decision.choices if choice[0]],
        "modules": [(module.subject.public_id, module.title) for module in process.modules.all()],
        "groups": process.groups.annotate(n=Count("assessments")),
        "labels": process.labels.annotate(n=Count("assessments")),
        "typed": typed,
        "group": process.groups.filter(name=asked["gruppe"]).first() if asked["gruppe"] else None,
        "query": urlencode({name: value for name, value in asked.items() if value}),
    }
    return render(request, "participation/staff/evaluation.html", context, status=status)


def _counts(process: Process) -> dict[str, int]:
    every = dict.fromkeys(_ASKED, "")
    return {slug: chosen(process, {**every, "zeigen": slug}).count() for slug, _label in STATES}


def _act(request: HttpRequest, process: Process, typed: dict[str, str]) -> HttpResponse:
    """One bulk action on the ticked rows."""
    actor, verb, ids = actor_of(request), request.POST.get("verb", ""), request.POST.getlist("id")
    if verb == "decide":
        seen = {
            public_id: int(number)
            for public_id in ids
            if (number := request.POST.get(f"r-{public_id}", "")).isdecimal()
        }
        done = evaluation.decide_many(actor, process, seen, typed["decision"], typed["reason"])
        messages.success(request, _("Entschieden: %(n)s. Wer beteiligt ist, bekommt Bescheid.") % {"n": done.changed})
        for sentence in done.left.values():
            messages.warning(request, sentence)
    elif verb in ("label", "unlabel"):
        done = evaluation.label(actor, process, ids, typed["label"], remove=verb == "unlabel")
        messages.success(request, _("Geändert: %(n)s.") % {"n": done.changed})
    elif verb == "group":
        group = evaluation.gather(actor, process, ids, typed["group"])
        messages.success(request, _("In der Gruppe „%(name)s“.") % {"name": group.name})
    elif verb == "ungroup":
        done = evaluation.scatter(actor, process, ids)
        messages.success(request, _("Geändert: %(n)s.") % {"n": done.changed})
    elif verb == "connect":
        done = evaluation.connect_many(actor, process, ids, _target(typed["target"]), typed["note"])
        messages.success(request, _("Verbunden: %(n)s. Wer beteiligt ist, bekommt Bescheid.") % {"n": done.changed})
    elif verb == "summarise":
        chosen_group = process.groups.filter(name=request.GET.get("gruppe", "")[:200]).first()
        if chosen_group is None:
            raise DomainError(_("Diese Gruppe gibt es nicht mehr."))
        evaluation.summarise(actor, chosen_group, typed["summary"])
        messages.success(request, _("Gespeichert."))
    else:
        raise DomainError(_("Bitte wählen Sie, was geschehen soll."))
    return redirect(request.get_full_path())


def _target(address: str) -> Subject:
    """What stands at an address of this house. Raises DomainError for anything else."""
    target = Subject.objects.filter(path=german_path(urlsplit(address.strip()).path)).first()
    if target is None:
        raise DomainError(_("Unter dieser Adresse gibt es hier nichts, womit man verbinden kann."), field="target")
    return target


@staff_only
def one(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """One contribution: read it whole, decide, connect with what it led to."""
    process = managed(request, number)
    found = queries.contribution(public_id)
    if found is None or found.process_id != process.pk or found.draft:
        raise Http404
    actor = actor_of(request)
    current = found.assessment
    typed = {"decision": current.decision, "reason": current.reason, "target": "", "note": ""}
    status = 200
    if request.method == "POST":
        typed.update({name: request.POST[name] for name in typed if name in request.POST})
        revision = request.POST.get("revision", "")
        try:
            if request.POST.get("verb") == "connect":
                target = _target(typed["target"])
                if target.pk == found.pk:
                    raise DomainError(_("Das ist der Beitrag selbst."), field="target")
                evaluation.connect(actor, found, target, typed["note"])
                messages.success(request, _("Verbunden; wer beteiligt ist, bekommt Bescheid."))
            elif request.POST.get("verb") == "disconnect":
                link = request.POST.get("link", "")
                evaluation.disconnect(actor, found, int(link) if link.isdecimal() else 0)
                messages.success(request, _("Die Verbindung ist gelöst."))
            elif request.POST.get("verb") == "take_back":
                evaluation.take_back(actor, process, public_id, int(revision) if revision.isdecimal() else 0)
                messages.success(request, _("Der Beitrag ist wieder offen."))
            else:
                assessment.decide(
                    actor,
                    found,
                    typed["decision"],
                    typed["reason"],
                    revision=int(revision) if revision.isdecimal() else None,
                )
                messages.success(request, _("Entschieden. Wer beteiligt ist, bekommt Bescheid."))
            return redirect(request.path)
        except DomainError as error:
            messages.error(request, error.message)
            status = 422
            current = Assessment.objects.get(pk=found.pk)
    comment = getattr(found.subject, "comment", None)
    after = chosen(process, {**dict.fromkeys(_ASKED, ""), "zeigen": "offen"}).filter(pk__lt=found.pk)
    context = {
        "process": process,
        "contribution": found,
        "split": components.split(found),
        "entered": Entered.objects.select_related("batch").filter(contribution=found).first(),
        "text": comment.text if comment is not None else found.text,
        "who": comment.author_label if comment is not None else found.author_label,
        "current": current,
        "typed": typed,
        "decisions": [choice for choice in Assessment.Decision.choices if choice[0]],
        "links": found.subject.links_out.select_related("target"),
        "next": after.values_list("subject__public_id", flat=True).first(),
    }
    return render(request, "participation/staff/contribution.html", context, status=status)


class _Echo:
    def write(self, value: str) -> str:
        return value


COLUMNS = (
    "id",
    "kind",
    "title",
    "text",
    "name",
    "channel",
    "side",
    "sheet",
    "supporters",
    "supporters_paper",
    "supporters_phone",
    "supporters_event",
    "category",
    "district",
    "created_at",
    "decision",
    "reason",
    "due_on",
    "group",
)
_EXPORTED = (
    "subject__public_id",
    "kind",
    "title",
    "words",
    "called",
    "channel",
    "subject__comment__side",
    "sheet",
    *queries.SUPPORTS,
    "category__name",
    "district__name",
    "created_at",
    "assessment__decision",
    "assessment__reason",
    "assessment__due_on",
    "assessment__group__name",
)


def rows_of(process: Process, asked: dict[str, str]) -> Iterator[list[Any]]:
    """The rows of the export, cells of a spreadsheet made harmless; read in chunks, never all at once."""
    for row in chosen(process, asked).values_list(*_EXPORTED).iterator(chunk_size=2000):
        yield [cell(value) for value in row]


@staff_only
def export(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """The same selection as CSV, streamed."""
    process = managed(request, number)
    writer = csv.writer(_Echo(), delimiter=";")

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(COLUMNS)
        for row in rows_of(process, _asked(request)):
            yield writer.writerow(row)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="auswertung-p-{process.number:03d}.csv"'
    response["Cache-Control"] = "no-store"
    return response
