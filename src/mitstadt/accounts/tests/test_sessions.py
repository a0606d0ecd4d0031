"""Logging in and out: sessions, passwords, addresses, second factors."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from mitstadt.accounts.models import SignIn, Trust, User
from mitstadt.kit import jobs

PASSWORD = "ein-langes-passwort-7"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def log_in(client, email, password=PASSWORD, **extra):
    return client.post("/konto/login/", {"login": email, "password": password, **extra})


def signed_in(client):
    return client.get("/konto/profil/").status_code == 200


# -- nobody learns who has an account ------------------------------------------------------------------
def body_of(response):
    """The page without what differs by nature: CSRF tokens, element numbers and what the person typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    return re.sub(r"alice@example\.org|niemand@example\.org", "…", text)


def test_login_says_the_same_for_known_and_unknown_addresses(alice):
    known = log_in(Client(), alice.email, "falsch-falsch-falsch")
    unknown = log_in(Client(), "niemand@example.org", "falsch-falsch-falsch")
    assert known.status_code == unknown.status_code == 200
    assert body_of(known) == body_of(unknown)


def test_password_reset_says_the_same(alice):
    answers = [Client().post("/konto/password/reset/", {"email": e}) for e in (alice.email, "niemand@example.org")]
    assert [(a.status_code, a["Location"]) for a in answers] == [(302, "/konto/password/reset/done/")] * 2


def test_sign_up_says_the_same(alice):
    answers = []
    for number, email in enumerate((alice.email, "niemand@example.org")):
        data = {"email": email, "password1": "noch-ein-langer-satz", "pseudonym": f"Wacher Otter {number}"}
        answers.append(Client().post("/konto/signup/", data))
    assert [(a.status_code, a["Location"]) for a in answers] == [(302, "/konto/confirm-email/")] * 2
    jobs.run_pending()
    assert sorted(message.to[0] for message in mail.outbox) == [alice.email, "niemand@example.org"]
    assert User.objects.filter(email=alice.email).count() == 1


def test_guessing_passwords_is_limited_in_the_database(alice):
    """Twenty an hour for all processes together, and the right password does not help either."""
    for number in range(20):
        cache.clear()  # as if every try met another process
        log_in(Client(), alice.email, f"falsch-falsch-{number}")
    cache.clear()
    client = Client()
    log_in(client, alice.email)
    assert not signed_in(client)


# -- passwords -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("password", ["kurz-kurz-1", "1qaz2wsx3edc", "startfinding", "QWERTY123456", "739201846520"])
def test_short_and_common_passwords_are_refused(db, password):
    data = {"email": "dora@example.org", "password1": password, "pseudonym": "Flinker Otter"}
    response = Client().post("/konto/signup/", data)
    assert response.status_code == 200
    assert not User.objects.exists()


def test_passwords_can_be_pasted(db):
    page = Client().get("/konto/signup/").content.decode()
    assert "onpaste" not in page
    assert 'autocomplete="new-password"' in page


def test_dora_signs_up_confirms_and_logs_in(db):
    client = Client()
    form = client.get("/konto/signup/").content.decode()
    suggested = re.search(r'name="pseudonym" value="([^"]+)"', form)[1]
    assert "@" not in suggested
    client.post(
        "/konto/signup/", {"email": "dora@example.org", "password1": "ein-wirklich-langer-satz", "pseudonym": suggested}
    )
    assert not signed_in(client)
    jobs.run_pending()
    link = re.search(r"https?://[^/]+(/konto/confirm-email/\S+)", mail.outbox[-1].body)[1]
    client.get(link)
    user = User.objects.get()
    assert (user.trust, user.pseudonym) == (Trust.NONE, suggested)  # following the link is not enough
    client.post(link)
    assert User.objects.get().trust == Trust.EMAIL
    log_in(client, "dora@example.org", "ein-wirklich-langer-satz")
    assert signed_in(client)
    assert user.username == user.public_id


@pytest.mark.parametrize("name", ["Stadt München", "dora", "Admin"])
def test_sign_up_refuses_names_that_mislead(db, name):
    data = {"email": "dora@example.org", "password1": "ein-wirklich-langer-satz", "pseudonym": name}
    assert Client().post("/konto/signup/", data).status_code == 200
    assert not User.objects.exists()


# -- sessions --------------------------------------------------------------------------------------------
def test_the_session_id_changes_at_login(alice):
    client = Client()
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    log_in(client, alice.email)
    assert signed_in(client)
    assert client.cookies["sessionid"].value != before


def test_logging_out_kills_the_session_on_the_server(alice):
    client = Client()
    log_in(client, alice.email)
    old = client.cookies["sessionid"].value
    client.get("/konto/logout/")
    assert signed_in(client)  # GET only asks
    client.post("/konto/logout/")
    thief = Client()
    thief.cookies["sessionid"] = old
    assert not signed_in(thief)
    assert not SignIn.objects.exists()


