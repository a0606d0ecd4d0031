"""Alice, Bob and Charlie are citizens; the others work for the city. Each has one password: `PASSWORD`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from mitstadt.accounts.actor import Actor, actor_for
from mitstadt.accounts.models import Trust, User
from mitstadt.kit import clock
from mitstadt.organisations.models import Membership, Organisation

PASSWORD = "ein-langes-passwort-7"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def make_user(name: str, **fields: Any) -> User:
    """A citizen with a confirmed e-mail address `name@example.org` and the pseudonym `Name`."""
    from allauth.account.models import EmailAddress

    email = fields.pop("email", f"{name.replace('_', '.')}@example.org")
    fields.setdefault("pseudonym", name.replace("_", " ").title())
    fields.setdefault("trust", Trust.EMAIL)
    user = User.objects.create_user(username=name, email=email, password=PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_department(code: str, name: str = "") -> Organisation:
    """The department with this code, created if need be."""
    found, _ = Organisation.objects.get_or_create(
        code=code, defaults={"name": name or f"Referat {code}", "slug": code.lower(), "kind": "department"}
    )
    return found


def make_staff(name: str, role: str, code: str = "RIT", function: str = "", **fields: Any) -> User:
    """A member of staff with `role` in the department `code`."""
    user = make_user(name, **fields)
    Membership.objects.create(user=user, organisation=make_department(code), role=role, function=function)
    return user


@pytest.fixture
def user_factory(db: None) -> Callable[..., User]:
    """`user_factory("dora", trust=Trust.RESIDENT)`"""
    return make_user


@pytest.fixture
def staff_factory(db: None) -> Callable[..., User]:
    """`staff_factory("eve", "editor", "KVR", function="Geschäftsstelle")`"""
    return make_staff


@pytest.fixture
def department(db: None) -> Callable[..., Organisation]:
    """`department("RIT")`"""
    return make_department


@pytest.fixture
def subject_factory(db: None) -> Callable[..., Any]:
    """`subject_factory(title="E-Akte")`: a published subject of an otherwise unused kind."""
    from mitstadt.subjects.models import Subject

    def make(**fields: Any) -> Subject:
        number = Subject.objects.count() + 1
        now = clock.now()
        values = {
            "kind": "measure",
            "title": f"Gegenstand {number}",
            "path": f"/gegenstand/{number}/",
            "published": True,
            "created_at": now,
            "changed_at": now,
        }
        return Subject.objects.create(**{**values, **fields})

    return make


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob")


@pytest.fixture
def charlie(db: None) -> User:
    return make_user("charlie")


@pytest.fixture
def editor(db: None) -> User:
    """Changes what belongs to the department RIT."""
    return make_staff("editor", "editor", "RIT", "Geschäftsstelle Strategie")


@pytest.fixture
def other_editor(db: None) -> User:
    """Changes what belongs to the department KVR, never what belongs to RIT."""
    return make_staff("other_editor", "editor", "KVR", "Geschäftsstelle Digitales")


@pytest.fixture
def coordinator(db: None) -> User:
    return make_staff("coordinator", "coordinator", "RIT", "Koordination Digitalstrategie")


@pytest.fixture
def moderator(db: None) -> User:
    return make_staff("moderator", "moderator", "RIT", "Moderation")


@pytest.fixture
def second_moderator(db: None) -> User:
    """Decides about appeals: the first moderator may not."""
    return make_staff("second_moderator", "moderator", "KVR", "Moderation")


@pytest.fixture
def administrator(db: None) -> User:
    return make_staff("administrator", "administrator", "RIT", "Betrieb")


def is_staff(user: User) -> bool:
    return Membership.objects.filter(user=user).exclude(role="member").exists()


def sign_in(client: Client, user: User) -> Client:
    """Sign `user` in; staff with their second factor, as the real login demands it."""
    client.force_login(user, backend=BACKEND)
    methods = [{"method": "password", "at": 0.0, "email": user.email}]
    if is_staff(user):
        methods.append({"method": "mfa", "type": "totp", "at": 0.0})
    session = client.session
    session["account_authentication_methods"] = methods
    session.save()
    return client


@pytest.fixture
def client_for(db: None) -> Callable[[User | None], Client]:
    """`client_for(alice)` is a signed-in client, `client_for(None)` an anonymous one."""

    def make(user: User | None) -> Client:
        return sign_in(Client(), user) if user is not None else Client()

    return make


@pytest.fixture
def actor_of(db: None) -> Callable[[User], Actor]:
    """The Actor that a request of this user would carry."""

    def make(user: User) -> Actor:
        return actor_for(User.objects.get(pk=user.pk), second_factor=is_staff(user))

    return make
