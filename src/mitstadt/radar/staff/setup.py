"""What the staff side of the radar tells the house: permissions, the approval workflow, the reminder job."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate

from mitstadt.accounts.actor import COORDINATOR, EDITOR
from mitstadt.kit import jobs
from mitstadt.organisations import groups, saved_filters

WORKFLOW = "Freigabe durch eine zweite Person"


def introduce() -> None:
    """Called when the room starts. Nobody may publish or delete directly: what is public went through two people."""
    for role in (EDITOR, COORDINATOR):
        groups.permit(role, "radar.add_measure", "radar.change_measure", "radar.view_measure")
    groups.permit(COORDINATOR, "radar.coordinate_measure", "radar.lock_measure", "radar.unlock_measure")
    jobs.every("radar: places in the picture", "00:05", "mitstadt.radar.places.settle_current")
    jobs.every("radar: requests for a status", 60, "mitstadt.radar.staff.requests.send_due")
    saved_filters.register(
        "radar.measures",
        "radar_staff:measures",
        lambda actor: actor.has(EDITOR) or actor.has(COORDINATOR),
        "feld", "status", "referat", "hinweis", "q", "sort", "umfang",
    )  # fmt: skip
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    post_migrate.connect(_after_migrate, sender=last, dispatch_uid="radar.workflow")


def _after_migrate(**kwargs: Any) -> None:
    ensure_workflow()


def ensure_workflow() -> None:
    """The workflow that every draft of a measure goes through; made once, then left as the city changed it."""
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

    from mitstadt.radar.models import FourEyesTask, Measure

    kind = ContentType.objects.get_for_model(Measure)
    if WorkflowContentType.objects.filter(content_type=kind).exists():
        return
    by_role = groups.ensure_groups()
    task, _created = FourEyesTask.objects.get_or_create(name=WORKFLOW)
    task.groups.set([by_role[COORDINATOR]])
    workflow, _created = Workflow.objects.get_or_create(name=WORKFLOW)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowContentType.objects.get_or_create(content_type=kind, defaults={"workflow": workflow})
