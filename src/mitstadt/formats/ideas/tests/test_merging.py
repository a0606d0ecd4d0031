"""Merging by consent: who is asked, what silence means, what supporters keep; writing together."""

from datetime import timedelta

import pytest
from django.urls import reverse

from mitstadt.accounts import personal
from mitstadt.accounts.personal import Person
from mitstadt.audit.models import Entry
from mitstadt.formats.ideas import merging, queries, together
from mitstadt.formats.ideas.models import CoAuthor, Consent, Merge
from mitstadt.kit import clock, jobs
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.notify.models import Notification
from mitstadt.participation.actions import assessment, contributions, supports
from mitstadt.participation.models import Assessment, Module, Phase, Process

from .test_people import fresh, idea, module

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(alice, bob, charlie, actor_of):
    """Alice's and Bob's idea; Charlie stands behind Alice's."""
    found = module()
    source = idea(actor_of(alice), found, "Trinkbrunnen Grünspitz")
    target = idea(actor_of(bob), found, "Trinkbrunnen am Grünspitz")
    supports.add(actor_of(charlie), fresh(source))
    return fresh(source), fresh(target)


def test_two_authors_agree_and_the_lineage_stays_visible_both_ways(two, alice, bob, charlie, actor_of, client_for):
    source, target = two
    page = client_for(alice).post(
        reverse("ideas:merge", args=[source.subject.public_id]), {"target": target.subject.path}
    )
    assert page["Location"] == source.subject.path
    merge = Merge.objects.get()
    assert merge.state == Merge.State.ASKED
    assert fresh(source).merged_into is None
    where = reverse("ideas:merge_answer", args=[source.subject.public_id, merge.public_id])
    assert "Ja, zusammenlegen" in client_for(bob).get(where).content.decode()
    client_for(bob).post(where, {"antwort": "ja"})
    merged = fresh(source)
    assert (merged.merged_into_id, merged.counted) == (target.pk, False)
    assert Module.objects.get(pk=source.module_id).contribution_count == 1
    assert target.title in client_for(alice).get(source.subject.path).content.decode()
    assert source.title in client_for(alice).get(target.subject.path).content.decode()
    listed = client_for(alice).get(source.module.subject.path).content.decode()
    assert f">{source.title}</a>" not in listed
    assert (
        f">{source.title}</a>"
        in client_for(alice).get(f"{source.module.subject.path}?zustand=zusammengelegt").content.decode()
    )
    verbs = list(Entry.objects.filter(action__startswith="ideas.merge").order_by("pk").values_list("action", flat=True))
    assert verbs == ["ideas.merge.propose", "ideas.merge.agree", "ideas.merge.done"]


def test_each_supporter_carries_support_over_with_one_click_and_once(two, alice, bob, charlie, actor_of, client_for):
    source, target = two
    merge = merging.propose(actor_of(alice), source, target)
    merging.answer(actor_of(bob), merge, True)
    assert fresh(target).support_count == 0  # nothing is carried over for anybody
    assert "Meine Unterstützung mitnehmen" in client_for(charlie).get(source.subject.path).content.decode()
    for _click in range(2):
        client_for(charlie).post(reverse("ideas:carry", args=[source.subject.public_id]))
    assert fresh(target).support_count == 1
    assert fresh(source).support_count == 1
    with pytest.raises(Refused):
        merging.carry(actor_of(bob), fresh(source))
    with pytest.raises(Refused):
        supports.add(actor_of(bob), fresh(source))


def test_authors_supporters_and_followers_hear_of_it_once(two, alice, bob, charlie, actor_of):
    source, target = two
    merge = merging.propose(actor_of(alice), source, target)
    asked = Notification.objects.filter(event__event="ideas.merge.asked")
    assert set(asked.values_list("recipient__user_id", flat=True)) == {bob.pk}
    merging.answer(actor_of(bob), merge, True)
    for _run in range(2):
        merging.tell(merge.pk, bob.public_id)
    done = Notification.objects.filter(event__event="ideas.merge.done")
    assert sorted(done.values_list("recipient__user_id", flat=True)) == sorted([alice.pk, charlie.pk])


def test_a_silent_authors_idea_is_never_merged(two, alice, coordinator, actor_of, stopped_clock):
    source, target = two
    merge = merging.propose(actor_of(coordinator), source, target)
    merging.answer(actor_of(alice), merge, True)
    stopped_clock.move(days=400)
    merge.refresh_from_db()
    assert merge.state == Merge.State.ASKED
    assert fresh(source).merged_into is None


def test_an_author_who_left_cannot_agree_and_nobody_else_for_them(two, alice, bob, coordinator, actor_of):
    source, target = two
    merge = merging.propose(actor_of(coordinator), source, target)
    contributions.forget_author(Person(bob.public_id, user_id=bob.pk), True)
    with pytest.raises(DomainError, match="nicht mehr hier"):
        merging.answer(actor_of(alice), merge, True)
    assert fresh(source).merged_into is None
    with pytest.raises(DomainError, match="niemand mehr zustimmen"):
        merging.propose(actor_of(coordinator), fresh(source), fresh(target))


