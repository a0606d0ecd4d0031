"""What the page of every module has in common: frame, phases, what is possible now and why not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from mitstadt.accounts import drafts
from mitstadt.comments.permissions import SOMEBODY
from mitstadt.kit import cache, clock, languages
from mitstadt.kit import components as ui
from mitstadt.kit.decision import Decision
from mitstadt.participation import access, components, queries, registry, rules, then, words
from mitstadt.participation.entry import printing
from mitstadt.participation.models import Module, Process


class Unpublished(Http404):
    """The process is there, and nobody may see it (any more)."""


def shown(public_id: str, format_slug: str, request: HttpRequest | None = None) -> Module:
    """A public module of this format with its process and phases (two queries); 404 for everything else.

    `request.previewing` (set by staff's preview) names a process whose draft may be shown.
    """
    module = queries.module(public_id)
    previewing = getattr(request, "previewing", None)
    if module is None or module.format != format_slug:
        raise Http404(_("Diesen Schritt einer Beteiligung gibt es nicht."))
    if not access.visible(module.process) and previewing != module.process_id:
        raise Unpublished(_("Dieses Verfahren ist nicht veröffentlicht."))
    if previewing == module.process_id:
        as_public(module.process)
    return then.module_as_it_was(module)


def as_public(process: Process) -> None:
    """For the preview: as if a draft were published. Nothing of this is saved."""
    process.subject.published = True
    process.stage = rules.OPEN if process.stage == rules.DRAFT else process.stage


def keeps_text(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a form: whoever was typing when the process was taken off the site reads the text back, and finds it in the
    form when the process returns within a day."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Unpublished:
            if request.method != "POST":
                raise
        texts = drafts.written(request)
        if texts:
            drafts.stash(request)
        fields = [
            ui.plain_field(
                f"text-{n}",
                _("Was Sie geschrieben haben (%(n)s)") % {"n": n},
                ui.plain_textarea({"id": f"text-{n}", "rows": 8 if len(text) > 120 else 2, "readonly": True}, text),
            )
            for n, text in enumerate(texts, 1)
        ]
        return render(request, "participation/unpublished.html", {"texts": fields}, status=404)

    return kept


def reader(request: HttpRequest) -> Any:
    """Who looks, only if the request carries something personal; a page for everybody asks nobody."""
    actor = getattr(request, "actor", None)
    return actor if actor is not None and actor.is_somebody else None


def decisions(module: Module, actor: Any) -> dict[str, Decision]:
    """What is possible now, per verb of the format; for nobody as for somebody with an address."""
    found = registry.get(module.format)
    now = clock.now()
    return {verb: access.can(actor or SOMEBODY, verb, module, now) for verb in found.verbs}


def context_of(module: Module, actor: Any = None) -> dict[str, Any]:
    """The frame's context. `can` and `closed` by verb: a Decision, and the reason why not ("" when possible)."""
    now = clock.now()
    phases = list(module.phases.all())
    can = decisions(module, actor)
    return {
        "module": module,
        "process": module.process,
        "subject": module.subject,
        "process_path": languages.local_path(module.process.subject.path),
        "path": languages.local_path(module.subject.path),
        "state": rules.state(module.process.stage, phases, now),
        "steps": components.steps(phases, now, module.process.stage),
        "left": components.left(phases, now, module.process.stage),
        "can": can,
        "closed": {verb: decision.reason for verb, decision in can.items()},
        "verbs": [(words.VERBS[verb], decision) for verb, decision in can.items()],
        "paper": printing.possible(module),
        "now": now,
    }


def step_up(decision: Decision, path: str) -> tuple[str, str] | None:
    """(words of the link, address) of what would make a refused thing possible, leading back to `path`."""
    if decision or not decision.step_up:
        return None
    if decision.step_up == "login":
        return _("Anmelden"), f"{reverse('account_login')}?{urlencode({'next': path})}"
    if decision.step_up == "code":
        return _("Code eingeben"), reverse("participation:code")
    return _("So weisen Sie das nach"), reverse("accounts:proof")


def closed_page(request: HttpRequest, module: Module, decision: Decision, title: str) -> HttpResponse:
    """Why something is not possible now, and what would make it possible."""
    context = {
        "title": title,
        "reason": decision.reason,
        "way": step_up(decision, request.get_full_path()),
        "back": languages.local_path(module.subject.path),
        "module": module,
    }
    return render(request, "participation/closed.html", context, status=403)


def module_page(
    request: HttpRequest, public_id: str, format_slug: str, template: str, context: dict[str, Any] | None = None
) -> HttpResponse:
    """The whole page of a module; `template` extends ``participation/module.html``."""
    return page_of(request, shown(public_id, format_slug, request), template, context)


def page_of(request: HttpRequest, module: Module, template: str, context: dict[str, Any] | None = None) -> HttpResponse:
    """The same for a module that `shown` has found."""
    response = render(request, template, {**context_of(module, reader(request)), **(context or {})})
    cache.until(response, rules.next_change(module.phases.all(), clock.now()))
    return response
