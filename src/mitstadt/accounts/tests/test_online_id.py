"""The city's identity provider, played by oidc-provider-mock on loopback, and everything it may do wrong."""

from __future__ import annotations

import json
import time
import warnings
from datetime import date
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from mitstadt.accounts.actor import actor_for
from mitstadt.accounts.models import Fact, Proof, Trust, User
from mitstadt.accounts.online_id import claims as claim_rules
from mitstadt.accounts.online_id import tokens
from mitstadt.accounts.online_id.provider import CityAdapter

START = "/konto/online-id/stadt/login/"
RESIDENT = {
    "authlevel": "STORK-QAA-Level-4",
    "bpk2": "bpk2-der-alice",
    "given_name": "Alice",
    "family_name": "Geheimname",
    "day_of_birth": "2008-03-04",  # under its standard name the mock hands it out with the scope "profile" only
    "postal_code": "80331",
    "email": "alice.privat@example.org",
}
TOLD = {
    "facts": [
        {"rule": "resident", "claim": "postal_code", "in": ["80331", "80333"]},
        {"rule": "age_16", "claim": "day_of_birth", "min_age": 16},
        {"rule": "age_18", "claim": "day_of_birth", "min_age": 18},
    ]
}


@pytest.fixture(scope="module")
def provider():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oidc_provider_mock
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def configured(settings, provider, db):
    """The city's provider is the mock."""
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "stadt",
                    "name": "Online-Ausweis",
                    "client_id": "mitstadt",
                    "secret": "geheim",
                    "settings": {"server_url": provider, "oauth_pkce_enabled": True, "scope": ["openid"]},
                }
            ]
        }
    }
    settings.MITSTADT_ONLINE_ID = {**TOLD, "userinfo": True}
    return provider


def leave(client, next_url=""):
    """Press the button; returns where the browser is sent, taken apart."""
    page = client.post(f"{START}?process=login&next={next_url}")
    assert page.status_code == 302
    return page["Location"]


def come_back(client, address, sub="alice", **claims):
    """Say who one is at the provider; returns our callback's answer."""
    provider = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    requests.put(f"{provider}/users/{sub}", json=claims or RESIDENT, timeout=5).raise_for_status()
    answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def test_without_a_provider_there_is_no_such_login(db):
    assert "online-id" not in Client().get("/konto/login/").content.decode()
    assert Client().get(START).status_code == 404


def test_we_ask_for_no_name_and_no_address(configured):
    asked = parse_qs(urlsplit(leave(Client())).query)
    assert asked["scope"] == ["openid"]
    assert len(asked["nonce"][0]) >= 32
    assert asked["code_challenge_method"] == ["S256"]
    # a link cannot ask for more
    more = Client().post(f"{START}?scope=profile,address&auth_params=prompt%3Dnone")
    query = parse_qs(urlsplit(more["Location"]).query)
    assert query["scope"] == ["openid"]
    assert "prompt" not in query


def test_leaving_needs_post(configured):
    assert Client().get(START).status_code == 200  # a page with a button


def sign_up(client, pseudonym="Isarnixe"):
    answer = come_back(client, leave(client))
    assert answer["Location"].endswith("/konto/3rdparty/signup/")
    return client.post("/konto/3rdparty/signup/", {"pseudonym": pseudonym, "email": ""})


def test_alice_signs_up_with_her_online_id_and_stays_unknown(configured, stopped_clock):
    client = Client()
    assert sign_up(client).status_code == 302
    user = User.objects.get()
    assert (user.pseudonym, user.email, user.first_name, user.trust) == ("Isarnixe", "", "", Trust.EID)
    facts = dict(Fact.objects.values_list("rule", "holds"))
    assert facts == {"resident": True, "age_16": True, "age_18": False}  # 17 years old on 2026-03-03
    assert actor_for(user).facts == {"resident", "age_16"}
    assert client.get("/konto/profil/").status_code == 200


def test_nothing_raw_is_stored_anywhere(configured):
    from django.apps import apps

    client = Client()
    sign_up(client)
    told = ["bpk2-der-alice", "Geheimname", "2008-03-04", "80331", "alice.privat"]
    for model in apps.get_models():
        for row in model._base_manager.values():
            assert not [word for word in told if word in repr(row)], model
    session = json.dumps(dict(client.session.items()))
    assert not [word for word in told if word in session]


def test_the_same_person_comes_back_to_the_same_account(configured):
    sign_up(Client())
    again = Client()
    answer = come_back(again, leave(again))
    assert answer.status_code == 302
    assert again.get("/konto/profil/").status_code == 200
    assert User.objects.count() == 1


def test_facts_follow_every_login(configured):
    sign_up(Client())
    again = Client()
    come_back(again, leave(again), **{**RESIDENT, "postal_code": "10115"})
    assert not Fact.objects.get(rule="resident").holds
    assert "resident" not in actor_for(User.objects.get()).facts


def test_a_password_at_the_provider_is_no_online_id(configured):
    client = Client()
    come_back(client, leave(client), **{**RESIDENT, "authlevel": "STORK-QAA-Level-1"})
    client.post("/konto/3rdparty/signup/", {"pseudonym": "Isarnixe", "email": ""})
    assert User.objects.get().trust == Trust.NONE
    assert not Fact.objects.exists()


