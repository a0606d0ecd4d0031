"""Codes by letter: for a group that is invited, for young people without an account, for what an address proves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .process import Process


class Area(models.Model):
    """A named list of streets or postal codes that a phase may be limited to. Who lives there is a fact, yes or no."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    streets = models.TextField(_("Straßen oder Postleitzahlen"), blank=True, help_text=_("Eine je Zeile."))

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["name"]
        verbose_name = _("Gebiet")
        verbose_name_plural = _("Gebiete")


class CodeGroup(models.Model):
    """Codes that were sent to the same people: what a code proves (`facts`) and until when."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="code_groups")
    slug = models.SlugField(max_length=60)
    name = models.CharField(_("Eingeladene Gruppe"), max_length=120)
    facts = models.JSONField(default=list, blank=True, help_text="Facts that a code proves beside group_<slug>")
    valid_until = models.DateTimeField(_("Gültig bis"))
    created_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "slug"], name="participation_group_once")]

    @property
    def fact(self) -> str:
        """The fact that belongs to this group alone."""
        return f"group_{self.slug}"


class AccessCode(models.Model):
    """One code of a letter. Only its keyed hash is kept. `guest` or `user` is who takes part with it: one code, one
    person.

    Online and paper with the same code lead to the same person, so what counts once per person counts once.
    """

    group = models.ForeignKey(CodeGroup, models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64, unique=True)
    guest = models.OneToOneField("accounts.Guest", models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    first_used_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) | models.Q(guest__isnull=True),
                name="participation_code_of_one_person",
            )
        ]
