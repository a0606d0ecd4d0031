"""Pure decisions: what speaks against publishing a text unread, and who may decide what. No database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from mitstadt.accounts import rules as account_rules
from mitstadt.accounts.actor import MODERATOR, Actor
from mitstadt.kit.decision import YES, Decision, no

EMAIL, PHONE, IBAN, LINKS, REPEATED, WORD, SHOUTING = "email", "phone", "iban", "links", "repeated", "word", "shouting"
LINKS_ALLOWED = 2

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_DOT = r"(?:\.|\s?[(\[](?:dot|punkt)[)\]]\s?)"
_EMAIL = re.compile(
    rf"[\w.+-]{{1,64}}\s?(?:@|\(at\)|\[at\])\s?[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,8}}{_DOT}[a-z]{{2,24}}\b", re.I
)
# A German, Austrian or Swiss number as people write it. Council papers ("20-26 / V 04811"), dates, times and postcodes
# do not fit: an area code has three digits or more, and a number without any separator has ten.
_PHONE = re.compile(
    r"(?<![\w.,:/+-])\(?(?:(?:\+|00)(?:49|43|41)[ \-/]{0,2}(?:\(0\)[ ]?)?[1-9]\d{0,4}|0 ?[1-9]\d{1,4})"
    r"\)?(?:[ /\-]{0,3}|\.)\d{2,}(?:(?:[ /\-]{1,3}|\.)\d{1,8})*(?![\d.,:]\d|\w)"
)
# Without an area code only where somebody says that it is one.
_SAID_PHONE = re.compile(
    r"\b(?:tel|telefon|telefonnummer|handy|handynummer|mobil|whatsapp|festnetz)\b[.: ]{0,3}"
    r"(\d(?:[ /\-]?\d){5,14})(?!\d)",
    re.I,
)
_DATE = re.compile(r"\d{1,2}[ /\-]\d{1,2}[ /\-](?:19|20)\d\d")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.IGNORECASE)
_IBAN_LENGTH = {
    "DE": 22,
    "AT": 20,
    "CH": 21,
    "LI": 21,
    "FR": 27,
    "IT": 27,
    "NL": 18,
    "BE": 16,
    "LU": 20,
    "ES": 24,
    "PL": 28,
    "CZ": 24,
    "GB": 22,
    "DK": 18,
    "HR": 21,
    "RO": 24,
    "HU": 28,
    "TR": 26,
    "GR": 27,
}
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule noticed. `hint` is shortened so that personal data is not stored a second time."""

    rule: str
    hint: str = ""
    count: int = 1

    @property
    def reason(self) -> str:
        """What the person reads about it."""
        return reason_of(self.rule, self.count)


def reason_of(rule: str, count: int = 1) -> str:
    """The sentence for a finding, in the active language."""
    sentences: dict[str, str] = {
        EMAIL: _("Im Text steht eine E-Mail-Adresse. Sie wäre für alle zu lesen."),
        PHONE: _("Im Text steht eine Telefonnummer. Sie wäre für alle zu lesen."),
        IBAN: _("Im Text steht eine Bankverbindung. Sie wäre für alle zu lesen."),
        LINKS: _("Im Text stehen %(count)d Links. Bis zu zwei gehen ohne Prüfung.") % {"count": count},
        REPEATED: _("Derselbe Text kommt mehrfach vor."),
        WORD: _("Im Text steht ein Wort, das andere verletzen kann."),
        SHOUTING: _("Der Text ist fast ganz in Großbuchstaben geschrieben. Das liest sich wie Schreien."),
    }
    return sentences.get(rule, rule)


