"""What happens when the last task of a workflow is approved.

Wagtail imports this module while its own models load, so everything else is imported inside.
"""

from __future__ import annotations

from typing import Any


def publish(workflow_state: Any, user: Any = None) -> None:
    """Publish what was approved. For a measure the approval itself is the right to do so: nobody holds it alone."""
    from django.db import transaction
    from wagtail.workflows import publish_workflow_state

    from mitstadt.audit import actions as audit
    from mitstadt.radar import telling
    from mitstadt.radar.models import Measure

    found = workflow_state.content_object
    if not isinstance(found, Measure):
        publish_workflow_state(workflow_state, user=user)
        return
    approver = getattr(user, "public_id", "")
    with transaction.atomic():
        found.get_latest_revision().publish(user=user, skip_permission_checks=True)
        audit.record(
            "radar.measure.approve",
            actor=approver,
            obj=found.subject.public_id,
            payload={"revision": found.latest_revision_id},
        )
        telling.published(Measure.objects.select_related("subject").get(pk=found.pk), by=approver)
