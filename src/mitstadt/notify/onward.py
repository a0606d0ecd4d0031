"""Who else is concerned when something moves: people who set it off, without following it.

A room registers `function(event)`. When a publisher says ``notify(…, onward=True)``, the worker calls each function; it
writes personal events of its own with ``once=event.told_as``, so that nobody hears
of one happening twice, whichever way they hear of it first. A function may run twice.
"""

from __future__ import annotations

from collections.abc import Callable

from mitstadt.kit import jobs

from .models import Event, is_visible

Concerned = Callable[[Event], None]
_functions: list[Concerned] = []


def register(function: Concerned) -> None:
    """Called in AppConfig.ready()."""
    if function not in _functions:
        _functions.append(function)


def enqueue(event_id: int) -> None:
    """Inside the transaction of the happening."""
    jobs.enqueue(tell, event_id, key=f"notify.onward:{event_id}")


def tell(event_id: int) -> None:
    """Job: let every room tell those who set off what moved now."""
    event = Event.objects.select_related("subject", "source").filter(pk=event_id).first()
    if event is None or not is_visible(event):
        return
    for function in _functions:
        function(event)
