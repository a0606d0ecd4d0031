"""The city's districts. Outlines come from the city's own GeoJSON; the tile map is the schematic stand-in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class District(models.Model):
    number = models.PositiveSmallIntegerField(_("Nummer"), unique=True)
    name = models.CharField(_("Name"), max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    column = models.PositiveSmallIntegerField(default=0, help_text="Place in the schematic tile map")
    row = models.PositiveSmallIntegerField(default=0)
    outline = models.JSONField(null=True, blank=True, help_text="GeoJSON geometry (WGS 84), if the city has loaded one")
    changed_at = models.DateTimeField(null=True, editable=False, help_text="When it was last loaded")

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["number"]
        verbose_name = _("Stadtbezirk")
        verbose_name_plural = _("Stadtbezirke")

    def __str__(self) -> str:
        return self.name
