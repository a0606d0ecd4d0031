"""Moderators get one mail each morning when cases came in or are overdue; none on a quiet day."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.accounts.actor import MODERATOR
from mitstadt.accounts.models import User
from mitstadt.kit import clock
from mitstadt.notify.actions import mail
from mitstadt.organisations.models import Membership

from .models import Case

AT = time(7, 30)


def send() -> int:
    """Queue the digest of today for every moderator; returns how many were written to.

    It counts what came in between yesterday's and today's half past seven, and all that is overdue. The key names day
    and person: running it again sends nothing. Texts of reports and names stay on the protected screen.
    """
    now = clock.now()
    slot = datetime.combine(timezone.localdate(now), AT, tzinfo=timezone.get_current_timezone())
    waiting = Case.objects.filter(state__in=[Case.State.OPEN, Case.State.APPEALED])
    new = waiting.filter(
        Q(opened_at__gte=slot - timedelta(days=1), opened_at__lt=slot)
        | Q(appeal__at__gte=slot - timedelta(days=1), appeal__at__lt=slot)
    ).count()
    overdue = waiting.filter(due_at__lt=now).count()
    if not new and not overdue:
        return 0
    members = Membership.objects.filter(role=MODERATOR, user__is_active=True).values("user")
    people = User.objects.filter(pk__in=members).exclude(email="").order_by("pk")
    for public_id, email, language in people.values_list("public_id", "email", "language"):
        with translation.override(language or "de"):
            title, text = _words(new, overdue, waiting.count())
        key = f"moderation:digest:{slot:%Y-%m-%d}:{public_id}"
        mail(email, title=title, text=text, key=key, path=_path(), language=language or "de")
    return len(people)


def _path() -> str:
    return reverse("moderation_queue")


def _words(new: int, overdue: int, waiting: int) -> tuple[str, str]:
    lines = []
    if new:
        lines.append(ngettext("%(n)s Fall ist neu.", "%(n)s Fälle sind neu.", new) % {"n": new})
    if overdue:
        lines.append(ngettext("%(n)s Fall ist überfällig.", "%(n)s Fälle sind überfällig.", overdue) % {"n": overdue})
    lines.append(ngettext("Insgesamt wartet %(n)s Fall.", "Insgesamt warten %(n)s Fälle.", waiting) % {"n": waiting})
    return _("Moderation: was heute wartet"), "\n".join(lines)
