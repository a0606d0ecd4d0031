"""Mails that ask a department for a fresh status, with a link straight to the short form."""

from __future__ import annotations

from collections import defaultdict

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.accounts.actor import EDITOR
from mitstadt.kit import clock
from mitstadt.kit import components as ui
from mitstadt.organisations.models import Membership
from mitstadt.radar.actions.drafts import MAIL_AFTER
from mitstadt.radar.models import StatusRequest


def send_due() -> int:
    """Mail the requests that nobody took back: one mail per person, however many measures. Returns the mails sent.

    A request is marked before its mail leaves, by a conditional update: a second worker finds nothing to send.
    """
    due = list(
        StatusRequest.objects.filter(
            mailed_at=None, closed_at=None, requested_at__lte=clock.now() - MAIL_AFTER
        ).select_related("measure__department")
    )
    mine = [r for r in due if StatusRequest.objects.filter(pk=r.pk, mailed_at=None).update(mailed_at=clock.now())]
    by_department: dict[int, list[StatusRequest]] = defaultdict(list)
    for request in mine:
        if request.measure.department_id is not None:
            by_department[request.measure.department_id].append(request)
    sent = 0
    members = Membership.objects.filter(organisation__in=by_department, role=EDITOR, user__is_active=True)
    for membership in members.select_related("user"):
        _mail(membership, by_department[membership.organisation_id])
        sent += 1
    return sent


def _mail(membership: Membership, requests: list[StatusRequest]) -> None:
    base = settings.MITSTADT_BASE_URL.rstrip("/")
    with translation.override(membership.user.language):
        lines = [
            f"{r.measure.code} {r.measure.title}\n{base}{reverse('radar_staff:report', args=[r.measure.number])}"
            for r in requests
        ]
        subject = ngettext("Wie weit ist eine Maßnahme?", "Wie weit sind %(count)s Maßnahmen?", len(lines)) % {
            "count": len(lines)
        }
        body = _(
            "Guten Tag,\n\n%(by)s bittet bis %(due)s um den Stand. "
            "Das kurze Formular dauert etwa zwei Minuten je Maßnahme:\n\n%(list)s\n\n"
            "Eine zweite Person gibt frei, dann steht der neue Stand öffentlich im Radar.\n"
        ) % {"by": requests[0].by, "due": ui.day(requests[0].due_on), "list": "\n\n".join(lines)}
        EmailMessage(subject, body, to=[membership.user.email]).send(fail_silently=False)
