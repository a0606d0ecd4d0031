"""The author objects once; a second person decides, never the first."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from mitstadt.kit.errors import DomainError, Refused
from mitstadt.moderation import actions, queries
from mitstadt.moderation.models import Appeal, Case, Decision
from mitstadt.notify import queries as notify_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def appealed(alice: Any, moderator: Any, actor_of: Any, wrote: Any, hide: Any) -> Case:
    """Alice's text is hidden, and she objected."""
    case: Case = hide(moderator, wrote(alice))
    actions.appeal(actor_of(alice), case, "Das war ein Zitat.")
    return case


def test_alice_wins_and_her_text_is_back(appealed: Case, alice: Any, second_moderator: Any, actor_of: Any) -> None:
    actions.decide_appeal(actor_of(second_moderator), appealed, lift=True, facts="Es war ein Zitat.")
    appealed.refresh_from_db()
    assert appealed.subject is not None
    appealed.subject.refresh_from_db()
    assert appealed.subject.restricted is False
    assert (appealed.state, appealed.appeal_outcome) == ("closed", "lifted")
    titles = [n.title for n in notify_queries.news(notify_queries.inbox(actor_of(alice)))]
    assert titles == ["Entscheidung über Ihren Widerspruch", "Entscheidung über Ihren Beitrag"]


def test_a_text_that_another_decision_hides_too_stays_hidden(
    alice: Any, moderator: Any, second_moderator: Any, actor_of: Any, wrote: Any, hide: Any
) -> None:
    """It was hidden twice. The first decision is lifted: the second still holds, and its note stands there."""
    subject = wrote(alice)
    first: Case = hide(moderator, subject)
    second: Case = hide(moderator, subject, note="Ausgeblendet: persönliche Angaben.")
    assert second.pk != first.pk
    actions.appeal(actor_of(alice), first, "Das war ein Zitat.")
    actions.decide_appeal(actor_of(second_moderator), first, lift=True, facts="Es war ein Zitat.")
    subject.refresh_from_db()
    assert subject.restricted is True
    assert queries.notes_of([subject.pk]) == {subject.pk: "Ausgeblendet: persönliche Angaben."}
    actions.appeal(actor_of(alice), second, "Das sind keine persönlichen Angaben.")
    actions.decide_appeal(actor_of(second_moderator), second, lift=True, facts="Stimmt.")
    subject.refresh_from_db()
    assert subject.restricted is False


def test_alice_loses_and_reads_why(
    appealed: Case, alice: Any, second_moderator: Any, actor_of: Any, client_for: Any
) -> None:
    actions.decide_appeal(actor_of(second_moderator), appealed, lift=False, facts="Das Zitat stimmt nicht.")
    assert appealed.subject is not None
    appealed.subject.refresh_from_db()
    assert appealed.subject.restricted is True
    page = client_for(alice).get(f"/konto/moderation/{appealed.public_id}/").content.decode()
    assert "Das Zitat stimmt nicht." in page
    assert "Entscheidung bestätigt" in page


def test_the_first_moderator_cannot_decide_the_appeal(appealed: Case, moderator: Any, actor_of: Any) -> None:
    with pytest.raises(Refused, match="zweite Person"):
        actions.decide_appeal(actor_of(moderator), appealed, lift=False, facts="Bleibt.")
    appealed.refresh_from_db()
    assert appealed.state == "appealed"


def test_the_database_refuses_the_same_person_twice(appealed: Case, moderator: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=appealed.pk).update(appeal_decided_by=moderator)


def test_an_administrator_who_decided_first_is_no_second_person(
    alice: Any, administrator: Any, actor_of: Any, wrote: Any, hide: Any
) -> None:
    case = hide(administrator, wrote(alice))
    actions.appeal(actor_of(alice), case, "Nein.")
    with pytest.raises(Refused):
        actions.decide_appeal(actor_of(administrator), case, lift=True, facts="x")