# -- texts ------------------------------------------------------------------------------------------
def findings(text: str, words: Collection[str] = (), earlier: Sequence[str] = ()) -> list[Finding]:
    """What speaks against publishing `text` unread. `words` are lower-case whole words, `earlier` the person's
    texts."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_HYPHENS)
    found: list[Finding] = []
    ibans = iban_numbers(plain)
    if ibans:
        found.append(Finding(IBAN, _short(ibans[0]), len(ibans)))
    without = _LINK.sub(" ", _IBAN.sub(" ", plain))
    if emails := _EMAIL.findall(without):
        found.append(Finding(EMAIL, _short(emails[0]), len(emails)))
    if phones := phone_numbers(_EMAIL.sub(" ", without)):
        found.append(Finding(PHONE, _short(phones[0]), len(phones)))
    if (links := len(_LINK.findall(plain))) > LINKS_ALLOWED:
        found.append(Finding(LINKS, count=links))
    if is_repeated(plain, earlier):
        found.append(Finding(REPEATED))
    spoken = [word for whole in _WORD.findall(plain.casefold()) for word in {whole, *whole.split("-")}]
    if listed := [word for word in spoken if word in words]:
        found.append(Finding(WORD, listed[0], len(listed)))
    if is_shouting(plain):
        found.append(Finding(SHOUTING))
    return found


def _short(value: str) -> str:
    return f"{value.strip()[:3]}…"


def phone_numbers(text: str) -> list[str]:
    """Telephone numbers in `text`, as written."""
    found = []
    for match in _PHONE.finditer(text):
        written = match.group()
        digits = sum(c.isdigit() for c in written)
        separated = any(c in " /-.()" for c in written.strip("() ")) or written.startswith("+")
        if _DATE.fullmatch(written.strip()) or not (7 if separated else 10) <= digits <= 15:
            continue
        found.append(written)
    return found or _SAID_PHONE.findall(text)


def iban_numbers(text: str) -> list[str]:
    """Valid bank account numbers in `text`, compact. Checked by ISO 13616 (modulo 97)."""
    found = []
    for match in _IBAN.finditer(text):
        compact = re.sub("[ -]", "", match.group()).upper()
        number = compact[: _IBAN_LENGTH.get(compact[:2], 0)]
        if len(number) > 4 and len(number) == _IBAN_LENGTH[number[:2]] and _modulo_97(number) == 1:
            found.append(number)
    return found


def _modulo_97(iban: str) -> int:
    return int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97


def is_repeated(text: str, earlier: Sequence[str] = ()) -> bool:
    """The same text as one of the `earlier`, or one line of it three times. Short texts ("Danke") do not count."""
    folded = _fold(text)
    if len(folded) >= 20 and any(_fold(other) == folded for other in earlier):
        return True
    lines = [line for line in map(_fold, re.split(r"[\n.!?]+", text)) if len(line) >= 12]
    return any(lines.count(line) >= 3 for line in set(lines))


def _fold(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def is_shouting(text: str) -> bool:
    """Mostly capitals. Abbreviations (MVG, KVR) and short texts do not count."""
    words = [word for word in _WORD.findall(text) if len(word) >= 4]
    loud = [word for word in words if word.isupper()]
    return len(loud) >= 5 and len(loud) > 0.6 * len(words)


# -- who may what -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the rules need to know about a case."""

    state: str
    author_user_id: int | None = None
    decided_by_id: int | None = None
    appeal_until: datetime | None = None
    appealed: bool = False


def may_moderate(actor: Actor) -> Decision:
    """May this person work in moderation at all? A moderator, signed in with a second factor."""
    return account_rules.staff_role(actor, MODERATOR)


def may_decide(case: CaseFacts, actor: Actor) -> Decision:
    """The first decision."""
    if not (allowed := may_moderate(actor)):
        return allowed
    if case.state != "open":
        return no(_("Diesen Fall hat gerade jemand anderes entschieden."))
    if case.author_user_id == actor.user_id:
        return no(_("Das ist Ihr eigener Beitrag. Darüber entscheidet jemand anderes."))
    return YES


def may_decide_appeal(case: CaseFacts, actor: Actor) -> Decision:
    """The decision about an appeal: another person than the first time."""
    if not (allowed := may_moderate(actor)):
        return allowed
    if case.state != "appealed":
        return no(_("Über diesen Widerspruch hat gerade jemand anderes entschieden."))
    if case.author_user_id == actor.user_id:
        return no(_("Das ist Ihr eigener Beitrag. Darüber entscheidet jemand anderes."))
    if case.decided_by_id == actor.user_id:
        return no(_("Sie haben zuerst entschieden. Über den Widerspruch entscheidet eine zweite Person."))
    return YES


def may_appeal(case: CaseFacts, is_author: bool, now: datetime) -> Decision:
    """The author may appeal once, until the set day."""
    if not is_author:
        return no(_("Widersprechen kann, wer den Beitrag geschrieben hat."))
    if case.appealed:
        return no(_("Sie haben schon widersprochen."))
    if case.state != "decided":
        return no(_("Hier gibt es nichts, dem Sie widersprechen könnten."))
    if case.appeal_until is None or now > case.appeal_until:
        return no(_("Die Frist für einen Widerspruch ist vorbei."))
    return YES


# -- deadlines ----------------------------------------------------------------------------------------
def working_day_after(start: date, days: int, is_holiday: Callable[[date], bool]) -> date:
    """The `days`-th working day (Monday to Friday, no holiday) after `start`, which itself does not count."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and not is_holiday(day):
            days -= 1
    return day
