"""The invented people of the demo city."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from mitstadt.kit import clock, demo
from mitstadt.kit.errors import DomainError

from . import rules
from .demo_people import DEMO_PASSWORD, PEOPLE, DemoPerson
from .models import Proof, Trust, User


def register() -> None:
    """Called when the room starts."""
    demo.register(100, "People", load)
    for person in PEOPLE:
        demo.login(str(person.role), person.email, DEMO_PASSWORD)


def load() -> str:
    """Create the demo people; again changes nothing. Raises DomainError outside the demo."""
    if not settings.MITSTADT_DEMO:
        raise DomainError("Demo people exist in the demo only.")
    for person in PEOPLE:
        ensure(person)
    return f"{len(PEOPLE)} people"


def ensure(person: DemoPerson) -> User:
    from allauth.account.models import EmailAddress

    from . import actions

    with transaction.atomic():
        user = User.objects.filter(email=person.email).first()
        if user is None:
            user = User(email=person.email, pseudonym=person.pseudonym, is_example=True, date_joined=clock.now())
            user.set_password(DEMO_PASSWORD)
            user.save()
            EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
            actions.add_proof(user.pk, Proof.Way.EMAIL, Trust.EMAIL)
            if person.trust >= Trust.RESIDENT:
                actions.add_proof(user.pk, Proof.Way.LETTER, Trust.RESIDENT)
                actions.store_facts(user.pk, {rules.LIVES_HERE: True}, Proof.Way.LETTER)
    return user
