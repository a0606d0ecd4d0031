"""The page of a module and of one date, and both as calendar files. Kept for everybody: no person in them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mitstadt.kit import cache, clock, past
from mitstadt.participation import rules as stages
from mitstadt.participation import then as stages_then
from mitstadt.participation.views.modules import module_page, shown

from . import access, components, ics, pages, queries, questions, rules, then
from .models import Meeting


@past.shown
@require_GET
def module(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/beteiligung/treffen/<id>/`"""
    found = shown(public_id, "meeting", request)
    dates = queries.of_module(found)
    now = clock.now()
    coming, over = rules.split(dates, now)
    places = queries.places_of(coming)
    closed = pages.closed(found, now)
    came = queries.came_to(over)
    context = {
        "coming": [components.coming(date, places.get(date.pk), closed, now) for date in coming],
        "over": [components.over(date, came[date.pk]) for date in over],
        "calendar": pages.module_calendar(found) if dates else "",
    }
    response = module_page(request, public_id, "meeting", "meeting/module.html", context)
    cache.until(response, rules.next_change(dates, now))
    for offer in places.values():
        cache.until(response, offer.next_change)
    return response


def found_date(public_id: str) -> Meeting:
    """A public date; 404 for everything else."""
    meeting = queries.meeting(public_id)
    if meeting is None or not access.visible(meeting):
        raise Http404(_("Diesen Termin gibt es nicht, oder er ist nicht öffentlich."))
    stages_then.as_it_was(meeting.module.process)
    return then.as_it_was(meeting)


@past.shown
@require_GET
def date(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/beteiligung/treffen/termin/<id>/`"""
    meeting = found_date(public_id)
    now = clock.now()
    context = pages.of_date(meeting, now)
    response = render(request, "meeting/date.html", context)
    cache.until(response, rules.next_change([meeting], now))
    if context["live"] is not None:
        cache.until(response, questions.ends_at(meeting))
    cache.until(response, stages.next_change(meeting.module.phases.all(), now))
    if context["places"] is not None:
        cache.until(response, context["places"].next_change)
    return response


@past.shown
@require_GET
def module_calendar(request: HttpRequest, public_id: str) -> HttpResponse:
    """All dates of a module, to be followed by a calendar program."""
    found = shown(public_id, "meeting", request)
    return ics.response(queries.of_module(found), found.title, clock.now(), "termine.ics")


@past.shown
@require_GET
def date_calendar(request: HttpRequest, public_id: str) -> HttpResponse:
    """One date as a file."""
    meeting = found_date(public_id)
    return ics.response([meeting], meeting.title, clock.now(), "termin.ics")
