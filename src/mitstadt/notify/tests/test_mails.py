"""Letters: at once, daily, weekly; their language, their headers, their failures."""

from __future__ import annotations

import smtplib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from mitstadt.notify import actions, jobs, outbox
from mitstadt.notify.models import Mail, Notification, Recipient
from mitstadt.subjects.models import Subject

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def tell(subject: Any, key: str = "k1", **more: Any) -> Any:
    values = {"title": "Neuer Stand", "text": "In Umsetzung", "path": subject.path, **more}
    return actions.notify("radar.measure.changed", subject=subject, key=key, **values)


def work() -> list[Any]:
    """One round of the worker; the letters it sent."""
    before = len(mail.outbox)
    jobs.fan_out_pending()
    jobs.build_digests()
    jobs.deliver()
    return mail.outbox[before:]


def test_at_once_means_one_letter_now(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory(title="Radweg", path="/radar/radweg/")
    actions.follow(actor_of(alice), subject=measure, cadence="at_once")
    tell(measure)
    (letter,) = work()
    assert letter.to == ["alice@example.org"]
    assert letter.subject == "Neuer Stand"
    assert "http://127.0.0.1:8000/radar/radweg/" in letter.body
    assert work() == []


def test_a_day_is_one_letter_in_the_morning(
    alice: Any, actor_of: Any, subject_factory: Any, stopped_clock: Any
) -> None:
    measure = subject_factory(title="Radweg")
    actions.follow(actor_of(alice), subject=measure, cadence="daily")
    tell(measure, key="one", title="Erstens")
    stopped_clock.move(hours=3)
    tell(measure, key="two", title="Zweitens")
    assert work() == []
    stopped_clock.set(datetime(2026, 3, 4, 7, 1, tzinfo=BERLIN))
    (letter,) = work()
    assert letter.subject == "2 Neuigkeiten aus München"
    assert letter.body.index("Erstens") < letter.body.index("Zweitens")
    assert work() == []


def test_a_week_is_one_letter_on_monday(alice: Any, actor_of: Any, subject_factory: Any, stopped_clock: Any) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="weekly")
    tell(measure)
    stopped_clock.set(datetime(2026, 3, 8, 23, 0, tzinfo=BERLIN))
    assert work() == []
    stopped_clock.set(datetime(2026, 3, 9, 7, 0, tzinfo=BERLIN))
    (letter,) = work()
    assert letter.subject == "1 Neuigkeit aus München"


def test_what_was_read_on_the_page_is_not_mailed(
    alice: Any, actor_of: Any, subject_factory: Any, stopped_clock: Any
) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="daily")
    tell(measure)
    jobs.fan_out_pending()
    actions.mark_read(actor_of(alice))
    stopped_clock.move(days=2)
    assert work() == []


def test_what_comes_too_late_for_a_digest_waits_for_the_next_and_is_not_lost(
    alice: Any, actor_of: Any, subject_factory: Any, stopped_clock: Any
) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="daily")
    tell(measure, key="one", title="Erstens")
    jobs.fan_out_pending()
    stopped_clock.set(datetime(2026, 3, 4, 7, 1, tzinfo=BERLIN))
    assert len(work()) == 1
    # a transaction that began before seven and was committed only now
    tell(measure, key="two", title="Zweitens")
    jobs.fan_out_pending()
    Notification.objects.filter(key="two").update(created_at=datetime(2026, 3, 4, 6, 59, tzinfo=BERLIN))
    assert work() == []
    stopped_clock.move(days=1)
    (letter,) = work()
    assert "Zweitens" in letter.body
    assert "Erstens" not in letter.body


def test_dora_reads_her_digest_in_english(
    user_factory: Any, actor_of: Any, subject_factory: Any, stopped_clock: Any
) -> None:
    dora = user_factory("dora", language="en")
    measure = subject_factory(path="/radar/radweg/")
    actions.follow(actor_of(dora), subject=measure, cadence="daily")
    tell(measure)
    jobs.fan_out_pending()
    stopped_clock.move(days=1)
    (letter,) = work()
    assert letter.subject == "1 piece of news from München"
    assert "/en/radar/radweg/" in letter.body


def test_only_in_app_means_no_letter(alice: Any, actor_of: Any, subject_factory: Any, stopped_clock: Any) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="in_app")
    tell(measure)
    stopped_clock.move(days=8)
    assert work() == []


def test_a_letter_can_be_ended_by_one_click(
    alice: Any, actor_of: Any, subject_factory: Any, client: Any, link_in: Any
) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="at_once")
    tell(measure)
    (letter,) = work()
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"  # RFC 8058, section 3.1
    address = link_in(letter)
    assert client.get(address).status_code == 200  # a scanner that only looks changes nothing
    tell(measure, key="k2")
    assert len(work()) == 1
    strict = type(client)(enforce_csrf_checks=True)
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    tell(measure, key="k3")
    assert work() == []
    measure.refresh_from_db()
    assert measure.follower_count == 1  # Alice still follows, without mail


