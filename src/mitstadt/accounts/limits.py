"""How often something may be tried: counted in the database, so that several processes share one limit."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError

from .keyed import keyed_hash
from .models import Attempt


def hit(scope: str, key: str, *, times: int, seconds: int) -> bool:
    """Count one attempt of `key` in `scope`; False when more than `times` were made in this window of `seconds`."""
    window = int(clock.now().timestamp()) // seconds
    digest = keyed_hash("attempt", f"{scope}:{seconds}:{key}")
    found = Attempt.objects.filter(key_hash=digest, window=window)
    if not found.update(count=F("count") + 1):
        try:
            with transaction.atomic():
                Attempt.objects.create(
                    key_hash=digest,
                    window=window,
                    count=1,
                    ends_at=datetime.fromtimestamp((window + 1) * seconds, UTC),
                )
        except IntegrityError:  # somebody else opened this window in the same moment
            found.update(count=F("count") + 1)
    return int(found.values_list("count", flat=True)[0]) <= times


def require(scope: str, key: str, *, times: int, seconds: int) -> None:
    """Count one attempt; raise DomainError (code ``too_many``, `wait` until the window ends) above the limit."""
    if not hit(scope, key, times=times, seconds=seconds):
        wait = seconds - int(clock.now().timestamp()) % seconds
        said = _("Das waren viele Versuche in kurzer Zeit. Bitte warten Sie etwas.")
        raise DomainError(said, code="too_many", wait=wait)
