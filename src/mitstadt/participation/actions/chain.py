"""The chain after a decision: what a contribution led to, and who hears when that moves. Nobody hears of it twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from django.utils.translation import gettext_noop

from mitstadt.accounts.who import Who, everybody
from mitstadt.kit import jobs
from mitstadt.notify import actions as notify
from mitstadt.notify.models import Event
from mitstadt.notify.sayings import Saying
from mitstadt.participation.models import Contribution, Support
from mitstadt.subjects.models import Link, Subject

CHUNK = 500  # people who are told in one transaction


Writers = Callable[[Collection[int]], Iterable[Who]]
_writers: list[Writers] = []


def register_writers(provider: Writers) -> None:
    """A format hands in who beside the authors wrote these contributions (their keys): co-authors who said yes."""
    if provider not in _writers:
        _writers.append(provider)


def _authors(contribution: Contribution) -> list[Who]:
    """Who wrote it, and who wrote what was merged into it, over any number of mergings: it lives on here."""
    found = [(contribution.user_id, contribution.guest_id)]
    keys, next_keys = {contribution.pk}, [contribution.pk]
    while next_keys:
        rows = Contribution.objects.filter(merged_into__in=next_keys, removed_at__isnull=True).exclude(pk__in=keys)
        merged = list(rows.order_by("pk").values_list("pk", "user_id", "guest_id"))
        found += [(user, guest) for _pk, user, guest in merged]
        next_keys = [pk for pk, _user, _guest in merged]
        keys.update(next_keys)
    along = [one for provider in _writers for one in provider(keys)]
    return list(dict.fromkeys([*everybody(found), *along]))


def people(contribution: Contribution) -> Iterator[list[Who]]:
    """Those who wrote it, then those who stand behind it, at most `CHUNK` at a time."""
    if authors := _authors(contribution):
        yield authors
    after = 0
    while True:
        rows = Support.objects.filter(contribution=contribution, pk__gt=after).order_by("pk")
        chunk = list(rows.values_list("pk", "user_id", "guest_id")[:CHUNK])
        if not chunk:
            return
        after = chunk[-1][0]
        yield everybody((user, guest) for _pk, user, guest in chunk)


def tell(
    contribution: Contribution,
    event: str,
    *,
    title: Saying,
    text: str,
    path: str,
    key: str,
    once: str = "",
    by: str = "",
) -> None:
    """Authors, supporters and followers of a contribution, each of them once for one `key` (or `once`)."""
    for chunk in (*people(contribution), None):
        notify.notify(
            event,
            subject=contribution.subject,
            actor_public_id=by,
            recipients=chunk or (),
            followers=chunk is None,
            title=title,
            text=text,
            path=path,
            key=key,
            once=once,
        )


def enqueue_connected(contribution: Contribution, target: Subject, note: str, by: str) -> None:
    """Inside the transaction that joined the two."""
    jobs.enqueue(
        tell_connected,
        contribution.pk,
        target.pk,
        note,
        by,
        key=f"participation:{contribution.subject.public_id}:led:{target.public_id}",
    )


def tell_connected(contribution_id: int, target_id: int, note: str = "", by: str = "") -> None:
    """Job: this is what it led to. Once for each link, however often it is made."""
    found = Contribution.objects.select_related("subject").filter(pk=contribution_id, draft=False).first()
    target = Subject.objects.filter(pk=target_id).first()
    if found is None or target is None or not found.subject.is_public or not target.is_public:
        return
    tell(
        found,
        "participation.contribution.led",
        title=Saying(gettext_noop("Daraus wurde etwas: %(title)s"), {"title": found.subject.title}),
        text=note or target.title,
        path=found.subject.path,
        key=f"participation:{found.subject.public_id}:led:{target.public_id}",
        by=by,
    )


def tell_reopened(public_id: str, revision: int, by: str = "") -> None:
    """Job: the city took its answer back. Silent when it has answered anew meanwhile."""
    found = Contribution.objects.select_related("subject", "assessment").filter(subject__public_id=public_id).first()
    if found is None or found.assessment.revision != revision or not found.subject.is_public or found.draft:
        return
    tell(
        found,
        "participation.contribution.reopened",
        title=Saying(gettext_noop("Die Stadt prüft noch einmal: %(title)s"), {"title": found.subject.title}),
        text="",
        path=found.subject.path,
        key=f"participation:{public_id}:reopened:{revision}",
        by=by,
    )


def moved(event: Event) -> None:
    """What a contribution led to has moved: those behind the contribution hear of it, unless they have already."""
    links = Link.objects.filter(
        target=event.subject_id, kind__in=(Link.Kind.CAUSED, Link.Kind.DECIDED), source__contribution__draft=False
    )
    rows = Contribution.objects.select_related("subject").filter(
        pk__in=links.values("source"), subject__published=True, subject__restricted=False
    )
    for contribution in rows.order_by("pk").iterator(chunk_size=200):
        tell(
            contribution,
            "participation.contribution.moved",
            title=Saying(
                gettext_noop("Neuer Stand zu „%(title)s“: %(target)s"),
                {"title": contribution.subject.title, "target": event.subject.title},
            ),
            text=f"{event.title}. {event.text}".strip(),
            path=event.path,
            key=f"moved:{event.public_id}:{contribution.subject.public_id}",
            once=event.told_as,
            by=event.actor_public_id,
        )
