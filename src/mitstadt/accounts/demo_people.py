"""The invented people of the demo city. Their password is public; a production start refuses their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

DEMO_PASSWORD = "mitstadt-beispiel"  # noqa: S105 - shown on the demo's login page on purpose


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """`grant` is the role in the department `code`, for the organisations room to give."""

    role: str
    label: Any
    pseudonym: str
    trust: int = 1
    grant: str = ""
    code: str = ""
    function: str = ""

    @property
    def email(self) -> str:
        return f"{self.role}@example.org"


PEOPLE = (
    DemoPerson("buergerin", _("Bürgerin"), "Flinker Eisvogel", trust=2),
    DemoPerson(
        "redaktion", _("Redaktion"), "", grant="editor", code="RIT", function="Geschäftsstelle Digitalstrategie"
    ),
    DemoPerson(
        "redaktion-kvr",
        _("Redaktion eines zweiten Referats"),
        "",
        grant="editor",
        code="KVR",
        function="Digitale Dienste",
    ),
    DemoPerson(
        "koordination",
        _("Koordination der Strategie"),
        "",
        grant="coordinator",
        code="RIT",
        function="Koordination Digitalstrategie",
    ),
    DemoPerson("moderation", _("Moderation"), "", grant="moderator", code="DIR", function="Moderation"),
    DemoPerson("moderation-2", _("Zweite Moderation"), "", grant="moderator", code="RIT", function="Moderation"),
    DemoPerson("administration", _("Administration"), "", grant="administrator", code="RIT", function="Betrieb"),
)
