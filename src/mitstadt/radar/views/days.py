"""Which day a reader asked for."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from mitstadt.kit import clock


def asked_day(request: HttpRequest) -> tuple[date | None, str]:
    """The day in `?stand=2026-03-01` and, if it cannot be shown, a sentence that says why (quoting what was typed)."""
    text = request.GET.get("stand", "").strip()
    if not text:
        return None, ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, _("„%(text)s“ ist kein Tag. Schreiben Sie ihn zum Beispiel so: 2026-03-01.") % {"text": text[:40]}
    if day > clock.today():
        return None, _("Der %(day)s liegt in der Zukunft. Gezeigt wird der Stand von heute.") % {
            "day": f"{day:%d.%m.%Y}"
        }
    if day.year < 1990:
        return None, _("So weit zurück reicht der Radar nicht. Gezeigt wird der Stand von heute.")
    return day, ""
