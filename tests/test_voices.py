"""The invented people of the demo city: marked, told once, and enough of them that no page stays silent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import yaml
from django.test import Client

from mitstadt.accounts.models import Guest, User
from mitstadt.audit.models import Entry
from mitstadt.comments import outcomes, rules
from mitstadt.comments.models import Answer, Comment, Question, Step
from mitstadt.kit import clock
from mitstadt.kit.city import current
from mitstadt.moderation.models import Case
from mitstadt.notify.models import Event, Follow, Mail, Notification
from mitstadt.project import voices
from mitstadt.radar.models import Measure
from mitstadt.ratings import queries as ratings
from mitstadt.ratings.models import Rating
from mitstadt.subjects.models import Link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_city")]
TABLES: tuple[Any, ...] = (
    User, Guest, Comment, Question, Step, Answer, Rating, Case, Event, Follow, Notification, Mail, Link, Entry,
)  # fmt: skip


def test_telling_the_story_again_changes_nothing(settings: Any) -> None:
    settings.MITSTADT_DEMO = True
    before = {table.__name__: table.objects.count() for table in TABLES}
    assert before["Comment"] >= 40
    voices.load()
    assert {table.__name__: table.objects.count() for table in TABLES} == before


def test_everything_invented_is_marked_and_nobody_can_sign_in_as_a_resident() -> None:
    for table in (User, Guest, Comment, Question, Answer, Rating, Case):
        assert table.objects.exists(), table
        assert not table.objects.filter(is_example=False).exists(), table
    residents = User.objects.filter(email__endswith=voices.RESIDENT_MAIL)
    assert residents.count() >= 12
    assert not any(user.has_usable_password() for user in residents)


def test_nothing_happens_in_the_future_and_every_department_answers_on_working_days() -> None:
    assert not Comment.objects.filter(created_at__gt=clock.now()).exists()
    assert not Step.objects.filter(at__gt=clock.now()).exists()
    given = Answer.objects.values_list("answered_at", "department__code")
    assert len({code for _at, code in given}) >= 5
    assert not [at for at, _code in given if at.weekday() > 4]


@pytest.mark.parametrize("day", ["2026-01-07", "2027-04-06", "2027-08-16", "2027-12-28", "2028-02-29"])
def test_the_story_can_be_told_on_any_day(day: str) -> None:
    """Around Christmas and Easter working days are rare; just after midnight the day is short."""
    path = current().folder / "content" / "voices.yaml"
    with clock.at(datetime.fromisoformat(f"{day}T00:05:00+01:00")):
        story = voices.Story(yaml.safe_load(path.read_text(encoding="utf-8")))
        story.arrange()
        owed = [v for m in story.data["measures"].values() for v in m["voices"] if v.get("ask") and "answer" not in v]
        asked = [clock.today() - timedelta(days=v["ago"]) for v in owed if "bundle" not in v]
        due = [rules.add_working_days(asked_on, 20, "BY", catholic=True) for asked_on in asked]
    assert len(story.plan) > 200
    assert len([one for one in due if one < date.fromisoformat(day)]) >= 2
    assert len([one for one in due if one >= date.fromisoformat(day)]) >= 1


def test_some_answers_came_in_time_some_late_and_some_are_owed() -> None:
    questions = outcomes.public_questions()
    assert questions.exclude(answer=None).filter(working_days__lte=20).exists()
    assert questions.exclude(answer=None).filter(working_days__gt=20).exists()
    assert questions.filter(answer=None, due_on__lt=clock.today()).count() >= 2
    assert questions.filter(answer=None, due_on__gte=clock.today()).exists()
    for kind in (Step.Kind.FORWARDED, Step.Kind.INTERIM, Step.Kind.BUNDLED):
        assert Step.objects.filter(kind=kind).exists(), kind
    assert len(outcomes.caused_changes()) >= 2


def test_ratings_stand_on_both_sides_of_the_minimum() -> None:
    shown = {"above": 0, "below": 0}
    for measure in Measure.objects.filter(subject__rating_count__gt=0).select_related("subject"):
        scales = ratings.summary(measure.subject_id).distributions.values()
        shown["above" if any(one.spread for one in scales) else "below"] += 1
    assert shown["above"] >= 3, shown
    assert shown["below"] >= 3, shown


def test_moderation_has_work_left_and_a_log() -> None:
    waiting = Case.objects.filter(state=Case.State.OPEN)
    assert waiting.exclude(subject__kind="method-suggestion").count() == 1
    assert waiting.filter(subject__kind="method-suggestion").exists()  # somebody suggests a format
    appealed = Case.objects.exclude(appeal_outcome="")
    assert set(appealed.values_list("appeal_outcome", flat=True)) == {"lifted", "upheld"}
    assert not [case for case in appealed if case.decided_by_id == case.appeal_decided_by_id]


def test_the_citizen_finds_unread_and_read_news(client: Client) -> None:
    client.force_login(
        User.objects.get(email="buergerin@example.org"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    page = client.get("/konto/nachrichten/").content.decode()
    assert "Ihre Frage ist beantwortet: E-Akte" in page
    assert "Ihr Beitrag hat etwas bewirkt" in page
    own = Notification.objects.filter(recipient__user__email="buergerin@example.org")
    assert own.filter(read_at=None).exists()
    assert own.exclude(read_at=None).exists()
