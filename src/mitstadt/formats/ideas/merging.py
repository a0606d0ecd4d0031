"""Merging by consent: somebody proposes, every author agrees or it does not happen, supporters carry theirs over."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.who import Who, behind, everybody
from mitstadt.audit import actions as audit
from mitstadt.kit import clock, jobs
from mitstadt.kit.decision import YES, Decision, no
from mitstadt.kit.errors import DomainError, Refused, require
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying
from mitstadt.participation import access
from mitstadt.participation import queries as participation
from mitstadt.participation.actions import contributions, supports
from mitstadt.participation.models import Contribution, Kind, Support

from .models import CoAuthor, Consent, Merge

CHUNK = 500  # supporters who are told in one transaction


def me(actor: Actor) -> Who | None:
    return behind(actor.user_id, actor.guest_id)


def authors_of(idea: Contribution) -> set[Who]:
    """The author and the co-authors; empty when nobody stands for it any more. One query."""
    found: set[Who] = {("user", pk) for pk in CoAuthor.objects.filter(idea=idea).values_list("user_id", flat=True)}
    author = behind(idea.user_id, idea.guest_id)
    return found | {author} if author is not None else found


def may_propose(actor: Actor, source: Contribution, target: Contribution | None = None) -> Decision:
    """Authors of either idea may propose it, and staff who moderate the process."""
    if not actor.is_somebody:
        return no(_("Dafür melden Sie sich bitte an."), "login")
    mine = me(actor)
    if mine in authors_of(source) or (target is not None and mine in authors_of(target)):
        return YES
    if access.may_moderate(actor, source.process):
        return YES
    return no(_("Zusammenlegen vorschlagen können die Menschen, die die Ideen geschrieben haben, und die Moderation."))


def _mergeable(idea: Contribution) -> None:
    if idea.kind != Kind.IDEA or idea.draft or idea.removed_at is not None or not idea.subject.is_public:
        raise DomainError(_("Diese Idee ist nicht öffentlich."), field="target")
    if idea.merged_into_id is not None:
        raise DomainError(_("Diese Idee ist schon in einer anderen aufgegangen."), field="target")


def hindrance(merge: Merge) -> str:
    """Why an open proposal cannot end in a merge any more, as a sentence; empty while it can. Five queries at most."""
    source, target = (participation.of_contribution(pk) for pk in (merge.source_id, merge.target_id))
    if source is None or target is None:
        return _("Eine der beiden Ideen gibt es nicht mehr.")
    if not (frozen := access.not_frozen(source.process)):
        return frozen.reason
    try:
        _mergeable(source)
        _mergeable(target)
    except DomainError as error:
        return error.message
    if source.assessment.decision:
        return _("Die Stadt hat auf diese Idee schon geantwortet. Sie bleibt für sich.")
    silent = merge.consents.filter(user=None, guest=None).exclude(said=Consent.Said.YES)
    if silent.exists() or not (authors_of(source) and authors_of(target)):
        return _("Jemand, der zustimmen müsste, ist nicht mehr hier. Beide Ideen bleiben für sich.")
    return ""


def propose(actor: Actor, source: Contribution, target: Contribution) -> Merge:
    """Propose that `source` goes into `target`; the proposer's own yes is in it. Ideas come from
    `participation.queries.contribution`. Raises Refused or DomainError (field ``target``)."""
    require(may_propose(actor, source, target))
    if source.pk == target.pk:
        raise DomainError(_("Das ist dieselbe Idee."), field="target")
    if source.process_id != target.process_id:
        raise DomainError(_("Diese Idee gehört zu einem anderen Verfahren."), field="target")
    _mergeable(source)
    _mergeable(target)
    require(access.not_frozen(source.process))
    if source.assessment.decision:
        raise DomainError(_("Die Stadt hat auf diese Idee schon geantwortet. Sie bleibt für sich."), field="target")
    sides = (authors_of(source), authors_of(target))
    if not all(sides):
        raise DomainError(
            _("Für eine der Ideen kann niemand mehr zustimmen. Sie wird deshalb nicht zusammengelegt."), field="target"
        )
    people, mine, now = sides[0] | sides[1], me(actor), clock.now()
    try:
        with transaction.atomic():
            _end_hindered(actor, source)
            merge = Merge.objects.create(
                source=source, target=target, by_staff=actor.is_staff and mine not in people, asked_at=now
            )
            for kind, pk in sorted(people):
                own = (kind, pk) == mine
                Consent.objects.create(
                    merge=merge,
                    **{f"{kind}_id": pk},
                    said=Consent.Said.YES if own else Consent.Said.OPEN,
                    at=now if own else None,
                )
            _record(actor, "propose", merge)
            _ask(actor, merge, people)
            _finish_if_all(actor, merge)
    except IntegrityError as error:
        raise DomainError(
            _("Für diese Idee gibt es schon einen Vorschlag, sie zusammenzulegen."), field="target", code="twice"
        ) from error
    return merge


def _ask(actor: Actor, merge: Merge, people: set[Who]) -> None:
    notify.notify(
        "ideas.merge.asked",
        subject=merge.source.subject,
        actor_public_id=actor.public_id,
        recipients=sorted(people),
        followers=False,
        title=Saying(
            gettext_noop("Zusammenlegen? „%(source)s“ und „%(target)s“"),
            {"source": merge.source.title, "target": merge.target.title},
        ),
        text=Saying(gettext_noop("Es geschieht nur, wenn alle zustimmen, die die Ideen geschrieben haben.")),
        path=path_of(merge),
        key=f"ideas:merge:{merge.public_id}:asked",
    )


def _end_hindered(actor: Actor, source: Contribution) -> None:
    """An earlier proposal that can never be agreed to any more does not stand in the way of a new one."""
    for merge in _asked(Q(source=source)):
        if hindrance(merge):
            Merge.objects.filter(pk=merge.pk).update(state=Merge.State.ENDED, closed_at=clock.now())
            _record(actor, "end", merge)


def _asked(which: Q) -> QuerySet[Merge]:
    return Merge.objects.filter(which, state=Merge.State.ASKED).select_related("source__subject", "target__subject")


# -- who writes along meanwhile ------------------------------------------------------------------------------------
def joined(actor: Actor, idea: Contribution) -> None:
    """Somebody writes along from now on: what is open about the idea needs their yes, too. Inside a transaction."""
    assert actor.user_id is not None
    for merge in _asked(Q(source=idea) | Q(target=idea)):
        _consent, created = Consent.objects.get_or_create(merge=merge, user_id=actor.user_id)
        if created:
            _ask(actor, merge, {("user", actor.user_id)})


def left(actor: Actor, idea: Contribution) -> None:
    """Somebody does not write along any more: nothing waits for their answer. Inside a transaction."""
    assert actor.user_id is not None
    for merge in _asked(Q(source=idea) | Q(target=idea)):
        if ("user", actor.user_id) not in authors_of(merge.source) | authors_of(merge.target):
            merge.consents.filter(user_id=actor.user_id).delete()
            _finish_if_all(actor, merge)


def path_of(merge: Merge) -> str:
    return f"/beteiligung/ideen/{merge.source.subject.public_id}/zusammenlegen/{merge.public_id}/"


def answer(actor: Actor, merge: Merge, agrees: bool) -> Merge:
    """An author says yes or no. One no ends it; with the last yes it happens. Raises Refused or DomainError."""
    mine = me(actor)
    if mine is None or not merge.consents.filter(**{f"{mine[0]}_id": mine[1]}).exists():
        raise Refused(no(_("Darüber entscheiden die Menschen, die die Ideen geschrieben haben.")))
    with transaction.atomic():
        # the row of the merge first: of two last answers at once the second sees the first
        if not Merge.objects.filter(pk=merge.pk, state=Merge.State.ASKED).update(revision=F("revision") + 1):
            raise DomainError(_("Darüber ist schon entschieden."), code="closed")
        said = Consent.Said.YES if agrees else Consent.Said.NO
        merge.consents.filter(**{f"{mine[0]}_id": mine[1]}).update(said=said, at=clock.now())
        if agrees and (why := hindrance(merge)):
            raise DomainError(why, code="hindered")
        _record(actor, "agree" if agrees else "decline", merge)
        if agrees:
            _finish_if_all(actor, merge)
        else:
            _decline(actor, merge)
    merge.refresh_from_db()
    return merge


def _decline(actor: Actor, merge: Merge) -> None:
    Merge.objects.filter(pk=merge.pk).update(state=Merge.State.DECLINED, closed_at=clock.now())
    notify.notify(
        "ideas.merge.declined",
        subject=merge.source.subject,
        actor_public_id=actor.public_id,
        recipients=sorted(authors_of(merge.source) | authors_of(merge.target)),
        followers=False,
        title=Saying(gettext_noop("Nicht zusammengelegt: %(title)s"), {"title": merge.source.title}),
        text=Saying(gettext_noop("Nicht alle waren einverstanden. Beide Ideen bleiben für sich.")),
        path=merge.source.subject.path,
        key=f"ideas:merge:{merge.public_id}:declined",
    )


def _finish_if_all(actor: Actor, merge: Merge) -> None:
    """Merge if every author of both ideas, as they are now, has said yes."""
    locked = {
        idea.pk: idea
        for idea in Contribution.objects.select_for_update(of=("self",))
        .select_related("subject")
        .filter(pk__in=(merge.source_id, merge.target_id))
        .order_by("pk")
    }
    source, target = locked[merge.source_id], locked[merge.target_id]
    yes = set(everybody(merge.consents.filter(said=Consent.Said.YES).values_list("user_id", "guest_id")))
    sides = (authors_of(source), authors_of(target))
    if not all(side <= yes for side in sides) or merge.consents.exclude(said=Consent.Said.YES).exists():
        return
    if hindrance(merge):
        return
    contributions.count_out(source)
    Contribution.objects.filter(pk=source.pk).update(merged_into=target)
    Merge.objects.filter(pk=merge.pk).update(state=Merge.State.DONE, closed_at=clock.now())
    _record(actor, "done", merge)
    jobs.enqueue("mitstadt.formats.ideas.merging.tell", merge.pk, actor.public_id, key=f"ideas:{merge.public_id}:tell")


def tell(merge_id: int, actor_public_id: str = "") -> None:
    """Authors, supporters and followers hear that two ideas became one, each once. Run by the worker, also twice."""
    merge = Merge.objects.select_related("source__subject", "target__subject").filter(pk=merge_id).first()
    if merge is None or merge.state != Merge.State.DONE:
        return
    rows = Support.objects.filter(contribution=merge.source).order_by("pk").values_list("user_id", "guest_id")
    supporters = everybody(rows)
    _say(merge, actor_public_id, sorted(authors_of(merge.source) | authors_of(merge.target)), followers=False)
    for start in range(0, len(supporters), CHUNK):
        _say(merge, actor_public_id, supporters[start : start + CHUNK], followers=False)
    _say(merge, actor_public_id, [], followers=True)


def _say(merge: Merge, actor_public_id: str, people: list[Who], *, followers: bool) -> None:
    notify.notify(
        "ideas.merge.done",
        subject=merge.source.subject,
        actor_public_id=actor_public_id,
        recipients=people,
        followers=followers,
        title=Saying(
            gettext_noop("„%(source)s“ ist in „%(target)s“ aufgegangen"),
            {"source": merge.source.title, "target": merge.target.title},
        ),
        text=Saying(gettext_noop("Haben Sie die Idee unterstützt? Nehmen Sie Ihre Unterstützung mit einem Klick mit.")),
        path=merge.source.subject.path,
        key=f"ideas:merge:{merge.public_id}:done",
    )


def release(target: Contribution) -> None:
    """An idea is taken back: what went into it stands for itself again, and who wrote that hears of it. Inside the
    transaction that takes it back; in an archived process everything stays."""
    if target.kind != Kind.IDEA or not access.not_frozen(target.process):
        return
    for merge in Merge.objects.filter(target=target, state=Merge.State.DONE).select_related("source__subject"):
        source = merge.source
        Merge.objects.filter(pk=merge.pk).update(state=Merge.State.ENDED, closed_at=clock.now())
        Contribution.objects.filter(pk=source.pk).update(merged_into=None)
        contributions.count_in(source)
        audit.record("ideas.merge.release", obj=source.subject.public_id, payload={"merge": merge.public_id})
        notify.notify(
            "ideas.merge.released",
            subject=source.subject,
            recipients=sorted(authors_of(source)),
            followers=False,
            title=Saying(gettext_noop("„%(title)s“ steht wieder für sich"), {"title": source.title}),
            text=Saying(gettext_noop("Die Idee, in der sie aufgegangen war, wurde zurückgezogen.")),
            path=source.subject.path,
            key=f"ideas:merge:{merge.public_id}:released",
        )


def heir(idea: Contribution) -> Contribution | None:
    """Where an idea went in the end, over every merge that followed; None where it stands for itself."""
    seen, found = {idea.pk}, None
    key = idea.merged_into_id
    while key is not None and key not in seen:
        seen.add(key)
        found = participation.of_contribution(key)
        key = found.merged_into_id if found is not None else None
    return found


def carry(actor: Actor, source: Contribution) -> bool:
    """Carry one's support over to where an idea went; True when it is new there. Raises Refused or DomainError."""
    mine = me(actor)
    if mine is None or not source.supports.filter(**{f"{mine[0]}_id": mine[1]}).exists():
        raise Refused(no(_("Sie haben diese Idee nicht unterstützt.")))
    target = heir(source)
    if target is None:
        raise DomainError(_("Diese Idee ist nicht zusammengelegt."))
    return supports.add(actor, target)


def _record(actor: Actor, verb: str, merge: Merge) -> None:
    audit.record(
        f"ideas.merge.{verb}",
        by=actor,
        obj=merge.source.subject.public_id,
        payload={"target": merge.target.subject.public_id, "merge": merge.public_id},
    )
