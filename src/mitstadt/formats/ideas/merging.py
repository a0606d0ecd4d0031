"""Merging by consent: somebody proposes, every author agrees or it does not happen, supporters carry theirs over."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F
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
            notify.notify(
                "ideas.merge.asked",
                subject=source.subject,
                actor_public_id=actor.public_id,
                recipients=sorted(people),
                followers=False,
                title=Saying(
                    gettext_noop("Zusammenlegen? „%(source)s“ und „%(target)s“"),
                    {"source": source.title, "target": target.title},
                ),
                text=Saying(gettext_noop("Es geschieht nur, wenn alle zustimmen, die die Ideen geschrieben haben.")),
                path=path_of(merge),
                key=f"ideas:merge:{merge.public_id}:asked",
            )
            _finish_if_all(actor, merge)
    except IntegrityError as error:
        raise DomainError(
            _("Für diese Idee gibt es schon einen Vorschlag, sie zusammenzulegen."), field="target", code="twice"
        ) from error
    return merge


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
    if not all(side and side <= yes for side in sides) or merge.consents.exclude(said=Consent.Said.YES).exists():
        return
    _mergeable(source)
    _mergeable(target)
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


def carry(actor: Actor, source: Contribution) -> bool:
    """Carry one's support over to where an idea went; True when it is new there. Raises Refused or DomainError."""
    mine = me(actor)
    if mine is None or not source.supports.filter(**{f"{mine[0]}_id": mine[1]}).exists():
        raise Refused(no(_("Sie haben diese Idee nicht unterstützt.")))
    target = participation.of_contribution(source.merged_into_id) if source.merged_into_id is not None else None
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
