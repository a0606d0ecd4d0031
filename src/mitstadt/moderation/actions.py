"""Writing: reporting, deciding, restricting, appealing. Each verb is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from mitstadt.accounts import limits, who
from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.kit import clock
from mitstadt.kit.decision import Decision as Permission
from mitstadt.kit.errors import DomainError, require
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying
from mitstadt.subjects.models import Subject

from . import conf, grounds, links, registry, rules
from .models import OUTCOME_WORDS, Appeal, AppealOutcome, Case, Decision, Outcome, Report
from .rules import Finding

HIDING = (Outcome.RESTRICT, Outcome.NOTE)


# -- before anything is published -----------------------------------------------------------------
def check_text(text: str, actor: Actor, earlier: Sequence[str] = ()) -> list[Finding]:
    """What speaks against publishing `text` unread, each with its reason; an empty list: publish.

    `earlier` are recent texts of the same person, for repeated text. Staff write what they must and are not checked.
    Costs no query. The caller publishes at once when the list is empty, and otherwise publishes unseen text only after
    `open_case(subject, findings)` was decided, or shows the findings and lets the person correct the text.
    """
    if actor.is_staff:
        return []
    return rules.findings(text, grounds.rules().words, earlier)


def open_case(subject: Subject, findings: Sequence[Finding] = (), *, source: str = Case.Source.RULE) -> Case:
    """Put a subject before the moderators; joins the open case if there is one. For texts held back by a rule."""
    with transaction.atomic():
        case = _open_case(subject, source)
        if findings:
            Case.objects.filter(pk=case.pk).update(findings=[asdict(f) for f in findings])
    return case


def _open_case(subject: Subject, source: str) -> Case:
    """The one open case of a subject, made if missing; two at once get the same one."""
    author = registry.of(subject.kind).author_of(subject)
    now = clock.now()
    case, created = Case.objects.get_or_create(
        subject=subject,
        state=Case.State.OPEN,
        defaults={
            "kind": subject.kind,
            "title": subject.title,
            "source": source,
            "author_user_id": author[1] if author and author[0] == "user" else None,
            "author_guest_id": author[1] if author and author[0] == "guest" else None,
            "opened_at": now,
            "due_at": conf.decide_by(now),
            "is_example": subject.is_example,
        },
    )
    if created:
        audit.record("moderation.case.open", obj=case.public_id, payload={"subject": subject.public_id})
    return case


def take_back(subject: Subject) -> bool:
    """The author takes back what waited unread: its open case goes. False when somebody decided or reported meanwhile.

    Call it inside the transaction that removes the text.
    """
    waiting = Case.objects.filter(subject=subject, state=Case.State.OPEN, source=Case.Source.RULE, report_count=0)
    if not waiting.update(due_at=F("due_at")):  # holds the row: who decides now waits and finds nothing
        return False
    for public_id in waiting.values_list("public_id", flat=True):
        audit.record("moderation.case.taken_back", obj=public_id, payload={"subject": subject.public_id})
    waiting.delete()
    return True


# -- reports ----------------------------------------------------------------------------------------
def report(
    actor: Actor,
    subject: Subject,
    *,
    reason: str,
    text: str = "",
    contact: str = "",
    good_faith: bool = False,
    client: str = "",
) -> Report:
    """Say that something should not stay as it is. Nobody needs to sign in.

    `reason` is a slug of the house rules; `contact` an e-mail address that is told the outcome (optional); `client` the
    caller's network address for the rate limit (hashed, forgotten). Several reports join one open case; the same
    account or guest gets their first receipt again. Raises DomainError with a field for what is missing, code
    ``too_many`` above the limit, code ``not_public`` for what is not (or no longer) visible.
    """
    if not subject.is_public:
        raise DomainError(_("Dieser Beitrag ist nicht mehr zu sehen."), code="not_public")
    if grounds.reason(reason) is None:
        raise DomainError(_("Bitte wählen Sie einen Grund."), field="reason")
    if not good_faith:
        raise DomainError(_("Bitte bestätigen Sie, dass Ihre Angaben nach Ihrem Wissen stimmen."), field="good_faith")
    if client:
        limits.require("moderation.report", client, times=conf.reports_per_hour(), seconds=3600)
    try:
        with transaction.atomic():
            case = _open_case(subject, Case.Source.REPORT)
            made = Report.objects.create(
                case=case,
                reason=reason,
                text=text.strip(),
                contact=contact.strip(),
                good_faith=True,
                language=get_language() or "de",
                reporter_user_id=actor.user_id,
                reporter_guest_id=actor.guest_id,
                at=clock.now(),
            )
            audit.record("moderation.report.add", actor=actor.public_id, obj=case.public_id)
            Case.objects.filter(pk=case.pk).update(report_count=F("report_count") + 1)
    except IntegrityError:
        return _own_report(actor, subject)
    return made


def _own_report(actor: Actor, subject: Subject) -> Report:
    """The receipt this account or guest already has for the open case."""
    own = Report.objects.filter(case__subject=subject, case__state=Case.State.OPEN)
    own = own.filter(reporter_user=actor.user_id) if actor.user_id else own.filter(reporter_guest=actor.guest_id)
    return own.get()


# -- deciding ---------------------------------------------------------------------------------------
def decide(
    actor: Actor,
    case: Case,
    *,
    outcome: str,
    ground: str = "",
    facts: str = "",
    note: str = "",
    new_text: str = "",
) -> Decision:
    """The first decision about a case. One moderator wins; the other reads who was quicker.

    `outcome` is one of `models.Outcome`. A restriction states its `ground` (a slug of the house rules) and the
    `facts` (what in the text, in words for the author); `note` is what readers see in its place (outcome ``note``);
    `new_text` replaces the text (outcome ``redact``). Raises Refused or DomainError; then nothing has changed.
    """
    subject = case.subject
    if subject is None:
        raise DomainError(_("Diesen Beitrag gibt es nicht mehr."), code="gone")
    require(rules.may_decide(_facts(case), actor))
    require(registry.of(case.kind).can_moderate(actor, subject))
    stated = _statement(outcome, ground, facts, note)
    now = clock.now()
    with transaction.atomic():
        won = Case.objects.filter(pk=case.pk, state=Case.State.OPEN).update(
            state=Case.State.DECIDED if outcome != Outcome.KEEP else Case.State.CLOSED,
            outcome=outcome,
            decided_by_id=actor.user_id,
            decided_at=now,
            appeal_until=None if outcome == Outcome.KEEP else now + timedelta(days=conf.appeal_days()),
        )
        if not won:
            raise DomainError(_("Diesen Fall hat gerade jemand anderes entschieden."), code="too_late")
        case.refresh_from_db()
        decision = Decision.objects.create(
            case=case,
            step=Decision.Step.FIRST,
            outcome=outcome,
            found_automatically=case.source == Case.Source.RULE,
            actor_public_id=actor.public_id,
            at=now,
            **stated,
        )
        _apply(actor, case, subject, outcome, new_text)
        _audit(actor, "moderation.case.decide", case, decision)
        _tell_author(case, subject, decision)
        _tell_reporters(case, decision)
    return decision


def restrict(actor: Actor, subject: Subject, *, ground: str, facts: str, note: str = "") -> Decision:
    """Hide a subject without waiting for a report: opens a case and decides it, with the same statement of reasons."""
    case = open_case(subject, source=Case.Source.STAFF)
    return decide(
        actor, case, outcome=Outcome.NOTE if note else Outcome.RESTRICT, ground=ground, facts=facts, note=note
    )


def _facts(case: Case) -> rules.CaseFacts:
    return rules.CaseFacts(
        state=case.state,
        author_user_id=case.author_user_id,
        decided_by_id=case.decided_by_id,
        appeal_until=case.appeal_until,
        appealed=Appeal.objects.filter(case=case).exists() if case.state != Case.State.OPEN else False,
    )


def _statement(outcome: str, ground: str, facts: str, note: str) -> dict[str, str]:
    """What the decision states. Raises DomainError where a restriction lacks its ground or facts."""
    if outcome not in Outcome.values:
        raise DomainError(_("Bitte wählen Sie eine Entscheidung."), field="outcome")
    if outcome == Outcome.KEEP:
        return {"facts": facts.strip()}
    chosen = grounds.ground(ground)
    if chosen is None:
        raise DomainError(_("Bitte nennen Sie die Grundlage."), field="ground")
    if not facts.strip():
        raise DomainError(_("Bitte schreiben Sie, was im Text dagegen verstößt."), field="facts")
    if outcome == Outcome.NOTE and not note.strip():
        raise DomainError(_("Bitte schreiben Sie den Hinweis, der an der Stelle stehen soll."), field="note")
    return {
        "ground": chosen.slug,
        "ground_kind": chosen.kind,
        "ground_title": dict(chosen.titles)["de"],
        "ground_text": dict(chosen.texts)["de"],
        "facts": facts.strip(),
        "note": note.strip()[:300] if outcome == Outcome.NOTE else "",
    }


def _apply(actor: Actor, case: Case, subject: Subject, outcome: str, new_text: str) -> None:
    """Make the decision true."""
    if outcome in HIDING:
        _set_restricted(subject, True)
        registry.of(case.kind).settled(subject, "restricted")
    elif outcome == Outcome.KEEP:
        registry.of(case.kind).settled(subject, "kept")
    elif outcome == Outcome.REDACT:
        redact = registry.of(case.kind).redact
        if redact is None:
            raise DomainError(_("Bei dieser Art von Beitrag lassen sich einzelne Angaben nicht entfernen."), "outcome")
        if not new_text.strip():
            raise DomainError(_("Bitte geben Sie den Text ohne die privaten Angaben ein."), field="new_text")
        redact(subject, new_text.strip(), actor)
        notify.withdraw(subject)  # earlier news quote the text with the private details
        registry.of(case.kind).settled(subject, "kept")


def _set_restricted(subject: Subject, restricted: bool) -> None:
    """Flip moderation's one column of a subject; everything else of the row belongs to others."""
    Subject.objects.filter(pk=subject.pk).update(restricted=restricted)
    subject.restricted = restricted