def test_the_account_cannot_be_taken_over_by_an_address(configured, alice):
    client = Client()
    come_back(client, leave(client), **{**RESIDENT, "email": alice.email, "email_verified": True})
    assert client.get("/konto/profil/").status_code == 302  # not signed in as Alice


def connect(client):
    """Step-up: a fresh password first, so that an open browser is not enough to tie in somebody else's identity."""
    client.post("/konto/reauthenticate/", {"password": "ein-langes-passwort-7"})
    return come_back(client, client.post(f"{START}?process=connect")["Location"])


def test_step_up_raises_an_existing_account(configured, alice, client_for):
    client = client_for(alice)
    early = come_back(client, client.post(f"{START}?process=connect")["Location"])
    assert early["Location"].startswith("/konto/reauthenticate/")
    assert User.objects.get(pk=alice.pk).trust == Trust.EMAIL
    connect(client)
    assert User.objects.get(pk=alice.pk).trust == Trust.EID
    assert Proof.objects.get(user=alice).way == "online_id"


def test_one_online_id_counts_for_one_account(configured, alice, bob, client_for):
    for person in (alice, bob):
        connect(client_for(person))
    assert User.objects.get(pk=alice.pk).trust == Trust.EID
    assert User.objects.get(pk=bob.pk).trust == Trust.EMAIL


# -- what must be refused, through the whole callback -----------------------------------------------------
OURS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
THEIRS = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwks(key=OURS, kid="k1"):
    entry = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {"keys": [{**entry, "kid": kid, "use": "sig", "alg": "RS256"}]}


def token(key=OURS, alg="RS256", headers=None, **changes):
    now = int(time.time())
    claims = {"iss": "https://id.example", "sub": "s", "aud": "mitstadt", "iat": now, "exp": now + 60, "nonce": "n"}
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return jwt.encode(claims, key, algorithm=alg, headers={"kid": "k1", **(headers or {})})


def verify(text):
    return tokens.verify(text, jwks(), issuer="https://id.example", audience="mitstadt", nonce="n")


