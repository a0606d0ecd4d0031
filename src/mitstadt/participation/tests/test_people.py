"""Who may take part: the reason, the way there, codes, and what stays when people leave."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from mitstadt.accounts.actor import Actor
from mitstadt.comments import actions as comments
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.participation import access, identity, queries, rules, samples
from mitstadt.participation.actions import codes, contributions, processes, supports
from mitstadt.participation.models import AccessCode, Contribution, Process, Support
from tests.support.people import sign_in

pytestmark = pytest.mark.django_db
DEBATE = {"question": "Was fehlt dem Platz?"}


def debate(**options):
    return samples.process(format="debate", settings=DEBATE, **options)


@pytest.mark.parametrize(
    ("audience", "actor", "step_up", "words"),
    [
        (rules.Audience(trust=1), Actor(), "login", "bestätigen"),
        (rules.Audience(trust=2), Actor(user_id=1, trust=1), "resident", "Wohnsitz"),
        (rules.Audience(trust=3), Actor(user_id=1, trust=2), "eid", "Online-Ausweis"),
        (rules.Audience(age_from=14, age_to=26), Actor(user_id=1, trust=2), "eid", "von 14 bis 26 Jahren"),
        (rules.Audience(districts=(9,)), Actor(user_id=1, trust=2), "resident", "im Stadtbezirk 9"),
        (rules.Audience(districts=(9,)), Actor(), "login", "Melden Sie sich"),
        (rules.Audience(groups=("4-schule",)), Actor(user_id=1, trust=3), "code", "Brief mit einem Code"),
    ],
)
def test_a_refusal_says_why_and_what_would_help(audience, actor, step_up, words):
    decision = access.audience(actor, audience)
    assert not decision
    assert decision.step_up == step_up
    assert words in decision.reason


def test_facts_open_the_door():
    wanted = rules.Audience(trust=2, age_from=14, districts=(9, 17))
    actor = Actor(user_id=1, trust=2, facts=frozenset({"age_14", "district_17"}))
    assert access.audience(actor, wanted)


def invited(module, **options):
    until = clock.now() + timedelta(days=30)
    group = codes.invite(samples.INSTALLATION, module.process, "Schule am Park", until, **options)
    return group, codes.issue(samples.INSTALLATION, group, 2)


def test_a_code_opens_a_closed_phase_without_an_account(client):
    module = debate()
    group, (code, _other) = invited(module)
    module.phases.update(audience={"trust": 2, "groups": [group.slug]})
    answer = client.post("/beteiligung/code/", {"code": code.upper().replace("-", " ")})
    assert answer["Location"] == module.process.subject.path
    assert identity.COOKIE in client.cookies
    form = client.get(reverse("comments:add", args=[module.subject.public_id]))
    page = form.content.decode()
    assert 'name="email"' not in page  # nobody asks a pupil for an address
    client.post(form.request["PATH_INFO"], {"text": "Ein Trinkbrunnen am Bolzplatz.", "key": "k1"})
    found = Contribution.objects.get(kind="comment")
    assert found.guest_id is not None
    assert found.subject.comment.author_label == ""
    assert AccessCode.objects.exclude(guest=None).count() == 1


def test_a_code_that_shows_residence_opens_what_is_for_residents(client):
    module = debate(audience=rules.Audience(trust=2))
    _group, (code, _other) = invited(module, facts=["resident"])
    client.post("/beteiligung/code/", {"code": code})
    form = client.get(reverse("comments:add", args=[module.subject.public_id]))
    client.post(form.request["PATH_INFO"], {"text": "Ein Trinkbrunnen am Bolzplatz.", "key": "k1"})
    assert Contribution.objects.filter(kind="comment").count() == 1


def test_what_a_code_shows_counts_in_its_own_process_only():
    invited_to = debate(audience=rules.Audience(trust=2))
    other = debate(title="Ein anderer Platz", audience=rules.Audience(trust=2))
    group, _codes = invited(invited_to, facts=["resident"])
    guest = Actor(guest_id=1, trust=1, facts=frozenset([group.fact, *group.facts]))
    now = clock.now()
    assert access.can(guest, "comment", samples.loaded(invited_to), now)
    assert not access.can(guest, "comment", samples.loaded(other), now)


def test_a_wrong_code_says_nothing_but_that(client):
    debate()
    answer = client.post("/beteiligung/code/", {"code": "aaaa-bbbb-cccc"})
    assert answer.status_code == 422
    assert "hier nicht gültig" in answer.content.decode()


def test_an_account_claims_a_code_once(alice, bob, actor_of):
    module = debate()
    group, (code, _other) = invited(module)
    codes.claim(actor_of(alice), code)
    alice.refresh_from_db()
    assert group.fact in actor_of(alice).facts
    codes.claim(actor_of(alice), code)  # again: nothing happens
    with pytest.raises(DomainError) as refused:
        codes.claim(actor_of(bob), code)
    assert refused.value.code == "used"
    assert codes.holder(codes.find(code)) == ("user", alice.pk)


def test_who_is_not_staff_enters_nothing_for_others(alice, actor_of):
    module = debate()
    with pytest.raises(Refused):
        contributions.add(actor_of(alice), module, "idea", "comment", title="Bank", text="Eine Bank.", channel="paper")


def test_paper_is_entered_until_three_weeks_after_the_end(coordinator, actor_of):
    module = debate(days=(-40, -10))
    assert access.can_for_others(actor_of(coordinator), "comment", module, clock.now(), "paper")
    module.phases.update(end=clock.now() - timedelta(days=25))
    late = access.can_for_others(actor_of(coordinator), "comment", samples.loaded(module), clock.now(), "paper")
    assert not late
    assert "drei Wochen" in late.reason


def idea(actor, module, **options):
    return contributions.add(
        actor, module, "idea", "comment", title="Mehr Bänke", text="Drei Bänke unter den Linden.", **options
    )


def test_comments_and_ideas_are_counted_and_belong_to_the_evaluation(alice, bob, actor_of):
    module = debate()
    made = idea(actor_of(alice), module)
    comments.add(actor_of(bob), made.subject, "Gute Idee.")
    comments.add(actor_of(bob), module.subject, "Und Schatten.")
    assert Process.objects.get().contribution_count == 1
    kinds = list(Contribution.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["idea", "comment", "comment"]
    assert all(row.assessment.decision == "" for row in Contribution.objects.select_related("assessment"))
    words = {row.words for row in queries.with_words(Contribution.objects.all())}
    assert words == {"Drei Bänke unter den Linden.", "Gute Idee.", "Und Schatten."}


def test_the_same_form_sent_twice_is_one_contribution(alice, actor_of):
    module = debate()
    first = idea(actor_of(alice), module, key="abc")
    assert idea(actor_of(alice), module, key="abc").pk == first.pk
    assert Process.objects.get().contribution_count == 1


def test_after_the_phase_ended_while_typing_nothing_is_written(alice, actor_of):
    module = debate(days=(-9, -1))
    with pytest.raises(Refused) as refused:
        idea(actor_of(alice), module)
    assert "bis" in refused.value.message
    assert Contribution.objects.count() == 0


def test_a_comment_typed_while_the_process_is_unpublished_is_kept_with_the_reason(
    alice, client_for, coordinator, actor_of
):
    module = debate()
    path = reverse("comments:add", args=[module.subject.public_id])
    browser = client_for(alice)
    browser.get(path)
    processes.move(actor_of(coordinator), module.process, "draft")
    answer = browser.post(path, {"text": "Eine Stunde Arbeit.", "key": "k"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Eine Stunde Arbeit.</textarea>" in page
    assert "nicht veröffentlicht" in page
    assert not Contribution.objects.exists()


def test_a_withdrawn_idea_loses_its_words_everywhere(alice, actor_of):
    from mitstadt.search.models import Document

    module = debate()
    made = idea(actor_of(alice), module)
    contributions.withdraw(actor_of(alice), queries.contribution(made.subject.public_id))
    found = Contribution.objects.select_related("subject").get()
    assert (found.title, found.text, found.subject.title) == ("", "", contributions.WITHDRAWN_TITLE)
    assert not Document.objects.filter(pk=found.pk).exists()
    assert Process.objects.get().contribution_count == 0


def test_personal_data_waits_for_a_moderator(alice, actor_of):
    module = debate()
    made = contributions.add(
        actor_of(alice), module, "idea", "comment", title="Ruft an", text="Meine Nummer ist 089 1234567, ruft an."
    )
    assert made.held == "review"
    assert not made.subject.published
    assert Process.objects.get().contribution_count == 0
    contributions.settled(made.subject, "kept")
    assert Process.objects.get().contribution_count == 1


def test_an_author_who_leaves_may_keep_the_words_without_a_name(alice, bob, actor_of):
    from mitstadt.accounts.personal import Person

    module = debate()
    made = idea(actor_of(alice), module)
    comments.add(actor_of(bob), made.subject, "Gute Idee.")
    contributions.forget_author(Person(alice.public_id, user_id=alice.pk), keep_without_name=True)
    found = Contribution.objects.get(kind="idea")
    assert (found.user_id, found.author_label, found.text) == (None, "", "Drei Bänke unter den Linden.")
    other = idea(actor_of(bob), module)
    contributions.forget_author(Person(bob.public_id, user_id=bob.pk), keep_without_name=False)
    assert Contribution.objects.get(pk=other.pk).text == ""


def test_twenty_thousand_characters_fit_and_one_more_does_not(alice, actor_of):
    module = debate()
    contributions.add(actor_of(alice), module, "idea", "comment", title="Lang", text="a" * 20_000)
    with pytest.raises(DomainError) as refused:
        contributions.add(actor_of(alice), module, "idea", "comment", title="Länger", text="a" * 20_001)
    assert refused.value.field == "text"


def test_control_characters_and_turned_text_are_cleaned(alice, actor_of):
    module = debate()
    made = contributions.add(
        actor_of(alice), module, "idea", "comment", title="\u202eknaB\u202c", text="Eine\x00 Bank\u202e hier."
    )
    assert (made.title, made.text) == ("knaB", "Eine Bank hier.")


# -- real parallel connections -----------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_fifty_supports_of_one_person_at_once_are_one(race, alice, actor_of):
    module = samples.process(format="debate", settings=DEBATE, verbs=("comment",))
    module.phases.update(allows=["comment", "support"])
    made = idea(actor_of(alice), samples.loaded(module))
    actor = actor_of(alice)
    outcome = race(25, lambda number: supports.add(actor, queries.of_contribution(made.pk)))
    assert outcome.errors == []
    assert sum(outcome.results) == 1
    assert Support.objects.count() == 1
    assert Contribution.objects.get(pk=made.pk).support_count == 1


@pytest.mark.django_db(transaction=True)
def test_one_code_at_many_places_at_once_is_one_person(race):
    module = samples.process(format="debate", settings=DEBATE)
    _group, (code, _other) = invited(module)
    outcome = race(8, lambda number: codes.holder(codes.find(code)))
    assert outcome.errors == []
    assert len(set(outcome.results)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_begin_at_once_get_two_numbers(race, coordinator, actor_of):
    from mitstadt.organisations.models import Organisation

    actor, department = actor_of(coordinator), Organisation.objects.first()
    outcome = race(6, lambda number: processes.create(actor, department, f"Verfahren {number}").number)
    assert outcome.errors == []
    assert len(set(outcome.results)) == 6


def test_a_change_that_was_typed_while_the_login_ran_out_is_kept(alice, actor_of, client_for):
    module = samples.process(format="debate", settings={"question": "Was fehlt?"}, verbs=("comment",))
    made = contributions.add(actor_of(alice), module, "idea", "comment", title="Bänke", text="Kurz.")
    where = reverse("participation:own", args=[made.subject.public_id])
    client = client_for(alice)
    assert client.get(where).status_code == 200
    client.logout()
    away = client.post(where, {"title": "Bänke", "text": "Was ich lange geändert hatte"})
    assert away["Location"] == f"{reverse('account_login')}?{urlencode({'next': where})}"
    sign_in(client, alice)
    assert "Was ich lange geändert hatte" in client.get(where).content.decode()
    client.logout()
    gone = client.post(reverse("participation:withdraw", args=[made.subject.public_id]))
    assert gone["Location"].endswith(urlencode({"next": where}))