def _audit(actor: Actor, action: str, case: Case, decision: Decision) -> None:
    audit.record(
        action,
        by=actor,
        obj=case.public_id,
        payload={"outcome": decision.outcome, "ground": decision.ground, "decision": decision.public_id},
    )


def _author(case: Case) -> list[who.Who]:
    return who.everybody([(case.author_user_id, case.author_guest_id)])


def _tell_author(case: Case, subject: Subject, decision: Decision) -> None:
    """The statement of reasons (DSA Article 17): on their page and by mail. Nothing when the text stays as it is."""
    author = _author(case)
    if not author or decision.outcome == Outcome.KEEP:
        return
    notify.notify(
        "moderation.case.decided",
        subject=subject,
        title=Saying(gettext_noop("Entscheidung über Ihren Beitrag")),
        text=Saying(
            gettext_noop(
                "Ihr Beitrag „%(title)s“: %(outcome)s. Grundlage: %(ground)s. %(facts)s "
                "Auf der verlinkten Seite steht die Begründung, und Sie können bis %(until)s widersprechen."
            ),
            {
                "title": case.title,
                "ground": decision.ground_title,
                "facts": decision.facts,
                "until": f"{case.appeal_until:%d.%m.%Y}",
            },
            {"outcome": OUTCOME_WORDS[decision.outcome]},
        ),
        path=statement_path(case),
        key=f"moderation:{case.public_id}:1",
        recipients=author,
        followers=False,
        must=True,
    )


