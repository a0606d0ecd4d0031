"""How the demo's departments answer: ``answers:`` of a process in ``participation.yaml``.

Each names a contribution by how its title or text starts (``starts``), and says ``decision``, ``reason``, ``ago``; with
``to`` (and ``note``) what it led to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from mitstadt.accounts.actor import Actor

from . import queries
from .actions import assessment, evaluation
from .models import Contribution, Process

if TYPE_CHECKING:
    from .demo import Story


def work(story: Story, actor: Actor, process: Process, answer: dict[str, Any]) -> Callable[[], None]:
    """Raises ValueError when it is told where no contribution starts like that."""

    def decide() -> None:
        rows = queries.with_words(Contribution.objects.filter(process=process))
        starts = Q(title__startswith=answer["starts"]) | Q(words__startswith=answer["starts"])
        public_id = rows.filter(starts).values_list("subject__public_id", flat=True).first()
        found = queries.contribution(public_id) if public_id else None
        if found is None:
            raise ValueError(f"participation.yaml: nothing starts with {answer['on']!r}")
        assessment.decide(actor, found, answer["decision"], answer["reason"].strip())
        target = story.target(answer["to"]) if "to" in answer else None
        if target is not None:
            evaluation.connect(actor, found, target, answer.get("note", ""))

    return decide