def test_alice_objects_only_once(appealed: Case, alice: Any, second_moderator: Any, actor_of: Any) -> None:
    with pytest.raises(Refused, match="schon widersprochen"):
        actions.appeal(actor_of(alice), appealed, "Nochmal.")
    actions.decide_appeal(actor_of(second_moderator), appealed, lift=False, facts="Bleibt.")
    appealed.refresh_from_db()
    with pytest.raises(Refused):
        actions.appeal(actor_of(alice), appealed, "Und nochmal.")
    assert Appeal.objects.count() == 1


def test_bob_cannot_object_for_alice(
    alice: Any, bob: Any, moderator: Any, actor_of: Any, wrote: Any, hide: Any
) -> None:
    case = hide(moderator, wrote(alice))
    with pytest.raises(Refused):
        actions.appeal(actor_of(bob), case, "Für Alice.")


def test_the_time_for_an_appeal_ends(
    alice: Any, moderator: Any, actor_of: Any, wrote: Any, hide: Any, stopped_clock: Any
) -> None:
    case = hide(moderator, wrote(alice))
    stopped_clock.move(days=184)
    assert actions.close_expired() == 0
    stopped_clock.move(seconds=1)
    with pytest.raises(Refused, match="Frist"):
        actions.appeal(actor_of(alice), case, "Zu spät.")
    assert actions.close_expired() == 1
    case.refresh_from_db()
    assert case.state == "closed"


def test_six_months_are_the_least(alice: Any, moderator: Any, wrote: Any, hide: Any, stopped_clock: Any) -> None:
    """Article 20(1) DSA: at least six months from the decision."""
    case = hide(moderator, wrote(alice))
    assert case.appeal_until is not None
    assert case.appeal_until.date().isoformat() >= "2026-09-03"


def test_an_appeal_against_what_stayed_is_impossible(alice: Any, moderator: Any, actor_of: Any, wrote: Any) -> None:
    case = actions.open_case(wrote(alice))
    actions.decide(actor_of(moderator), case, outcome="keep")
    case.refresh_from_db()
    with pytest.raises(Refused):
        actions.appeal(actor_of(alice), case, "Doch.")


def test_an_empty_appeal_and_an_unreasoned_answer_are_refused(
    alice: Any, moderator: Any, second_moderator: Any, actor_of: Any, wrote: Any, hide: Any
) -> None:
    case = hide(moderator, wrote(alice))
    with pytest.raises(DomainError):
        actions.appeal(actor_of(alice), case, "  ")
    actions.appeal(actor_of(alice), case, "Doch.")
    with pytest.raises(DomainError):
        actions.decide_appeal(actor_of(second_moderator), case, lift=True, facts=" ")
    assert Decision.objects.filter(step=2).count() == 0


def test_alice_objects_on_the_page(alice: Any, moderator: Any, wrote: Any, hide: Any, client_for: Any) -> None:
    case = hide(moderator, wrote(alice))
    response = client_for(alice).post(
        f"/konto/moderation/{case.public_id}/", {"text": "Das war ein Zitat."}, follow=True
    )
    text = response.content.decode()
    assert "Ihr Widerspruch ist da" in text
    assert "Das war ein Zitat." in text
    assert 'name="text"' not in text


def test_leaving_erases_the_words_and_keeps_the_log(
    appealed: Case, alice: Any, second_moderator: Any, actor_of: Any
) -> None:
    from mitstadt.accounts import personal

    actions.decide_appeal(actor_of(second_moderator), appealed, lift=False, facts="Bleibt, weil Alice es so schrieb.")
    who = personal.Person(public_id=alice.public_id, user_id=alice.pk)
    mine = [kind for kind in personal.kinds() if kind.model._meta.app_label == "moderation"]
    handed_out = {kind.key: list(kind.export(who)) for kind in mine}
    assert handed_out["moderation.appeal"][0]["text"] == "Das war ein Zitat."
    assert len(handed_out["moderation.decision"]) == 2
    for kind in mine:
        kind.erase(who, False)
    assert Decision.objects.count() == 2
    assert set(Decision.objects.values_list("facts", flat=True)) == {""}
    assert Appeal.objects.get().text == ""
    assert Case.objects.get().author_user_id is None
    assert Case.objects.get().title == ""
