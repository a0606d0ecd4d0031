"""Somebody who has done a little of everything leaves; afterwards no text of the whole database has their name."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from mitstadt.accounts import actions as accounts
from mitstadt.accounts import personal
from mitstadt.accounts.models import User
from mitstadt.comments import actions as comments
from mitstadt.moderation import actions as moderation
from mitstadt.moderation.models import Case
from mitstadt.subjects import actions as subjects
from mitstadt.toolkit.suggesting import suggest

pytestmark = pytest.mark.django_db

NAME = "Zwetschgenflug"


def places_of(word: str) -> list[str]:
    """Every column of letters or JSON in which the word stands, in any row of any installed model."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.CharField | models.TextField | models.JSONField):
                continue
            if any(
                word.lower() in str(value).lower() for value in model._base_manager.values_list(field.name, flat=True)
            ):
                found.append(f"{model._meta.label}.{field.name}")
    return sorted(found)


@pytest.fixture
def busy(alice: Any, moderator: Any, actor_of: Any) -> User:
    accounts.change_pseudonym(actor_of(alice), NAME)
    alice = User.objects.get(pk=alice.pk)
    bench = subjects.create("measure", "Bank am Brunnen", "/bank/", published=True)
    said = comments.add(actor_of(alice), bench, "Die Bank steht im Schatten.", wants_answer=True)
    suggest(actor_of(alice), {"name": "Runder Tisch im Freien", "text": "Alle sitzen um die Bank herum.", "source": ""})
    moderation.report(actor_of(moderator), said.subject, reason="other", text="", contact="", good_faith=True)
    facts = f"{NAME} schrieb etwas über eine Bank."
    moderation.decide(
        actor_of(moderator), Case.objects.get(subject=said.subject),
        outcome="note", ground="respect", facts=facts, note=f"{NAME} wurde gebeten, es anders zu sagen.",
    )  # fmt: skip
    return alice


def test_what_moderators_wrote_about_a_text_is_handed_out(busy: User) -> None:
    kind = next(k for k in personal.kinds() if k.key == "moderation.decision")
    row = next(iter(kind.export(personal.Person(busy.public_id, user_id=busy.pk))))
    assert row["note"] == f"{NAME} wurde gebeten, es anders zu sagen."


@pytest.mark.parametrize("keep", [False, True])
def test_the_name_and_the_address_are_nowhere_afterwards(busy: User, actor_of: Any, keep: bool) -> None:
    """The log kept the pseudonym for ever, inside its chain; the note of the moderation kept it, too."""
    assert "accounts.User.pseudonym" in places_of(NAME)
    accounts.delete_account(actor_of(busy), {kind.key: keep for kind in personal.kinds()})
    personal.run_after_erase(busy.public_id)
    assert places_of(NAME) == []
    assert places_of(busy.email) == []
    assert bool(places_of("Die Bank steht im Schatten")) == keep