def _tell_reporters(case: Case, decision: Decision) -> None:
    """Everybody who left a way to be told, once per report, with the way to their receipt."""
    subject = case.subject
    assert subject is not None
    for made in Report.objects.filter(case=case):
        path = f"/melden/{made.code}/"
        if made.contact:
            notify.mail(
                made.contact,
                title=_("Was aus Ihrer Meldung wurde"),
                text=_("Über den Beitrag, den Sie gemeldet haben, wurde entschieden."),
                key=f"report:{made.code}:{decision.step}",
                path=path,
                language=made.language,
            )
        elif made.reporter_user_id is not None:
            notify.notify(
                "moderation.report.settled",
                subject=subject,
                title=Saying(gettext_noop("Was aus Ihrer Meldung wurde")),
                text=Saying(gettext_noop("Über einen Beitrag, den Sie gemeldet haben, wurde entschieden.")),
                path=path,
                key=f"moderation:{case.public_id}:report:{made.pk}:{decision.step}",
                recipients=[("user", made.reporter_user_id)],
                followers=False,
            )


def statement_path(case: Case) -> str:
    """Where the author reads the statement of reasons."""
    if case.author_guest_id is not None:
        return links.guest_path(case)
    return f"/konto/moderation/{case.public_id}/"


# -- appeals ----------------------------------------------------------------------------------------
def appeal(actor: Actor, case: Case, text: str) -> Appeal:
    """The author objects, once, within the set time. Raises Refused or DomainError."""
    require(rules.may_appeal(_facts(case), is_author(actor, case), clock.now()))
    if not text.strip():
        raise DomainError(_("Bitte schreiben Sie, warum Sie widersprechen."), field="text")
    now = clock.now()
    with transaction.atomic():
        moved = Case.objects.filter(pk=case.pk, state=Case.State.DECIDED).update(
            state=Case.State.APPEALED, due_at=conf.decide_by(now)
        )
        if not moved:
            raise DomainError(_("Sie haben schon widersprochen."), code="too_late")
        made = Appeal.objects.create(case=case, text=text.strip(), at=now, due_at=conf.decide_by(now))
        audit.record("moderation.appeal.add", actor=actor.public_id, obj=case.public_id)
    case.refresh_from_db()
    return made


