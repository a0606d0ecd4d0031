"""Dates of the demo city, told by `content:` of a module in its participation.yaml.

``content:`` is a list of dates: ``{in: 5, hour: 18, hours: 2, title, venue, address, link, text, agenda, access,
access_text, made: 20, registration: {seats, max_persons, needs_asked, note_question}, bookings: [{by, ago, persons}],
walk_ins, came: [names], minutes, result, written: 3}``. `in` counts days from today (negative: it was), `made`, `ago`
and `written` count days back. ``questions: [{text, name, votes, answer}]`` are asked from phones there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mitstadt.accounts.actor import NOBODY
from mitstadt.booking import actions as booking
from mitstadt.booking.models import Booking, State
from mitstadt.participation.demo import Story
from mitstadt.participation.models import Module

from . import actions, queries, questions
from .identity import Voter
from .models import Meeting

TEXTS = ("title", "text", "agenda", "access", "access_text", "venue", "address", "link")


def tell(module: Module, content: list[dict[str, Any]], story: Story) -> None:
    """Let each date be made, reserved, held and written up at its moment."""
    staff = story.person(module.process.department.code or "")
    for entry in content:
        _date(module, entry, story, staff)


def _date(module: Module, entry: dict[str, Any], story: Story, staff: Any) -> None:
    start = story.moment(-entry["in"], entry.get("hour", 18))
    known: dict[str, int] = {}

    def fresh() -> Meeting:
        found = queries.of_subject(known["pk"])
        assert found is not None
        return found

    def make() -> None:
        wish = entry.get("registration")
        texts = {name: entry[name] for name in TEXTS if name in entry}
        made = actions.add(
            staff,
            module,
            starts_at=start,
            ends_at=start + timedelta(hours=entry.get("hours", 2)),
            registration=actions.Registration(**wish) if wish is not None else None,
            is_example=True,
            **texts,
        )
        known["pk"] = made.pk
        story.name(entry, made.subject)

    def reserve(wanted: dict[str, Any]) -> None:
        places = queries.places(fresh())
        assert places is not None
        booking.book(
            story.person(wanted["by"]), places, persons=wanted.get("persons", 1), key=story.key(), is_example=True
        )

    def hold() -> None:
        meeting = fresh()
        for _number in range(entry.get("walk_ins", 0)):
            actions.count_walk_in(staff, meeting, 1)
        missed = {story.person(name).user_id for name in entry.get("missed", ())}
        rows = Booking.objects.filter(places__about_id=meeting.pk, state=State.BOOKED)
        for found in rows.select_related("places__about"):
            booking.mark_attended(staff, found, State.NO_SHOW if found.user_id in missed else State.ATTENDED)

    def ask() -> None:
        live = questions.find(questions.open_live(staff, fresh()).code)
        assert live is not None
        for number, wanted in enumerate(entry["questions"]):
            asked = questions.ask(
                live,
                Voter(f"demo-{number}", "", "", False),
                wanted["text"],
                wanted.get("name", ""),
                actor=NOBODY,
                is_example=True,
            )
            for device in range(wanted.get("votes", 0)):
                questions.vote(live, Voter(f"demo-vote-{device}", "", "", False), asked.public_id)
            questions.answer(staff, asked, wanted.get("answer", ""))
        questions.close_live(staff, live)
        questions.take_over(staff, live.meeting)

    def write() -> None:
        actions.write_minutes(staff, fresh(), entry.get("minutes", ""), entry.get("result", ""), publish=True)

    story.at(entry.get("made", max(14, 14 - entry["in"])), make, hour=9)
    for wanted in entry.get("bookings", ()):
        story.at(wanted["ago"], lambda wanted=wanted: reserve(wanted), hour=12)  # type: ignore[misc]
    if entry["in"] < 0:
        story.at(-entry["in"], hold, hour=entry.get("hour", 18) + 1)
        if "questions" in entry:
            story.at(-entry["in"], ask, hour=entry.get("hour", 18) + 1)
    if "minutes" in entry or "result" in entry:
        story.at(entry.get("written", max(0, -entry["in"] - 2)), write, hour=15)
