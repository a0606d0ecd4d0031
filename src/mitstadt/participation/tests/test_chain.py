"""From the contribution to what came of it: everybody behind it hears each step once, and reads the whole chain."""

from datetime import timedelta

import pytest

from mitstadt.kit.jobs import run_pending
from mitstadt.notify import actions as notify
from mitstadt.notify.models import Notification
from mitstadt.participation import queries, samples
from mitstadt.participation.actions import assessment, contributions, evaluation, processes, structure, supports
from mitstadt.participation.models import Assessment
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Link

pytestmark = pytest.mark.django_db
TOPIC = {"question": "Was fehlt dem Platz?"}


@pytest.fixture
def module(db):
    made = samples.process(format="debate", settings=TOPIC, verbs=("comment",))
    made.phases.update(allows=["comment", "support"])
    return made


@pytest.fixture
def measure(subject_factory):
    """Something with a state, as a measure is."""
    return subject_factory(title="Mehr Sitzplätze", path="/radar/m-900-sitzen/")


def write(actor, module, title):
    made = contributions.add(actor, module, "idea", "comment", title=title, text=f"{title}, bitte.")
    return queries.contribution(made.subject.public_id)


def heard(user, event=""):
    rows = Notification.objects.filter(recipient__user=user, event__event__startswith=f"participation.{event}")
    return rows.count()


def move(measure, key="measure:1"):
    notify.notify("t.moved", subject=measure, title="In Umsetzung", path=measure.path, key=key, onward=True)
    run_pending()


def test_the_authors_supporters_and_followers_hear_when_the_measure_moves(
    module, measure, coordinator, alice, bob, charlie, actor_of
):
    made = write(actor_of(alice), module, "Mehr Bänke")
    supports.add(actor_of(bob), made)
    notify.follow(actor_of(charlie), subject=made.subject)
    evaluation.connect(actor_of(coordinator), made, measure, "Die Bänke sind dabei.")
    run_pending()
    move(measure)
    for person in (alice, bob, charlie):
        assert heard(person, "contribution.moved") == 1, person
    told = Notification.objects.filter(recipient__user=alice, event__event="participation.contribution.moved").get()
    assert "Mehr Bänke" in told.event.title
    assert told.event.path == measure.path
    move(measure)
    assert heard(alice, "contribution.moved") == 1
    move(measure, "measure:2")
    assert heard(alice, "contribution.moved") == 2


def test_nobody_hears_twice_of_one_step_by_two_ways(module, measure, coordinator, alice, actor_of):
    """She wrote two contributions that led there, supports nothing, and follows the measure as well."""
    for title in ("Mehr Bänke", "Noch mehr Bänke"):
        evaluation.connect(actor_of(coordinator), write(actor_of(alice), module, title), measure, "")
    notify.follow(actor_of(alice), subject=measure)
    run_pending()
    before = Notification.objects.filter(recipient__user=alice).count()
    move(measure)
    assert Notification.objects.filter(recipient__user=alice).count() == before + 1


def test_a_comment_on_the_measure_is_not_a_step(module, measure, coordinator, alice, actor_of):
    evaluation.connect(actor_of(coordinator), write(actor_of(alice), module, "Mehr Bänke"), measure, "")
    run_pending()
    notify.notify("t.said", subject=measure, title="Jemand schreibt", path=measure.path, key="said:1")
    run_pending()
    assert heard(alice, "contribution.moved") == 0


def test_a_hidden_contribution_tells_nobody(module, measure, coordinator, alice, bob, actor_of):
    made = write(actor_of(alice), module, "Mehr Bänke")
    supports.add(actor_of(bob), made)
    evaluation.connect(actor_of(coordinator), made, measure, "")
    made.subject.restricted = True
    made.subject.save()
    run_pending()
    move(measure)
    assert heard(bob) == 0


def test_an_answer_that_is_taken_back_is_told_and_open_again(module, coordinator, alice, actor_of):
    made = write(actor_of(alice), module, "Mehr Bänke")
    current = assessment.decide(actor_of(coordinator), made, "taken_up", "Kommt im Frühjahr.")
    run_pending()
    evaluation.take_back(actor_of(coordinator), module.process, made.subject.public_id, current.revision)
    run_pending()
    assert heard(alice, "contribution.decided") == heard(alice, "contribution.reopened") == 1
    assert Assessment.objects.get(pk=made.pk).decision == ""