def may_appeal(actor: Actor, case: Case) -> Permission:
    """May this person appeal now? The reason is what they read."""
    return rules.may_appeal(_facts(case), is_author(actor, case), clock.now())


def appeal_of(case: Case) -> Appeal | None:
    """The appeal in this case, if there is one."""
    return Appeal.objects.filter(case=case).first()


def may_decide(actor: Actor, case: Case) -> Permission:
    """May this person decide this case, or its appeal, now? Loads what the rule needs."""
    facts = _facts(case)
    if case.state == Case.State.APPEALED:
        return rules.may_decide_appeal(facts, actor)
    return rules.may_decide(facts, actor)


def is_author(actor: Actor, case: Case) -> bool:
    """Did this person write what the case is about?"""
    if actor.user_id is not None:
        return actor.user_id == case.author_user_id
    return actor.guest_id is not None and actor.guest_id == case.author_guest_id


def decide_appeal(actor: Actor, case: Case, *, lift: bool, facts: str) -> Decision:
    """A second person decides about the appeal; never the one who decided first (rule and constraint).

    `lift` makes a hidden text visible again. `facts` says why, in words for the author.
    """
    subject = case.subject
    if subject is None:
        raise DomainError(_("Diesen Beitrag gibt es nicht mehr."), code="gone")
    require(rules.may_decide_appeal(_facts(case), actor))
    require(registry.of(case.kind).can_moderate(actor, subject))
    if not facts.strip():
        raise DomainError(_("Bitte begründen Sie die Entscheidung."), field="facts")
    outcome = AppealOutcome.LIFTED if lift else AppealOutcome.UPHELD
    now = clock.now()
    with transaction.atomic():
        won = Case.objects.filter(pk=case.pk, state=Case.State.APPEALED).update(
            state=Case.State.CLOSED, appeal_outcome=outcome, appeal_decided_by_id=actor.user_id, appeal_decided_at=now
        )
        if not won:
            raise DomainError(_("Über diesen Widerspruch hat gerade jemand anderes entschieden."), code="too_late")
        case.refresh_from_db()
        first = Decision.objects.get(case=case, step=Decision.Step.FIRST)
        decision = Decision.objects.create(
            case=case,
            step=Decision.Step.APPEAL,
            outcome=outcome,
            ground=first.ground,
            ground_kind=first.ground_kind,
            ground_title=first.ground_title,
            ground_text=first.ground_text,
            facts=facts.strip(),
            actor_public_id=actor.public_id,
            at=now,
        )
        if lift and case.outcome in HIDING and not _hidden_otherwise(case):
            _set_restricted(subject, False)
            registry.of(case.kind).settled(subject, "lifted")
        _audit(actor, "moderation.appeal.decide", case, decision)
        _tell_appeal(case, subject, decision)
        _tell_reporters(case, decision)
    return decision


def _hidden_otherwise(case: Case) -> bool:
    """Does another decision about the same text still hide it?"""
    others = Case.objects.filter(subject=case.subject_id, outcome__in=HIDING).exclude(pk=case.pk)
    return others.exclude(appeal_outcome=AppealOutcome.LIFTED).exists()


def _tell_appeal(case: Case, subject: Subject, decision: Decision) -> None:
    notify.notify(
        "moderation.appeal.decided",
        subject=subject,
        title=Saying(gettext_noop("Entscheidung über Ihren Widerspruch")),
        text=Saying(
            gettext_noop("Ihr Beitrag „%(title)s“: %(outcome)s. %(facts)s"),
            {"title": case.title, "facts": decision.facts},
            {"outcome": OUTCOME_WORDS[decision.outcome]},
        ),
        path=statement_path(case),
        key=f"moderation:{case.public_id}:2",
        recipients=_author(case),
        followers=False,
        must=True,
    )


# -- in the course of time ----------------------------------------------------------------------------
def close_expired(now: datetime | None = None) -> int:
    """Close decided cases whose time for an appeal is over; returns how many. Repeatable."""
    over = Case.objects.filter(state=Case.State.DECIDED, appeal_until__lt=now or clock.now())
    return over.update(state=Case.State.CLOSED)


def forget_contacts(now: datetime | None = None) -> int:
    """Erase contact addresses and words of reports long after the decision (`conf.contact_days`); returns how many."""
    long_ago = (now or clock.now()) - timedelta(days=conf.contact_days())
    settled = Report.objects.filter(
        case__state__in=[Case.State.DECIDED, Case.State.CLOSED], case__decided_at__lt=long_ago
    )
    return settled.exclude(contact="", text="").update(contact="", text="")
