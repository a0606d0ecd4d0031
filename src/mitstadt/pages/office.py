"""The first page of the back office: what waits for this person today."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from mitstadt.accounts.actor import COORDINATOR, EDITOR, MODERATOR, Actor
from mitstadt.comments import staff as questions
from mitstadt.kit import clock
from mitstadt.moderation import queries as moderation
from mitstadt.radar.staff.listing import listing

from .models import AccessibilityStatementPage


class TodayPanel(Component):
    """Counts with links, only of what this person may work on. A constant number of queries."""

    order = 10

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def render_html(self, parent_context: Any = None) -> SafeString:
        actor: Actor = self.request.actor  # type: ignore[attr-defined]
        return SafeString(
            render_to_string("pages/office_today.html", {"tasks": tasks(actor, self.request), "actor": actor})
        )


def tasks(actor: Actor, request: HttpRequest) -> list[dict[str, Any]]:
    """What waits: words, number, address, whether it is late."""
    found: list[dict[str, Any]] = []
    if actor.has(EDITOR) or actor.has(COORDINATOR):
        counts = listing(actor, request.GET).counts
        measures = reverse("radar_staff:measures")
        found += [
            _task(_("Maßnahmen verzögert"), counts["verzoegert"], f"{measures}?hinweis=verzoegert"),
            _task(_("Maßnahmen mit altem Stand"), counts["alt"], f"{measures}?hinweis=alt"),
            _task(_("Entwürfe warten auf Freigabe"), counts["freigabe"], f"{measures}?hinweis=freigabe"),
        ]
        desk = reverse("comments_questions")
        found += [
            _task(
                _("Fragen überfällig"),
                questions.desk(actor, "ueberfaellig").count(),
                f"{desk}?zeigen=ueberfaellig",
                late=True,
            ),
            _task(_("Fragen offen"), questions.desk(actor, "offen").count(), f"{desk}?zeigen=offen"),
        ]
    if actor.has(MODERATOR):
        waiting = moderation.waiting(clock.now())
        queue = reverse("moderation_queue")
        found += [_task(_("Meldungen offen"), waiting.get("open", 0), queue)]
    overdue = [page for page in AccessibilityStatementPage.objects.live().filter(alias_of=None) if page.is_overdue()]
    if overdue and actor.has(COORDINATOR):
        edit = reverse("wagtailadmin_pages:edit", args=[overdue[0].pk])
        found.append(_task(_("Erklärung zur Barrierefreiheit älter als ein Jahr"), len(overdue), edit, late=True))
    return found


def _task(words: str, number: int, href: str, late: bool = False) -> dict[str, Any]:
    return {"words": words, "number": number, "href": href, "late": late and number > 0}
