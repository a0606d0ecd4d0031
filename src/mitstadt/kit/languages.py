"""One page, several languages: German addresses have no prefix, other languages live under theirs (`/en/radar/`)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language

# What each language calls itself; never translated.
OWN_NAMES = {"de": "Deutsch", "en": "English"}


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The same page in another language."""

    code: str
    name: str
    href: str


def german_path(path: str) -> str:
    """`/en/radar/?q=1` → `/radar/?q=1`; a German path stays as it is."""
    head, _, rest = path.lstrip("/").partition("/")
    code = head.partition("?")[0]
    if path.startswith("/") and code != settings.LANGUAGE_CODE and code in dict(settings.LANGUAGES):
        return "/" + head[len(code) :] + rest
    return path


def path_in(path: str, code: str) -> str:
    """The address of the same page in the language `code`; `path` may be of any language."""
    german = german_path(path)
    return german if code in ("", settings.LANGUAGE_CODE) else f"/{code}{german}"


def others(path: str, active: str) -> list[LanguageLink]:
    """Links to `path` (with its query) in every language but the active one."""
    return [
        LanguageLink(code, OWN_NAMES.get(code, code), path_in(path, code))
        for code, _name in settings.LANGUAGES
        if code != active
    ]


def local_path(path: str) -> str:
    """The address of a German path in the language that is active now."""
    return path_in(path, get_language() or "")
