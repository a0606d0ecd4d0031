"""Everything that came, on one screen: decided with reasons, in bulk, and nobody is told twice."""

import pytest
from django.urls import reverse

from mitstadt.comments import actions as comments
from mitstadt.kit.errors import DomainError
from mitstadt.kit.jobs import run_pending
from mitstadt.notify.models import Notification
from mitstadt.participation import queries, samples
from mitstadt.participation.actions import assessment, contributions, evaluation, supports
from mitstadt.participation.models import Assessment, Contribution
from mitstadt.subjects.models import Link

pytestmark = pytest.mark.django_db
DEBATE = {"question": "Was fehlt dem Platz?"}


@pytest.fixture
def module(db):
    return samples.process(format="debate", settings=DEBATE, verbs=("comment",))


@pytest.fixture
def staff_client(coordinator, client_for):
    return client_for(coordinator)


def write(actor, module, title, **options):
    return contributions.add(actor, module, "idea", "comment", title=title, text=f"{title}, bitte.", **options)


def url(name, module, *args):
    return reverse(f"participation_staff:{name}", args=[module.process.number, *args])


def revisions(*rows):
    return {row.subject.public_id: Assessment.objects.get(pk=row.pk).revision for row in rows}


def test_ideas_and_comments_of_all_channels_stand_on_one_screen(module, coordinator, alice, actor_of, client_for):
    write(actor_of(alice), module, "Mehr Bänke")
    write(actor_of(coordinator), module, "Ein Brunnen", channel="paper", name="Frau H.", sheet="abcd-7")
    comments.add(actor_of(alice), module.subject, "Und ein Baum.")
    page = client_for(coordinator).get(url("evaluation", module)).content.decode()
    for words in ("Mehr Bänke", "Ein Brunnen", "auf Papier", "abcd-7", "Und ein Baum.", "Offen (3)"):
        assert words in page


def test_the_screen_asks_equally_often_with_more(
    module, coordinator, alice, actor_of, client_for, assert_constant_queries
):
    client = client_for(coordinator)
    write(actor_of(alice), module, "Erste Idee")

    def more():
        for number in range(8):
            write(actor_of(alice), module, f"Idee {number}")

    assert_constant_queries(more, lambda: client.get(url("evaluation", module)))


def test_a_decision_needs_a_reason_and_what_was_typed_stays(module, coordinator, alice, actor_of, client_for):
    made = write(actor_of(alice), module, "Mehr Bänke")
    data = {"id": [made.subject.public_id], f"r-{made.subject.public_id}": 1, "verb": "decide"}
    answer = client_for(coordinator).post(url("evaluation", module), {**data, "reason": "Gute Gründe", "decision": ""})
    assert answer.status_code == 422
    assert "Gute Gründe" in answer.content.decode()
    assert Assessment.objects.get(pk=made.pk).decision == ""
    client_for(coordinator).post(url("evaluation", module), {**data, "reason": "Gute Gründe", "decision": "taken_up"})
    assert Assessment.objects.get(pk=made.pk).decision == "taken_up"


def test_of_two_who_answer_the_second_reads_what_the_first_said(module, coordinator, editor, alice, actor_of):
    made = write(actor_of(alice), module, "Mehr Bänke")
    seen = revisions(made)
    assessment.decide(actor_of(coordinator), queries.contribution(made.subject.public_id), "taken_up", "Ist geplant.")
    done = evaluation.decide_many(actor_of(coordinator), module.process, seen, "declined", "Kein Geld.")
    assert done.changed == 0
    assert "Ist geplant." in done.left[made.subject.public_id]
    assert Assessment.objects.get(pk=made.pk).decision == "taken_up"


def test_author_and_supporters_hear_once(module, coordinator, alice, bob, actor_of):
    made = write(actor_of(alice), module, "Mehr Bänke")
    module.phases.update(allows=["comment", "support"])
    supports.add(actor_of(bob), queries.contribution(made.subject.public_id))
    evaluation.decide_many(actor_of(coordinator), module.process, revisions(made), "taken_up", "Kommt im Frühjahr.")
    run_pending()
    run_pending()
    told = Notification.objects.filter(event__event="participation.contribution.decided")
    assert sorted(told.values_list("recipient__user__username", flat=True)) == ["alice", "bob"]


