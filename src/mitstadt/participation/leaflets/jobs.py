"""The worker makes the sheets: this month's, and from the 20th on those of the next, to be read before printing."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from mitstadt.geo.models import District
from mitstadt.kit import clock
from mitstadt.kit.city import current
from mitstadt.participation.models import Leaflet

from . import build

EARLY = 20  # day of the month from which next month's sheets lie ready


def make_due() -> int:
    """Daily: returns how many sheets were made. What staff changed is left alone. May run twice."""
    today = clock.today()
    months = [build.month_of(today)]
    if today.day >= EARLY:
        months.append(build.next_month(today))
    with override(current().language):
        return sum(make(district, month) for month in months for district in District.objects.defer("outline"))


def make(district: District, month: date) -> bool:
    """Make or renew one sheet; True when it is new."""
    content = build.entries(district, month)
    found, created = Leaflet.objects.get_or_create(
        district=district,
        month=month,
        defaults={
            "heading": _("Was läuft in %(district)s?") % {"district": district.name},
            "content": content,
            "contact": current().contact.get("phone", ""),
            "made_at": clock.now(),
        },
    )
    if not created and found.content != content:
        Leaflet.objects.filter(pk=found.pk, edited=False).update(content=content, made_at=clock.now())
    return created
