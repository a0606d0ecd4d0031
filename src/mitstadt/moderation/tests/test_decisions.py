"""A restriction states its ground, reaches the author, and one moderator decides."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from mitstadt.audit.models import Entry
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.moderation import actions, queries
from mitstadt.moderation.models import Case, Decision
from mitstadt.notify import jobs as notify_jobs
from mitstadt.notify import queries as notify_queries

pytestmark = pytest.mark.django_db


def opened(subject: Any) -> Case:
    return actions.open_case(subject, source="staff")


def test_a_hidden_text_is_hidden_and_its_author_reads_why(
    alice: Any, moderator: Any, actor_of: Any, wrote: Any, client_for: Any
) -> None:
    subject = wrote(alice, "Bob ist doof")
    case = opened(subject)
    actions.decide(actor_of(moderator), case, outcome="restrict", ground="respect", facts="„doof“ setzt Bob herab.")
    subject.refresh_from_db()
    assert subject.restricted is True
    assert subject.published is True  # that column belongs to the owner
    notify_jobs.deliver()
    (letter,) = mail.outbox
    assert letter.to == ["alice@example.org"]
    assert letter.subject == "Entscheidung über Ihren Beitrag"
    assert f"/konto/moderation/{case.public_id}/" in letter.body
    page = client_for(alice).get(f"/konto/moderation/{case.public_id}/").content.decode()
    for stated in (  # Article 17 DSA: what, why, on which ground, by whom or what, and what can be done
        "ausgeblendet",
        "„doof“ setzt Bob herab.",
        "Hausregel 1, Respekt",
        "Wir streiten über die Sache",
        "Entschieden hat ein Mensch",
        "einmal widersprechen",
        "Weg zu einem Gericht",
    ):
        assert stated in page


def test_only_the_author_reads_the_statement(
    alice: Any, bob: Any, moderator: Any, wrote: Any, hide: Any, client: Any, client_for: Any
) -> None:
    case = hide(moderator, wrote(alice))
    address = f"/konto/moderation/{case.public_id}/"
    assert client_for(bob).get(address).status_code == 404
    assert client_for(moderator).get(address).status_code == 404
    assert client.get(address).status_code == 302
    assert client_for(bob).post(address, {"text": "Ich bin Alice"}).status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"outcome": "restrict", "facts": "x"}, "ground"),
        ({"outcome": "restrict", "ground": "gibtesnicht", "facts": "x"}, "ground"),
        ({"outcome": "restrict", "ground": "respect", "facts": "   "}, "facts"),
        ({"outcome": "note", "ground": "respect", "facts": "x"}, "note"),
        ({"outcome": "redact", "ground": "personal_data", "facts": "x"}, "new_text"),
        ({"outcome": "unsinn"}, "outcome"),
    ],
)
def test_a_restriction_without_its_reasons_changes_nothing(
    values: dict[str, str], field: str, alice: Any, moderator: Any, actor_of: Any, wrote: Any
) -> None:
    subject = wrote(alice)
    case = opened(subject)
    with pytest.raises(DomainError) as error:
        actions.decide(actor_of(moderator), case, **values)
    assert error.value.field == field
    subject.refresh_from_db()
    case.refresh_from_db()
    assert (subject.restricted, case.state, Decision.objects.count()) == (False, "open", 0)


def test_what_stays_is_told_to_nobody_but_the_reporters(alice: Any, moderator: Any, actor_of: Any, wrote: Any) -> None:
    subject = wrote(alice)
    actions.decide(actor_of(moderator), opened(subject), outcome="keep")
    subject.refresh_from_db()
    assert subject.restricted is False
    assert list(notify_queries.inbox(actor_of(alice))) == []
    assert Case.objects.get().state == "closed"


def test_a_note_stands_in_place_of_the_text(alice: Any, moderator: Any, actor_of: Any, wrote: Any, hide: Any) -> None:
    noted, plain, visible = wrote(alice), wrote(alice), wrote(alice)
    hide(moderator, noted, note="Ausgeblendet: Beschimpfung.")
    hide(moderator, plain)
    notes = queries.notes_of([noted.pk, plain.pk, visible.pk])
    assert notes == {noted.pk: "Ausgeblendet: Beschimpfung.", plain.pk: "Hausregel 1, Respekt"}


def test_private_details_are_taken_out_and_the_rest_stays(
    alice: Any, moderator: Any, actor_of: Any, wrote: Any, texts: Any
) -> None:
    from mitstadt.notify import actions as notify

    subject = wrote(alice, "Ruf an: 0171 1234567. Mehr Bäume.")
    notify.notify("t", subject=subject, source=subject, title="Neu", text="0171 1234567", path="/x/", key="quoted")
    actions.decide(
        actor_of(moderator),
        opened(subject),
        outcome="redact",
        ground="personal_data",
        facts="Telefonnummer",
        new_text="Ruf an: […]. Mehr Bäume.",
    )
    assert texts.words[subject.pk] == "Ruf an: […]. Mehr Bäume."
    assert list(notify_queries.public()) == []  # earlier news quoted the number
    subject.refresh_from_db()
    assert subject.restricted is False


def test_a_kind_that_cannot_be_edited_says_so(alice: Any, moderator: Any, actor_of: Any, subject_factory: Any) -> None:
    case = opened(subject_factory(kind="measure"))
    with pytest.raises(DomainError) as error:
        actions.decide(actor_of(moderator), case, outcome="redact", ground="personal_data", facts="x", new_text="y")
    assert error.value.field == "outcome"
    case.refresh_from_db()
    assert case.state == "open"


def test_citizens_and_editors_decide_nothing(alice: Any, bob: Any, editor: Any, actor_of: Any, wrote: Any) -> None:
    case = opened(wrote(alice))
    for person in (bob, editor, alice):
        with pytest.raises(Refused):
            actions.decide(actor_of(person), case, outcome="keep")


def test_a_moderator_does_not_decide_about_their_own_text(moderator: Any, actor_of: Any, wrote: Any) -> None:
    case = opened(wrote(moderator))
    with pytest.raises(Refused, match="eigener Beitrag"):
        actions.decide(actor_of(moderator), case, outcome="keep")


def test_the_database_refuses_a_decision_about_ones_own_text(moderator: Any, wrote: Any) -> None:
    case = opened(wrote(moderator))
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(decided_by=moderator)


def test_the_second_of_two_moderators_reads_who_was_quicker(
    alice: Any, moderator: Any, second_moderator: Any, actor_of: Any, wrote: Any
) -> None:
    case = opened(wrote(alice))
    stale = Case.objects.select_related("subject").get(pk=case.pk)
    actions.decide(actor_of(moderator), case, outcome="keep")
    with pytest.raises(DomainError, match="gerade jemand anderes"):
        actions.decide(actor_of(second_moderator), stale, outcome="restrict", ground="respect", facts="x")
    assert Decision.objects.count() == 1


def test_a_decision_is_in_the_audit_log_without_the_text(alice: Any, moderator: Any, wrote: Any, hide: Any) -> None:
    case = hide(moderator, wrote(alice, "Geheime Worte"))
    entry = Entry.objects.get(action="moderation.case.decide")
    assert (entry.actor, entry.object) == (moderator.public_id, case.public_id)
    assert entry.actor_label == "Referat RIT, Moderation"
    assert "Geheime" not in str(entry.payload)


def test_a_guest_reads_the_statement_by_the_link_in_the_mail(
    moderator: Any, wrote: Any, hide: Any, client: Any, db: None
) -> None:
    from mitstadt.accounts.guests import actor_of as guest_actor
    from mitstadt.accounts.keyed import email_hash
    from mitstadt.accounts.models import Guest
    from mitstadt.kit import clock
    from mitstadt.notify import actions as notify

    now = clock.now()
    guest = Guest.objects.create(email_hash=email_hash("gerda@example.org"), created_at=now, confirmed_at=now)
    gerda = guest_actor(guest)
    notify.reachable(gerda, "gerda@example.org")
    case = hide(moderator, wrote(gerda))
    notify_jobs.deliver()
    (letter,) = mail.outbox
    assert letter.to == ["gerda@example.org"]
    link = next(word for word in letter.body.split() if "/moderation/begruendung/" in word)
    address = link.removeprefix("http://127.0.0.1:8000")
    assert "Zeile 1 beschimpft Bob." in client.get(address).content.decode()
    forged = address.replace(case.public_id, "abcdefghjkmn")
    assert client.get(forged).status_code == 404
    client.post(address, {"text": "Das stimmt nicht."})
    case.refresh_from_db()
    assert case.state == "appealed"


def test_texts_held_back_by_a_rule_wait_in_the_queue_with_the_reasons(alice: Any, actor_of: Any, wrote: Any) -> None:
    found = actions.check_text("Ruf an: 0171 1234567", actor_of(alice))
    case = actions.open_case(wrote(alice, published=False), found)
    case.refresh_from_db()
    assert (case.source, case.findings[0]["rule"]) == ("rule", "phone")
    assert "1234567" not in str(case.findings)


def test_staff_are_not_checked(editor: Any, alice: Any, actor_of: Any) -> None:
    assert actions.check_text("Telefon 089 23300", actor_of(editor)) == []
    assert actions.check_text("Telefon 089 23300", actor_of(alice)) != []
