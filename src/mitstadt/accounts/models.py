"""People who sign in, guests who confirmed an e-mail address, and how the city came to trust them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.ids import new_id

from .pseudonyms import pseudonym_key


class Trust(models.IntegerChoices):
    """How well the city knows that a person is who they say. Each level includes those below."""

    NONE = 0, _("ohne Nachweis")
    EMAIL = 1, _("E-Mail bestätigt")
    RESIDENT = 2, _("Wohnsitz bestätigt")
    EID = 3, _("Online-Ausweis")


class User(AbstractUser):
    """An account. `pseudonym` is the only name the public sees; `public_id` the only identifier.

    `username` repeats `public_id` unless somebody sets it: people sign in with their e-mail address or a passkey.
    `first_name` and `last_name` stay empty except for staff, whom the back office lists by name.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    pseudonym = models.CharField(_("Öffentlicher Name"), max_length=60, blank=True)
    # Folded form of the pseudonym; two people never carry names that look alike. NULL while none was chosen.
    pseudonym_key = models.CharField(max_length=120, unique=True, null=True, blank=True, editable=False)
    trust = models.PositiveSmallIntegerField(choices=Trust.choices, default=Trust.NONE)
    language = models.CharField(max_length=8, default="de")
    is_example = models.BooleanField(default=False, help_text="An invented person of the demo city")
    # The facts that hold, rule → end (ISO moment or empty): so that an Actor costs no further query. See `Fact`.
    held_facts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)
    # Part of every session's proof: raising it ends all sessions of this person at once.
    session_epoch = models.PositiveIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("Konto")
        verbose_name_plural = _("Konten")

    def get_full_name(self) -> str:
        """How the back office names a person to colleagues: there are no first and last names in the house."""
        return self.pseudonym or self.email

    def get_username(self) -> str:
        """What the back office writes into its sidebar and its logs. Nobody signs in with it."""
        return self.get_full_name() or self.username

    def natural_key(self) -> tuple[str]:
        return (self.username,)

    def __str__(self) -> str:
        return self.pseudonym or self.public_id

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.username:
            self.username = self.public_id
        self.pseudonym_key = pseudonym_key(self.pseudonym) or None
        fields = kwargs.get("update_fields")
        if fields is not None and "pseudonym" in fields:
            kwargs["update_fields"] = {*fields, "pseudonym_key"}
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        from .keyed import keyed_hash

        return keyed_hash("session", f"{super()._get_session_auth_hash(secret)}:{self.session_epoch}")  # type: ignore[misc]


class Guest(models.Model):
    """An e-mail address without an account, confirmed by a link. Only a keyed hash of the address is kept."""

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    email_hash = models.CharField(max_length=64, unique=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    pseudonym = models.CharField(max_length=60, blank=True)
    is_example = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("Gast")
        verbose_name_plural = _("Gäste")


class Fact(models.Model):
    """A yes or no that a rule needs ("lives in the city", "is at least 16"), evaluated at login.

    Never the address or date of birth it was derived from.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="facts")
    rule = models.CharField(max_length=80)
    holds = models.BooleanField()
    source = models.CharField(max_length=40)
    evaluated_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "rule"], name="accounts_fact_once")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        digest_facts(self.user_id)


def digest_facts(user_id: int) -> None:
    """Carry the facts that hold over to the account, where every request finds them without a query."""
    held = Fact.objects.filter(user_id=user_id, holds=True).values_list("rule", "expires_at")
    User.objects.filter(pk=user_id).update(held_facts={rule: end.isoformat() if end else "" for rule, end in held})


class Proof(models.Model):
    """One way by which a person reached a trust level. `User.trust` is the best proof that has not expired."""

    class Way(models.TextChoices):
        EMAIL = "email", _("E-Mail-Adresse")
        LETTER = "letter", _("Code aus einem Brief der Stadt")
        COUNTER = "counter", _("Am Schalter")
        ONLINE_ID = "online_id", _("Online-Ausweis")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="proofs")
    way = models.CharField(max_length=12, choices=Way.choices)
    trust = models.PositiveSmallIntegerField(choices=Trust.choices)
    proved_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "way"], name="accounts_proof_once")]


class PendingConfirmation(models.Model):
    """What somebody without an account wrote, until they confirm by mail. Only hashes of link and address."""

    token_hash = models.CharField(max_length=64, unique=True)
    email_hash = models.CharField(max_length=64, db_index=True)
    purpose = models.CharField(max_length=60)
    payload: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    language = models.CharField(max_length=8, default="de")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True


class LetterCode(models.Model):
    """A code that the city sends by post. Kept as keyed hash, used once."""

    code_hash = models.CharField(max_length=64, unique=True)
    batch = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    wagtail_reference_index_ignore = True


class CounterCode(models.Model):
    """A short-lived code that a person shows at the counter, so that staff find the account without an e-mail."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    code_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True


class SignIn(models.Model):
    """One live session, so that a person sees where they are signed in. No address, only the kind of device."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=80)
    at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True


class Draft(models.Model):
    """What somebody had typed when their login ran out. Waits for them, never longer than a day."""

    key_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    path = models.CharField(max_length=500)
    fields: models.JSONField[dict[str, list[str]], dict[str, list[str]]] = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True


class Attempt(models.Model):
    """How often something was tried in one window of time. `key_hash` hides who; rows die within a day."""

    key_hash = models.CharField(max_length=64)
    window = models.BigIntegerField(help_text="Number of the window since 1970")
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_hash", "window"], name="accounts_attempt_once")]


class AccessToken(models.Model):
    """Lets a program write in a person's name. Only a keyed hash is kept; `shown` are its first signs, to tell one from
    another. `last_used_on` is a day, not a moment. `slot` 1 to `MOST` is what limits them to 20 each. `scopes` are
    words with a space between (see `accounts.tokens.SCOPES`)."""

    MOST = 20

    user = models.ForeignKey(User, models.CASCADE, related_name="access_tokens")
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    shown = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    slot = models.PositiveSmallIntegerField()
    scopes = models.CharField(max_length=120)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "slot"], name="accounts_token_slot_once"),
            models.CheckConstraint(condition=models.Q(slot__gte=1, slot__lte=20), name="accounts_token_slot_in_limit"),
        ]
