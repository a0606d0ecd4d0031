"""Tags for pages of other rooms: `{% load booking %}{% booking_places subject %}`."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from mitstadt.booking import components, queries
from mitstadt.subjects.models import Subject

register = template.Library()


@register.simple_tag
def booking_places(subject: Subject, level: int = 2) -> SafeString:
    """Free places of `subject` and the way to the form; nothing where it has none. One query."""
    return components.places_box(queries.state_of([subject])[subject.pk], level)
