"""The card of a module on the page of its process: one look for all formats."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import NOBODY
from mitstadt.kit import components as ui
from mitstadt.kit import languages

from . import access, rules, words
from .models import Module
from .registry import Reading


def card(
    module: Module,
    reading: Reading,
    verb: str,
    text: str = "",
    facts: Sequence[object] = (),
    action: str = "",
) -> SafeString:
    """`verb` is what people mainly do here; `action` the word on the button, the verb's own word without one.

    While it is not possible the card says why ("Abstimmen können Sie ab 3. Mai") and leads to reading. Costs no query
    when module, process and phases are loaded.
    """
    path = languages.local_path(module.subject.path)
    phases = list(module.phases.all())
    found = rules.opening(phases, verb, reading.now, module.process.stage)
    body = format_html("<p>{}</p>", text) if text else SafeString("")
    if found.active:
        last = max(phase.end for phase in found.active)
        audience = rules.Audience.read(found.active[0].audience)
        shown = [ui.days_left(last), *facts]
        if not audience.is_everybody:
            shown.append(access.audience_sentence(audience))
        button = ui.link_button(action or str(words.VERBS[verb]), path, "primary")
    else:
        decision = access.can(reading.actor or NOBODY, verb, module, reading.now)
        shown = [decision.reason, *facts]
        button = ui.link_button(_("Ansehen"), path, "secondary")
    body = format_html('{}<p class="ms-meta">{}</p>', body, " · ".join(str(fact) for fact in shown if fact))
    return ui.card(module.title, path, body, "", button)
