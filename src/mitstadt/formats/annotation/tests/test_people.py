"""Versions, remarks that are carried over, and the bad cases."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from mitstadt.comments.models import Channel
from mitstadt.formats.annotation import actions, format, queries, reading
from mitstadt.formats.annotation.models import Anchor, Annotation, Version
from mitstadt.kit import clock, jobs
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.notify.models import Notification
from mitstadt.participation import samples
from mitstadt.participation.models import Contribution
from mitstadt.ratings import actions as ratings

pytestmark = pytest.mark.django_db
FIRST = "# Regeln\n\n## Antworten\n\nDie Stadt antwortet in 20 Arbeitstagen.\n\nWer nicht schreiben kann, ruft an.\n"
SECOND = (
    "# Regeln\n\n## Vorwort\n\nWarum wir das tun.\n\n## Antworten\n\n"
    "Die Stadt antwortet in 15 Arbeitstagen auf jede Frage.\n"
)


def text(source=FIRST, **options):
    module = samples.process(format="annotation", publish=False, **options)
    format.prepare(module, {"versions": [{"text": source}]})
    from mitstadt.participation.actions import processes

    processes.move(samples.INSTALLATION, module.process, "open")
    return samples.loaded(module)


def new_version(module, source=SECOND, actor=samples.INSTALLATION):
    return actions.publish(actor, actions.prepare(actor, module, reading.from_markdown(source)))


def remark(actor, module, words, said="Das ist zu lang.", **options):
    return actions.annotate(actor, module, format.target_of(module, words), said, **options)


def states(version):
    return {a.annotation.exact: (a.how, a.paragraph.text[a.start : a.end] if a.paragraph else "") for a in
            Anchor.objects.filter(version=version).select_related("annotation", "paragraph")}  # fmt: skip


def test_remarks_are_carried_to_the_next_version_or_outdated(alice, bob, actor_of, client):
    module = text()
    remark(actor_of(alice), module, "antwortet in 20 Arbeitstagen")
    remark(actor_of(bob), module, "Die Stadt antwortet")
    remark(actor_of(bob), module, "Wer nicht schreiben kann, ruft an.", "Und wer nicht hört?")
    second = new_version(module)
    assert states(second) == {
        "antwortet in 20 Arbeitstagen": ("changed", "antwortet in 15 Arbeitstagen"),
        "Die Stadt antwortet": ("same", "Die Stadt antwortet"),
        "Wer nicht schreiben kann, ruft an.": ("outdated", ""),
    }
    page = client.get(module.subject.path).content.decode()
    assert "Überholte Anmerkungen" in page
    assert page.index("Und wer nicht hört?") > page.index("Überholte Anmerkungen")
    old = client.get(f"{module.subject.path}fassung/1/").content.decode()
    assert "Überholte Anmerkungen" not in old
    assert "Das ist Fassung 1" in old
    assert "Und wer nicht hört?" in old


def test_a_changed_passage_is_followed_through_a_third_version(alice, actor_of):
    module = text()
    remark(actor_of(alice), module, "antwortet in 20 Arbeitstagen")
    new_version(module)
    third = new_version(module, SECOND.replace("15 Arbeitstagen", "höchstens 15 Arbeitstagen"))
    assert states(third)["antwortet in 20 Arbeitstagen"] == ("changed", "antwortet in höchstens 15 Arbeitstagen")


def test_authors_hear_of_a_new_version_once(alice, bob, actor_of):
    from mitstadt.notify.models import Event

    module = text()
    remark(actor_of(alice), module, "Die Stadt antwortet")
    remark(actor_of(alice), module, "Wer nicht schreiben kann, ruft an.", "Und wer nicht hört?")
    remark(actor_of(bob), module, "ruft an", "Zu welchen Zeiten?")
    second = new_version(module)
    jobs.run_pending()
    actions.tell(second.pk)  # the worker was killed and does it again
    told = Notification.objects.filter(event__event="annotation.version.carried")
    assert {n.recipient.user.pk: n.event.text[:3] for n in told} == {alice.pk: "Von", bob.pk: "Die"}
    assert told.count() == 2
    assert Event.objects.filter(event="annotation.version.publish").count() == 1


def test_a_version_that_appears_while_somebody_types_takes_the_remark_along(alice, actor_of):
    module = text()
    read = format.target_of(module, "Die Stadt antwortet")
    second = new_version(module)
    placed = actions.annotate(actor_of(alice), module, read, "Gut so.")
    assert (placed.moved, placed.outdated, placed.version) == (True, False, second)
    assert set(Anchor.objects.values_list("version__number", "how")) == {(1, "made"), (2, "same")}


def test_when_the_passage_is_gone_nothing_is_lost_and_the_person_decides(alice, actor_of, client_for):
    module = text()
    read = format.target_of(module, "ruft an")
    new_version(module)
    browser = client_for(alice)
    path = f"{module.subject.path}anmerken/1/{read.key}/"
    typed = {"scope": "words", "first": "4", "last": "5", "text": "Zu welchen Zeiten?", "key": "k1"}
    answer = browser.post(path, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Zu welchen Zeiten?</textarea>" in page
    assert "Fassung 2" in page
    assert not Annotation.objects.exists()
    answer = browser.post(path, {**typed, "alt": "ja"}, follow=True)
    assert "als überholt" in answer.content.decode()
    assert set(Anchor.objects.values_list("version__number", "how")) == {(1, "made"), (2, "outdated")}
    browser.post(path, {**typed, "alt": "ja"})
    assert Annotation.objects.count() == 1  # the same form twice


def test_the_phase_ends_while_somebody_types(alice, client_for):
    module = text()
    read = format.target_of(module, "ruft an")
    browser = client_for(alice)
    path = f"{module.subject.path}anmerken/1/{read.key}/"
    assert browser.get(path).status_code == 200
    module.phases.update(end=clock.now() - timedelta(minutes=1))
    answer = browser.post(path, {"scope": "whole", "text": "Zu spät, aber wichtig."})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Zu spät, aber wichtig.</textarea>" in page
    assert "Am Text anmerken konnten Sie bis" in page
    assert browser.get(path).status_code == 403


def test_a_login_that_ran_out_loses_no_word(client):
    module = text()
    read = format.target_of(module, "ruft an")
    path = f"{module.subject.path}anmerken/1/{read.key}/"
    sent = {"scope": "words", "first": "4", "last": "5", "text": "Lange überlegt."}
    answer = client.post(path, sent)
    assert "/konto/login/" in answer["Location"]
    page = client.get(path).content.decode()
    assert "Lange überlegt.</textarea>" in page
    assert page.count("selected") == 2


def test_words_are_chosen_by_lists_by_copying_and_by_a_browser(alice, client_for):
    module = text()
    read = format.target_of(module, "ruft an")
    browser = client_for(alice)
    path = f"{module.subject.path}anmerken/1/{read.key}/"
    form = browser.get(path + "?von=29&bis=35").content.decode()
    assert form.count("selected") == 2  # "ruft" and "an." are chosen
    for given in (
        {"scope": "words", "first": "5", "last": "4"},
        {"scope": "whole", "words": "RUFT  an."},
        {"scope": "whole"},
    ):
        assert browser.post(path, {**given, "text": "Aha."})["Location"].startswith(module.subject.path)
    assert list(Annotation.objects.order_by("pk").values_list("exact", "whole")) == [
        ("ruft an.", False),
        ("ruft an.", False),
        ("Wer nicht schreiben kann, ruft an.", True),
    ]
    wrong = browser.post(path, {"scope": "whole", "words": "schreibt uns", "text": "Aha."})
    assert wrong.status_code == 422
    assert "stehen so nicht in dem Absatz" in wrong.content.decode()


def test_a_guest_says_something_and_confirms_it(client, mailoutbox):
    module = text()
    read = format.target_of(module, "ruft an")
    path = f"{module.subject.path}anmerken/1/{read.key}/"
    data = {"scope": "words", "first": "4", "last": "5", "text": "Zu welchen Zeiten?", "name": "Opa Franz"}
    assert client.post(path, {**data, "email": "falsch"}).status_code == 422
    assert client.post(path, {**data, "email": "franz@example.org"}).status_code == 302
    assert not Annotation.objects.exists()
    jobs.run_pending()
    path = re.search(r"https?://[^/]+(/\S+)", mailoutbox[-1].body)[1]
    assert "Ihre Anmerkung zu" in client.get(path).content.decode()
    assert not Annotation.objects.exists()
    new_version(module)  # while the mail lay there
    client.post(path)
    made = Annotation.objects.get()
    assert (made.exact, made.contribution.author_label) == ("ruft an.", "Opa Franz")
    assert made.anchors.get(version__number=2).how == "outdated"


def test_paper_names_a_paragraph_or_words(coordinator, alice, actor_of):
    module = text()
    form = format.EntryForm({"name": "Frau Huber", "passage": "4", "text": "Auch am Schalter?"})
    assert form.is_valid()
    format.save(actor_of(coordinator), module, form.cleaned_data, Channel.PAPER, "ab-1", None)
    assert Annotation.objects.get().exact == "Wer nicht schreiben kann, ruft an."
    with pytest.raises(DomainError) as refused:
        format.target_of(module, "Das steht nirgends")
    assert refused.value.field == "passage"
    with pytest.raises(Refused):
        format.save(actor_of(alice), module, form.cleaned_data, Channel.PAPER, "ab-2", None)


def test_who_is_not_staff_prepares_and_publishes_nothing(alice, actor_of):
    module = text()
    with pytest.raises(Refused):
        actions.prepare(actor_of(alice), module, reading.from_markdown(SECOND))
    draft = actions.prepare(samples.INSTALLATION, module, reading.from_markdown(SECOND))
    for refuse in (actions.publish, actions.discard):
        with pytest.raises(Refused):
            refuse(actor_of(alice), draft)


def test_of_two_drafts_on_one_version_only_the_first_is_published():
    module = text()
    mine, yours = (
        actions.prepare(samples.INSTALLATION, module, reading.from_markdown(FIRST + end)) for end in ("\nA.", "\nB.")
    )
    actions.publish(samples.INSTALLATION, mine)
    with pytest.raises(DomainError) as stale:
        actions.publish(samples.INSTALLATION, yours)
    assert stale.value.code == "stale"
    with pytest.raises(DomainError):
        actions.discard(samples.INSTALLATION, mine)
    actions.discard(samples.INSTALLATION, yours)
    assert list(Version.objects.values_list("number", "is_current")) == [(1, False), (2, True)]


def test_the_database_holds_one_current_version_and_each_number_once():
    module = text()
    now = clock.now()
    for wrong in ({"number": 1, "published_at": now}, {"number": 2, "is_current": True, "published_at": now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Version.objects.create(module=module, title="x", created_at=now, **wrong)


def test_a_withdrawn_or_held_remark_leaves_the_text(alice, actor_of, client):
    module = text()
    made = remark(actor_of(alice), module, "ruft an", "Bitte mit Rückruf.").contribution
    assert "Bitte mit Rückruf." in client.get(module.subject.path).content.decode()
    from mitstadt.participation import queries as participation
    from mitstadt.participation.actions import contributions

    contributions.withdraw(actor_of(alice), participation.contribution(made.subject.public_id))
    assert not queries.rows(queries.current(module))
    assert client.get(made.subject.path).status_code == 200
    assert Contribution.objects.get().text == ""


def test_the_words_of_the_text_are_found(client):
    module = text(FIRST.replace("ruft an", "schickt eine Brieftaube"))
    found = client.get("/suche/", {"q": "Brieftaube"}).content.decode()
    assert module.title in found


def test_filters_show_what_is_undecided_and_what_is_mine(alice, bob, actor_of, client_for, coordinator):
    from mitstadt.participation import queries as participation
    from mitstadt.participation.actions import assessment

    module = text()
    remark(actor_of(alice), module, "ruft an", "Von Alice.")
    mine = remark(actor_of(bob), module, "Die Stadt antwortet", "Von Bob.").contribution
    assessment.decide(
        actor_of(coordinator), participation.contribution(mine.subject.public_id), "taken_up", "Machen wir."
    )
    browser = client_for(bob)
    undecided = browser.get(module.subject.path + "?zeigen=offen").content.decode()
    assert "Von Alice." in undecided
    assert "Von Bob." not in undecided
    own = browser.get(module.subject.path + "?zeigen=meine").content.decode()
    assert "Von Alice." not in own
    assert "Machen wir." in own


def test_programs_read_remarks_as_web_annotations(alice, bob, actor_of, client):
    module = text()
    kept = remark(actor_of(alice), module, "antwortet in 20 Arbeitstagen").contribution
    remark(actor_of(bob), module, "ruft an", "Zu welchen Zeiten?")
    second = new_version(module)
    answer = client.get(f"{module.subject.path}anmerkungen.jsonld")
    assert answer["Content-Type"].startswith("application/ld+json")
    found = answer.json()
    assert (found["@context"], found["type"], found["total"]) == (
        "http://www.w3.org/ns/anno.jsonld",
        "AnnotationCollection",
        2,
    )
    mine, outdated = found["first"]["items"]
    assert mine["id"].endswith(kept.subject.path)
    assert mine["creator"]["nickname"] == kept.author_label
    quote, position = mine["target"]["selector"]["refinedBy"]
    key = mine["target"]["selector"]["value"].removeprefix("p-")
    words = second.paragraphs.get(key=key).text
    assert words[position["start"] : position["end"]] == quote["exact"] == "antwortet in 15 Arbeitstagen"
    assert words.startswith(quote["prefix"])
    assert mine["target"]["source"].endswith("/fassung/2/")
    assert outdated["target"]["source"].endswith("/fassung/1/")
    page = client.get(f"{module.subject.path}anmerkungen.jsonld?seite=1").json()
    assert (page["type"], len(page["items"])) == ("AnnotationPage", 2)
    for wrong in ("2", "x", "-1"):
        assert client.get(f"{module.subject.path}anmerkungen.jsonld?seite={wrong}").status_code == 404


def test_the_open_data_set_says_what_became_of_each_remark(alice, actor_of):
    from mitstadt.formats.annotation import open_data

    module = text()
    remark(actor_of(alice), module, "ruft an", "Zu welchen Zeiten?")
    remark(actor_of(alice), module, "Die Stadt antwortet")
    new_version(module)
    rows = list(open_data.rows(None))
    assert [(row["quote"], row["version"], row["state"]) for row in rows] == [
        ("ruft an", 1, "outdated"),
        ("Die Stadt antwortet", 1, "same"),
    ]
    assert {tuple(row) for row in rows} == {tuple(open_data.DATASET.names)}


def test_one_section_alone(alice, actor_of, client):
    module = text("# Regeln\n\n## Eins\n\nErster Satz.\n\n## Zwei\n\nZweiter Satz.\n")
    remark(actor_of(alice), module, "Erster", "Zum ersten.")
    remark(actor_of(alice), module, "Zweiter", "Zum zweiten.")
    key = queries.current(module).paragraphs.get(text="Zwei").key
    page = client.get(f"{module.subject.path}?nur={key}").content.decode()
    assert "Zum zweiten." in page
    assert "Zum ersten." not in page
    assert "Erster Satz." not in page
    assert "Erster Satz." in client.get(f"{module.subject.path}?nur=nichts").content.decode()


def test_its_own_page_names_the_passage_and_its_author_changes_the_text_only(alice, actor_of, client_for):
    module = text()
    made = remark(actor_of(alice), module, "ruft an", "Zu welchen Zeiten?").contribution
    browser = client_for(alice)
    page = browser.get(made.subject.path).content.decode()
    assert "<h1>„ruft an“</h1>" in page
    assert "Fassung 1" in page
    own = f"{made.subject.path}bearbeiten/"
    assert 'name="title"' not in browser.get(own).content.decode()
    browser.post(own, {"title": "Etwas anderes", "text": "Zu welchen Zeiten genau?"})
    made.refresh_from_db()
    assert (made.title, made.text) == ("„ruft an“", "Zu welchen Zeiten genau?")


def test_remarks_are_rated_while_a_phase_allows_it(alice, bob, actor_of, client):
    module = text()
    module.phases.update(allows=["annotate"])
    made = remark(actor_of(alice), samples.loaded(module), "ruft an").contribution
    assert "Selbst bewerten" not in client.get(made.subject.path).content.decode()
    with pytest.raises(Refused):
        ratings.rate(actor_of(bob), made.subject, importance=4)
    module.phases.update(allows=["annotate", "rate"])
    ratings.rate(actor_of(bob), made.subject, importance=4)
    assert "Selbst bewerten" in client.get(made.subject.path, {"neu": 1}).content.decode()


def test_a_telephone_number_in_the_text_does_not_hold_a_remark_on_it(alice, actor_of):
    module = text(FIRST.replace("ruft an", "wählt 089 233 960 00"))
    made = remark(actor_of(alice), module, "wählt 089 233 960 00", "Gut.").contribution
    assert not made.held


def test_a_remark_on_a_text_that_is_taken_off_the_site_is_given_back(alice, client_for, coordinator, actor_of):
    from mitstadt.participation.actions import processes

    module = text()
    path = f"{module.subject.path}anmerken/1/{format.target_of(module, 'ruft an').key}/"
    browser = client_for(alice)
    browser.get(path)
    processes.move(actor_of(coordinator), module.process, "draft")
    answer = browser.post(path, {"scope": "whole", "text": "Lange überlegt."})
    assert answer.status_code == 404
    assert "Lange überlegt.</textarea>" in answer.content.decode()
    assert not Annotation.objects.exists()
