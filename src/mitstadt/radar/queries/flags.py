"""The words of a flag and of the rule behind it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.utils.translation import gettext, ngettext

from mitstadt.radar import dates, rules
from mitstadt.radar.rows import Flag


def words_of(partial: str) -> str:
    """A partial date as people say it: ``2025``, ``April 2025``, ``3. April 2025``; empty stays empty."""
    if not partial:
        return ""
    day = dates.first_day(partial)
    if len(partial) == 4:
        return partial
    from django.utils import formats

    return formats.date_format(day, "F Y" if len(partial) == 7 else "DATE_FORMAT")


@lru_cache(maxsize=16_384)
def flags_of(
    language: str,
    day: date,
    stale_after: int,
    status: str,
    status_as_of: str,
    start: str,
    end: str,
    postponed: int,
    done: int,
    of: int,
) -> tuple[Flag, ...]:
    """The flags of a measure with these facts on `day`, in `language`, which must be the active one."""
    found = rules.findings(
        status=status,
        status_as_of=status_as_of,
        start=start,
        end=end,
        postponed=postponed,
        milestones_done=done,
        milestones_all=of,
        day=day,
        stale_after=stale_after,
    )
    return tuple(_flag(f.slug, f.number, end if f.slug == rules.LATE else "", stale_after, language) for f in found)


@lru_cache(maxsize=4096)
def _flag(slug: str, number: int, end: str, stale_after: int, _language: str) -> Flag:
    if slug == rules.LATE:
        return Flag(
            slug,
            gettext("verzögert"),
            gettext(
                "Das geplante Ende (%(end)s) ist vorbei, und die Maßnahme ist weder abgeschlossen noch eingestellt."
            )
            % {"end": words_of(end)},
            number,
        )
    if slug == rules.POSTPONED:
        return Flag(
            slug,
            ngettext("Ende %(n)s× verschoben", "Ende %(n)s× verschoben", number) % {"n": number},
            gettext("In einem neueren Stand liegt das geplante Ende später als im Stand davor."),
            number,
        )
    if slug == rules.STALE:
        return Flag(
            slug,
            _since(number),
            gettext("Der Status wurde seit mehr als %(days)s Tagen nicht mehr mit Datum bestätigt.")
            % {"days": stale_after},
            number,
        )
    if slug == rules.UNDATED:
        return Flag(
            slug,
            gettext("Stand ohne Datum"),
            gettext("Keine Quelle nennt einen Tag, an dem dieser Status galt."),
            number,
        )
    return Flag(
        slug,
        gettext("Zeit läuft davon"),
        gettext(
            "%(percent)s %% der geplanten Zeit sind um, der Anteil der erreichten Meilensteine liegt weit darunter."
        )
        % {"percent": number},
        number,
    )


def _since(days: int) -> str:
    if days < 60:
        return ngettext("ohne Stand seit %(n)s Tag", "ohne Stand seit %(n)s Tagen", days) % {"n": days}
    months = days // 30 if days < 365 else round(days / 30.44)
    if months < 24:
        return ngettext("ohne Stand seit %(n)s Monat", "ohne Stand seit %(n)s Monaten", months) % {"n": months}
    years = days // 365
    return ngettext("ohne Stand seit mehr als %(n)s Jahr", "ohne Stand seit mehr als %(n)s Jahren", years) % {
        "n": years
    }


def day_words(day: date) -> str:
    """A day as people say it."""
    return words_of(day.isoformat())
