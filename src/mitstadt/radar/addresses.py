"""Where people can take part: always a page of this platform, written as its path."""

from __future__ import annotations

from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _


def is_ours(path: str) -> bool:
    """Does this path stay on this platform, whatever a browser makes of slashes and backslashes in it?"""
    clean = path.isprintable() and not any(c.isspace() or c in "<>\"'\\" for c in path)
    return clean and path.startswith("/") and url_has_allowed_host_and_scheme(path, None)


def refusal(path: str) -> str:
    """The sentence that quotes what was typed and says what is expected."""
    return _(
        "„%(value)s“ ist keine Adresse dieser Plattform. Schreiben Sie nur den Pfad, zum Beispiel "
        "/beteiligung/radwege/; Seiten anderer Anbieter gehören unter „Links“."
    ) % {"value": path[:80]}
