"""Pages of the discussion: one place to write for all rooms, a thread's own page, one's own contribution."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.views.common import client_of
from mitstadt.kit import clock, past
from mitstadt.kit.errors import DomainError, show
from mitstadt.kit.languages import path_in
from mitstadt.subjects.models import Subject

from . import actions, components, conf, permissions, queries, registry
from .actions.writing import find_parent
from .forms import CommentForm, GuestCommentForm, OwnForm
from .models import Comment, Held
from .templatetags.discussion import actor_of


def _local(path: str) -> str:
    return path_in(path, get_language() or "")


def _subject(public_id: str) -> Subject:
    found = queries.subject(public_id)
    if found is None:
        raise Http404
    return found


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write about any subject. ``?antwort-auf=`` names the contribution to answer; the address of a contribution itself
    does the same."""
    subject = _subject(public_id)
    reply_to = str(request.GET.get("antwort-auf", ""))
    if subject.kind == "comment":
        subject, reply_to = Subject.objects.get(comments__subject=subject), public_id
    actor = _actor(request)
    kind = CommentForm if actor.is_somebody else GuestCommentForm
    if request.method == "POST" and not actor.is_somebody and "email" not in request.POST:
        return drafts.login_to_continue(request)  # the form was shown to somebody whose login ran out meanwhile
    form = kind(
        request.POST if request.method == "POST" else None,
        days=conf.answer_days(),
        asks_side=not reply_to and not actor.is_staff and registry.asks_side(subject),
        initial=drafts.restore(request),
    )
    parent: Comment | None = None
    closed = ""
    try:
        parent = find_parent(subject, reply_to)
    except DomainError as error:
        closed = error.message
    decision = permissions.about(actor if actor.is_somebody else permissions.SOMEBODY, subject, clock.now())
    closed = closed or ("" if decision else decision.reason)
    if form.is_bound and form.is_valid():
        try:
            if closed:
                raise DomainError(closed)
            return _send(request, actor, subject, parent, form)
        except DomainError as error:
            show(form, error)
    context = {
        "subject": subject,
        "subject_path": _local(subject.path),
        "parent": parent,
        "form": form,
        "closed": closed,
        "decision": decision,
        "login": f"{reverse('account_login')}?next={request.get_full_path()}",
        "staff": actor.is_staff,
    }
    if closed and not form.is_bound:
        return render(request, "comments/closed.html", context, status=403)
    return render(request, "comments/add.html", context, status=422 if form.is_bound else 200)


def _send(
    request: HttpRequest, actor: Actor, subject: Subject, parent: Comment | None, form: CommentForm
) -> HttpResponse:
    data = form.cleaned_data
    if not actor.is_somebody:
        actions.request_from_guest(
            subject,
            data["email"],
            data["text"],
            name=data["name"],
            parent=parent,
            wants_answer=data["wants_answer"],
            side=data.get("side", ""),
            key=data["key"],
            client=client_of(request),
        )
        return HttpResponseRedirect(reverse("accounts:check_mail"))
    comment = actions.add(
        actor,
        subject,
        data["text"],
        parent=parent,
        wants_answer=data["wants_answer"],
        side=data.get("side", ""),
        key=data["key"],
    )
    drafts.done(request)
    if comment.held == Held.REVIEW:
        messages.info(request, _("Danke. Ihr Beitrag wird kurz angesehen, bevor er erscheint."))
        return HttpResponseRedirect(_local(subject.path))
    messages.success(request, _("Danke. Ihr Beitrag steht jetzt hier."))
    return HttpResponseRedirect(address_of(comment))


def address_of(comment: Comment) -> str:
    """Where a contribution is read: in the discussion, or on its thread's page when it stands further back."""
    anchor = f"#k-{comment.subject.public_id}"
    if queries.on_first_page(comment):
        return _local(comment.about.path) + anchor
    return _local(comment.subject.path) + anchor


@past.shown
@require_GET
def thread(request: HttpRequest, public_id: str) -> HttpResponse:
    """One thread with all its answers: what a link, a search hit or a mail leads to."""
    comment = queries.find(public_id)
    if comment is None or comment.held != Held.NO or not comment.subject.published or not comment.about.is_public:
        raise Http404
    moment = past.moment()
    if moment is not None and comment.created_at > moment:
        raise past.NotYet
    root_id = comment.parent_id or comment.pk
    threads = queries.thread(root_id)
    if not threads.roots:
        raise past.NotYet if past.day() else Http404
    return render(
        request,
        "comments/thread.html",
        {
            "subject": comment.about,
            "subject_path": _local(comment.about.path),
            "threads": components.thread_list(threads, actor_of(request), level=2, kind=comment.about.kind),
            "title": comment.subject.title if comment.subject.is_public else _("Beitrag"),
            "reply": reverse("comments:add", args=[threads.roots[0]["subject__public_id"]]),
        },
    )


def _own(request: HttpRequest, public_id: str) -> tuple[Actor, Comment] | HttpResponse:
    actor = _actor(request)
    if not actor.is_known:
        return HttpResponseRedirect(f"{reverse('account_login')}?next={request.path}")
    comment = queries.find(public_id)
    if comment is None or not permissions.is_author(actor, comment):
        raise Http404
    return actor, comment


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change or withdraw one's own contribution."""
    found = _own(request, public_id)
    if isinstance(found, HttpResponse):
        return found
    actor, comment = found
    asks_side = comment.parent_id is None and not comment.author_staff and registry.asks_side(comment.about)
    form = OwnForm(request.POST or None, asks_side=asks_side, initial={"text": comment.text, "side": comment.side})
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(actor, comment, form.cleaned_data["text"], side=form.cleaned_data.get("side"))
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Geändert."))
            return HttpResponseRedirect(address_of(comment))
    context = {
        "comment": comment,
        "form": form,
        "may_edit": permissions.edit(actor, comment, clock.now()),
        "may_withdraw": permissions.withdraw(actor, comment),
        "back": address_of(comment),
        "minutes": conf.edit_minutes(),
    }
    return render(request, "comments/own.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _own(request, public_id)
    if isinstance(found, HttpResponse):
        return found
    actor, comment = found
    try:
        actions.withdraw(actor, comment)
        messages.success(request, _("Ihr Beitrag ist zurückgezogen, der Text ist gelöscht."))
    except DomainError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(_local(comment.about.path) + "#gespraech")