def test_a_connection_is_seen_on_both_sides_and_told_once(module, coordinator, alice, actor_of, client):
    made = write(actor_of(alice), module, "Mehr Bänke")
    other = samples.process("Der Umbau", format="debate", settings=DEBATE).process
    for _again in range(2):
        evaluation.connect(
            actor_of(coordinator), queries.contribution(made.subject.public_id), other.subject, "Die Bänke sind dabei."
        )
    assert Link.objects.filter(source=made.subject, target=other.subject).count() == 1
    run_pending()
    assert (
        Notification.objects.filter(recipient__user=alice, event__event="participation.contribution.led").count() == 1
    )
    assert "Der Umbau" in client.get(made.subject.path).content.decode()
    assert "Mehr Bänke" in client.get(other.subject.path).content.decode()


def test_labels_and_groups_come_and_go(module, coordinator, alice, actor_of):
    first, second = (write(actor_of(alice), module, title) for title in ("Bank", "Noch eine Bank"))
    ids = [first.subject.public_id, second.subject.public_id]
    actor, process = actor_of(coordinator), module.process
    evaluation.label(actor, process, ids, "Sitzen")
    group = evaluation.gather(actor, process, ids, "Mehr Sitzplätze")
    assert group.assessments.count() == 2
    evaluation.label(actor, process, ids, "Sitzen", remove=True)
    evaluation.scatter(actor, process, ids)
    assert process.labels.count() == process.groups.count() == 0


def test_another_departments_editor_decides_nothing(module, other_editor, alice, actor_of, client_for):
    made = write(actor_of(alice), module, "Mehr Bänke")
    client = client_for(other_editor)
    assert client.get(url("evaluation", module)).status_code == 403
    assert client.get(url("evaluation_export", module)).status_code == 403
    data = {"id": [made.subject.public_id], f"r-{made.subject.public_id}": 1, "verb": "decide", "decision": "declined"}
    assert client.post(url("evaluation", module), {**data, "reason": "Nein."}).status_code == 403
    assert Assessment.objects.get(pk=made.pk).decision == ""


def test_the_export_streams_harmless_cells(module, coordinator, alice, actor_of, client_for):
    write(actor_of(alice), module, "=HYPERLINK(1)")
    answer = client_for(coordinator).get(url("evaluation_export", module) + "?zeigen=alle")
    assert answer.streaming
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert text.splitlines()[0].startswith("id;kind;title;text")


def test_withdrawn_contributions_leave_the_screen(module, coordinator, alice, actor_of, client_for):
    made = write(actor_of(alice), module, "Mehr Bänke")
    comment = comments.add(actor_of(alice), module.subject, "Und ein Baum.")
    contributions.withdraw(actor_of(alice), queries.contribution(made.subject.public_id))
    comments.withdraw(actor_of(alice), comment)
    page = client_for(coordinator).get(url("evaluation", module) + "?zeigen=alle").content.decode()
    assert "Alle (0)" in page


def test_too_much_at_once_is_refused(module, coordinator, actor_of):
    with pytest.raises(DomainError) as refused:
        evaluation.label(actor_of(coordinator), module.process, [str(n) for n in range(501)], "Viel")
    assert refused.value.code == "too_many"
    assert Contribution.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_eight_decisions_at_once_leave_one(race, coordinator, alice, actor_of):
    module = samples.process(format="debate", settings=DEBATE)
    made = write(actor_of(alice), module, "Mehr Bänke")
    actor, seen = actor_of(coordinator), revisions(made)
    outcome = race(
        8, lambda number: evaluation.decide_many(actor, module.process, seen, "taken_up", f"Grund {number}.").changed
    )
    assert outcome.errors == []
    assert sum(outcome.results) == 1
    assert Assessment.objects.get(pk=made.pk).revision == 2