def test_one_no_ends_it_and_it_may_be_asked_again(two, alice, bob, actor_of):
    source, target = two
    merge = merging.propose(actor_of(alice), source, target)
    assert merging.answer(actor_of(bob), merge, False).state == Merge.State.DECLINED
    with pytest.raises(DomainError):
        merging.answer(actor_of(bob), merge, True)
    assert merging.propose(actor_of(alice), source, target).state == Merge.State.ASKED


def test_who_has_nothing_to_do_with_it_neither_asks_nor_answers(two, alice, charlie, actor_of, client_for):
    source, target = two
    with pytest.raises(Refused):
        merging.propose(actor_of(charlie), source, target)
    merge = merging.propose(actor_of(alice), source, target)
    with pytest.raises(Refused):
        merging.answer(actor_of(charlie), merge, True)
    where = reverse("ideas:merge_answer", args=[source.subject.public_id, merge.public_id])
    assert client_for(charlie).get(where).status_code == 403


def test_what_cannot_be_merged_says_why(two, alice, actor_of, client_for):
    source, target = two
    own = actor_of(alice)
    elsewhere = fresh(idea(own, module(), "Woanders"))
    for other, word in ((source, "dieselbe"), (elsewhere, "anderen Verfahren")):
        with pytest.raises(DomainError, match=word):
            merging.propose(own, source, other)
    where = reverse("ideas:merge", args=[source.subject.public_id])
    assert client_for(alice).post(where, {"target": "nirgends"}).status_code == 422
    Assessment.objects.filter(pk=source.pk).update(decision="done", reason="Ja.", decided_on=clock.today())
    with pytest.raises(DomainError, match="geantwortet"):
        merging.propose(own, fresh(source), target)


def test_writing_together_by_a_link_that_works_once(alice, bob, charlie, actor_of, client_for, client):
    found = module()
    draft = fresh(idea(actor_of(alice), found, "Gemeinsam"))
    page = client_for(alice).post(reverse("ideas:together", args=[draft.subject.public_id]))
    link = page.context["link"].removeprefix("http://testserver")
    assert client.get(link)["Location"].startswith(reverse("account_login"))
    assert client_for(bob).get(link).status_code == 200
    assert not CoAuthor.objects.exists()  # opening it is no yes
    client_for(bob).post(link)
    assert client_for(charlie).get(link).status_code == 404
    assert CoAuthor.objects.get().user == bob
    assert f"Gemeinsam mit {actor_of(bob).label}" in " ".join(client.get(draft.subject.path).content.decode().split())
    other = fresh(idea(actor_of(charlie), found, "Andere"))
    merge = merging.propose(actor_of(charlie), other, draft)
    merging.answer(actor_of(alice), merge, True)
    assert fresh(other).merged_into is None  # the co-author is asked, too
    merging.answer(actor_of(bob), merge, True)
    assert fresh(other).merged_into_id == draft.pk


def test_a_co_author_works_on_the_draft_and_may_leave(alice, bob, actor_of, client_for):
    from mitstadt.formats.ideas import actions
    from mitstadt.formats.ideas.actions import Words

    found = module()
    draft = fresh(actions.propose(actor_of(alice), found, Words("Halb", "Text."), draft=True))
    token = together.invite(actor_of(alice), draft)
    together.accept(actor_of(bob), draft, token)
    with pytest.raises(DomainError):
        together.accept(actor_of(bob), draft, token)
    assert [d.pk for d in queries.drafts(found, bob.pk)] == [draft.pk]
    actions.change_draft(actor_of(bob), draft, Words("Ganz", "Mehr Text."))
    with pytest.raises(DomainError):
        actions.publish(actor_of(bob), fresh(draft), Words("Ganz", "Mehr Text."))
    with pytest.raises(Refused):
        together.invite(actor_of(bob), draft)
    client_for(bob).post(reverse("ideas:together", args=[draft.subject.public_id]), {"leave": "1"})
    assert queries.drafts(found, bob.pk) == []
    assert client_for(bob).get(reverse("ideas:together", args=[draft.subject.public_id])).status_code == 404


def test_whose_idea_lives_on_elsewhere_hears_of_the_answer_there_once(two, alice, bob, charlie, coordinator, actor_of):
    source, target = two
    CoAuthor.objects.create(idea=source, user=charlie, label="Charlie", at=clock.now())
    merge = merging.propose(actor_of(alice), source, target)
    for person in (bob, charlie):
        merging.answer(actor_of(person), merge, True)
    jobs.run_pending()
    assessment.decide(actor_of(coordinator), fresh(target), "taken_up", "Der Brunnen kommt im Mai.")
    jobs.run_pending()
    said = f"Die Stadt hat geantwortet: {target.title}"
    for person in (alice, bob, charlie):
        rows = Notification.objects.filter(recipient__user=person, event__title=said)
        assert rows.count() == 1, person.username


