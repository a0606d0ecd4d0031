"""Providers keep their entries; staff look at drafts, ask the silent, and take nothing away for its age alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse

from mitstadt.audit.models import Entry as AuditEntry
from mitstadt.directory import access, actions, hours, reminding
from mitstadt.directory.entries import Cost, Phone, Place
from mitstadt.directory.forms import EntryForm, initial
from mitstadt.directory.models import Change, Notice, Provider, Report, Service
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.notify.models import Mail, Notification
from tests.support.people import sign_in

from . import factories
from .factories import entry, offer


def fields(service: Service, **changes: object) -> dict[str, object]:
    """What the form of an entry would send."""
    data = {key: value for key, value in initial(service.entry).items() if value not in (None, False)}
    return {**data, **changes}


# -- drafts -----------------------------------------------------------------------------------------
def test_a_member_proposes_and_staff_publish(db, client_for, alice, editor):
    service = offer()
    factories.member(alice, service)
    mine = client_for(alice)
    assert service.name in mine.get(reverse("directory:mine")).content.decode()
    answer = mine.post(reverse("directory:edit", args=[service.slug]), fields(service, lead="Jetzt auch abends."))
    assert answer.status_code == 302
    service.refresh_from_db()
    assert service.data["lead"] == "Wir ordnen Ihre Briefe."
    change = Change.objects.get()
    staff = client_for(editor)
    page = staff.get(reverse("directory_staff:change", args=[change.public_id])).content.decode()
    assert "Jetzt auch abends." in page
    staff.post(reverse("directory_staff:change", args=[change.public_id]), {"decision": "accept"})
    service.refresh_from_db()
    assert service.data["lead"] == "Jetzt auch abends."
    assert service.version == 2
    assert Notification.objects.filter(recipient__user=alice).count() == 1
    assert {"directory.change.propose", "directory.change.accepted", "directory.entry.save"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )


def test_a_draft_is_decided_once_and_a_refusal_has_a_reason(db, alice, editor, actor_of):
    service = offer()
    provider = factories.member(alice, service)
    change = actions.propose(actor_of(alice), provider, entry(lead="Neu"), service)
    with pytest.raises(DomainError, match="was fehlt"):
        actions.refuse(actor_of(editor), change, "  ")
    actions.refuse(actor_of(editor), change, "Bitte mit Telefonnummer.")
    with pytest.raises(DomainError, match="schon entschieden"):
        actions.accept(actor_of(editor), change)
    service.refresh_from_db()
    assert service.data["lead"] == "Wir ordnen Ihre Briefe."


def test_a_second_draft_replaces_the_waiting_one(db, alice, actor_of):
    service = offer()
    provider = factories.member(alice, service)
    actions.propose(actor_of(alice), provider, entry(lead="Eins"), service)
    actions.propose(actor_of(alice), provider, entry(lead="Zwei"), service)
    assert list(Change.objects.filter(state="open").values_list("data__lead", flat=True)) == ["Zwei"]
    with pytest.raises(DomainError, match="nichts geändert"):
        actions.propose(actor_of(alice), provider, service.entry, service)


def test_nobody_touches_an_entry_of_others(db, client_for, alice, bob, actor_of):
    service, foreign = offer(), offer("Fremd", "Andere e.V.")
    provider = factories.member(alice, service)
    factories.member(bob, foreign, verified=False)
    assert client_for(alice).get(reverse("directory:edit", args=[foreign.slug])).status_code == 404
    assert client_for(alice).post(reverse("directory:confirm", args=[foreign.slug])).status_code == 404
    with pytest.raises(DomainError, match="anderen Organisation"):
        actions.propose(actor_of(alice), provider, entry(lead="x"), foreign)
    with pytest.raises(Refused, match="noch nicht bestätigt"):
        actions.propose(actor_of(bob), foreign.provider, entry(lead="x"), foreign)
    with pytest.raises(Refused):
        actions.withdraw(actor_of(bob), service, "weg")


def test_what_was_typed_survives_a_failed_submit_and_an_expired_login(db, client_for, client, alice):
    service = offer()
    factories.member(alice, service)
    address = reverse("directory:edit", args=[service.slug])
    answer = client_for(alice).post(address, fields(service, lead="Meine Worte", hours="irgendwann", phones="ruf an"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Meine Worte" in page
    assert "irgendwann" in page
    assert "Das verstehen wir nicht: irgendwann" in page
    out = client.post(address, fields(service, lead="Meine Worte danach"))
    assert out.status_code == 302
    assert "/konto/login/" in out["Location"]
    sign_in(client, alice)
    assert "Meine Worte danach" in client.get(address).content.decode()


def test_the_form_shows_an_entry_as_it_is(db):
    service = offer(documents=("Ausweis", "Brief"), min_age=3, situations=("parents",))
    form = EntryForm(fields(service), entry=service.entry)
    assert form.is_valid(), form.errors
    assert form.entry == service.entry


def test_saving_the_form_untouched_changes_nothing(db):
    """What the form shows in short stays whole: a language of a number, a point, a price, a week that counts."""
    place = Place("Haus", "Weg 1", "80331", "München", 48.137154321, 11.575493876)
    hour = hours.parse("Mo 9-12")[0]
    service = offer(
        phones=(Phone("089 000 77", "Büro", ("tr", "ar")),), places=(place,), cost="paid",
        costs=(Cost("Kurs", 123456.78), Cost("Material", 3.0, "CHF")),
        hours=(replace(hour, interval=2, valid_from=date(2026, 1, 5)),),
    )  # fmt: skip
    form = EntryForm(fields(service), entry=service.entry)
    assert form.is_valid(), form.errors
    assert form.entry == service.entry
    changed = EntryForm(fields(service, phones="089 000 78"), entry=service.entry)
    assert changed.is_valid()
    assert changed.entry.phones == (Phone("089 000 78"),)
    assert changed.entry.places == (place,)


# -- still true -------------------------------------------------------------------------------------
def test_opening_the_link_changes_nothing_and_the_button_confirms(db, client):
    service = offer()
    factories.put(service, confirmed_on=None)
    address = reverse("directory:still_true", args=[reminding.token(service)])
    for _scan in range(3):
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200
    service.refresh_from_db()
    assert service.confirmed_on is None
    assert "Danke, bestätigt" in client.post(address, {"answer": "yes"}).content.decode()
    service.refresh_from_db()
    assert service.confirmed_on == clock.today()


def test_a_no_needs_words_and_reaches_the_staff(db, client):
    address = reverse("directory:still_true", args=[reminding.token(offer())])
    assert client.post(address, {"answer": "no", "text": ""}).status_code == 422
    client.post(address, {"answer": "no", "text": "Wir sind umgezogen."})
    assert "Wir sind umgezogen." in Report.objects.get().text


@pytest.mark.parametrize("token", ["x", "abc:def", "..", "%00"])
def test_a_wrong_link_says_so(db, client, token):
    answer = client.get(f"/angebote/bestaetigen/{token}/")
    assert answer.status_code in (404, 400)


def test_a_worn_out_link_says_so(db, client, stopped_clock):
    import time

    service = offer()
    link = reverse("directory:still_true", args=[reminding.token(service)])
    real = time.time
    try:
        time.time = lambda: real() + 367 * 24 * 3600  # signing asks the machine's clock
        assert client.get(link).status_code == 404
    finally:
        time.time = real


def test_providers_are_asked_once_a_month_and_only_about_old_entries(db, stopped_clock, alice):
    fresh = offer("Frisch", email="frisch@example.org")
    old = offer("Alt", "Alte Hilfe e.V.", email="alt@example.org")
    provider = factories.member(alice, old)
    factories.put(old, confirmed_on=clock.today() - timedelta(days=access.remind_after() + 1))
    assert reminding.remind() == 1
    assert reminding.remind() == 0
    mail = Mail.objects.get(address="alt@example.org")
    assert re.search(r"/angebote/bestaetigen/[^/]+/", mail.path)
    assert Notification.objects.filter(recipient__user=alice).count() == 1
    stopped_clock.move(days=reminding.AGAIN_AFTER + 1)
    assert reminding.remind() == 1
    assert not Mail.objects.filter(address="frisch@example.org").exists()
    assert fresh.provider_id != provider.pk


def test_staff_do_not_take_an_old_entry_away_without_having_tried(db, editor, actor_of):
    service = offer()
    factories.put(service, confirmed_on=clock.today() - timedelta(days=access.old_after() + 1))
    service.refresh_from_db()
    with pytest.raises(DomainError, match="zu erreichen"):
        actions.withdraw(actor_of(editor), service, "zu alt")
    actions.note_attempt(actor_of(editor), service, "phone", "Niemand hebt ab, Anrufbeantworter besprochen.")
    actions.withdraw(actor_of(editor), service, "zu alt, nicht erreichbar")
    service.subject.refresh_from_db()
    assert not service.subject.published
    with pytest.raises(DomainError, match="nicht mehr öffentlich"):
        actions.withdraw(actor_of(editor), service, "noch einmal")


def test_an_attempt_from_before_the_question_does_not_count(db, editor, actor_of, stopped_clock):
    service = offer()
    actions.note_attempt(actor_of(editor), service, "phone", "Alles gut.")
    stopped_clock.move(days=access.old_after() + 2)
    assert reminding.ask(service) is False  # nobody's address is known, but the question is dated
    service.refresh_from_db()
    with pytest.raises(DomainError, match="zu erreichen"):
        actions.withdraw(actor_of(editor), service, "zu alt")


# -- among themselves -------------------------------------------------------------------------------
def test_only_members_of_verified_organisations_read_what_they_tell_each_other(
    db, client_for, alice, bob, charlie, editor
):
    service, other = offer(), offer("Zweites", "Zweite e.V.")
    factories.member(alice, service)
    factories.member(bob, other, verified=False)
    address = reverse("directory:network")
    sent = client_for(alice).post(address, {
        "kind": "room", "title": "Raum am Abend", "text": "40 Quadratmeter",
        "until": (clock.today() + timedelta(days=30)).isoformat()
    })  # fmt: skip
    assert sent.status_code == 302
    assert "Raum am Abend" in client_for(editor).get(address).content.decode()
    assert client_for(bob).get(address).status_code == 403
    assert client_for(charlie).get(address).status_code == 403
    notice = Notice.objects.get()
    close = reverse("directory:close_notice", args=[notice.public_id])
    client_for(charlie).post(close)
    notice.refresh_from_db()
    assert notice.closed_at is None
    client_for(alice).post(close)
    notice.refresh_from_db()
    assert notice.closed_at is not None


def test_contacts_are_for_members_only(db, client, client_for, alice):
    service = offer()
    Provider.objects.filter(pk=service.provider_id).update(contact="Nadja Brandl", contact_phone="089 000 4010")
    factories.member(alice, service)
    assert "Nadja Brandl" in client_for(alice).get(reverse("directory:network")).content.decode()
    for address in (service.get_absolute_url(), f"/angebote/anbieter/{service.provider.organisation.slug}/"):
        assert "Nadja Brandl" not in client.get(address).content.decode()


# -- staff ------------------------------------------------------------------------------------------
def test_staff_change_an_entry_and_a_wrong_line_keeps_the_rest(db, client_for, editor):
    service = offer()
    staff = client_for(editor)
    address = reverse("directory_staff:entry", args=[service.slug])
    bad = staff.post(address, fields(service, lead="Neuer Satz", places="Haus | Weg 1 | 80331 München | hier"))
    assert bad.status_code == 422
    assert "Neuer Satz" in bad.content.decode()
    assert "Breite, Länge sind zwei Zahlen" in bad.content.decode()
    service.refresh_from_db()
    assert service.version == 1
    assert staff.post(address, fields(service, lead="Neuer Satz", confirmed="on")).status_code == 302
    service.refresh_from_db()
    assert service.data["lead"] == "Neuer Satz"
    assert service.confirmed_on == clock.today()


def test_staff_publish_a_new_entry_of_a_provider_nobody_knew(db, client_for, editor):
    answer = client_for(editor).post(reverse("directory_staff:new"), {
        "provider": "Ganz neu e.V.", "name": "Mittagstisch", "lead": "Essen für alle.", "status": "active",
        "cost": "free",
        "appointment": "none",
    })  # fmt: skip
    assert answer.status_code == 302
    assert Service.objects.get(name="Mittagstisch").provider.organisation.name == "Ganz neu e.V."


@pytest.mark.parametrize("kind", ["alle", "alt", "still", "hinweise", "entwurf", "unsinn"])
def test_the_list_of_what_is_due_needs_as_many_queries_with_more_rows(
    db, client_for, editor, kind, assert_constant_queries
):
    client = client_for(editor)

    def more() -> None:
        for number in range(5):
            service = offer(f"Eintrag {Service.objects.count()}-{number}", publish=number % 2 == 0)
            actions.report(service, "Die Nummer stimmt nicht.")
            factories.put(service, confirmed_on=None, asked_at=clock.now())

    more()
    assert_constant_queries(more, lambda: client.get(reverse("directory_staff:list"), {"was": kind, "q": "Eintrag"}))


def test_citizens_and_staff_without_second_factor_stay_outside(db, client_for, alice, client):
    for name in ("list", "changes", "reports", "providers", "demand", "new"):
        address = reverse(f"directory_staff:{name}")
        assert client_for(alice).get(address).status_code in (302, 403)
        assert client.get(address).status_code == 302
