"""People who sign in, and guests who confirmed an e-mail address."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.ids import new_id


class Trust(models.IntegerChoices):
    """How well the city knows that a person is who they say. Each level includes those below."""

    NONE = 0, _("ohne Nachweis")
    EMAIL = 1, _("E-Mail bestätigt")
    RESIDENT = 2, _("Wohnsitz bestätigt")
    EID = 3, _("Online-Ausweis")


class User(AbstractUser):
    """An account. `pseudonym` is the only name the public sees; `public_id` the only identifier."""

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    pseudonym = models.CharField(_("Öffentlicher Name"), max_length=60, blank=True)
    trust = models.PositiveSmallIntegerField(choices=Trust.choices, default=Trust.NONE)
    language = models.CharField(max_length=8, default="de")
    is_example = models.BooleanField(default=False, help_text="An invented person of the demo city")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("Konto")
        verbose_name_plural = _("Konten")

    def __str__(self) -> str:
        return self.pseudonym or self.public_id


class Guest(models.Model):
    """An e-mail address without an account, confirmed by a link. Only a keyed hash of the address is kept."""

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    email_hash = models.CharField(max_length=64, unique=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
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
