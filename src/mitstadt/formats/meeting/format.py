"""Meetings as a format: what its card says, what staff enter, what it gives to report, archive and calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.who import Who
from mitstadt.booking import actions as booking
from mitstadt.booking import components as places
from mitstadt.kit import clock, languages
from mitstadt.kit import components as ui
from mitstadt.participation import cards, registry
from mitstadt.participation import queries as processes
from mitstadt.participation.actions import contributions
from mitstadt.participation.models import Contribution, Kind, Module, Phase
from mitstadt.participation.samples import INSTALLATION, citizen
from mitstadt.participation.views.contributions import context_of

from . import actions, components, queries, questions, rules, story
from .identity import Voter
from .models import Question


class EntryForm(forms.Form):
    """What was written on a card at the event, or what somebody says about it on paper or by telephone."""

    text = forms.CharField(label=gettext_lazy("Was gesagt wurde"), widget=forms.Textarea(attrs={"rows": 4}))
    name = forms.CharField(label=gettext_lazy("Name, wie er erscheinen soll"), max_length=60, required=False)


def card(module: Module, reading: registry.Reading) -> Any:
    """The next date with its free places; two queries, one without a date to come."""
    dates = queries.of_module(module)
    found = rules.next_one(dates, reading.now)
    if found is None:
        held = sum(1 for date in dates if date.cancelled_at is None)
        text = _("Gerade steht kein Termin fest.")
        facts = [_("Was war: %(n)d Termine") % {"n": held}] if held > 1 else [_("Was war: ein Termin")] if held else []
        return cards.card(module, reading, "meet", text, facts, _("Termine ansehen"))
    offer = queries.places_of([found]).get(found.pk)
    facts = [components.place(found), places.places_line(offer) if offer is not None else _("ohne Anmeldung")]
    text = _("Nächster Termin: %(when)s") % {"when": components.when(found)}
    return cards.card(module, reading, "meet", text, facts, _("Termin ansehen"))


def save(actor: Actor, module: Module, data: dict[str, Any], channel: str, sheet: str, person: Who | None) -> str:
    """One result of the event: a contribution of its channel, evaluated and answered like every other."""
    made = contributions.add(
        actor,
        module,
        Kind.NOTE,
        "meet",
        text=data["text"],
        needs_title=False,
        name=data["name"],
        channel=channel,
        sheet=sheet,
        person=person,
    )
    return made.subject.title


def detail(request: HttpRequest, contribution: Contribution) -> HttpResponse:
    """A question of a date with its votes and the answer in the room; results look like every contribution."""
    question = Question.objects.select_related("meeting__subject").filter(contribution=contribution).first()
    context = context_of(contribution)
    context["question"] = question
    if question is not None:
        context["date_path"] = languages.local_path(question.meeting.subject.path)
    return render(request, "meeting/question.html", context)


def paper(module: Module, phase: Phase | None) -> list[registry.PaperField]:
    return [
        registry.PaperField("text", _("Was möchten Sie der Stadt zu diesem Thema mitgeben?"), lines=10),
        registry.PaperField("name", _("Name, wie er erscheinen soll (freiwillig)"), "text", lines=1),
    ]


COLUMNS = ("id", "kind", "title", "text", "author", "starts_at", "ends_at", "place", "access", "came", "votes",
           "channel", "answer", "created_at")  # fmt: skip


def export(module: Module) -> Iterable[registry.Row]:
    """Every public date with what came of it, then every public contribution that was collected there."""

    def row(**values: Any) -> registry.Row:
        return {name: values.get(name, "") for name in COLUMNS}

    dates = queries.of_module(module)
    came = queries.came_to(dates)
    for date in dates:
        told = date.minutes_at is not None
        yield row(
            id=date.subject.public_id,
            kind="date",
            title=date.title,
            text=date.minutes if told else "",
            starts_at=date.starts_at,
            ends_at=date.ends_at,
            place=date.place,
            access=" ".join(date.access),
            came=came[date.pk] if told else "",
            answer=date.result if told else date.cancel_reason,
            created_at=date.created_at,
        )
    fields = ("subject__public_id", "kind", "title", "text", "author_label", "support_count", "channel",
              "assessment__reason", "created_at")  # fmt: skip
    names = ("id", "kind", "title", "text", "author", "votes", "channel", "answer", "created_at")
    rows = processes.public_contributions().filter(module=module).exclude(kind=Kind.COMMENT).order_by("pk")
    for found in rows.values_list(*fields).iterator(chunk_size=2000):
        yield row(**dict(zip(names, found, strict=True)))


def report(module: Module) -> list[registry.ReportPart]:
    totals = queries.totals(module)
    collected = processes.public_contributions().filter(module=module).exclude(kind=Kind.COMMENT).count()
    figures = [
        registry.Figure(_("Termine"), totals["dates"], _("abgesagt: %(n)d") % {"n": totals["cancelled"]}),
        registry.Figure(_("Reservierte Plätze"), totals["taken"], _("alle Termine zusammen")),
        registry.Figure(_("Menschen, die da waren"), totals["came"], _("gezählt am Eingang")),
        registry.Figure(_("Beiträge aus den Terminen"), collected, _("Fragen und Ergebnisse")),
    ]
    dates = [date for date in queries.of_module(module) if date.cancelled_at is None]
    came = queries.came_to(dates)
    columns = [_("Termin"), _("Wann"), _("Wo"), _("Wie viele kamen")]
    rows = [
        [date.title, ui.moment(date.starts_at), date.place, came[date.pk] if date.minutes_at is not None else ""]
        for date in dates
    ]
    results = [f"{date.title}: {date.result}" for date in dates if date.minutes_at is not None and date.result]
    tables = [(_("Alle Termine"), columns, rows)] if rows else []
    return [registry.ReportPart(module.title, figures, results, tables)]


def missing(module: Module) -> list[str]:
    """A date that lies outside of every phase could not be reserved for, and nobody could ask there."""
    phases = [phase for phase in module.phases.all() if "meet" in phase.allows]
    return [
        _("Der Termin „%(title)s“ liegt in keiner Phase mit „Sich treffen“.") % {"title": date.title}
        for date in queries.of_module(module)
        if date.cancelled_at is None
        and phases
        and not any(p.start <= date.starts_at and date.ends_at <= p.end for p in phases)
    ]


def desk(module: Module) -> list[tuple[str, str]]:
    """Where staff look after the dates."""
    return [(_("Termine und Anmeldungen"), reverse("meeting_staff:dates", args=[module.subject.public_id]))]


def sample(module: Module) -> None:
    """One date to come with a place taken, one that was, with its result."""
    now = clock.now()
    wish = actions.Registration(seats=40, needs_asked=("wheelchair", "hearing_loop"))
    where: dict[str, Any] = {
        "venue": "Bürgersaal",
        "address": "Musterplatz 1",
        "access": ["step_free", "hearing_loop"],
    }
    start = now + timedelta(days=5)
    coming = actions.add(
        INSTALLATION,
        module,
        title="Werkstatt vor Ort",
        text="Wir gehen den Platz ab und zeichnen ein, was wohin soll.",
        agenda="18:00 Ankommen\n18:15 Rundgang\n19:30 Was wir mitnehmen",
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        registration=wish,
        **where,
    )
    offer = queries.places(coming)
    assert offer is not None
    if booking_is_open(module):
        booking.book(citizen("gast"), offer, is_example=True)
        live = questions.open_live(INSTALLATION, coming)
        live = questions.find(live.code) or live
        for number, text in enumerate(("Wer gießt die Bäume?", "Gibt es Schatten?")):
            device = Voter(f"sample-{number}", "", "", False)
            asked = questions.ask(live, device, text, actor=citizen("gast"), is_example=True)
            questions.vote(live, Voter("sample-vote", "", "", False), asked.public_id)
    start = now - timedelta(days=2)
    was = actions.add(
        INSTALLATION, module, title="Auftakt", starts_at=start, ends_at=start + timedelta(hours=2), **where
    )
    actions.write_minutes(
        INSTALLATION, was, "40 Menschen, drei Tische.", "Mehr Schatten, weniger Poller.", publish=True
    )


def booking_is_open(module: Module) -> bool:
    from mitstadt.participation import access

    return bool(access.can(citizen("gast"), "meet", module, clock.now()))


def register() -> None:
    """Called when the format starts."""
    registry.register(
        registry.Format(
            slug="meeting",
            path="treffen",
            label=gettext_lazy("Treffen"),
            summary=gettext_lazy("Termine mit Plätzen, Ablauf und Protokoll; Fragen auch vom Telefon aus."),
            verbs=("meet",),
            urls="mitstadt.formats.meeting.urls",
            card=card,
            kinds=(Kind.QUESTION, Kind.NOTE),
            missing=missing,
            detail=detail,
            entry=registry.Entry(lambda _module: EntryForm, save),
            paper=paper,
            export=export,
            report=report,
            sample=sample,
            tell=story.tell,
            dates=queries.dates,
            show=actions.show,
            desk=desk,
        )
    )
