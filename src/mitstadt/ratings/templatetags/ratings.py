"""Tags for pages of other rooms: `{% load ratings %}`."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from mitstadt.ratings import components, queries
from mitstadt.subjects.models import Subject

register = template.Library()


@register.simple_tag
def rating_summary(subject: Subject) -> SafeString:
    """What people think of `subject`: three distributions, a table, the way to rate. One query."""
    return components.summary_section(subject, queries.summary(subject.pk))
