"""What the room tells the rooms below it at the start: kinds of subject, texts, who may do what, whose rows are
whose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts import actor as actors
from mitstadt.accounts import drafts, personal, who
from mitstadt.accounts.actor import Grant
from mitstadt.comments import registry as comments
from mitstadt.kit import clock, datasets, nav
from mitstadt.kit import components as ui
from mitstadt.kit import demo as kit_demo
from mitstadt.kit import jobs as kit_jobs
from mitstadt.moderation import registry as moderation
from mitstadt.notify import onward, topics
from mitstadt.search import registry as search
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Subject

from . import access, identity, rules, then, words
from .models import AccessCode, Assignment, Contribution, EntryList, Kind, Module, Process, Support, Tablet
from .models.process import MODULE, PROCESS, PROCESS_WORK

_CONTRIBUTION_VERBS = frozenset({"comment", "rate", "follow", "report", "enter"})
PLURALS = {
    Kind.IDEA: _("Ideen"),
    Kind.ANSWER: _("Antworten in Umfragen"),
    Kind.QUESTION: _("Fragen bei Treffen"),
    Kind.NOTE: _("Ergebnisse von Veranstaltungen"),
    Kind.STATEMENT: _("Stellungnahmen"),
    Kind.ANNOTATION: _("Anmerkungen am Text"),
}


def all_of_it() -> None:
    """Called by AppConfig.ready()."""
    from . import demo, flat, open_data
    from .actions import chain, contributions, supports
    from .archive import jobs as archive
    from .desk import actions as desk
    from .entry import signatures
    from .leaflets import jobs as leaflets

    kinds.register(
        kinds.Kind(
            slug=PROCESS,
            then=then.processes,
            label=_("Beteiligung"),
            plural=_("Beteiligungen"),
            can=access.can_process,
            department_of=access.department_of,
            verbs=frozenset({"follow", "report"}),
            states=_states,
        )
    )
    kinds.register(
        kinds.Kind(
            slug=MODULE,
            then=then.modules,
            label=_("Schritt einer Beteiligung"),
            plural=_("Schritte von Beteiligungen"),
            can=access.can_module,
            department_of=access.department_of,
            verbs=_CONTRIBUTION_VERBS,
        )
    )
    search.register(PROCESS, _processes)
    search.register(MODULE, _modules)
    for kind, plural in PLURALS.items():
        kinds.register(
            kinds.Kind(
                slug=kind.value,
                then=then.contribution_subjects,
                label=kind.label,
                plural=plural,
                can=access.can_contribution,
                department_of=access.department_of,
                verbs=_CONTRIBUTION_VERBS,
            )
        )
        moderation.register(
            kind.value, author_of, excerpt_of, redact=contributions.redact, settled=contributions.settled
        )
        search.register(kind.value, _contributions(kind.value))
    comments.on_added(contributions.enter_comment)
    onward.register(chain.moved)
    contributions.on_blank(archive.on_blank)
    kit_jobs.every("participation.archives", "03:20", archive.refresh)
    kit_jobs.every("participation.letters", "04:20", desk.purge)
    kit_jobs.every("participation.signatures", "04:25", signatures.purge)
    kit_jobs.every("participation.leaflets", "05:10", leaflets.make_due)
    actors.register_grants_by_fact(PROCESS_WORK, _grants)
    actors.register_carrier(identity.COOKIE, identity.actor_of)
    nav.register(nav.NavItem("participation", _("Was läuft gerade"), "participation:processes", order=10))
    topics.register("process", _process_title, lambda number: f"/beteiligung/p-{int(number):03d}/")
    topics.register("processes", _new_processes, lambda _rest: "/beteiligung/")
    for name in (
        "participation:code",
        "participation:own",
        "participation_staff:entry",
        "participation_staff:desk_one",
        "participation_staff:signatures",
    ):
        drafts.register_form(name)
    for dataset in open_data.ALL:
        datasets.register(dataset)
    datasets.register_flat("process", flat.find)
    kit_demo.register(700, "Beteiligungen", demo.load)
    _personal(contributions, supports)


def _states(keys: Sequence[int]) -> dict[int, kinds.State]:
    now = clock.now()
    rows = Process.objects.filter(pk__in=keys).prefetch_related("phases")
    return {
        row.pk: kinds.State(
            words.STATES[row.state(now)],
            ui.day(row.stage_changed_at),
            row.stage in (rules.IMPLEMENTED, rules.ARCHIVED),
        )
        for row in rows
    }


def _personal(contributions: Any, supports: Any) -> None:
    personal.register(
        Contribution,
        label=_("Beiträge zu Beteiligungen"),
        export=_export,
        erase=contributions.forget_author,
        retention=_("bis Sie sie zurückziehen oder Ihr Konto löschen"),
        choice=True,
        count=lambda person: (
            Contribution.objects.filter(person.owns("user", "guest")).exclude(kind=Kind.COMMENT).count()
        ),
    )
    personal.register(
        Support,
        label=_("Unterstützungen"),
        export=personal.rows(
            Support, ["contribution__subject__title", "contribution__subject__path", "channel", "at"], guest="guest"
        ),
        erase=supports.forget,
        retention=_("bis Sie sie zurücknehmen oder Ihr Konto löschen"),
    )
    personal.register(
        AccessCode,
        label=_("Benutzte Codes aus Briefen"),
        export=personal.rows(AccessCode, ["group__name", "first_used_at"], guest="guest"),
        erase=personal.forget(AccessCode, guest="guest"),
        retention=_("bis 90 Tage nach Ablauf des Codes"),
        purge=_purge_codes,
    )
    personal.register(
        Assignment,
        label=_("Mitarbeit an Beteiligungen"),
        export=personal.rows(Assignment, ["process__title", "role", "function"]),
        erase=personal.delete(Assignment),
        retention=_("bis die Aufgabe endet"),
    )

    personal.register(
        Tablet,
        label=_("Tablets, die Sie geöffnet haben"),
        export=personal.rows(Tablet, ["module__title", "name", "created_at", "valid_until", "entered"]),
        erase=personal.delete(Tablet),
        retention=_("30 Tage nach ihrem Ende"),
        purge=lambda now: Tablet.objects.filter(valid_until__lt=now - timedelta(days=30)).delete()[0],
    )
    personal.register(
        EntryList,
        label=_("Lange Listen, die Sie eingelesen haben"),
        export=personal.rows(EntryList, ["module__title", "file_name", "created_at", "state", "total"]),
        erase=personal.delete(EntryList),
        retention=_("60 Tage nach dem Einlesen"),
        purge=_purge_lists,
    )


def _purge_lists(now: Any) -> int:
    old = EntryList.objects.filter(created_at__lt=now - timedelta(days=60))
    return old.exclude(state=EntryList.State.RUNNING).delete()[0]


def _purge_codes(now: Any) -> int:
    old = AccessCode.objects.filter(group__valid_until__lt=now - timedelta(days=90))
    return old.delete()[0]


def _export(person: personal.Person) -> Iterable[dict[str, Any]]:
    rows = Contribution.objects.filter(person.owns("user", "guest")).exclude(kind=Kind.COMMENT).order_by("pk")
    fields = (
        "subject__public_id",
        "process__title",
        "kind",
        "title",
        "text",
        "place",
        "geometry",
        "channel",
        "author_label",
        "created_at",
        "edited_at",
        "removed_at",
        "assessment__decision",
        "assessment__reason",
    )
    yield from rows.values(*fields)


# Being assigned to a process opens the back office; what is possible there, `access` decides per process.
def _grants(user_id: int) -> tuple[Grant, ...]:
    rows = Assignment.objects.filter(user_id=user_id).values_list(
        "process__department_id", "process__department__name", "function"
    )
    return tuple(Grant(PROCESS_WORK, key, name, function) for key, name, function in rows.distinct())


def _new_processes(rest: str) -> str:
    return gettext("Neue Beteiligungen") if rest == "all" else ""


def _process_title(number: str) -> str:
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        return ""
    return Process.objects.filter(number=int(number)).values_list("title", flat=True).first() or ""


# -- moderation ------------------------------------------------------------------------------------------------
def author_of(subject: Subject) -> who.Who | None:
    found = Contribution.objects.filter(pk=subject.pk).values_list("user_id", "guest_id").first()
    return who.behind(*found) if found is not None else None


def excerpt_of(subject: Subject) -> str:
    found = Contribution.objects.filter(pk=subject.pk).values_list("title", "text").first()
    return "\n".join(filter(None, found)) if found is not None else ""


# -- search ------------------------------------------------------------------------------------------------------
def _processes() -> Iterable[search.Source]:
    for process in Process.objects.iterator():
        text = "\n".join(filter(None, [process.summary, process.plain_text, process.text, process.place]))
        yield search.Source(process.pk, process.title, text, weight=60)


def _modules() -> Iterable[search.Source]:
    from .actions import structure

    for module in Module.objects.order_by("pk").iterator():
        yield search.Source(module.pk, module.title, structure.module_text(module))


def _contributions(kind: str) -> Any:
    def sources() -> Iterable[search.Source]:
        rows = Contribution.objects.filter(kind=kind, removed_at__isnull=True, draft=False)
        for pk, title, text in rows.values_list("pk", "subject__title", "text").iterator():
            yield search.Source(pk, title, text)

    return sources
