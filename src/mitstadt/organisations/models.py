"""Departments of the city, associations and providers, and who belongs to them in which role."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts.actor import ADMINISTRATOR, COORDINATOR, EDITOR, MEMBER, MODERATOR
from mitstadt.kit.ids import new_id


class Organisation(models.Model):
    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("Referat")
        COMPANY = "company", _("Städtischer Betrieb")
        ASSOCIATION = "association", _("Verein")
        PROVIDER = "provider", _("Träger")

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.DEPARTMENT)
    code = models.CharField(_("Kürzel"), max_length=20, unique=True, null=True, blank=True)
    name = models.CharField(_("Name"), max_length=160)
    slug = models.SlugField(max_length=160, unique=True)
    confidence = models.CharField(max_length=10, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["name"]
        verbose_name = _("Organisation")
        verbose_name_plural = _("Organisationen")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one organisation."""

    class Role(models.TextChoices):
        MEMBER = MEMBER, _("Mitglied")
        EDITOR = EDITOR, _("Redaktion")
        COORDINATOR = COORDINATOR, _("Koordination")
        MODERATOR = MODERATOR, _("Moderation")
        ADMINISTRATOR = ADMINISTRATOR, _("Administration")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    function = models.CharField(
        _("Funktion"), max_length=120, blank=True, help_text=_("So erscheint die Person öffentlich.")
    )

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="organisations_membership_once")
        ]
        verbose_name = _("Rolle")
        verbose_name_plural = _("Rollen")


class SavedFilter(models.Model):
    """A filter of a staff list that somebody gave a name. `screen` is the list (``radar.measures``), `query` its part
    of the address. Shared with a department, everybody who works there finds it; only its owner changes it."""

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    screen = models.CharField(max_length=40)
    name = models.CharField(_("Name"), max_length=60)
    query = models.CharField(max_length=500)
    department = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="saved_filters"
    )

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "screen", "name"], name="organisations_savedfilter_name_once")
        ]
        verbose_name = _("Gemerkter Filter")
        verbose_name_plural = _("Gemerkte Filter")
