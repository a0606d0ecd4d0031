"""Following, the inbox, and stopping by one click."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.views.common import client_of
from mitstadt.kit.components.lists import Option
from mitstadt.kit.errors import DomainError, show
from mitstadt.subjects.models import Subject

from . import actions, guests, letters, queries, stopping, topics
from .forms import SHORT_CHOICES, CadenceForm, FollowForm

PER_PAGE = 30


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


# -- following --------------------------------------------------------------------------------------
@never_cache
def follow_subject(request: HttpRequest, public_id: str) -> HttpResponse:
    """Form page: follow one subject."""
    subject = get_object_or_404(Subject.objects.public(), public_id=public_id)
    feed = reverse("notify:feed_subject", args=[public_id])
    return _follow(request, subject.title, subject.path, feed, subject=subject)


@never_cache
def follow_topic(request: HttpRequest) -> HttpResponse:
    """Form page: follow a topic, named by ``?thema=field:mobilitaet``."""
    found = topics.find(request.GET.get("thema", ""))
    if found is None:
        raise Http404(_("Dieses Thema gibt es nicht."))
    feed = reverse("notify:feed_topic", args=[found.address])
    return _follow(request, found.label, found.path, feed, topic=found.address)


def _follow(
    request: HttpRequest, title: str, path: str, feed: str, *, subject: Subject | None = None, topic: str | None = None
) -> HttpResponse:
    actor = _actor(request)
    form = FollowForm(request.POST or None, guest=not actor.is_known)
    if request.method == "POST" and form.is_valid():
        cadence = form.cleaned_data["cadence"]
        try:
            if not actor.is_known:
                guests.request_follow(
                    form.cleaned_data["email"],
                    subject=subject,
                    topic=topic,
                    cadence=cadence,
                    language=get_language() or "de",
                    client=client_of(request),
                )
                return redirect("accounts:check_mail")
            actions.follow(actor, subject=subject, topic=topic, cadence=cadence)
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Sie hören ab jetzt von „%(title)s“.") % {"title": title})
            return redirect("notify:follows")
    following = actor.is_known and queries.is_following(actor, subject=subject, topic=topic)
    login = f"{queries.here('/konto/login/')}?{urlencode({'next': request.get_full_path()})}"
    context = {
        "form": form,
        "heading": title,
        "back": queries.here(path),
        "feed": feed,
        "following": following,
        "login": login,
    }
    return render(request, "notify/follow.html", {**context, "known": actor.is_known})


# -- the inbox -----------------------------------------------------------------------------------------
@login_required
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """Notifications, newest first; ``?nur=ungelesen``."""
    actor = _actor(request)
    only_unread = request.GET.get("nur") == "ungelesen"
    page = Paginator(queries.inbox(actor, only_unread=only_unread), PER_PAGE).get_page(request.GET.get("seite"))
    rows = queries.news(page.object_list)  # type: ignore[arg-type]
    context = {"page": page, "rows": rows, "only_unread": only_unread, "unread": queries.unread_count(actor)}
    return render(request, "notify/inbox.html", {**context, "tabs": _tabs("inbox")})


def _tabs(current: str) -> list[Option]:
    pairs = (("inbox", _("Nachrichten")), ("follows", _("Was ich verfolge")))
    return [Option(text, reverse(f"notify:{name}"), name == current) for name, text in pairs]


@login_required
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark one (``id``) or all as read."""
    chosen = [int(value) for value in request.POST.getlist("id") if value.isdecimal() and len(value) < 19]
    actions.mark_read(_actor(request), chosen if "id" in request.POST else None)
    return redirect("notify:inbox")


@login_required
@never_cache
def follows(request: HttpRequest) -> HttpResponse:
    """What the person follows, each with its cadence."""
    actor = _actor(request)
    context = {
        "rows": queries.follows_of(actor),
        "personal": queries.personal_cadence(actor),
        "choices": SHORT_CHOICES,
        "tabs": _tabs("follows"),
    }
    return render(request, "notify/follows.html", context)


@login_required
@require_POST
def change_cadence(request: HttpRequest) -> HttpResponse:
    """Another cadence for one follow, or for personal news when no follow is named."""
    form = CadenceForm(request.POST)
    if form.is_valid():
        what, cadence = form.cleaned_data["what"], form.cleaned_data["cadence"]
        if not what:
            actions.change_personal_cadence(_actor(request), cadence)
        elif not actions.change_cadence(_actor(request), what, cadence):
            raise Http404
        messages.success(request, _("Gespeichert."))
    return redirect("notify:follows")


@login_required
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Stop one follow."""
    if not actions.stop_own(_actor(request), request.POST.get("what", "")):
        raise Http404
    messages.success(request, _("Sie hören davon nichts mehr."))
    return redirect("notify:follows")


# -- stopping by one click -------------------------------------------------------------------------------
@csrf_exempt  # RFC 8058: the mail program posts without a cookie; the signed token is the proof
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button; a POST (the mail program's or the button's) stops it."""
    stop_this = letters.read_stop(token)
    if stop_this is None:
        raise Http404
    if request.method == "POST":
        stopping.stop(stop_this, everything="alles" in request.POST)
        return render(request, "notify/unsubscribe.html", {"done": True})
    return render(request, "notify/unsubscribe.html", {"done": False, "what": stopping.describe(stop_this)})