def hs256_with_the_public_key():
    """The classic confusion: an HMAC keyed with the public key that everybody can read."""
    import base64
    import hashlib
    import hmac

    from cryptography.hazmat.primitives import serialization

    public = OURS.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    body = token().split(".")[1]
    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "k1"}).encode()).rstrip(b"=").decode()
    mac = hmac.new(public, f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


BAD = {
    "signature": lambda **c: token(THEIRS, **c),
    "tampered": lambda **c: token(**c)[:-8] + "AAAAAAAA",
    "alg none": lambda **c: token(None, "none", **c),
    "alg HS256": lambda **c: hs256_with_the_public_key(),
    "audience": lambda **c: token(**{**c, "aud": "andere-anwendung"}),
    "audience missing": lambda **c: token(**{**c, "aud": None}),
    "several audiences": lambda **c: token(**{**c, "aud": ["mitstadt", "andere"], "azp": "andere"}),
    "nonce": lambda **c: token(**{**c, "nonce": "von-gestern"}),
    "nonce missing": lambda **c: token(**{**c, "nonce": None}),
    "expired": lambda **c: token(**{**c, "exp": int(time.time()) - 120}),
    "expiry missing": lambda **c: token(**{**c, "exp": None}),
    "issuer": lambda **c: token(**{**c, "iss": "https://evil.example"}),
    "subject missing": lambda **c: token(**{**c, "sub": None}),
    "from the future": lambda **c: token(**{**c, "iat": int(time.time()) + 3600}),
    "unknown key": lambda **c: token(headers={"kid": "k9"}, **c),
    "garbage": lambda **c: "a.b.c",
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_token_proves_nothing(fault):
    with pytest.raises(tokens.BadTokenError):
        verify(BAD[fault]())


def test_a_good_token_is_believed():
    assert verify(token())["sub"] == "s"


@pytest.mark.parametrize("fault", [*BAD, None])
def test_nobody_gets_in_with_a_bad_token(configured, settings, monkeypatch, fault):
    settings.MITSTADT_ONLINE_ID = TOLD
    client = Client()
    address = leave(client)
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    make = BAD[fault] if fault else (lambda **c: token(**c))
    made = make(iss=configured, nonce=nonce)
    monkeypatch.setattr(CityAdapter, "_keys", lambda self: jwks())
    monkeypatch.setattr(CityAdapter, "get_access_token_data", lambda *a, **k: {"access_token": "x", "id_token": made})
    answer = come_back(client, address)
    if fault is None:
        assert answer["Location"].endswith("/konto/3rdparty/signup/")
    else:
        assert answer.status_code == 401
        assert "Es ist nichts verändert worden" in answer.content.decode()
    assert client.get("/konto/profil/").status_code == 302
    assert not User.objects.exists()


def test_a_token_without_id_token_is_refused(configured, monkeypatch):
    client = Client()
    address = leave(client)
    monkeypatch.setattr(CityAdapter, "get_access_token_data", lambda *a, **k: {"access_token": "x"})
    assert come_back(client, address).status_code == 401


def test_a_callback_that_nobody_asked_for_is_refused(configured):
    assert Client().get(f"{START}callback/?code=x&state=y").status_code == 401


def test_another_browsers_callback_is_refused(configured):
    mallory, alice = Client(), Client()
    answer = come_back(alice, leave(mallory))
    assert answer.status_code == 401


def test_a_provider_that_calls_itself_something_else_is_refused(configured, settings):
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    apps[0]["settings"]["server_url"] = configured.replace("localhost", "127.0.0.1") + "/"
    # the mock names itself after the host it is asked by, so ask through a description of another issuer
    apps[0]["settings"]["openid_configuration_overrides"] = {"issuer": "https://evil.example"}
    assert Client().post(START).status_code == 401


def test_a_provider_that_is_down_is_said_kindly(configured, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"
    assert Client().post(START).status_code == 401


def test_a_callback_works_once(configured):
    client = Client()
    address = leave(client)
    provider = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    requests.put(f"{provider}/users/alice", json=RESIDENT, timeout=5).raise_for_status()
    back = urlsplit(requests.post(address, data={"sub": "alice"}, allow_redirects=False, timeout=5).headers["Location"])
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    again = client.get(f"{back.path}?{back.query}")
    assert again.status_code == 401
    assert "Es ist nichts verändert worden" in again.content.decode()


def test_whoever_turns_back_at_the_provider_is_told_so(configured):
    client = Client()
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    answer = client.get(f"{START}callback/?error=access_denied&state={state}", follow=True)
    assert answer.status_code in (200, 401)
    assert not User.objects.exists()


ODD = [[], None, "Wartung", 7, {}, {"keys": ["x"]}, {"keys": None}, {"keys": [{"kid": "k1"}]}]


def _saying(monkeypatch, ending, said):
    """The provider answers `said` at the address with this ending."""
    ask = requests.Session.request

    def request(self, method, url, **more):
        if not url.endswith(ending):
            return ask(self, method, url, **more)
        answer = requests.Response()
        answer.status_code, answer._content = 200, json.dumps(said).encode()
        answer.headers["Content-Type"] = "application/json"
        return answer

    monkeypatch.setattr(requests.Session, "request", request)


@pytest.mark.parametrize("said", ODD)
@pytest.mark.parametrize("ending", ["/oauth2/token", "/jwks", "/userinfo"])
def test_a_provider_that_talks_nonsense_is_said_kindly(configured, monkeypatch, ending, said):
    """What was no object, or lacked a part, was answered with an error."""
    client = Client()
    address = leave(client)
    _saying(monkeypatch, ending, said)
    answer = come_back(client, address)
    assert answer.status_code == 401
    assert "Es ist nichts verändert worden" in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("said", ODD[:5])
def test_a_provider_that_describes_itself_oddly_is_said_kindly(configured, monkeypatch, said):
    description = {**said, "issuer": configured} if isinstance(said, dict) else said
    _saying(monkeypatch, "/.well-known/openid-configuration", description)
    answer = Client().post(START)
    assert answer.status_code == 401
    assert "Es ist nichts verändert worden" in answer.content.decode()


# -- judging claims ---------------------------------------------------------------------------------------
TODAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("birthdate", "is_16"),
    [
        ("2010-03-03", True),
        ("2010-03-04", False),
        ("2010-00-00", False),  # only the year is known: old enough on its last day
        ("2009-00-00", True),
        ("2009", True),
        ("2010-02-00", True),
        ("2010-03-00", False),
        ("2004-02-29", True),
    ],
)
def test_ages_count_full_years(birthdate, is_16):
    rules = {"facts": [{"rule": "age_16", "claim": "birthdate", "min_age": 16}]}
    read = claim_rules.read({"sub": "s", "acr": "level4", "birthdate": birthdate}, rules, TODAY)
    assert read.facts == {"age_16": is_16}


@pytest.mark.parametrize("birthdate", ["", "gestern", "2010-13-01", "1066-01-01", "2030-01-01"])
def test_what_cannot_be_judged_is_left_open(birthdate):
    rules = {"facts": [{"rule": "age_16", "claim": "birthdate", "min_age": 16}]}
    assert claim_rules.read({"sub": "s", "acr": "level4", "birthdate": birthdate}, rules, TODAY).facts == {}


@pytest.mark.parametrize(
    ("level", "trust"),
    [("STORK-QAA-Level-1", 0), ("STORK-QAA-Level-3", 3), ("STORK-QAA-Level-4", 3), ("STORK-QAA-Level-5", 0), ("", 0)],
)
def test_levels(level, trust):
    assert claim_rules.read({"sub": "s", "authlevel": level}, {}, TODAY).trust == trust


def test_districts_from_a_list_and_claims_inside_claims():
    rules = {"facts": [{"rule": "district_03", "claim": "address.district", "in": [3, "Maxvorstadt"]}]}
    claims = {"sub": "s", "acr": "level3", "address": {"district": "maxvorstadt "}}
    assert claim_rules.read(claims, rules, TODAY).facts == {"district_03": True}