def test_support_is_carried_over_every_merge_that_followed(two, alice, bob, charlie, coordinator, actor_of, client_for):
    source, target = two
    last = fresh(idea(actor_of(coordinator), source.module, "Brunnen für den ganzen Park"))
    merging.answer(actor_of(bob), merging.propose(actor_of(alice), source, target), True)
    merging.answer(actor_of(coordinator), merging.propose(actor_of(bob), fresh(target), last), True)
    page = client_for(charlie).get(source.subject.path).content.decode()
    assert "Meine Unterstützung mitnehmen" in page
    answer = client_for(charlie).post(reverse("ideas:carry", args=[source.subject.public_id]))
    assert answer["Location"] == last.subject.path
    assert (fresh(last).support_count, fresh(target).support_count) == (1, 0)


def test_who_cannot_carry_support_any_more_reads_why_instead_of_a_button(
    two, alice, bob, charlie, actor_of, client_for
):
    source, target = two
    merging.answer(actor_of(bob), merging.propose(actor_of(alice), source, target), True)
    Phase.objects.update(start=clock.now() - timedelta(days=9), end=clock.now() - timedelta(days=1))
    page = client_for(charlie).get(source.subject.path).content.decode()
    assert "Meine Unterstützung mitnehmen" not in page
    assert "Ihre Unterstützung bleibt bei dieser Idee. Unterstützen konnten Sie bis" in page


def test_whoever_writes_along_since_the_question_is_asked_too(two, alice, bob, charlie, actor_of):
    source, target = two
    merge = merging.propose(actor_of(alice), source, target)
    together.accept(actor_of(charlie), target, together.invite(actor_of(bob), target))
    merging.answer(actor_of(bob), merge, True)
    assert fresh(source).merged_into is None
    asked = Notification.objects.filter(event__event="ideas.merge.asked", recipient__user=charlie)
    assert asked.count() == 1
    assert merging.answer(actor_of(charlie), merge, True).state == Merge.State.DONE


def test_whoever_stops_writing_along_is_not_waited_for(two, alice, bob, charlie, actor_of):
    source, target = two
    CoAuthor.objects.create(idea=target, user=charlie, label="Charlie", at=clock.now())
    merge = merging.propose(actor_of(alice), source, target)
    merging.answer(actor_of(bob), merge, True)
    together.leave(actor_of(charlie), target)
    assert fresh(source).merged_into_id == target.pk


def test_after_an_author_left_another_idea_may_be_asked(two, alice, bob, charlie, actor_of, client_for):
    source, target = two
    other = fresh(idea(actor_of(charlie), source.module, "Noch ein Brunnen"))
    merge = merging.propose(actor_of(alice), source, target)
    contributions.forget_author(Person(bob.public_id, user_id=bob.pk), True)
    personal.forget(Consent, guest="guest")(Person(bob.public_id, user_id=bob.pk), True)
    where = reverse("ideas:merge_answer", args=[source.subject.public_id, merge.public_id])
    page = client_for(alice).get(where).content.decode()
    assert "nicht mehr hier" in page
    assert "Antwort fehlt" not in page
    merging.answer(actor_of(charlie), merging.propose(actor_of(alice), fresh(source), other), True)
    assert fresh(source).merged_into_id == other.pk
    merge.refresh_from_db()
    assert merge.state == Merge.State.ENDED


def test_what_the_city_answered_meanwhile_is_not_merged_by_the_last_yes(two, alice, bob, actor_of):
    source, target = two
    merge = merging.propose(actor_of(alice), source, target)
    Assessment.objects.filter(pk=source.pk).update(decision="done", reason="Ja.", decided_on=clock.today())
    with pytest.raises(DomainError, match="geantwortet"):
        merging.answer(actor_of(bob), merge, True)
    assert fresh(source).merged_into is None
    assert merging.answer(actor_of(bob), merge, False).state == Merge.State.DECLINED


def test_in_an_archived_process_nothing_is_merged(two, alice, bob, actor_of):
    source, target = two
    merge = merging.propose(actor_of(alice), source, target)
    Process.objects.update(stage="archived")
    with pytest.raises(DomainError, match="eingefroren"):
        merging.answer(actor_of(bob), merge, True)
    with pytest.raises(Refused, match="eingefroren"):
        merging.propose(actor_of(alice), fresh(target), fresh(source))
    assert fresh(source).merged_into is None


def test_an_idea_stands_for_itself_again_when_the_one_it_went_into_is_taken_back(two, alice, bob, actor_of, client):
    source, target = two
    merge = merging.answer(actor_of(bob), merging.propose(actor_of(alice), source, target), True)
    contributions.withdraw(actor_of(bob), fresh(target))
    again = fresh(source)
    assert (again.merged_into, again.counted, again.support_count) == (None, True, 1)
    assert Module.objects.get(pk=source.module_id).contribution_count == 1
    assert f">{source.title}</a>" in client.get(source.module.subject.path).content.decode()
    heard = Notification.objects.filter(event__event="ideas.merge.released")
    assert set(heard.values_list("recipient__user_id", flat=True)) == {alice.pk}
    merge.refresh_from_db()
    assert merge.state == Merge.State.ENDED
