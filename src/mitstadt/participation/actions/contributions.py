"""Writing, changing and withdrawing a contribution. All formats write through here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from mitstadt.accounts import limits, who
from mitstadt.accounts.actor import NOBODY, Actor
from mitstadt.accounts.personal import Person
from mitstadt.audit import actions as audit
from mitstadt.comments import conf
from mitstadt.comments.actions.writing import checked_name
from mitstadt.comments.models import Channel, Comment, Held
from mitstadt.comments.rules import clean, excerpt
from mitstadt.kit import clock
from mitstadt.kit.decision import Decision, no
from mitstadt.kit.errors import DomainError, Refused, require
from mitstadt.moderation import actions as moderation
from mitstadt.moderation.rules import Finding
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying
from mitstadt.participation import access, rules
from mitstadt.participation.models import (
    Assessment,
    Category,
    Contribution,
    ContributionVersion,
    Kind,
    Module,
    Process,
)
from mitstadt.search import actions as search
from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Subject

TITLE_LIMIT = 150
WITHDRAWN_TITLE = "Zurückgezogener Beitrag"
# What one person may write in a while; what staff enter for others is not limited.
RATE = ((20, 3600), (60, 86_400))


def path_of(subject: Subject) -> str:
    """The permanent address of a contribution."""
    return f"/beteiligung/beitrag/{subject.public_id}/"


def checked(title: str, text: str, *, needs_title: bool = True, needs_text: bool = True) -> tuple[str, str]:
    """Cleaned title and text. Raises DomainError (field ``title`` or ``text``) when empty or too long."""
    title, text = " ".join(clean(title).split()), clean(text)
    if needs_title and not title:
        raise DomainError(_("Bitte geben Sie Ihrem Beitrag eine Überschrift."), field="title", code="empty")
    if len(title) > TITLE_LIMIT:
        raise DomainError(
            _("Die Überschrift hat %(length)s Zeichen, möglich sind %(limit)s. Bitte kürzen Sie sie.")
            % {"length": len(title), "limit": TITLE_LIMIT},
            field="title",
            code="too_long",
        )
    if needs_text and not text:
        raise DomainError(_("Bitte schreiben Sie etwas, bevor Sie abschicken."), field="text", code="empty")
    limit = conf.text_limit()
    if len(text) > limit:
        raise DomainError(
            _("Der Text hat %(length)s Zeichen, möglich sind %(limit)s. Bitte kürzen Sie ihn oder teilen Sie ihn auf.")
            % {"length": f"{len(text):,}".replace(",", "."), "limit": f"{limit:,}".replace(",", ".")},
            field="text",
            code="too_long",
        )
    return title, text


def add(
    actor: Actor,
    module: Module,
    kind: str,
    verb: str,
    *,
    title: str = "",
    text: str = "",
    needs_title: bool = True,
    needs_text: bool = True,
    category: Category | None = None,
    district_id: int | None = None,
    geometry: dict[str, Any] | None = None,
    place: str = "",
    channel: str = Channel.ONLINE,
    sheet: str = "",
    person: who.Who | None = None,
    name: str = "",
    draft: bool = False,
    public: bool = True,
    key: str = "",
    is_example: bool = False,
    quiet: bool = False,
    nameless: bool = False,
    details: Callable[[Contribution], None] | None = None,
) -> Contribution:
    """Write one contribution to `module` by doing `verb`. The same `key` from the same person gives the same one.

    With another `channel` than ``online`` staff enter it: `name` is whose words these are, `person` who stands behind
    the code of the sheet (("guest", key) or ("user", key)). `details` writes the format's own rows inside the
    transaction. `public=False` is for what only the evaluation reads (free text of a survey). `draft` keeps it for
    its author, who may finish it until the phase ends. `quiet` tells no followers: for many at once that one other
    happening speaks of. `nameless` keeps no author, not even in the log (anonymous surveys). Raises Refused
    (who, when, where) or DomainError (field ``title``, ``text``, ``name``, code ``too_many``).
    """
    title, text = checked(title, text, needs_title=needs_title and not draft, needs_text=needs_text and not draft)
    now = clock.now()
    require(_may(actor, verb, module, now, channel, nameless))
    for_others = channel != Channel.ONLINE
    if category is not None and category.module_id != module.pk:
        raise DomainError(_("Diese Kategorie gibt es hier nicht."), field="category")
    stored_key = _own_key(actor, key)
    if stored_key and (known := _by_key(stored_key)):
        return known
    if not (is_example or actor.is_staff or for_others or nameless):
        for times, seconds in RATE:
            limits.require("participation.add", actor.public_id, times=times, seconds=seconds)
    findings = [] if draft or not public else moderation.check_text(f"{title}\n{text}", actor)
    label = checked_name(name) if for_others or actor.guest_id is not None else ""
    phase = access.active_phase(module, verb, now) or rules.opening(module.phases.all(), verb, now).over
    user_id, guest_id = who.keys(person) if for_others else (actor.user_id, actor.guest_id)
    if nameless:
        user_id, guest_id, label = None, None, ""
    contribution = Contribution(
        process=module.process,
        module=module,
        phase=phase,
        kind=kind,
        title=title,
        text=text,
        category=category,
        district_id=district_id,
        geometry=geometry,
        place=" ".join(clean(place).split())[:200],
        user_id=user_id,
        guest_id=guest_id,
        author_label=label if for_others or nameless else (label or actor.label),
        author_staff=actor.is_staff and not for_others and not nameless,
        language=(get_language() or "de")[:8],
        channel=channel,
        sheet=sheet[:40],
        draft=draft,
        held=Held.REVIEW if findings else Held.NO,
        key=stored_key or None,
        created_at=now,
        is_example=is_example or actor.is_example,
    )
    try:
        with transaction.atomic():
            return _create(NOBODY if nameless else actor, contribution, findings, public, details, quiet)
    except IntegrityError:
        known = _by_key(stored_key) if stored_key else None  # the same form twice at one moment; the other has won
        if known is None:
            raise
        return known


def _may(actor: Actor, verb: str, module: Module, now: datetime, channel: str, nameless: bool) -> Decision:
    if channel != Channel.ONLINE:
        return access.can_for_others(actor, verb, module, now, channel)
    decision = access.can(actor, verb, module, now)
    if decision and not actor.is_somebody and not nameless:
        return no(_("Dafür bestätigen Sie bitte Ihre E-Mail-Adresse oder melden sich an."), "login")
    return decision


def _create(
    actor: Actor,
    contribution: Contribution,
    findings: list[Finding],
    public: bool,
    details: Callable[[Contribution], None] | None,
    quiet: bool,
) -> Contribution:
    shown = public and not contribution.draft and contribution.held == Held.NO
    subject = subjects.create(
        contribution.kind,
        contribution.title or excerpt(contribution.text),
        "",
        published=shown,
        district_id=contribution.district_id,
        is_example=contribution.is_example,
    )
    subject.path = path_of(subject)
    Subject.objects.filter(pk=subject.pk).update(path=subject.path)
    contribution.subject = subject
    contribution.save(force_insert=True)
    Assessment.objects.create(contribution=contribution, process_id=contribution.process_id)
    if details is not None:
        details(contribution)
    _note(contribution)
    audit.record(
        "participation.contribution.add",
        by=actor,
        obj=subject.public_id,
        payload={
            "process": contribution.process.subject.public_id,
            "kind": contribution.kind,
            "channel": contribution.channel,
            "sheet": contribution.sheet,
        },
    )
    index(contribution)
    if findings:
        moderation.open_case(subject, findings)
    elif shown:
        if not quiet:
            tell_new(contribution, actor.public_id)
        count_in(contribution)
    return contribution


def _own_key(actor: Actor, key: str) -> str:
    """Keys are unique per person: nobody can take or find out somebody else's."""
    return hashlib.sha256(f"{actor.public_id}:{key}".encode()).hexdigest() if key else ""


