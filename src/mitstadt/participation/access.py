"""Who may do what in a process, now. Decisions on loaded objects; each refusal is the sentence that the person reads.

`can` needs the module with its process and phases: load it through `queries.module` or `queries.of_contribution`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mitstadt.accounts import rules as trust
from mitstadt.accounts.actor import COORDINATOR, EDITOR, MODERATOR, Actor
from mitstadt.comments.models import Channel
from mitstadt.kit.components import day
from mitstadt.kit.components.dates import moment as at_moment
from mitstadt.kit.decision import YES, Decision, no
from mitstadt.organisations.models import Organisation
from mitstadt.subjects.models import Subject

from . import rules
from .models import Assignment, Contribution, Module, Phase, Process

# (from when on it is possible, until when it was, not at all here)
_WORDS = {
    "propose": (
        gettext_lazy("Vorschlagen können Sie ab %(day)s."),
        gettext_lazy("Vorschlagen konnten Sie bis %(day)s."),
        gettext_lazy("Hier kann man nichts vorschlagen."),
    ),
    "comment": (
        gettext_lazy("Mitreden können Sie ab %(day)s."),
        gettext_lazy("Mitreden konnten Sie bis %(day)s."),
        gettext_lazy("Hier gibt es kein Gespräch."),
    ),
    "rate": (
        gettext_lazy("Bewerten können Sie ab %(day)s."),
        gettext_lazy("Bewerten konnten Sie bis %(day)s."),
        gettext_lazy("Hier kann man nichts bewerten."),
    ),
    "support": (
        gettext_lazy("Unterstützen können Sie ab %(day)s."),
        gettext_lazy("Unterstützen konnten Sie bis %(day)s."),
        gettext_lazy("Hier kann man nichts unterstützen."),
    ),
    "vote": (
        gettext_lazy("Abstimmen können Sie ab %(day)s."),
        gettext_lazy("Abstimmen konnten Sie bis %(day)s."),
        gettext_lazy("Hier wird nicht abgestimmt."),
    ),
    "annotate": (
        gettext_lazy("Am Text anmerken können Sie ab %(day)s."),
        gettext_lazy("Am Text anmerken konnten Sie bis %(day)s."),
        gettext_lazy("Hier kann man nichts anmerken."),
    ),
    "answer": (
        gettext_lazy("Antworten können Sie ab %(day)s."),
        gettext_lazy("Antworten konnten Sie bis %(day)s."),
        gettext_lazy("Hier gibt es nichts zu beantworten."),
    ),
    "meet": (
        gettext_lazy("Anmelden können Sie sich ab %(day)s."),
        gettext_lazy("Anmelden konnten Sie sich bis %(day)s."),
        gettext_lazy("Hier gibt es keine Anmeldung."),
    ),
}
_CHANNEL_GRACE_DAYS = 21  # what was written in time may be entered a while later


def visible(process: Process) -> bool:
    """Public: published by staff and not hidden by moderation."""
    return process.subject.is_public


def can(actor: Actor, verb: str, module: Module, now: datetime) -> Decision:
    """May `actor` do `verb` (one of `rules.VERBS`, or ``read``, ``follow``, ``report``) in `module` at `now`?"""
    process = module.process
    if not visible(process):
        return no(_("Dieses Verfahren ist nicht veröffentlicht."))
    if verb in ("read", "follow", "report"):
        return YES
    if verb == "enter":  # a comment that came on paper, by telephone, at an event
        return can_for_others(actor, "comment", module, now, Channel.PAPER)
    if process.stage == rules.ARCHIVED:
        return no(_("Dieses Verfahren ist abgeschlossen und archiviert. Es bleibt lesbar."))
    if verb not in _WORDS:
        return no(_("Das geht hier nicht."))
    found = rules.opening(module.phases.all(), verb, now, process.stage)
    if found.over is not None and now < found.over.end:  # answered before it was over
        return no(_("Dieses Verfahren ist beantwortet. Mitmachen geht nicht mehr."))
    if not found.active:
        return _closed(verb, found)
    refusals: list[Decision] = []
    actor = _in(process, actor)
    for phase in found.active:
        decision = audience(actor, rules.Audience.read(phase.audience))
        if decision:
            return YES
        refusals.append(decision)
    return min(refusals, key=lambda decision: not decision.step_up)


def _closed(verb: str, found: rules.Opening) -> Decision:
    from_then, until_then, never = _WORDS[verb]
    if found.next is not None:
        return no(from_then % {"day": at_moment(found.next.start)})
    if found.over is not None:
        return no(until_then % {"day": at_moment(found.over.end)})
    return no(never)


def active_phase(module: Module, verb: str, now: datetime) -> Phase | None:
    """The phase in which `verb` happens now."""
    return next(iter(rules.opening(module.phases.all(), verb, now, module.process.stage).active), None)


def _in(process: Process, actor: Actor) -> Actor:
    """What the code of a letter shows counts in its own process: with two letters one would be two people elsewhere."""
    groups = [fact for fact in actor.facts if fact.startswith("group_")]
    if actor.guest_id is None or not groups or any(fact.startswith(f"group_{process.number}-") for fact in groups):
        return actor
    return replace(actor, facts=frozenset())


# -- for whom ------------------------------------------------------------------------------------------
def audience(actor: Actor, wanted: rules.Audience) -> Decision:
    """Does this person belong to those a phase is for? The reason says what would make it possible."""
    for kind, facts in wanted.facts:
        if not any(fact in actor.facts for fact in facts):
            return _lacks(actor, kind, wanted)
    if wanted.organisations and not any(grant.organisation_id in wanted.organisations for grant in actor.grants):
        return _not_a_member(actor, wanted)
    if wanted.groups:
        return YES  # the code of an invitation stands for every other proof
    if wanted.trust == trust.RESIDENT and trust.LIVES_HERE in actor.facts:
        return YES  # a code by letter to the address shows it as well as an account does
    return trust.need(actor, wanted.trust)


def _lacks(actor: Actor, kind: str, wanted: rules.Audience) -> Decision:
    if kind == "group":
        return no(
            _("Das ist für Menschen, die einen Brief mit einem Code bekommen haben. Geben Sie ihn hier ein."), "code"
        )
    if not actor.is_known:
        return no(_("%(who)s Melden Sie sich dafür bitte an.") % {"who": audience_sentence(wanted)}, "login")
    step_up = "eid" if kind in ("age_from", "age_to") else "resident"
    how = (
        _("Ihr Online-Ausweis kann das bestätigen, ohne Ihr Geburtsdatum zu speichern.")
        if step_up == "eid"
        else _("Ihr Online-Ausweis, ein Brief mit einem Code oder der Schalter kann das bestätigen.")
    )
    return no(f"{audience_sentence(wanted)} {how}", step_up)


def _not_a_member(actor: Actor, wanted: rules.Audience) -> Decision:
    names = Organisation.objects.filter(pk__in=wanted.organisations).values_list("name", flat=True)
    said = _("Das ist für Mitglieder von %(names)s.") % {"names": ", ".join(names)}
    return no(said, "" if actor.is_known else "login")


def audience_sentence(wanted: rules.Audience) -> str:
    """For whom a phase is, as a sentence: "Für Menschen von 14 bis 26 Jahren, die hier wohnen."""
    if wanted.groups:
        return _("Für Menschen, die einen Brief mit einem Code bekommen haben.")
    who = _("Für alle")
    if wanted.age_from is not None and wanted.age_to is not None:
        who = _("Für Menschen von %(start)s bis %(end)s Jahren") % {"start": wanted.age_from, "end": wanted.age_to}
    elif wanted.age_from is not None:
        who = _("Für Menschen ab %(age)s Jahren") % {"age": wanted.age_from}
    elif wanted.age_to is not None:
        who = _("Für Menschen bis %(age)s Jahre") % {"age": wanted.age_to}
    limits: list[str] = []
    if wanted.districts:
        limits.append(_living_in(wanted))
    elif wanted.areas:
        limits.append(_("in den genannten Straßen wohnen"))
    elif wanted.trust == trust.RESIDENT:
        limits.append(_("hier wohnen"))
    if wanted.organisations:
        limits.append(_("Mitglied der eingeladenen Organisationen sind"))
    if wanted.trust == trust.EID:
        limits.append(_("sich mit dem Online-Ausweis anmelden"))
    if not limits:
        return f"{who}, {_('mit bestätigter E-Mail-Adresse')}." if wanted.trust == trust.EMAIL else f"{who}."
    both = f" {_('und')} "
    return f"{who}, {_('die')} {both.join(limits)}."


