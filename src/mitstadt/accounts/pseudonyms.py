"""Names that people choose for the public: which are allowed, and suggestions. No Django."""

from __future__ import annotations

import re
import secrets
import unicodedata

MIN_LENGTH, MAX_LENGTH = 3, 40

# Letters of other scripts and digits that look like a Latin letter; i, l and 1 look like each other.
_LOOKALIKES = str.maketrans(
    {
        "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "l", "ј": "j", "ѕ": "s", "к": "k",
        "м": "m", "т": "t", "н": "h", "в": "b", "α": "a", "ε": "e", "ο": "o", "ρ": "p", "ι": "l", "κ": "k", "ν": "v",
        "τ": "t", "0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "|": "l", "ı": "l", "ł": "l", "ø": "o",
        "i": "l",
    }
)  # fmt: skip

# A name that starts or ends with one of these, or contains it as a word, speaks for the city.
_WORDS = frozenset(
    [
        "stadt",
        "stadtverwaltung",
        "verwaltung",
        "referat",
        "referentin",
        "referent",
        "amt",
        "behoerde",
        "buergermeister",
        "buergermeisterin",
        "oberbuergermeister",
        "oberbuergermeisterin",
        "rathaus",
        "stadtrat",
        "admin",
        "administrator",
        "administratorin",
        "administration",
        "moderator",
        "moderatorin",
        "moderation",
        "redaktion",
        "support",
        "system",
        "team",
        "mitstadt",
        "offiziell",
        "official",
        "amtlich",
        "presse",
        "root",
        "webmaster",
        "polizei",
        "gast",
        "guest",
        "anonym",
        "anonymous",
        "geloescht",
        "deleted",
        "koordination",
        "koordinatorin",
        "city",
        "council",
        "mayor",
    ]
)
# These speak for the city wherever they stand, also in the middle of a word.
_PARTS = ("referat", "stadtverwaltung", "administrat", "moderator", "buergermeister", "mitstadt", "stadtrat")

_ADJECTIVES = [
    "Wacher",
    "Heller",
    "Leiser",
    "Flinker",
    "Bunter",
    "Stiller",
    "Kluger",
    "Munterer",
    "Frischer",
    "Ruhiger",
    "Froher",
    "Sanfter",
    "Wilder",
    "Grüner",
    "Blauer",
    "Roter",
    "Goldener",
    "Silberner",
    "Kleiner",
    "Großer",
    "Neuer",
    "Alter",
    "Weiter",
    "Warmer",
    "Kühler",
    "Mutiger",
    "Emsiger",
    "Heiterer",
]
_NOUNS = [
    "Ahorn",
    "Biber",
    "Dachs",
    "Eisvogel",
    "Falke",
    "Fuchs",
    "Garten",
    "Hase",
    "Igel",
    "Kastanienbaum",
    "Kiebitz",
    "Kiesel",
    "Klee",
    "Löwenzahn",
    "Luchs",
    "Marder",
    "Mauersegler",
    "Mond",
    "Morgen",
    "Nebel",
    "Otter",
    "Platz",
    "Reiher",
    "Salamander",
    "Specht",
    "Spatz",
    "Star",
    "Steg",
    "Storch",
    "Wind",
    "Zaunkönig",
    "Zeisig",
]


def _fold(text: str) -> str:
    folded = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LOOKALIKES)


RESERVED_WORDS = frozenset(_fold(word) for word in _WORDS)
RESERVED_PARTS = tuple(_fold(part) for part in _PARTS)


def pseudonym_key(pseudonym: str) -> str:
    """The folded form by which two pseudonyms count as the same; letters and digits only. Empty for an empty name.

    >>> pseudonym_key("Grüner  Specht") == pseudonym_key("gruener_specht") == pseudonym_key("GRÜNER SPECHT")
    True
    """
    return re.sub(r"[^\w]|_", "", _fold(pseudonym))[:120]


def tidy(pseudonym: str) -> str:
    """Composed characters, single spaces, nothing invisible."""
    composed = unicodedata.normalize("NFKC", pseudonym)
    # format characters (zero width, direction marks) and control characters hide what a name really says
    visible = "".join(" " if c.isspace() else c for c in composed if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(visible.split())


def problem(pseudonym: str, email: str = "") -> str:
    """Why a (tidied) pseudonym cannot be used: ``short``, ``long``, ``letters``, ``email``, ``reserved``, or empty."""
    if len(pseudonym) < MIN_LENGTH:
        return "short"
    if len(pseudonym) > MAX_LENGTH:
        return "long"
    if "@" in pseudonym or re.search(r"https?:|www\.|\.(de|com|org|net)\b", pseudonym, re.I):
        return "email"
    if not re.fullmatch(r"[\w .'’\-]+", pseudonym) or not re.search(r"[^\W\d_]", pseudonym):
        return "letters"
    key = pseudonym_key(pseudonym)
    if email and "@" in email:
        local = pseudonym_key(email.split("@")[0])
        if len(local) >= 3 and local == key:
            return "email"
    # digits count as the letters they imitate ("Adm1n"), and also as separators ("Admin 7")
    plain = _fold(re.sub(r"\d", " ", pseudonym))
    words = {re.sub(r"[^\w]|_", "", w) for text in (_fold(pseudonym), plain) for w in re.split(r"[\s.\-_'’]+", text)}
    if words & RESERVED_WORDS or key in RESERVED_WORDS or any(part in key for part in RESERVED_PARTS):
        return "reserved"
    return ""


def suggest() -> str:
    """A friendly name that says nothing about the person, e.g. "Flinker Eisvogel 482"."""
    return f"{secrets.choice(_ADJECTIVES)} {secrets.choice(_NOUNS)} {secrets.randbelow(900) + 100}"