def _by_key(stored_key: str) -> Contribution | None:
    return Contribution.objects.select_related("subject", "module").filter(key=stored_key).first()


def enter_comment(comment: Comment) -> None:
    """A comment was written about something of a process: from now on it belongs to the evaluation too.

    Called by the comments' room inside its own transaction; whatever is not of a process is left alone.
    """
    about = comment.about
    found = Module.objects.select_related("process").filter(pk=about.pk).first()
    if found is None:
        other = Contribution.objects.select_related("module", "process").filter(pk=about.pk).first()
        if other is None:
            return
        module, process, district_id = other.module, other.process, other.district_id
    else:
        module, process, district_id = found, found.process, None
    contribution = Contribution.objects.create(
        subject=comment.subject,
        process=process,
        module=module,
        kind=Kind.COMMENT,
        district_id=district_id,
        user_id=comment.user_id,
        guest_id=comment.guest_id,
        author_staff=comment.author_staff,
        language=comment.language,
        channel=comment.channel,
        created_at=comment.created_at,
        is_example=comment.is_example,
    )
    Assessment.objects.create(contribution=contribution, process=process)
    _note(contribution)


_made: ContextVar[list[Contribution] | None] = ContextVar("contributions made", default=None)


@contextmanager
def collected() -> Iterator[list[Contribution]]:
    """The contributions that are written inside this block, in their order: what a format's `save` made."""
    made: list[Contribution] = []
    token = _made.set(made)
    try:
        yield made
    finally:
        _made.reset(token)