def test_a_guest_who_unsubscribes_is_forgotten(
    guest_factory: Any, subject_factory: Any, client: Any, link_in: Any
) -> None:
    gerda, measure = guest_factory("gerda@example.org"), subject_factory()
    actions.follow(gerda, subject=measure, cadence="at_once", email="gerda@example.org")
    tell(measure)
    (letter,) = work()
    assert letter.to == ["gerda@example.org"]
    client.post(link_in(letter))
    assert Recipient.objects.get().email == ""
    measure.refresh_from_db()
    assert measure.follower_count == 0


def test_a_forged_link_ends_nothing(client: Any) -> None:
    assert client.post("/abmelden/WyJhIiwiYiIsImMiXQ:abc:def/").status_code == 404


def test_a_statement_of_reasons_comes_whatever_alice_chose(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    actions.change_personal_cadence(actor_of(alice), "in_app")
    measure = subject_factory()
    tell(measure, key="soft", recipients=[("user", alice.pk)], followers=False)
    assert work() == []
    tell(measure, key="must", recipients=[("user", alice.pk)], followers=False, must=True)
    (letter,) = work()
    assert "List-Unsubscribe" not in letter.extra_headers


def test_what_was_hidden_before_the_letter_left_is_not_in_it(
    alice: Any, actor_of: Any, subject_factory: Any, stopped_clock: Any
) -> None:
    good, bad = subject_factory(title="Gut"), subject_factory(title="Böse")
    for measure in (good, bad):
        actions.follow(actor_of(alice), subject=measure, cadence="daily")
        tell(measure, key=measure.title, title=measure.title)
    jobs.fan_out_pending()
    Subject.objects.filter(pk=bad.pk).update(restricted=True)
    stopped_clock.move(days=1)
    (letter,) = work()
    assert "Gut" in letter.body
    assert "Böse" not in letter.body


def test_markup_in_a_title_stays_text(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="at_once")
    tell(measure, title="<b>fett</b>\nBcc: x@example.org", text="<script>1</script> & mehr")
    (letter,) = work()
    html = letter.alternatives[0][0]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<script>1</script> & mehr" in letter.body
    assert "\n" not in letter.subject


def test_letters_load_nothing_from_anywhere(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="at_once")
    tell(measure)
    (letter,) = work()
    html = letter.alternatives[0][0]
    assert "<img" not in html
    assert " src=" not in html
    assert "style" not in html


class Broken(EmailBackend):
    """A mail server that fails as told."""

    error: Exception = smtplib.SMTPServerDisconnected("gone")

    def send_messages(self, messages: Any) -> int:
        raise self.error


@pytest.fixture
def broken_server(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(outbox, "get_connection", Broken)
    return monkeypatch


def test_a_mail_server_that_is_down_delays_a_letter_and_loses_none(
    alice: Any, actor_of: Any, subject_factory: Any, stopped_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="at_once")
    tell(measure)
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "get_connection", Broken)
        assert work() == []
        assert work() == []  # not at once again
        assert Mail.objects.get().attempts == 1
    assert work() == []
    stopped_clock.move(minutes=1, seconds=1)
    assert len(work()) == 1


def test_after_five_pauses_a_letter_is_given_up(
    alice: Any, actor_of: Any, subject_factory: Any, stopped_clock: Any, broken_server: Any
) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="at_once")
    tell(measure)
    for _ in range(10):
        work()
        stopped_clock.move(days=1)
    found = Mail.objects.get()
    assert (found.state, found.attempts) == ("failed", 6)


def test_an_address_that_does_not_exist_is_not_tried_again(
    alice: Any, actor_of: Any, subject_factory: Any, broken_server: Any
) -> None:
    broken_server.setattr(Broken, "error", smtplib.SMTPRecipientsRefused({"alice@example.org": (550, b"no")}))
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="at_once")
    tell(measure)
    work()
    found = Mail.objects.get()
    assert (found.state, found.attempts) == ("failed", 1)
    assert "alice" not in found.error


def test_a_direct_letter_goes_once_and_its_words_are_erased(db: None) -> None:
    for _ in range(2):
        actions.mail("olaf@example.org", title="Was daraus wurde", text="Erledigt.", key="r1", path="/melden/abc/")
    (letter,) = work()
    assert letter.to == ["olaf@example.org"]
    assert "http://127.0.0.1:8000/melden/abc/" in letter.body
    found = Mail.objects.get()
    assert (found.address, found.title, found.text) == ("", "", "")


def test_old_letters_and_news_are_forgotten(
    alice: Any, actor_of: Any, subject_factory: Any, stopped_clock: Any
) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="at_once")
    tell(measure)
    work()
    stopped_clock.move(days=364)
    jobs.purge()
    assert Notification.objects.count() == 1
    stopped_clock.move(days=2)
    jobs.purge()
    assert Notification.objects.count() == 0
    jobs.purge()
    assert Mail.objects.count() == 0
