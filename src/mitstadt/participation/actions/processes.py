"""Making, changing, publishing processes and moving them on: staff's verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mitstadt.accounts import rules as trust
from mitstadt.accounts import who
from mitstadt.accounts.actions.trust import store_facts
from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor
from mitstadt.accounts.models import User
from mitstadt.comments.rules import excerpt
from mitstadt.kit import cache, clock, jobs
from mitstadt.kit.decision import Decision, no
from mitstadt.kit.errors import DomainError, require
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying
from mitstadt.organisations.models import Organisation
from mitstadt.participation import access, registry, rules
from mitstadt.participation.models import (
    Assignment,
    Contribution,
    Document,
    News,
    Process,
    process_path,
    take_number,
)
from mitstadt.participation.models.process import PROCESS, PROCESS_WORK, FormerAddress
from mitstadt.search import actions as search
from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Link, Subject

from . import structure
from .noting import record

# What `change` accepts.
TEXTS = (
    "title",
    "summary",
    "text",
    "plain_text",
    "can_decide",
    "cannot_decide",
    "decided_by",
    "place",
    "contact_name",
    "contact_email",
    "contact_phone",
    "result",
)
FIELDS = (*TEXTS, "department", "geometry")


def may_create(actor: Actor, department: Organisation) -> Decision:
    """Editors make processes for their own department, the coordination for all."""
    decision = trust.staff(actor)
    if not decision or actor.has(COORDINATOR) or actor.has(EDITOR, department.pk):
        return decision
    return no(_("Verfahren anlegen können die Redaktion dieses Referats und die Koordination."))


def short_address(title: str) -> str:
    """The words in an address."""
    folded = title.lower().translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"})
    return slugify(folded)[:80].strip("-") or "verfahren"


def create(
    actor: Actor, department: Organisation, title: str, *, template: str = "", is_example: bool = False, **fields: Any
) -> Process:
    """A new draft. Raises Refused, or DomainError (field ``title``)."""
    require(may_create(actor, department))
    title = " ".join(title.split())
    if not title:
        raise DomainError(_("Bitte geben Sie dem Verfahren einen Titel."), field="title")
    now = clock.now()
    with transaction.atomic():
        number = take_number()
        slug = short_address(title)
        subject = subjects.create(PROCESS, title, process_path(number, slug), is_example=is_example)
        process = Process.objects.create(
            subject=subject,
            number=number,
            slug=slug,
            title=title[:200],
            department=department,
            template=template,
            created_at=now,
            changed_at=now,
            is_example=is_example,
            **fields,
        )
        record(actor, "create", process, {"title": title, "template": template})
        index(process)
    return process


def change(actor: Actor, process: Process, *, revision: int | None = None, **fields: Any) -> Process:
    """Change texts, department or place; `districts` are keys. A new title of a public process keeps the old address.

    Raises Refused, or DomainError (``stale``) when somebody else changed it since `revision`.
    """
    require(access.may_manage(actor, process))
    require(access.not_frozen(process))
    districts: Sequence[int] | None = fields.pop("districts", None)
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise ValueError(f"change: {sorted(unknown)}")
    if "title" in fields and not fields["title"].strip():
        raise DomainError(_("Bitte geben Sie dem Verfahren einen Titel."), field="title")
    now = clock.now()
    with transaction.atomic():
        _claim(process, revision, now)
        old_slug = process.slug
        for name, value in fields.items():
            setattr(process, name, value)
        if "title" in fields:
            process.title = " ".join(process.title.split())[:200]
            process.slug = short_address(process.title)
        process.save(update_fields=[*fields, "slug"])
        if districts is not None:
            process.districts.set(districts)
            first = process.districts.order_by("number").first()
            only = first.pk if first is not None and process.districts.count() == 1 else None
            Subject.objects.filter(pk=process.pk).update(district_id=only)
        path = process.get_absolute_url()
        if process.slug != old_slug:
            if process.published_at is not None:
                FormerAddress.objects.get_or_create(process=process, slug=old_slug, defaults={"until": now})
            FormerAddress.objects.filter(process=process, slug=process.slug).delete()
        subjects.mirror(process.subject, title=process.title, published=process.subject.published, path=path)
        record(actor, "change", process, {"fields": sorted(fields)})
        index(process)
        cache.bump()
    return process


def _claim(process: Process, revision: int | None, now: datetime) -> None:
    """Raise the revision by one; refuse when it has moved on since the form was opened."""
    rows = Process.objects.filter(pk=process.pk)
    if revision is not None:
        rows = rows.filter(revision=revision)
    if not rows.update(revision=F("revision") + 1, changed_at=now):
        raise DomainError(
            _("Jemand anderes hat dieses Verfahren inzwischen geändert. Ihr Text steht noch hier."),
            code="stale",
        )
    process.revision = (revision if revision is not None else process.revision) + 1
    process.changed_at = now


# -- publishing and moving on ------------------------------------------------------------------------------------
def missing(process: Process) -> list[str]:
    """What is still missing before the process may be published, as sentences for staff; empty when it may."""
    wanted = [
        (process.summary, _("Worum geht es? Zwei, drei Sätze in einfachen Worten fehlen.")),
        (process.can_decide, _("Was hier entschieden werden kann, steht noch nicht da.")),
        (process.cannot_decide, _("Was hier nicht entschieden werden kann, steht noch nicht da.")),
        (process.decided_by, _("Wer am Ende entscheidet, steht noch nicht da.")),
        (process.contact_name, _("Eine Ansprechstelle fehlt.")),
        (process.contact_email or process.contact_phone, _("E-Mail oder Telefon der Ansprechstelle fehlt.")),
    ]
    found = [sentence for value, sentence in wanted if not str(value).strip()]
    phases = list(process.phases.all())
    if not phases:
        found.append(_("Es gibt noch keine Phase."))
    for module in process.modules.all():
        if not any(phase.module_id == module.pk for phase in phases):
            found.append(_("Das Modul „%(title)s“ hat keine Phase.") % {"title": module.title})
        known = registry.find(module.format)
        if known is None:
            continue
        try:
            structure.checked_settings(known, module.settings)
        except DomainError as error:
            found.append(f"{module.title}: {error.message}")
        found += known.missing(module)
    for phase in phases:
        if phase.module_id is not None and not phase.allows:
            found.append(_("In der Phase „%(title)s“ ist noch nichts möglich.") % {"title": phase.title})
    return found


def move(actor: Actor, process: Process, stage: str, *, result: str | None = None) -> Process:
    """Publish, take back into draft, mark as answered (with `result`), implemented or archived.

    Raises Refused, or DomainError: what is missing before publication, no result given, a step that does not exist.
    """
    require(access.may_manage(actor, process))
    if stage not in rules.STEPS[process.stage]:
        raise DomainError(_("Dieser Schritt ist von hier aus nicht möglich."), code="step")
    if stage == rules.OPEN and process.stage == rules.DRAFT and (lacks := missing(process)):
        raise DomainError(" ".join(lacks), code="missing")
    if stage == rules.ANSWERED and not (result if result is not None else process.result).strip():
        raise DomainError(
            _("Bitte schreiben Sie, was daraus wird, bevor Sie das Verfahren als beantwortet zeigen."), field="result"
        )
    now = clock.now()
    with transaction.atomic():
        fields: dict[str, Any] = {"stage": stage, "stage_changed_at": now, "changed_at": now}
        if result is not None:
            fields["result"] = result
        if stage == rules.OPEN and process.published_at is None:
            fields["published_at"] = now
        if not Process.objects.filter(pk=process.pk, stage=process.stage).update(revision=F("revision") + 1, **fields):
            raise DomainError(_("Jemand anderes hat dieses Verfahren inzwischen geändert."), code="stale")
        before = process.stage
        for name, value in fields.items():
            setattr(process, name, value)
        process.revision += 1
        _show(process, stage != rules.DRAFT)
        record(actor, f"stage.{stage}", process, {"from": before})
        if stage != rules.DRAFT:
            _tell_stage(actor, process, before)
        if stage == rules.ARCHIVED:
            jobs.enqueue("mitstadt.participation.archive.jobs.make", process.pk)
        cache.bump()
    return process


def _show(process: Process, shown: bool) -> None:
    """Publication of a process carries over to its modules; contributions keep their own."""
    subjects.mirror(process.subject, title=process.title, published=shown)
    Subject.objects.filter(module__process=process).update(published=shown)
    for module in process.modules.all():
        known = registry.find(module.format)
        if known is not None:
            known.show(module, shown)


_STAGE_WORDS = {
    rules.OPEN: gettext_noop("Neu: %(title)s"),
    rules.ANSWERED: gettext_noop("Die Stadt hat geantwortet: %(title)s"),
    rules.IMPLEMENTED: gettext_noop("Umgesetzt: %(title)s"),
    rules.ARCHIVED: gettext_noop("Abgeschlossen und archiviert: %(title)s"),
}


# A step back.
_BACK_WORDS = {
    rules.OPEN: gettext_noop("Wieder offen, die Antwort ist zurückgenommen: %(title)s"),
    rules.ANSWERED: gettext_noop("Doch noch nicht umgesetzt: %(title)s"),
}


def _tell_stage(actor: Actor, process: Process, before: str) -> None:
    """Followers, and everybody who took part, hear that it moved, each time; that it is new only once."""
    is_new = before == rules.DRAFT
    order = list(rules.STEPS)
    back = order.index(process.stage) < order.index(before)
    notify.notify(
        f"participation.process.{'reopened' if back else process.stage}",
        subject=process.subject,
        actor_public_id=actor.public_id,
        title=Saying((_BACK_WORDS if back else _STAGE_WORDS)[process.stage], {"title": process.title}),
        text=excerpt(process.result or process.summary, 300),
        path=process.subject.path,
        recipients=[] if is_new else participants(process),
        topics=[
            f"process:{process.number}",
            "processes:all",
            *(f"district:{number}" for number in process.districts.values_list("number", flat=True)),
        ],
        key=f"participation:{process.subject.public_id}:{process.stage}{'' if is_new else f':{process.revision}'}",
        onward=True,
    )


def participants(process: Process) -> list[who.Who]:
    """Everybody with a contribution that still carries them: ("user", key) or ("guest", key)."""
    rows = Contribution.objects.filter(process=process).values_list("user_id", "guest_id").distinct()
    return sorted(set(who.everybody(rows)))


def tell(actor: Actor, process: Process, title: str, text: str, *, is_example: bool = False) -> News:
    """Add a piece of news and tell those who follow."""
    require(access.may_manage(actor, process))
    require(access.not_frozen(process))
    title, text = " ".join(title.split()), text.strip()
    if not title or not text:
        raise DomainError(_("Eine Neuigkeit braucht Überschrift und Text."), field="title" if not title else "text")
    with transaction.atomic():
        news = News.objects.create(
            process=process,
            title=title[:200],
            text=text,
            at=clock.now(),
            label=actor.label[:300],
            is_example=is_example,
        )
        record(actor, "news.add", process, {"title": title})
        if process.subject.is_public:
            notify.notify(
                "participation.news.new",
                subject=process.subject,
                actor_public_id=actor.public_id,
                title=Saying(gettext_noop("%(news)s: %(title)s"), {"news": title, "title": process.title}),
                text=excerpt(text, 300),
                path=process.subject.path,
                topics=[f"process:{process.number}"],
                key=f"participation:news:{news.pk}",
            )
        cache.bump()
    return news


def add_document(actor: Actor, process: Process, title: str, url: str) -> Document:
    """Something to read at an address of the city or elsewhere (https only)."""
    require(access.may_manage(actor, process))
    require(access.not_frozen(process))
    title, url = " ".join(title.split()), url.strip()
    if not title:
        raise DomainError(_("Bitte geben Sie dem Dokument einen Titel."), field="title")
    if not url.startswith(("https://", "/")) or url.startswith("//"):
        raise DomainError(_("Die Adresse beginnt mit https:// oder mit / für eine Seite hier."), field="url")
    document = Document.objects.create(
        process=process, title=title[:200], url=url[:600], order=process.documents.count()
    )
    record(actor, "document.add", process, {"title": title, "url": url})
    cache.bump()
    return document


def connect(actor: Actor, process: Process, target: Subject, note: str) -> Link:
    """Join a process with a measure, a paper, another process; both pages show it. Raises Refused or DomainError."""
    require(access.may_manage(actor, process))
    require(access.not_frozen(process))
    with transaction.atomic():
        link = subjects.link(process.subject, target, Link.Kind.ABOUT, note.strip()[:300])
        record(actor, "connect", process, {"target": target.public_id})
        cache.bump()
    return link


def disconnect(actor: Actor, process: Process, link_id: int) -> None:
    """Take a connection of the process away; the log keeps it. Raises DomainError when it is gone already."""
    require(access.may_manage(actor, process))
    require(access.not_frozen(process))
    with transaction.atomic():
        link = Link.objects.select_related("target").filter(pk=link_id, source=process.pk).first()
        if link is None:
            raise DomainError(_("Diese Verbindung gibt es nicht mehr."), code="gone")
        record(actor, "disconnect", process, {"target": link.target.public_id})
        link.delete()
        cache.bump()


def assign(actor: Actor, process: Process, user: User, role: str, function: str = "") -> Assignment:
    """Let a person work on this process; assigning again changes role and function."""
    require(access.may_manage(actor, process))
    if role not in Assignment.Role.values:
        raise DomainError(_("Diese Aufgabe gibt es nicht."), field="role")
    with transaction.atomic():
        found, _created = Assignment.objects.update_or_create(
            process=process, user=user, defaults={"role": role, "function": " ".join(function.split())[:120]}
        )
        store_facts(user.pk, {PROCESS_WORK: True}, PROCESS_WORK)
        record(actor, "assign", process, {"user": user.public_id, "role": role})
    return found


def unassign(actor: Actor, assignment: Assignment) -> None:
    require(access.may_manage(actor, assignment.process))
    with transaction.atomic():
        record(actor, "unassign", assignment.process, {"user": assignment.user.public_id})
        user_id = assignment.user_id
        assignment.delete()
        if not Assignment.objects.filter(user_id=user_id).exists():
            store_facts(user_id, {}, PROCESS_WORK)


def index(process: Process) -> None:
    """Tell the search what there is to find."""
    search.index(
        process.subject,
        title=process.title,
        text="\n".join(filter(None, [process.summary, process.plain_text, process.text, process.place])),
        weight=60,
    )
