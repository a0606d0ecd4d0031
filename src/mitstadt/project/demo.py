"""Loading the demo city. Every step is idempotent, so that `make run` may call it again after an update."""

from __future__ import annotations

import sys
import time

from django.conf import settings

from mitstadt.kit import demo
from mitstadt.kit.errors import DomainError


def load() -> None:
    """Run every registered step, saying what it does. Raises DomainError outside a demo installation."""
    if not settings.MITSTADT_DEMO:
        raise DomainError("Demo data is loaded into a demo installation only (settings with MITSTADT_DEMO).")
    steps = demo.steps()
    for number, step in enumerate(steps, start=1):
        started = time.monotonic()
        sys.stdout.write(f"  {number}/{len(steps)} {step.label} … ")
        sys.stdout.flush()
        result = step.load()
        sys.stdout.write(f"{result or 'ready'} ({time.monotonic() - started:.1f} s)\n")
        sys.stdout.flush()