def test_a_new_password_ends_all_other_sessions(alice):
    here, there = Client(), Client()
    log_in(here, alice.email)
    log_in(there, alice.email)
    here.post(
        "/konto/password/change/",
        {"oldpassword": PASSWORD, "password1": "ganz-neuer-langer-satz", "password2": "ganz-neuer-langer-satz"},
    )
    assert signed_in(here)
    assert not signed_in(there)
    assert SignIn.objects.count() == 1


def test_signing_out_everywhere(alice):
    here, there = Client(), Client()
    log_in(here, alice.email)
    log_in(there, alice.email)
    here.post("/konto/sicherheit/abmelden/")
    assert not signed_in(here)
    assert not signed_in(there)


def test_no_address_is_kept_with_a_session(alice):
    client = Client(REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Gecko Firefox/140.0")
    log_in(client, alice.email)
    row = SignIn.objects.values().get()
    assert "203.0.113" not in repr(row)
    assert row["device"] == "Firefox, Linux"


def test_a_next_address_never_leaves_the_house(alice):
    response = log_in(Client(), alice.email, next="https://evil.example/")
    assert "evil" not in response["Location"]


def test_people_without_a_session_never_touch_it(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = Client().get("/konto/post/")
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


def test_a_signed_in_actor_costs_three_queries(client_for, editor, django_assert_max_num_queries, rf):
    from django.contrib.auth.middleware import AuthenticationMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware

    from mitstadt.accounts.middleware import ActorMiddleware

    request = rf.get("/")
    request.COOKIES["sessionid"] = client_for(editor).cookies["sessionid"].value
    SessionMiddleware(lambda r: None).process_request(request)
    AuthenticationMiddleware(lambda r: None).process_request(request)
    from django.http import HttpResponse

    ActorMiddleware(lambda r: HttpResponse())(request)
    with django_assert_max_num_queries(3):
        assert request.actor.has("editor")
        assert request.actor.second_factor


# -- second factor -----------------------------------------------------------------------------------------
def test_staff_without_second_factor_are_led_to_set_one_up(editor):
    client = Client()
    log_in(client, editor.email)
    response = client.get("/verwaltung/pages/")
    assert response.status_code == 302
    assert response["Location"].startswith("/konto/sicherheit/zweiter-faktor/?next=%2Fverwaltung")
    page = client.get(response["Location"]).content.decode()
    assert "/konto/2fa/totp/activate/" in page


def test_staff_verbs_need_the_second_factor(editor):
    from mitstadt.accounts import rules
    from mitstadt.accounts.actor import actor_for

    decision = rules.staff(actor_for(editor, second_factor=False))
    assert (bool(decision), decision.step_up) == (False, "second_factor")
    assert rules.staff(actor_for(editor, second_factor=True))


def test_citizens_and_strangers_stay_outside_the_back_office(client_for, alice):
    assert client_for(alice).get("/verwaltung/").status_code == 403
    outside = client_for(None).get("/verwaltung/login/")
    assert outside["Location"] == "/konto/login/?next=%2Fverwaltung%2F"


def test_an_editor_sets_up_the_app_and_gets_in(editor):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    client = Client()
    log_in(client, editor.email)
    client.post("/konto/reauthenticate/", {"password": PASSWORD})
    page = client.get("/konto/2fa/totp/activate/").content.decode()
    secret = client.session["mfa.totp.secret"]
    assert secret in page

    def now():
        return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))

    client.post("/konto/2fa/totp/activate/", {"code": now()})
    from allauth.mfa.models import Authenticator

    stored = Authenticator.objects.get(user=editor, type="totp")
    assert secret not in repr(stored.data)  # encrypted at rest
    # a second device: the password alone does not log in any more
    other = Client()
    cache.clear()
    reply = log_in(other, editor.email)
    assert reply["Location"].startswith("/konto/2fa/authenticate/")
    assert not signed_in(other)
    other.post("/konto/2fa/authenticate/", {"code": "000000"})
    assert not signed_in(other)
    cache.clear()
    other.post("/konto/2fa/authenticate/", {"code": now()})
    assert other.get("/verwaltung/").status_code == 200


def test_the_demo_rule_does_not_exist_elsewhere(editor, client_for, settings):
    from mitstadt.accounts import factors

    User.objects.filter(pk=editor.pk).update(is_example=True)
    client = Client()
    client.force_login(User.objects.get(pk=editor.pk), backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[factors.DEMO] = True
    session.save()
    assert client.get("/verwaltung/").status_code == 302
    settings.MITSTADT_DEMO = True
    assert client.get("/verwaltung/").status_code == 200
    User.objects.filter(pk=editor.pk).update(is_example=False)
    assert client.get("/verwaltung/").status_code == 302


def test_one_click_logins_are_a_404_outside_the_demo(db):
    assert Client().post("/konto/demo/administration/").status_code == 404
