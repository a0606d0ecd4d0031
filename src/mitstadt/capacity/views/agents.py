"""`/plaetze/suchauftrag/`: being told when something fits. No account, no name; titles say nothing about the wish."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mitstadt.accounts import drafts
from mitstadt.accounts.views.common import client_of
from mitstadt.capacity import agents, components
from mitstadt.capacity.agent_forms import AgentForm
from mitstadt.capacity.models import Kind
from mitstadt.directory import components as directory
from mitstadt.directory.models import Category
from mitstadt.kit import cache
from mitstadt.kit.errors import DomainError, show

# The words of the list's filter and of its address lead here filled in; a typed address never does.
_FROM_LIST = ("art", "thema", "q", "ort", "umkreis", "alter", "lat", "lon")


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest) -> HttpResponse:
    """`/plaetze/suchauftrag/?art=nursing&ort=80331&umkreis=3`: the form; a mail with the link follows."""
    status = 200
    if request.method == "POST":
        form = AgentForm(request.POST)
        if form.is_valid():
            try:
                if not form.cleaned_data["website"]:
                    agents.order(
                        form.cleaned_data["email"],
                        **form.wish(),
                        language=get_language() or "de",
                        client=client_of(request),
                    )
            except DomainError as error:
                show(form, DomainError(error.message, "q" if error.field == "text" else error.field, error.code))
            else:
                drafts.done(request)
                return render(request, "capacity/agent_sent.html")
        status = 422
    else:
        known = {key: request.GET[key] for key in _FROM_LIST if request.GET.get(key)}
        form = AgentForm(initial={**known, **drafts.restore(request)})
    return render(request, "capacity/agent.html", {"form": form}, status=status)


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, token: str) -> HttpResponse:
    """`/plaetze/suchauftrag/<secret>/`: confirm, see what fits, end. Only the buttons change something."""
    agent = agents.by_token(token)
    wish = agents.wish_of(agent) if agent is not None else None
    if agent is None or wish is None:
        if request.method == "POST":
            raise Http404(_("Diesen Auftrag gibt es nicht mehr."))
        return render(request, "capacity/agent_one.html", {"state": "gone"})
    state = "running" if agent.confirmed_at is not None else "waiting"
    if request.method == "POST" and request.POST.get("do") == "end":
        agents.end(agent)
        return render(request, "capacity/agent_one.html", {"state": "ended"})
    if request.method == "POST" and request.POST.get("do") == "confirm":
        if agents.confirm(agent):
            agent.refresh_from_db()
        state = "running"
    context: dict[str, Any] = {"state": state, "facts": _facts(wish), "agent": agent}
    if state == "running":
        context["rows"] = [components.row(row) for row in agents.fitting(wish)[:40]]
    return render(request, "capacity/agent_one.html", context)


def _facts(wish: agents.Wish) -> list[tuple[object, object]]:
    pairs: list[tuple[object, object]] = []
    if wish.kind:
        pairs.append((_("Art"), dict(Kind.choices).get(wish.kind, wish.kind)))
    if wish.text:
        pairs.append((_("In Ihren Worten"), wish.text))
    elif wish.categories:
        found = Category.objects.filter(slug=wish.categories[0]).first()
        pairs.append((_("Thema"), directory.name_of(found) if found else wish.categories[0]))
    if wish.point is not None:
        near = wish.place
        if wish.radius is not None:
            near = _("%(km)s um %(place)s") % {"km": directory.km(wish.radius), "place": wish.place}
        pairs.append((_("Wo"), near))
    if wish.age is not None:
        pairs.append((_("Alter in Jahren"), wish.age))
    return pairs
