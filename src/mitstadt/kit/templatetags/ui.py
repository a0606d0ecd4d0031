"""The house's component tags. Templates call these, never the design system's classes."""

from __future__ import annotations

from django import template

register = template.Library()