def _note(contribution: Contribution) -> None:
    if (made := _made.get()) is not None:
        made.append(contribution)


# -- appearing and counting --------------------------------------------------------------------------------
def count_in(contribution: Contribution) -> bool:
    """Let the counters include a contribution; False when they did already or it is not shown."""
    shown = Contribution.objects.filter(
        pk=contribution.pk,
        counted=False,
        draft=False,
        removed_at__isnull=True,
        merged_into__isnull=True,
        held=Held.NO,
        subject__published=True,
        subject__restricted=False,
    )
    if not shown.update(counted=True):
        return False
    _move(contribution, 1)
    return True


def count_out(contribution: Contribution) -> bool:
    """Let the counters leave a contribution out; False when they did already."""
    if not Contribution.objects.filter(pk=contribution.pk, counted=True).update(counted=False):
        return False
    _move(contribution, -1)
    return True


def _move(contribution: Contribution, by: int) -> None:
    """Module first, process last: every action takes these rows in this order."""
    if contribution.module_id is not None:
        Module.objects.filter(pk=contribution.module_id).update(contribution_count=F("contribution_count") + by)
    Process.objects.filter(pk=contribution.process_id).update(contribution_count=F("contribution_count") + by)


def index(contribution: Contribution) -> None:
    """Tell the search what there is to find; a withdrawn text is not."""
    if contribution.removed_at is not None or contribution.draft:
        search.remove(contribution.subject)
        return
    search.index(contribution.subject, title=contribution.subject.title, text=contribution.text)


def tell_new(contribution: Contribution, actor_public_id: str = "") -> None:
    """Those who follow the module or the process hear of a new contribution, of many at once by one event."""
    if notify.is_bundled():
        return
    notify.notify(
        "participation.contribution.new",
        subject=contribution.module.subject if contribution.module is not None else contribution.process.subject,
        actor_public_id=actor_public_id,
        title=Saying(gettext_noop("Neuer Beitrag: %(title)s"), {"title": contribution.subject.title}),
        text=excerpt(contribution.text, 300),
        path=contribution.subject.path,
        source=contribution.subject,
        topics=[f"process:{contribution.process.number}"],
        key=f"participation:{contribution.subject.public_id}:new",
    )


