"""Pure decisions about news: cadence names, when a digest is due, what may stand in a feed or a mail subject."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

AT_ONCE, DAILY, WEEKLY, IN_APP = 1, 2, 3, 9
CADENCES = {"at_once": AT_ONCE, "daily": DAILY, "weekly": WEEKLY, "in_app": IN_APP}
NAMES = {number: name for name, number in CADENCES.items()}

DIGEST_HOUR = 7  # local time; early enough to be read with the coffee, late enough not to wake anybody
_PAUSES = (60, 300, 1800, 7200, 28800)  # seconds before a mail is tried again

# Everything XML 1.0 does not allow, lone surrogates included: https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cadence_number(name: str) -> int:
    """The stored number of a cadence name. Raises ValueError for an unknown name."""
    try:
        return CADENCES[name]
    except KeyError:
        raise ValueError(f"cadence {name!r}: expected one of {', '.join(CADENCES)}") from None


def digest_moment(cadence: int, now: datetime, zone: tzinfo) -> datetime:
    """The latest moment, not after `now`, at which a daily or weekly (Monday) digest was due.

    >>> from zoneinfo import ZoneInfo
    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> digest_moment(DAILY, datetime(2026, 3, 4, 6, 59, tzinfo=berlin), berlin).isoformat()
    '2026-03-03T07:00:00+01:00'
    """
    local = now.astimezone(zone)
    day: date = local.date()
    if local.time() < time(DIGEST_HOUR):
        day -= timedelta(days=1)
    if cadence == WEEKLY:
        day -= timedelta(days=day.weekday())
    return datetime.combine(day, time(DIGEST_HOUR), tzinfo=zone)


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after `attempts` failed attempts (1 or more); None: give up."""
    return timedelta(seconds=_PAUSES[attempts - 1]) if attempts <= len(_PAUSES) else None


def xml_text(text: str) -> str:
    """`text` without characters that no XML document may hold."""
    return _NOT_XML.sub("", text)


def mail_subject(text: str) -> str:
    """One quiet line: no line breaks, no control characters, at most 120 characters, no shouting marks at the end."""
    line = " ".join(_NOT_XML.sub(" ", text).split()).rstrip("!").rstrip()
    return line if len(line) <= 120 else line[:119].rstrip() + "…"