def test_a_process_that_is_answered_anew_is_told_anew(module, coordinator, alice, actor_of):
    write(actor_of(alice), module, "Mehr Bänke")
    moves = ("answered", "open", "answered", "implemented", "answered")
    for n, stage in enumerate(moves, 1):
        processes.move(actor_of(coordinator), module.process, stage, result=f"Fassung {n}")
        run_pending()
    assert heard(alice, "process.answered") == 2
    assert heard(alice, "process.reopened") == 2
    assert heard(alice, "process.implemented") == 1


def test_a_process_that_is_published_again_is_not_new_again(module, coordinator, alice, actor_of):
    notify.follow(actor_of(alice), subject=module.process.subject)
    for stage in ("draft", "open", "draft", "open"):
        processes.move(actor_of(coordinator), module.process, stage)
        run_pending()
    assert heard(alice, "process.open") <= 1


def test_every_move_of_a_phase_is_told_and_none_twice(module, coordinator, alice, actor_of):
    notify.follow(actor_of(alice), subject=module.process.subject)
    phase, actor = module.phases.get(), actor_of(coordinator)
    first, later = phase.end, phase.end + timedelta(days=7)
    for later_by, end in ((0, later), (0, later), (0, first), (1, first)):
        start = phase.start + timedelta(days=later_by)
        structure.save_phase(actor, module.process, phase=phase, module=module, title="Gespräch", start=start, end=end)
        run_pending()
    assert heard(alice, "phase.moved") == 3


def test_many_are_connected_at_once_and_one_is_taken_off(module, measure, coordinator, alice, actor_of, client_for):
    client = client_for(coordinator)
    made = [write(actor_of(alice), module, title) for title in ("Bank", "Noch eine Bank")]
    address = f"/verwaltung/beteiligung/{module.process.number}/auswertung/"
    ids = [row.subject.public_id for row in made]
    answer = client.post(address, {"id": ids, "verb": "connect", "target": "/gibt/es/nicht/", "note": "Sitzen"})
    assert answer.status_code == 422
    assert "Sitzen" in answer.content.decode()
    client.post(address, {"id": ids, "verb": "connect", "target": f"http://testserver/en{measure.path}", "note": ""})
    assert Link.objects.filter(target=measure).count() == 2
    link = Link.objects.get(source=made[0].subject)
    client.post(f"{address}{ids[0]}/", {"verb": "disconnect", "link": link.pk})
    assert list(Link.objects.filter(target=measure).values_list("source", flat=True)) == [made[1].pk]


def test_the_page_shows_the_chain_with_reason_state_and_filters(module, coordinator, alice, actor_of, client):
    first = write(actor_of(alice), module, "Mehr Bänke")
    write(actor_of(alice), module, "Ein Brunnen")
    other = samples.process("Der Umbau", format="debate", settings=TOPIC).process
    assessment.decide(actor_of(coordinator), first, "partly", "Zwei von drei.")
    evaluation.connect(actor_of(coordinator), first, other.subject, "Mit dem Umbau.")
    address = f"{module.process.get_absolute_url()}ergebnis/"
    page = client.get(address).content.decode()
    for words in ("Mehr Bänke", "Zwei von drei.", "Der Umbau", "Mit dem Umbau.", "Läuft", "Ein Brunnen"):
        assert words in page, words
    assert "Ein Brunnen" not in client.get(address, {"zeigen": "verbunden"}).content.decode()
    assert "Mehr Bänke" not in client.get(address, {"zeigen": "offen"}).content.decode()
    assert "Ein Brunnen" not in client.get(address, {"entscheidung": "partly"}).content.decode()
    assert "Mehr Bänke" not in client.get(address, {"q": "brunnen"}).content.decode()
    assert client.get(address, {"entscheidung": "\x00", "bezirk": "9" * 30, "seite": "x"}).status_code == 200


def test_the_page_asks_equally_often_with_more(module, coordinator, alice, actor_of, client, assert_constant_queries):
    other = samples.process("Der Umbau", format="debate", settings=TOPIC).process

    def more():
        for number in range(4):
            made = write(actor_of(alice), module, f"Idee {number}")
            assessment.decide(actor_of(coordinator), made, "partly", "Zum Teil.")
            evaluation.connect(actor_of(coordinator), made, other.subject, "")

    more()
    address = f"{module.process.get_absolute_url()}ergebnis/"
    assert_constant_queries(more, lambda: client.get(address, {"q": "idee"}))


def test_a_process_says_its_own_state(module):
    state = kinds.states_of([("process", module.process.pk), ("nothing-known", 1)])
    assert {key: str(found.word) for key, found in state.items()} == {module.process.pk: "Läuft"}
