"""Who acts: loaded once per request, handed to every action and rule. Rules never see a User."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from mitstadt.kit import clock

if TYPE_CHECKING:
    from .models import User

# Roles that a membership can give. Each is held within one organisation (a department, usually).
EDITOR = "editor"  # changes the measures of their own department
COORDINATOR = "coordinator"  # publishes the strategy, approves what editors propose
MODERATOR = "moderator"
ADMINISTRATOR = "administrator"
MEMBER = "member"
ROLES = (MEMBER, EDITOR, COORDINATOR, MODERATOR, ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one organisation. `function` is what the public reads ("Geschäftsstelle E-Akte")."""

    role: str
    organisation_id: int
    organisation: str
    function: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person for the duration of one request: account, guest or nobody.

    `user_id` and `guest_id` are database keys (at most one is set), `public_id` goes into the audit log.
    """

    user_id: int | None = None
    guest_id: int | None = None
    public_id: str = ""
    pseudonym: str = ""
    trust: int = 0
    language: str = "de"
    second_factor: bool = False
    is_example: bool = False
    grants: tuple[Grant, ...] = field(default=())
    facts: frozenset[str] = frozenset()

    @property
    def is_known(self) -> bool:
        """Signed in with an account."""
        return self.user_id is not None

    @property
    def is_somebody(self) -> bool:
        """An account or a guest: somebody who can be told from others, so that what counts once counts once."""
        return self.user_id is not None or self.guest_id is not None

    @property
    def is_staff(self) -> bool:
        return any(g.role != MEMBER for g in self.grants)

    def has(self, role: str, organisation_id: int | None = None) -> bool:
        """Holds `role`, in that organisation if one is named. Administrators hold every role."""
        return any(
            g.role == ADMINISTRATOR or (g.role == role and organisation_id in (None, g.organisation_id))
            for g in self.grants
        )

    @property
    def label(self) -> str:
        """How staff appear in public: function and department, never a name; for others the pseudonym."""
        return self.office or self.pseudonym

    @property
    def office(self) -> str:
        """Function and department of staff, nothing for others: what the log, which forgets no word of it, may hold."""
        staff = next((g for g in self.grants if g.role != MEMBER), None)
        if staff is None:
            return ""
        return f"{staff.organisation}, {staff.function}" if staff.function else staff.organisation


NOBODY = Actor()

# How else a request may carry a person (the code of a letter): cookie name → `actor_of(request)`.
carriers: dict[str, Callable[[Any], Actor | None]] = {}


def register_carrier(cookie: str, actor_of: Callable[[Any], Actor | None]) -> None:
    """An upper room hands in how a request with this cookie carries a person who is not signed in."""
    carriers[cookie] = actor_of


_grants: list[Callable[[int], tuple[Grant, ...]]] = []


def register_grants(provider: Callable[[int], tuple[Grant, ...]]) -> None:
    """An upper room hands in how to find a user's grants (`provider(user_id)`)."""
    _grants.append(provider)


# Providers that are asked only about people who hold a fact, so that everybody else costs no query.
_grants_by_fact: dict[str, Callable[[int], tuple[Grant, ...]]] = {}


def register_grants_by_fact(fact: str, provider: Callable[[int], tuple[Grant, ...]]) -> None:
    """`register_grants` for few people: the room stores `fact` (`actions.trust.store_facts`) while they have grants."""
    _grants_by_fact[fact] = provider


def actor_for(user: User, *, second_factor: bool = False) -> Actor:
    """The Actor of a signed-in user; one query for the grants, none for the facts."""
    assert user.pk is not None
    now = clock.now().astimezone(UTC).isoformat()
    facts = frozenset(rule for rule, end in user.held_facts.items() if not end or end > now)
    providers = [*_grants, *(provider for fact, provider in _grants_by_fact.items() if fact in facts)]
    return Actor(
        user_id=user.pk,
        public_id=user.public_id,
        pseudonym=user.pseudonym,
        trust=user.trust,
        language=user.language,
        second_factor=second_factor,
        is_example=user.is_example,
        grants=tuple(grant for provider in providers for grant in provider(user.pk)),
        facts=facts,
    )