def _living_in(wanted: rules.Audience) -> str:
    """The districts, and that only some of their streets are meant where it is so."""
    one = len(wanted.districts) == 1
    if wanted.areas:
        said = (
            _("im Stadtbezirk %(numbers)s und dort in den genannten Straßen wohnen")
            if one
            else _("in den Stadtbezirken %(numbers)s und dort in den genannten Straßen wohnen")
        )
    else:
        said = _("im Stadtbezirk %(numbers)s wohnen") if one else _("in den Stadtbezirken %(numbers)s wohnen")
    return said % {"numbers": ", ".join(str(number) for number in wanted.districts)}


# -- staff ---------------------------------------------------------------------------------------------
def roles_of(actor: Actor, process: Process) -> frozenset[str]:
    """This person's assignments to a process; one query, none for people without an account."""
    if actor.user_id is None:
        return frozenset()
    return frozenset(Assignment.objects.filter(process=process, user_id=actor.user_id).values_list("role", flat=True))


def may_manage(actor: Actor, process: Process, roles: frozenset[str] | None = None) -> Decision:
    """Change a process: coordination, the department's editors, colleagues assigned to it."""
    decision = trust.staff(actor)
    if not decision:
        return decision
    if actor.has(COORDINATOR) or actor.has(EDITOR, process.department_id):
        return YES
    found = roles_of(actor, process) if roles is None else roles
    if found & {Assignment.Role.LEAD, Assignment.Role.COLLEAGUE}:
        return YES
    return no(_("Dieses Verfahren gehört einem anderen Referat."))


