"""Alice writes, changes, withdraws; Bob answers; things go wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from mitstadt.accounts.actor import NOBODY, Actor
from mitstadt.accounts.models import Guest, Trust
from mitstadt.accounts.personal import Person
from mitstadt.audit.models import Entry
from mitstadt.comments import actions, components, queries
from mitstadt.comments.models import Comment, CommentVersion, Question
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.subjects.models import Subject

from .factories import CLOSED


def count(thing: Any) -> int:
    return Subject.objects.get(pk=thing.pk).comment_count


def shown(thing: Any) -> str:
    thing.refresh_from_db()
    return components.discussion(thing, queries.threads(thing.pk))


def test_alice_writes_and_everybody_reads(alice: Any, actor_of: Any, thing: Any) -> None:
    comment = actions.add(
        actor_of(alice), thing, "Wann wird der <b>Weg</b> gebaut?\nSiehe https://example.org/?a=1&b=2."
    )
    html = shown(thing)
    assert "Wann wird der &lt;b&gt;Weg&lt;/b&gt; gebaut?" in html
    assert 'href="https://example.org/?a=1&amp;b=2" rel="nofollow ugc noopener noreferrer"' in html
    assert "Alice" in html
    assert f'id="k-{comment.subject.public_id}"' in html
    assert count(thing) == 1
    assert Entry.objects.filter(action="comments.comment.add", object=comment.subject.public_id).count() == 1


def test_text_of_the_log_does_not_repeat_what_alice_wrote(alice: Any, actor_of: Any, thing: Any) -> None:
    actions.add(actor_of(alice), thing, "Mein Geheimnis")
    assert "Geheimnis" not in str(list(Entry.objects.values_list("payload", flat=True)))


@pytest.mark.parametrize("text", ["javascript://example.org/%0aalert(1)", "data:text/html,<script>alert(1)</script>"])
def test_only_web_addresses_become_links(alice: Any, actor_of: Any, thing: Any, text: str) -> None:
    comment = actions.add(actor_of(alice), thing, text)
    article = shown(thing).split(f'id="k-{comment.subject.public_id}"')[1].split("</article>")[0]
    assert 'href="javascript' not in article
    assert 'href="data' not in article
    assert "<script" not in article


def test_a_link_cannot_break_out_of_its_attribute(alice: Any, actor_of: Any, thing: Any) -> None:
    actions.add(actor_of(alice), thing, 'https://example.org/"onmouseover="alert(1)')
    assert '"onmouseover=' not in shown(thing)


def test_nothing_and_too_much_are_refused_with_a_sentence(alice: Any, actor_of: Any, thing: Any) -> None:
    actor = actor_of(alice)
    with pytest.raises(DomainError) as nothing:
        actions.add(actor, thing, " \u202e \x00 ")
    assert nothing.value.field == "text"
    actions.add(actor, thing, "x" * 20_000)
    with pytest.raises(DomainError) as long:
        actions.add(actor, thing, "x" * 20_001)
    assert "20.001" in long.value.message
    assert "20.000" in long.value.message
    assert count(thing) == 1


def test_nobody_writes_without_an_address(thing: Any) -> None:
    with pytest.raises(Refused) as refused:
        actions.add(NOBODY, thing, "Hallo")
    assert refused.value.decision.step_up == "login"


def test_an_account_without_confirmed_address_is_told_how(user_factory: Any, actor_of: Any, thing: Any) -> None:
    dora = user_factory("dora", trust=Trust.NONE)
    with pytest.raises(Refused) as refused:
        actions.add(actor_of(dora), thing, "Hallo")
    assert refused.value.decision.step_up == "email"


def test_an_unpublished_subject_says_why(alice: Any, actor_of: Any, thing: Any) -> None:
    thing.published = False
    with pytest.raises(Refused, match="noch nicht veröffentlicht"):
        actions.add(actor_of(alice), thing, "Hallo")


def test_the_rule_of_the_subject_decides(alice: Any, actor_of: Any, thing: Any) -> None:
    CLOSED["reason"] = "Mitreden können Sie ab 3. Mai."
    with pytest.raises(Refused, match=r"ab 3\. Mai"):
        actions.add(actor_of(alice), thing, "Hallo")


def test_an_answer_to_an_answer_hangs_on_the_root_and_names_whom_it_answers(
    alice: Any, bob: Any, charlie: Any, actor_of: Any, thing: Any
) -> None:
    root = actions.add(actor_of(alice), thing, "Erste")
    second = actions.add(actor_of(bob), thing, "Zweite", parent=root)
    third = actions.add(actor_of(charlie), thing, "Dritte", parent=second)
    assert (second.parent_id, second.mentions_id) == (root.pk, None)
    assert (third.parent_id, third.mentions_id) == (root.pk, second.pk)
    assert "an Bob" in shown(thing)
    assert Comment.objects.get(pk=root.pk).reply_count == 2
    assert count(thing) == 3


def test_a_double_submit_is_one_contribution(alice: Any, bob: Any, actor_of: Any, thing: Any) -> None:
    first = actions.add(actor_of(alice), thing, "Hallo", key="k1")
    again = actions.add(actor_of(alice), thing, "Hallo", key="k1")
    other = actions.add(actor_of(bob), thing, "Hallo", key="k1")
    assert first.pk == again.pk
    assert other.pk != first.pk, "nobody gets somebody else's contribution through its key"
    assert count(thing) == 2


def test_reply_to_a_withdrawn_contribution_is_refused(alice: Any, bob: Any, actor_of: Any, thing: Any) -> None:
    root = actions.add(actor_of(alice), thing, "Erste")
    actions.withdraw(actor_of(alice), root)
    with pytest.raises(Refused, match="zurückgezogen"):
        actions.add(actor_of(bob), thing, "Antwort", parent=root)


def test_reply_in_another_discussion_is_refused(alice: Any, actor_of: Any, thing: Any, subject_factory: Any) -> None:
    root = actions.add(actor_of(alice), thing, "Erste")
    other = subject_factory(kind="testthing", title="Anderes")
    with pytest.raises(Refused, match="anderen Gespräch"):
        actions.add(actor_of(alice), other, "Antwort", parent=root)


def test_editing_keeps_the_earlier_text_and_ends_after_half_an_hour(
    alice: Any, actor_of: Any, thing: Any, stopped_clock: Any
) -> None:
    comment = actions.add(actor_of(alice), thing, "Tippfelher")
    stopped_clock.move(minutes=29)
    actions.edit(actor_of(alice), comment, "Tippfehler")
    assert list(CommentVersion.objects.values_list("text", flat=True)) == ["Tippfelher"]
    assert "geändert" in shown(thing)
    assert Subject.objects.get(pk=comment.pk).title == "Tippfehler"
    stopped_clock.move(minutes=1)
    with pytest.raises(Refused, match="30 Minuten"):
        actions.edit(actor_of(alice), comment, "Anders")


def test_only_the_author_edits_and_withdraws(alice: Any, bob: Any, editor: Any, actor_of: Any, thing: Any) -> None:
    comment = actions.add(actor_of(alice), thing, "Meins")
    for other in (actor_of(bob), actor_of(editor), NOBODY, Actor()):
        with pytest.raises(Refused):
            actions.edit(other, comment, "Deins")
        with pytest.raises(Refused):
            actions.withdraw(other, comment)
    assert Comment.objects.get(pk=comment.pk).text == "Meins"


def test_withdrawing_erases_the_text_everywhere_and_keeps_the_replies(
    alice: Any, bob: Any, actor_of: Any, thing: Any
) -> None:
    root = actions.add(actor_of(alice), thing, "Geheimes Wort")
    actions.edit(actor_of(alice), root, "Geheimes Wort, anders")
    actions.add(actor_of(bob), thing, "Antwort von Bob", parent=root)
    actions.withdraw(actor_of(alice), root)
    html = shown(thing)
    assert "Geheimes" not in html
    assert "zurückgezogen" in html
    assert "Antwort von Bob" in html
    assert not CommentVersion.objects.exists()
    assert "Geheimes" not in Subject.objects.get(pk=root.pk).title
    assert count(thing) == 1
    with pytest.raises(Refused):
        actions.withdraw(actor_of(alice), root)
    assert count(thing) == 1


def test_a_withdrawn_contribution_without_replies_leaves_no_trace(alice: Any, actor_of: Any, thing: Any) -> None:
    root = actions.add(actor_of(alice), thing, "Weg damit")
    actions.withdraw(actor_of(alice), root)
    assert root.subject.public_id not in shown(thing)
    assert count(thing) == 0


def test_a_restricted_contribution_hides_its_text_but_keeps_its_replies(
    alice: Any, bob: Any, actor_of: Any, thing: Any
) -> None:
    root = actions.add(actor_of(alice), thing, "Böses Wort")
    actions.add(actor_of(bob), thing, "Antwort von Bob", parent=root)
    Subject.objects.filter(pk=root.pk).update(restricted=True)
    root.subject.restricted = True
    actions.follow_restriction(root.subject, True)
    actions.follow_restriction(root.subject, True)
    html = shown(thing)
    assert "Böses" not in html
    assert "Moderation ausgeblendet" in html
    assert "Antwort von Bob" in html
    assert count(thing) == 1
    with pytest.raises(Refused, match="ausgeblendet"):
        actions.add(actor_of(bob), thing, "Noch eine", parent=Comment.objects.get(pk=root.pk))
    Subject.objects.filter(pk=root.pk).update(restricted=False)
    actions.follow_restriction(root.subject, False)
    assert "Böses" in shown(thing)
    assert count(thing) == 2


@pytest.mark.parametrize("keep", [True, False])
def test_alice_leaves_and_bobs_answer_stays(alice: Any, bob: Any, actor_of: Any, thing: Any, keep: bool) -> None:
    root = actions.add(actor_of(alice), thing, "Worte von ihr")
    actions.add(actor_of(bob), thing, "Antwort von Bob", parent=root)
    person = Person(public_id=alice.public_id, user_id=alice.pk)
    assert actions.forget_author(person, keep) == 1
    alice.delete()
    html = shown(thing)
    assert "Alice" not in html
    assert ("Worte von ihr" in html) is keep
    assert "Antwort von Bob" in html
    assert count(thing) == (2 if keep else 1)


def test_a_deleted_account_leaves_no_name_even_without_the_room_being_asked(
    alice: Any, actor_of: Any, thing: Any
) -> None:
    actions.add(actor_of(alice), thing, "Worte von ihr")
    from mitstadt.accounts.models import User

    User.objects.filter(pk=alice.pk).delete()
    html = shown(thing)
    assert "Alice" not in html
    assert "Ohne Namen" in html


def test_staff_appear_by_function_and_department(editor: Any, actor_of: Any, thing: Any) -> None:
    comment = actions.add(actor_of(editor), thing, "Ein Hinweis", wants_answer=True)
    html = shown(thing)
    assert "Referat RIT, Geschäftsstelle Strategie" in html
    assert "Editor" not in html
    assert not Question.objects.exists(), "the city does not owe itself an answer"
    assert Entry.objects.get(action="comments.comment.add").actor == editor.public_id
    assert comment.author_staff


def test_a_letter_is_entered_by_staff_and_says_so(alice: Any, editor: Any, actor_of: Any, thing: Any) -> None:
    comment = actions.add(actor_of(editor), thing, "Brief", channel="paper", name="Frau Maier", wants_answer=True)
    assert comment.user_id is None
    assert not comment.author_staff
    html = shown(thing)
    assert "Frau Maier" in html
    assert "auf Papier" in html
    assert Question.objects.filter(comment=comment).exists()
    with pytest.raises(Refused):
        actions.add(actor_of(alice), thing, "Brief", channel="paper")


def test_a_guest_is_heard_once_the_address_is_confirmed(thing: Any) -> None:
    guest = Guest.objects.create(email_hash="x" * 64, created_at=timezone.now(), confirmed_at=timezone.now())
    from mitstadt.accounts import guests
    from mitstadt.comments.actions import writing

    actor = guests.actor_of(guest)
    payload = {
        "subject": thing.public_id,
        "title": thing.title,
        "text": "Vom Gast",
        "name": "Isarkiesel",
        "email": "gast@example.org",
        "parent": "",
        "wants_answer": True,
        "key": "g1",
    }
    path = writing.confirmed(actor, payload)
    writing.confirmed(actor, payload)
    comment = Comment.objects.get()
    assert path == comment.subject.path
    assert (comment.guest_id, comment.author_label) == (guest.pk, "Isarkiesel")
    assert count(thing) == 1
    assert Question.objects.count() == 1


def test_a_guest_cannot_be_the_city(thing: Any) -> None:
    with pytest.raises(DomainError) as error:
        actions.request_from_guest(thing, "gast@example.org", "Hallo", name="Stadtverwaltung")
    assert error.value.field == "name"


def test_too_many_in_a_minute_have_to_wait(alice: Any, actor_of: Any, thing: Any, settings: Any) -> None:
    settings.MITSTADT_COMMENT_RATES = ((2, 3600),)
    actions.add(actor_of(alice), thing, "eins")
    actions.add(actor_of(alice), thing, "zwei")
    with pytest.raises(DomainError) as error:
        actions.add(actor_of(alice), thing, "drei")
    assert error.value.code == "too_many"
    assert count(thing) == 2


def test_what_alice_wrote_is_found(alice: Any, actor_of: Any, thing: Any) -> None:
    from mitstadt.search.models import Document

    comment = actions.add(actor_of(alice), thing, "Fahrradständer fehlen")
    assert "Fahrradständer" in Document.objects.get(pk=comment.pk).text
    actions.withdraw(actor_of(alice), comment)
    assert not Document.objects.filter(pk=comment.pk).exists()


def test_bob_hears_of_an_answer_to_him_but_not_of_his_own(alice: Any, bob: Any, actor_of: Any, thing: Any) -> None:
    from mitstadt.notify.models import Notification

    root = actions.add(actor_of(bob), thing, "Frage")
    actions.add(actor_of(bob), thing, "Nachtrag", parent=root)
    assert not Notification.objects.exists()
    actions.add(actor_of(alice), thing, "Antwort", parent=root)
    assert [n.recipient.user_id for n in Notification.objects.all()] == [bob.pk]


def decide(moderator: Any, subject: Any, outcome: str) -> Any:
    from mitstadt.moderation import actions as moderation
    from mitstadt.moderation import grounds

    case = moderation.open_case(subject)
    ground = next(iter(grounds.rules().grounds)).slug
    moderation.decide(moderator, case, outcome=outcome, ground=ground, facts="Im zweiten Satz", note="Hinweis")
    return case


def test_moderators_hide_and_the_counter_follows(alice: Any, moderator: Any, actor_of: Any, thing: Any) -> None:
    comment = actions.add(actor_of(alice), thing, "Böses Wort")
    decide(actor_of(moderator), comment.subject, "restrict")
    assert "Böses" not in shown(thing)
    assert count(thing) == 0


def test_a_text_held_by_a_rule_appears_when_a_moderator_keeps_it(
    alice: Any, moderator: Any, actor_of: Any, thing: Any
) -> None:
    links = " ".join(f"https://example.org/{n}" for n in range(9))
    comment = actions.add(actor_of(alice), thing, f"Viele Quellen: {links}", wants_answer=True)
    assert comment.held == "review"
    assert "Quellen" not in shown(thing)
    assert not Question.objects.exists()
    decide(actor_of(moderator), comment.subject, "keep")
    assert "Quellen" in shown(thing)
    assert count(thing) == 1
    assert Question.objects.exists()
