"""Anybody can report; nobody needs to sign in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail

from mitstadt.accounts.actor import NOBODY
from mitstadt.kit.errors import DomainError
from mitstadt.moderation import actions
from mitstadt.moderation.models import Case, Report
from mitstadt.notify import jobs as notify_jobs

pytestmark = pytest.mark.django_db


def report(actor: Any, subject: Any, **more: Any) -> Report:
    values = {"reason": "insult", "good_faith": True, **more}
    return actions.report(actor, subject, **values)


def test_a_passer_by_reports_and_gets_a_receipt(client: Any, alice: Any, wrote: Any) -> None:
    subject = wrote(alice, "Bob ist doof")
    page = client.get(f"/melden/gegenstand/{subject.public_id}/")
    assert "Bob ist doof" in page.content.decode()
    response = client.post(
        f"/melden/gegenstand/{subject.public_id}/", {"reason": "insult", "text": "Satz 1", "good_faith": "on"}
    )
    address = response["Location"]
    assert re.fullmatch(r"/melden/[0-9a-z]{16}/", address)
    receipt = client.get(address).content.decode()
    assert "Danke, Ihre Meldung ist da" in receipt
    assert Report.objects.get().code in receipt
    assert "Bob ist doof" not in receipt  # the receipt must not repeat what may be illegal
    assert Case.objects.get().report_count == 1


@pytest.mark.parametrize("missing", ["reason", "good_faith"])
def test_reason_and_good_faith_are_needed(missing: str, client: Any, alice: Any, wrote: Any) -> None:
    subject = wrote(alice)
    data = {"reason": "insult", "good_faith": "on"}
    del data[missing]
    response = client.post(f"/melden/gegenstand/{subject.public_id}/", data)
    assert response.status_code == 200
    assert "Bitte prüfen Sie Ihre Angaben" in response.content.decode()
    assert Report.objects.count() == 0


def test_an_unknown_reason_is_refused(alice: Any, wrote: Any) -> None:
    with pytest.raises(DomainError) as error:
        report(NOBODY, wrote(alice), reason="gibtesnicht")
    assert error.value.field == "reason"


def test_reports_about_one_text_join_one_case(alice: Any, bob: Any, charlie: Any, actor_of: Any, wrote: Any) -> None:
    subject = wrote(alice)
    codes = {report(actor, subject).code for actor in (actor_of(bob), actor_of(charlie), NOBODY)}
    assert len(codes) == 3
    case = Case.objects.get()
    assert (case.report_count, case.author_user_id) == (3, alice.pk)


def test_bob_reports_twice_and_gets_his_first_receipt_again(alice: Any, bob: Any, actor_of: Any, wrote: Any) -> None:
    subject = wrote(alice)
    first = report(actor_of(bob), subject)
    again = report(actor_of(bob), subject, text="nochmal")
    assert again.code == first.code
    assert Case.objects.get().report_count == 1


@pytest.mark.parametrize("hidden", [{"published": False}, {"restricted": True}])
def test_what_cannot_be_seen_cannot_be_reported(hidden: dict[str, bool], alice: Any, wrote: Any, client: Any) -> None:
    subject = wrote(alice, **hidden)
    assert client.get(f"/melden/gegenstand/{subject.public_id}/").status_code == 404
    with pytest.raises(DomainError):
        report(NOBODY, subject)


def test_one_network_address_cannot_flood_the_queue(alice: Any, wrote: Any) -> None:
    for _ in range(10):
        report(NOBODY, wrote(alice), client="192.0.2.1")
    with pytest.raises(DomainError) as error:
        report(NOBODY, wrote(alice), client="192.0.2.1")
    assert error.value.code == "too_many"
    report(NOBODY, wrote(alice), client="192.0.2.2")


def test_a_case_is_due_within_three_working_days(alice: Any, wrote: Any, stopped_clock: Any) -> None:
    from django.utils import timezone

    report(NOBODY, wrote(alice))  # Tuesday, 3 March 2026
    assert timezone.localtime(Case.objects.get().due_at).isoformat() == "2026-03-06T23:59:59+01:00"


def test_holidays_do_not_count(alice: Any, wrote: Any, stopped_clock: Any) -> None:
    from datetime import UTC, datetime

    from django.utils import timezone

    stopped_clock.set(datetime(2026, 4, 1, 9, 0, tzinfo=UTC))  # Wednesday before Easter
    report(NOBODY, wrote(alice))
    assert timezone.localdate(Case.objects.get().due_at).isoformat() == "2026-04-08"


def test_whoever_left_an_address_is_told_the_outcome_and_forgotten_later(
    alice: Any, moderator: Any, actor_of: Any, wrote: Any, stopped_clock: Any
) -> None:
    made = report(NOBODY, wrote(alice), contact="olaf@example.org", text="Satz 1")
    actions.decide(actor_of(moderator), made.case, outcome="keep", facts="Das ist erlaubt.")
    notify_jobs.deliver()
    (letter,) = mail.outbox
    assert letter.to == ["olaf@example.org"]
    assert f"/melden/{made.code}/" in letter.body
    stopped_clock.move(days=89)
    assert actions.forget_contacts() == 0
    stopped_clock.move(days=2)
    assert actions.forget_contacts() == 1
    made.refresh_from_db()
    assert (made.contact, made.text) == ("", "")


def test_a_reporter_with_an_account_reads_the_outcome_among_their_messages(
    alice: Any, bob: Any, moderator: Any, actor_of: Any, wrote: Any
) -> None:
    from mitstadt.notify import queries

    made = report(actor_of(bob), wrote(alice))
    actions.decide(actor_of(moderator), made.case, outcome="keep")
    told = [(news.title, news.path) for news in queries.news(queries.inbox(actor_of(bob)))]
    assert told == [("Was aus Ihrer Meldung wurde", f"/melden/{made.code}/")]


@pytest.mark.parametrize("written", ["{}", " {}\n", "{:.4}-", "UPPER"])
def test_a_code_on_paper_leads_to_the_receipt(client: Any, alice: Any, wrote: Any, written: str) -> None:
    """The receipt said to keep the code, and nowhere could it be typed."""
    code = report(NOBODY, wrote(alice)).code
    typed = {"UPPER": code.upper(), "{:.4}-": f"{code[:4]}-{code[4:8]} {code[8:]}"}.get(written, written.format(code))
    assert "/melden/" in client.get("/moderation/").content.decode()
    answer = client.post("/melden/", {"code": typed})
    assert (answer.status_code, answer["Location"]) == (302, f"/melden/{code}/")


def test_a_wrong_code_is_quoted_and_tells_nothing(client: Any, alice: Any, wrote: Any) -> None:
    code = report(NOBODY, wrote(alice)).code
    answer = client.post("/melden/", {"code": code + "<b>"})
    assert answer.status_code == 422
    assert f"Zu „{code}&lt;b&gt;“ gibt es keine Meldung." in answer.content.decode()


def test_a_receipt_is_kept_nowhere_and_told_to_no_other_site(client: Any, alice: Any, wrote: Any) -> None:
    answer = client.get(f"/melden/{report(NOBODY, wrote(alice)).code}/")
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("private, no-store", "same-origin")
    assert "noindex" in answer["X-Robots-Tag"]


def test_the_receipt_page_tells_what_became_of_it(
    client: Any, alice: Any, moderator: Any, actor_of: Any, wrote: Any
) -> None:
    made = report(NOBODY, wrote(alice))
    actions.decide(actor_of(moderator), made.case, outcome="restrict", ground="respect", facts="Grob.")
    text = client.get(f"/melden/{made.code}/").content.decode()
    assert "Wir haben entschieden" in text
    assert "Hausregel 1, Respekt" in text
    assert "Grob." not in text  # the facts are for the author


def test_nobody_guesses_a_receipt(client: Any) -> None:
    assert client.get("/melden/aaaaaaaaaaaaaaaa/").status_code == 404