def publish_draft(
    actor: Actor, contribution: Contribution, *, needs_title: bool = True, needs_text: bool = True
) -> Contribution:
    """Let one's own draft appear. Raises Refused or DomainError (field ``title``, ``text``) while it is unfinished."""
    if not access.is_author(actor, contribution):
        raise Refused(no(_("Das ist nicht Ihr Beitrag.")))
    assert contribution.module is not None
    checked(contribution.title, contribution.text, needs_title=needs_title, needs_text=needs_text)
    require(access.can(actor, "propose", contribution.module, clock.now()))
    findings = moderation.check_text(f"{contribution.title}\n{contribution.text}", actor)
    with transaction.atomic():
        held = Held.REVIEW if findings else Held.NO
        if not Contribution.objects.filter(pk=contribution.pk, draft=True).update(draft=False, held=held):
            return contribution
        contribution.draft, contribution.held = False, held
        subjects.mirror(contribution.subject, title=contribution.title, published=not findings)
        audit.record("participation.contribution.publish", actor=actor.public_id, obj=contribution.subject.public_id)
        index(contribution)
        if findings:
            moderation.open_case(contribution.subject, findings)
        else:
            tell_new(contribution, actor.public_id)
            count_in(contribution)
    return contribution


def settled(subject: Subject, what: str) -> None:
    """Moderation decided: counters follow, and a text that a rule had held back appears."""
    contribution = (
        Contribution.objects.select_related("module__subject", "process__subject").filter(pk=subject.pk).first()
    )
    if contribution is None:
        return
    contribution.subject = subject
    with transaction.atomic():
        if what == "restricted":
            count_out(contribution)
            return
        if Contribution.objects.filter(pk=contribution.pk, held=Held.REVIEW).update(held=Held.NO):
            contribution.held = Held.NO
            Subject.objects.filter(pk=subject.pk).update(published=True)
            subject.published = True
            index(contribution)
            tell_new(contribution)
        count_in(contribution)


# -- changing ----------------------------------------------------------------------------------------------
def may_edit(actor: Actor, contribution: Contribution, now: datetime) -> Decision:
    """May `actor` change the text now? `contribution` comes from `queries.contribution`."""
    if not (access.is_author(actor, contribution) or (contribution.draft and access.writes_along(actor, contribution))):
        return no(_("Das ist nicht Ihr Beitrag."))
    if contribution.removed_at is not None:
        return no(_("Der Beitrag ist schon zurückgezogen."))
    if contribution.subject.restricted:
        return no(_("Der Beitrag ist ausgeblendet und kann deshalb nicht geändert werden."))
    if contribution.draft:
        return Decision(True)
    if contribution.assessment.decision:
        return no(_("Die Stadt hat schon darauf geantwortet, deshalb bleibt der Text stehen."))
    if contribution.support_count or contribution.subject.comment_count:
        minutes = conf.edit_minutes()
        if (now - contribution.created_at).total_seconds() >= minutes * 60:
            return no(
                _("Andere haben sich schon auf diesen Text bezogen. Bitte ergänzen Sie ihn mit einem eigenen Beitrag.")
            )
    return Decision(True)


def edit(
    actor: Actor, contribution: Contribution, *, title: str, text: str, needs_title: bool = True, **fields: Any
) -> Contribution:
    """Change title, text and `fields` (category, geometry, place, district_id); the earlier text is kept.

    Raises Refused or DomainError (``stale`` when it changed elsewhere meanwhile).
    """
    title, text = checked(
        title,
        text,
        needs_title=needs_title and not contribution.draft,
        needs_text=bool(contribution.text) and not contribution.draft,
    )
    now = clock.now()
    require(may_edit(actor, contribution, now))
    before = (contribution.title, contribution.text)
    with transaction.atomic():
        unchanged = Contribution.objects.filter(
            pk=contribution.pk,
            removed_at__isnull=True,
            draft=contribution.draft,
            title=before[0],
            text=before[1],
        )
        edited_at = None if contribution.draft else now
        if not unchanged.update(title=title, text=text, edited_at=edited_at, **fields):
            raise DomainError(_("Der Beitrag wurde gerade an anderer Stelle geändert."), field="text", code="stale")
        for name, value in {"title": title, "text": text, "edited_at": edited_at, **fields}.items():
            setattr(contribution, name, value)
        subjects.mirror(contribution.subject, title=title or excerpt(text), published=contribution.subject.published)
        if before != (title, text) and not contribution.draft:
            ContributionVersion.objects.create(
                contribution=contribution, title=before[0], text=before[1], replaced_at=now
            )
        audit.record("participation.contribution.edit", actor=actor.public_id, obj=contribution.subject.public_id)
        index(contribution)
    return contribution


