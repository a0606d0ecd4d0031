"""A guest has no account to sign in to: a signed link in their mail opens the statement of reasons about their text."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer

from .models import Case

SALT = "mitstadt.moderation.statement"


def guest_path(case: Case) -> str:
    """The German address of the statement for the guest who wrote the text."""
    return f"/moderation/begruendung/{Signer(salt=SALT).sign(case.public_id)}/"


def case_of(token: str) -> Case | None:
    """The case behind a guest's link, None when the link was not made here or the author is no guest any more."""
    try:
        public_id = Signer(salt=SALT).unsign(token)
    except BadSignature:
        return None
    found = Case.objects.select_related("subject", "author_guest")
    return found.filter(public_id=public_id, author_guest__isnull=False).first()
