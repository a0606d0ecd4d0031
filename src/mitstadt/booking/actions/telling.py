"""What people are told about their place: by message and by mail, whatever they chose, for they asked for the place."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from mitstadt.accounts import who
from mitstadt.booking.models import Booking, Places
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying

TITLES = {
    "booked": gettext_noop("Ihr Platz ist reserviert: %(title)s"),
    "waiting": gettext_noop("Sie stehen auf der Warteliste: %(title)s"),
    "moved_up": gettext_noop("Sie haben jetzt einen Platz: %(title)s"),
    "cancelled": gettext_noop("Ihr Platz ist freigegeben: %(title)s"),
    "cancelled_by_city": gettext_noop("Ihr Platz wurde abgesagt: %(title)s"),
    "called_off": gettext_noop("Abgesagt: %(title)s"),
    "moved": gettext_noop("Verlegt: %(title)s"),
    "reminder": gettext_noop("Bald ist es so weit: %(title)s"),
    "message": gettext_noop("Nachricht zu: %(title)s"),
}
TEXTS = {
    "booked": gettext_noop(
        "%(when)s%(where)s Ihre Karte und die Datei für den Kalender finden Sie auf der Seite. "
        "Können Sie doch nicht kommen? Dort geben Sie den Platz mit einem Klick frei."
    ),
    "waiting": gettext_noop(
        "%(when)s%(where)s Sobald genug Plätze frei sind, rücken Sie nach und bekommen Bescheid. "
        "Auf der Seite sehen Sie, wie viele vor Ihnen sind."
    ),
    "moved_up": gettext_noop(
        "%(when)s%(where)s Sie sind von der Warteliste nachgerückt. "
        "Brauchen Sie den Platz nicht mehr? Dann lehnen Sie ihn auf der Seite bitte ab, andere warten."
    ),
    "cancelled": gettext_noop("%(when)sDanke, dass Sie Bescheid gegeben haben. Der Platz ist für andere frei."),
    "cancelled_by_city": "%(when)s%(reason)s",
    "called_off": gettext_noop("%(when)sDie Veranstaltung findet nicht statt. %(reason)s"),
    "moved": gettext_noop(
        "Neuer Termin: %(when)s%(where)s %(reason)s Ihr Platz bleibt. "
        "Passt es nicht mehr? Dann geben Sie ihn auf der Seite bitte frei."
    ),
    "reminder": gettext_noop("%(when)s%(where)s Können Sie doch nicht kommen? Dann geben Sie den Platz bitte frei."),
    "message": "%(reason)s",
}


def path_of(booking: Booking) -> str:
    """The German address at which a booking is looked after without an account."""
    with translation.override("de"):
        return reverse("booking:manage", args=[booking.code])


def when(moment: datetime | None) -> str:
    """``03.03.2026, 18:00. ``: readable in every language; empty when there is no moment."""
    return f"{timezone.localtime(moment):%d.%m.%Y, %H:%M}. " if moment else ""


def title_of(places: Places) -> str:
    return f"{places.about.title}, {places.label}" if places.label else places.about.title


def of_all(places: Places, what: str, suffix: str = "") -> str:
    """The name of what happens to a whole offer: who owns it tells others under the same `once`, so that nobody with a
    place hears of it twice."""
    return f"booking:places:{places.pk}:{what}{suffix}"


def tell(booking: Booking, places: Places, what: str, *, reason: str = "", suffix: str = "") -> bool:
    """Tell the person `what` (a key of `TITLES`); False for people whom only a telephone or a letter reaches."""
    person = who.behind(booking.user_id, booking.guest_id)
    if person is None:
        return False
    values = {
        "title": title_of(places),
        "when": when(places.starts_at),
        "where": f"{places.location}." if places.location else "",
        "reason": reason,
    }
    notify.notify(
        f"booking.place.{what}",
        subject=places.about,
        title=Saying(TITLES[what], values),
        text=Saying(TEXTS[what], values),
        path=path_of(booking),
        key=f"booking:{booking.pk}:{what}{suffix}",
        once=of_all(places, what, suffix) if what in ("called_off", "moved") else "",
        recipients=[person],
        followers=False,
        must=True,
    )
    return True
