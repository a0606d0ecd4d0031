"""What every page knows about its city."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from . import clock
from .city import current


def city(request: HttpRequest) -> dict[str, Any]:
    """`city`, `demo` and `today` for every template; costs no query."""
    return {"city": current(), "demo": settings.MITSTADT_DEMO, "today": clock.today()}