def redact(subject: Subject, text: str, actor: Actor) -> None:
    """Moderation took private details out: no earlier text stays. Called inside the transaction of the decision."""
    _title, text = checked("", text, needs_title=False)
    now = clock.now()
    contribution = Contribution.objects.filter(pk=subject.pk, removed_at__isnull=True).first()
    if contribution is None:
        return
    Contribution.objects.filter(pk=subject.pk).update(text=text, edited_at=now)
    contribution.versions.all().delete()
    contribution.text, contribution.edited_at, contribution.subject = text, now, subject
    if not contribution.title:
        subjects.mirror(subject, title=excerpt(text), published=subject.published)
    audit.record("participation.contribution.redact", actor=actor.public_id, obj=subject.public_id)
    index(contribution)


def withdraw(actor: Actor, contribution: Contribution) -> Contribution:
    """Take one's own contribution back: text and earlier texts go, answers of others and the place stay."""
    if not access.is_author(actor, contribution):
        raise Refused(no(_("Das ist nicht Ihr Beitrag.")))
    if contribution.removed_at is not None:
        raise Refused(no(_("Der Beitrag ist schon zurückgezogen.")))
    with transaction.atomic():
        blank(contribution)
        audit.record("participation.contribution.withdraw", actor=actor.public_id, obj=contribution.subject.public_id)
    return contribution


# What else goes when a contribution is taken back: formats add their own (pictures, places).
_on_blank: list[Callable[[Contribution], None]] = []


def on_blank(work: Callable[[Contribution], None]) -> None:
    """Let a format erase its own part of a contribution that is taken back; called inside the transaction."""
    if work not in _on_blank:
        _on_blank.append(work)


def blank(contribution: Contribution) -> None:
    """Text gone, counters moved. Twice does nothing."""
    now = clock.now()
    gone: dict[str, Any] = {
        "title": "",
        "text": "",
        "place": "",
        "geometry": None,
        "removed_at": now,
        "counted": False,
    }
    there = Contribution.objects.filter(pk=contribution.pk, removed_at__isnull=True)
    was_counted = there.filter(counted=True).update(**gone)
    if not was_counted and not there.update(**gone):
        return
    for name, value in gone.items():
        setattr(contribution, name, value)
    contribution.versions.all().delete()
    for work in _on_blank:
        work(contribution)
    subjects.mirror(contribution.subject, title=WITHDRAWN_TITLE, published=contribution.subject.published)
    notify.withdraw(contribution.subject)
    index(contribution)
    if was_counted:
        _move(contribution, -1)


def forget_author(person: Person, keep_without_name: bool) -> int:
    """An account or guest goes: contributions stay without a name, or go too. Answers of others stay either way."""
    own = Contribution.objects.filter(person.owns("user", "guest")).exclude(kind=Kind.COMMENT)
    touched = 0
    with transaction.atomic():
        for contribution in own.select_related("subject", "process").order_by("pk"):
            if not keep_without_name or contribution.draft:
                blank(contribution)
            touched += 1
        every = Contribution.objects.filter(person.owns("user", "guest"))
        every.update(user=None, guest=None, author_label="", key=None)
    return touched