def not_frozen(process: Process) -> Decision:
    """Nothing in an archived process changes any more."""
    if process.stage == rules.ARCHIVED:
        return no(_("Ein archiviertes Verfahren ist eingefroren."))
    return YES


def may_enter(actor: Actor, process: Process, roles: frozenset[str] | None = None) -> Decision:
    """Enter paper, telephone and event contributions."""
    found = roles_of(actor, process) if roles is None else roles
    if Assignment.Role.ENTRY in found and trust.staff(actor):
        return YES
    return may_manage(actor, process, found)


def may_moderate(actor: Actor, process: Process, roles: frozenset[str] | None = None) -> Decision:
    """Pin, summarise, merge: moderators of the house and of this process, and whoever manages it."""
    found = roles_of(actor, process) if roles is None else roles
    if trust.staff(actor) and (actor.has(MODERATOR) or Assignment.Role.MODERATOR in found):
        return YES
    return may_manage(actor, process, found)


def can_for_others(actor: Actor, verb: str, module: Module, now: datetime, channel: str) -> Decision:
    """May staff enter `verb` for somebody? Only what a phase allows or allowed until three weeks ago."""
    if channel == Channel.ONLINE:
        return no(_("Was online kommt, schreiben die Menschen selbst."))
    decision = may_enter(actor, module.process)
    if not decision:
        return decision
    if module.process.stage != rules.OPEN or not visible(module.process):
        return no(_("Dieses Verfahren nimmt nichts mehr an."))
    found = rules.opening(module.phases.all(), verb, now)
    if found.active:
        return YES
    if found.over is not None and (now - found.over.end).days <= _CHANNEL_GRACE_DAYS:
        return YES
    if found.over is not None:
        return no(
            _("Die Phase endete am %(day)s. Nachtragen ging bis drei Wochen danach.") % {"day": day(found.over.end)}
        )
    return _closed(verb, found)


# -- kinds of subject ------------------------------------------------------------------------------------
def can_process(actor: Actor, verb: str, subject: Subject, now: datetime) -> Decision:
    """For the kind "process": read, follow, report. People talk in the modules."""
    if not subject.is_public:
        return no(_("Dieses Verfahren ist nicht veröffentlicht."))
    if verb in ("read", "follow", "report"):
        return YES
    return no(_("Mitreden können Sie in den einzelnen Schritten dieses Verfahrens."))


def can_module(actor: Actor, verb: str, subject: Subject, now: datetime) -> Decision:
    """For the kind "module". Two queries."""
    from . import queries

    module = queries.module_of(subject.pk)
    return can(actor, verb, module, now) if module is not None else no(_("Das gibt es nicht mehr."))


def can_contribution(actor: Actor, verb: str, subject: Subject, now: datetime) -> Decision:
    """For every kind of contribution: what its module allows, if it is public itself."""
    from . import queries

    found = queries.of_contribution(subject.pk)
    if found is None or not subject.is_public:
        return no(_("Dieser Beitrag ist nicht öffentlich."))
    if found.merged_into_id is not None and verb in ("comment", "support", "rate"):
        return no(_("Dieser Beitrag ist in einem anderen aufgegangen. Bitte machen Sie dort weiter."))
    if found.module is None:
        return can_process(actor, verb, found.process.subject, now)
    return can(actor, verb, found.module, now)


def department_of(subject_id: int) -> int | None:
    """The department behind a process, module or contribution."""
    found: int | None = (
        Process.objects.filter(pk=subject_id).values_list("department_id", flat=True).first()
        or Module.objects.filter(pk=subject_id).values_list("process__department_id", flat=True).first()
        or Contribution.objects.filter(pk=subject_id).values_list("process__department_id", flat=True).first()
    )
    return found


def is_author(actor: Actor, contribution: Contribution) -> bool:
    if actor.user_id is not None:
        return contribution.user_id == actor.user_id
    return actor.guest_id is not None and contribution.guest_id == actor.guest_id


_writers: list[Callable[[Actor, Contribution], bool]] = []


def register_writers(provider: Callable[[Actor, Contribution], bool]) -> None:
    """A format hands in who beside the author works on a draft (co-authors who said yes)."""
    if provider not in _writers:
        _writers.append(provider)


def writes_along(actor: Actor, contribution: Contribution) -> bool:
    """May this person work on the draft with its author?"""
    return actor.user_id is not None and any(provider(actor, contribution) for provider in _writers)


def may_answer(actor: Actor, process: Process, department_id: int | None) -> Decision:
    """Say what becomes of a contribution: whoever manages the process, and editors of the department it lies with."""
    decision = trust.staff(actor)
    if decision and department_id is not None and actor.has(EDITOR, department_id):
        return YES
    return may_manage(actor, process)


Check = Callable[[Actor, str, Module, datetime], Decision]
Phases = Sequence[Phase]
