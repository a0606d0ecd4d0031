"""Writes: preparing and publishing versions, and remarks on their words. One transaction each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from mitstadt.accounts import guests, who
from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.comments.actions.writing import checked_name
from mitstadt.comments.models import Channel
from mitstadt.comments.permissions import SOMEBODY
from mitstadt.comments.rules import excerpt
from mitstadt.kit import cache, clock, jobs
from mitstadt.kit.errors import DomainError, require
from mitstadt.kit.ids import new_id
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying
from mitstadt.participation import access
from mitstadt.participation import queries as participation
from mitstadt.participation.actions import contributions
from mitstadt.participation.models import Contribution, Kind, Module
from mitstadt.participation.rules import ARCHIVED
from mitstadt.search import actions as search
from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Subject

from . import queries, rules
from .models import Anchor, Annotation, Paragraph, Version
from .reading import Block, Understood

PURPOSE = "annotation.annotate"
_CHUNK = 500


# -- versions ------------------------------------------------------------------------------------------------------
def prepare(
    actor: Actor,
    module: Module,
    understood: Understood,
    *,
    title: str = "",
    note: str = "",
    source: str = Version.Source.HTML,
    file_name: str = "",
    about: Sequence[Subject | None] = (),
) -> Version:
    """Keep a text that was read as a draft; nothing public changes.

    Paragraphs that continue one of the current version keep its key. `about`: for each block the subject (a measure)
    that it is about. Raises Refused, or DomainError (field ``title``).
    """
    require(access.may_manage(actor, module.process))
    title = " ".join((title or understood.title or module.title).split())
    if len(title) > 200:
        raise DomainError(_("Der Titel ist zu lang: höchstens 200 Zeichen."), field="title")
    base = queries.current(module)
    blocks = understood.blocks
    old = queries.passages(queries.paragraphs(base)) if base is not None else []
    new = [rules.Passage("", block.text, block.kind) for block in blocks]
    keys = rules.carry_keys(old, new, lambda: new_id(8))
    subjects_of: Sequence[Subject | None] = about or [None] * len(blocks)
    with transaction.atomic():
        version = Version.objects.create(
            module=module,
            based_on=base,
            title=title,
            note=note.strip(),
            source=source,
            file_name=file_name[:200],
            left_out=dict(understood.left_out),
            created_at=clock.now(),
            created_by=actor.label[:300],
        )
        Paragraph.objects.bulk_create(
            [
                _paragraph(version, at, key, block, subject)
                for at, (key, block, subject) in enumerate(zip(keys, blocks, subjects_of, strict=True))
            ],
            batch_size=_CHUNK,
        )
        _record(actor, "version.prepare", module, {"version": version.pk, "source": source, "paragraphs": len(blocks)})
    return version


def _paragraph(version: Version, at: int, key: str, block: Block, about: Subject | None) -> Paragraph:
    return Paragraph(
        version=version,
        key=key,
        position=at,
        kind=block.kind,
        marker=block.marker,
        html=block.html,
        text=block.text,
        about=about,
    )


def discard(actor: Actor, version: Version) -> None:
    """Throw a draft away. Raises Refused, or DomainError when it was published meanwhile."""
    require(access.may_manage(actor, version.module.process))
    with transaction.atomic():
        deleted, _kinds = Version.objects.filter(pk=version.pk, number__isnull=True).delete()
        if not deleted:
            raise DomainError(_("Diese Fassung ist schon veröffentlicht und bleibt."), code="published")
        _record(actor, "version.discard", version.module, {"version": version.pk})


@dataclass(frozen=True, slots=True)
class Carried:
    """What becomes of one remark in a new version; `place` None: it is outdated."""

    annotation: Annotation
    place: rules.Place | None


def carry(version: Version, only: Iterable[Annotation] | None = None) -> list[Carried]:
    """Where every remark on the module would stand in this version. Computes only; two or three queries."""
    text = _text(version)
    every = list(only if only is not None else queries.annotations_of(version.module).order_by("pk"))
    last = _last_places(version.module, every)
    return [Carried(annotation, rules.place(*last[annotation.pk], text)) for annotation in every]


def _last_places(module: Module, every: Iterable[Annotation]) -> dict[int, tuple[rules.Quote, rules.Passage]]:
    """The words at which remarks stand in the current version; for outdated ones those that they were made on."""
    found = {}
    standing = Anchor.objects.filter(version__module=module, version__is_current=True, paragraph__isnull=False)
    for anchor in standing.select_related("paragraph"):
        paragraph = anchor.paragraph
        assert paragraph is not None
        quote = rules.quote(paragraph.text, anchor.start, anchor.end)
        found[anchor.annotation_id] = (quote, rules.Passage(paragraph.key, paragraph.text, paragraph.kind))
    gone = [annotation for annotation in every if annotation.pk not in found]
    made = Anchor.objects.filter(annotation__in=gone, how=rules.MADE).select_related("paragraph")
    texts = {anchor.annotation_id: anchor.paragraph.text for anchor in made if anchor.paragraph is not None}
    for annotation in gone:
        passage = rules.Passage(annotation.key, texts.get(annotation.pk, annotation.exact))
        found[annotation.pk] = (annotation.quote, passage)
    return found


def publish(actor: Actor, version: Version) -> Version:
    """Let a draft become the current version; remarks are carried over or marked as outdated, their authors told once.

    All of it or nothing. Raises Refused, or DomainError: code ``stale`` when another version was published since the
    draft was made, ``published`` when this one was.
    """
    module = version.module
    require(access.may_manage(actor, module.process))
    if module.process.stage == ARCHIVED:
        raise DomainError(_("Dieses Verfahren ist archiviert. Der Text bleibt, wie er ist."))
    ready = carry(version)  # the long part, before anybody has to wait
    now = clock.now()
    try:
        with transaction.atomic():
            base_id = version.based_on_id
            ended = Version.objects.filter(module=module, is_current=True).update(is_current=False)
            still = Version.objects.filter(pk=base_id, number__isnull=False).exists() if base_id else not ended
            latest = Version.objects.filter(module=module).aggregate(n=Max("number"))["n"] or 0
            if not still or (base_id and latest != Version.objects.values_list("number", flat=True).get(pk=base_id)):
                raise _stale()
            taken = Version.objects.filter(pk=version.pk, number__isnull=True).update(
                number=latest + 1, is_current=True, published_at=now, published_by=actor.label[:300]
            )
            if not taken:
                raise DomainError(_("Diese Fassung ist schon veröffentlicht."), code="published")
            version.refresh_from_db()
            _anchor(version, ready)
            _record(actor, "version.publish", module, _summary(version, ready))
            index(module, version)
            cache.bump()
            jobs.enqueue(
                "mitstadt.formats.annotation.actions.tell", version.pk, actor.public_id, key=f"annotation:{version.pk}"
            )
    except IntegrityError as error:
        raise _stale() from error
    return version


def _stale() -> DomainError:
    return DomainError(
        _("Inzwischen wurde eine andere Fassung veröffentlicht. Lesen Sie Ihren Text noch einmal ein: Dann sehen Sie, "
          "was aus den Anmerkungen würde."),
        code="stale",
    )  # fmt: skip


def _anchor(version: Version, ready: list[Carried]) -> None:
    """Write where everything stands; remarks that came while it was computed are placed now."""
    known = {entry.annotation.pk for entry in ready}
    late = queries.annotations_of(version.module).exclude(pk__in=known)
    places = [*ready, *carry(version, late)]
    paragraphs = dict(Paragraph.objects.filter(version=version).values_list("key", "pk"))
    there = set(queries.annotations_of(version.module).values_list("pk", flat=True))
    Anchor.objects.bulk_create(
        [_anchor_of(entry, version, paragraphs) for entry in places if entry.annotation.pk in there], batch_size=_CHUNK
    )


def _anchor_of(entry: Carried, version: Version, paragraphs: dict[str, int]) -> Anchor:
    place = entry.place
    if place is None:
        return Anchor(annotation=entry.annotation, version=version, how=rules.OUTDATED)
    return Anchor(
        annotation=entry.annotation,
        version=version,
        paragraph_id=paragraphs[place.key],
        start=place.start,
        end=place.end,
        how=place.how,
    )


def _summary(version: Version, ready: list[Carried]) -> dict[str, Any]:
    counted = Counter(entry.place.how if entry.place else rules.OUTDATED for entry in ready)
    return {"version": version.number, "title": version.title, "carried": dict(counted)}


def index(module: Module, version: Version | None = None) -> None:
    """Let the search find the words of the current text at the module."""
    shown = version or queries.current(module)
    text = "\n".join(shown.paragraphs.values_list("text", flat=True)) if shown is not None else ""
    search.index(module.subject, title=module.title, text=f"{module.intro}\n{text}")


def tell(version_id: int, actor_public_id: str = "") -> None:
    """Authors hear what became of their remarks, each of them once; followers hear of the new version.

    Run by the worker; may run twice.
    """
    version = Version.objects.select_related("module__subject").filter(pk=version_id, number__gt=1).first()
    if version is None or not version.module.subject.is_public:
        return
    people: dict[who.Who, Counter[bool]] = {}
    fields = ("how", "annotation__contribution__user_id", "annotation__contribution__guest_id")
    for how, user, guest in queries.public_anchors(version).values_list(*fields):
        person = who.behind(user, guest)
        if person is not None:
            people.setdefault(person, Counter())[how == rules.OUTDATED] += 1
    groups: dict[tuple[int, int], list[who.Who]] = {}
    for person, counted in sorted(people.items()):
        groups.setdefault((counted[False], counted[True]), []).append(person)
    subject, path = version.module.subject, path_of(version)
    title = Saying(gettext_noop("Neue Fassung: %(title)s"), {"title": version.module.title})
    for (carried, outdated), recipients in sorted(groups.items()):
        # each wording is an event of its own, `once` keeps anybody from hearing of it twice
        notify.notify(
            "annotation.version.carried",
            subject=subject,
            actor_public_id=actor_public_id,
            recipients=recipients,
            followers=False,
            title=title,
            text=_told(carried, outdated),
            path=path,
            key=f"annotation:{version.pk}:own:{carried}:{outdated}",
            once=f"annotation:{version.pk}",
        )
    notify.notify(
        "annotation.version.publish",
        subject=subject,
        actor_public_id=actor_public_id,
        title=title,
        text=version.note or Saying(gettext_noop("Fassung %(number)s ist da."), {"number": str(version.number)}),
        path=path,
        key=f"annotation:{version.pk}:new",
        once=f"annotation:{version.pk}",
    )


def _told(carried: int, outdated: int) -> Saying:
    facts = {"carried": str(carried), "outdated": str(outdated)}
    if carried and outdated:
        return Saying(
            gettext_noop(
                "Von Ihren Anmerkungen stehen %(carried)s auch in der neuen Fassung, %(outdated)s sind überholt: Die "
                "Stelle gibt es so nicht mehr. Sie bleiben lesbar und werden ausgewertet."
            ),
            facts,
        )
    if outdated:
        return Saying(
            gettext_noop(
                "Die Stelle, zu der Sie etwas angemerkt haben, gibt es so nicht mehr. Ihre Anmerkung bleibt lesbar, "
                "als überholt gekennzeichnet, und wird ausgewertet."
            ),
            facts,
        )
    return Saying(gettext_noop("Was Sie angemerkt haben, steht auch in der neuen Fassung an seiner Stelle."), facts)


def path_of(version: Version) -> str:
    """The permanent address of a version."""
    return f"{version.module.subject.path}fassung/{version.number}/"


# -- remarks -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Target:
    """What somebody pointed at: the version they read, the paragraph, the range in its plain text."""

    number: int
    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A remark that was written. `moved`: the text had changed meanwhile, it stands in the new version now."""

    contribution: Contribution
    version: Version
    moved: bool = False
    outdated: bool = False


class PassageGone(DomainError):
    """The words are not in the current version any more; nothing was written, the person decides."""

    def __init__(self, number: int) -> None:
        super().__init__(
            _("Während Sie geschrieben haben, erschien Fassung %(number)s. Die Stelle gibt es dort so nicht mehr. Ihr "
              "Text steht noch hier: Suchen Sie eine andere Stelle, oder schicken Sie ihn zur alten Fassung ab. Dann "
              "steht er als überholt da und wird trotzdem ausgewertet.") % {"number": number},
            code="gone",
        )  # fmt: skip


class _TextChanged(Exception):
    """Another version was published in this very moment."""


def annotate(
    actor: Actor,
    module: Module,
    target: Target,
    text: str,
    *,
    outdated_too: bool = False,
    key: str = "",
    name: str = "",
    channel: str = Channel.ONLINE,
    sheet: str = "",
    person: who.Who | None = None,
    is_example: bool = False,
) -> Placed:
    """Say something about words of a text. The same `key` from the same person gives the same remark.

    If another version was published since the person read theirs, the remark stands at its place in the new one; when
    the words are gone PassageGone is raised, unless `outdated_too`. Otherwise raises what `contributions.add` raises,
    and DomainError (field ``words``) for a range that is none.
    """
    for _attempt in range(5):
        read, paragraph, quote = _read(module, target)
        current = read if read.is_current else queries.current(module)
        if current is None:
            raise DomainError(_("Hier steht noch kein Text."))
        now_current, place = current, None
        if current.pk != read.pk:
            place = rules.place(quote, _passage(paragraph), _text(current))
            if place is None and not outdated_too:
                raise PassageGone(current.number or 0)

        def details(
            contribution: Contribution,
            read: Version = read,
            paragraph: Paragraph = paragraph,
            quote: rules.Quote = quote,
            current: Version = now_current,
            place: rules.Place | None = place,
        ) -> None:
            _write(contribution, read, paragraph, quote, current, place)

        try:
            contribution = contributions.add(
                actor,
                module,
                Kind.ANNOTATION,
                "annotate",
                text=text,
                needs_title=False,
                channel=channel,
                sheet=sheet,
                person=person,
                name=name,
                key=key,
                is_example=is_example,
                details=details,
            )
        except _TextChanged:
            continue
        return Placed(contribution, current, current.pk != read.pk, current.pk != read.pk and place is None)
    raise DomainError(_("Der Text wird gerade geändert. Bitte versuchen Sie es in einer Minute noch einmal."))


def _read(module: Module, target: Target) -> tuple[Version, Paragraph, rules.Quote]:
    paragraph = (
        Paragraph.objects.select_related("version")
        .filter(version__module=module, version__number=target.number, key=target.key)
        .first()
    )
    if paragraph is None:
        raise DomainError(_("Diesen Absatz gibt es nicht. Bitte wählen Sie die Stelle noch einmal."), field="words")
    try:
        quote = rules.quote(paragraph.text, target.start, target.end)
    except rules.BadRange as error:
        raise DomainError(_("Bitte wählen Sie die Wörter noch einmal."), field="words") from error
    return paragraph.version, paragraph, quote


def _write(
    contribution: Contribution,
    read: Version,
    paragraph: Paragraph,
    quote: rules.Quote,
    current: Version,
    place: rules.Place | None,
) -> None:
    """The remark's own rows, inside the transaction that writes the contribution."""
    # whoever publishes takes this row first: either they see this remark, or it notices here that the text changed
    if not Version.objects.filter(pk=current.pk, is_current=True).update(annotation_count=F("annotation_count") + 1):
        raise _TextChanged
    # its title is the passage, so that lists, letters and the evaluation say what it is about
    contribution.title = f"„{excerpt(quote.exact, 110)}“"
    Contribution.objects.filter(pk=contribution.pk).update(title=contribution.title)
    subjects.mirror(contribution.subject, title=contribution.title, published=contribution.subject.published)
    annotation = Annotation.objects.create(
        contribution=contribution,
        made_on=read,
        key=paragraph.key,
        exact=quote.exact,
        prefix=quote.prefix,
        suffix=quote.suffix,
        start=quote.start,
        end=quote.end,
        whole=quote.whole,
    )
    Anchor.objects.create(
        annotation=annotation, version=read, paragraph=paragraph, start=quote.start, end=quote.end, how=rules.MADE
    )
    later = Version.objects.filter(module_id=read.module_id, number__gt=read.number, number__lt=current.number)
    for version in later.order_by("number") if current.pk != read.pk else ():
        between = rules.place(quote, _passage(paragraph), _text(version))
        _anchor_of(Carried(annotation, between), version, _keys(version)).save()
    if current.pk != read.pk:
        _anchor_of(Carried(annotation, place), current, _keys(current)).save()


def _text(version: Version) -> rules.Text:
    return rules.Text(queries.passages(version.paragraphs.all()))


def _passage(paragraph: Paragraph) -> rules.Passage:
    return rules.Passage(paragraph.key, paragraph.text, paragraph.kind)


def _keys(version: Version) -> dict[str, int]:
    return dict(Paragraph.objects.filter(version=version).values_list("key", "pk"))


def request_from_guest(
    module: Module, target: Target, email: str, text: str, *, name: str = "", key: str = "", client: str = ""
) -> None:
    """Somebody without an account: check everything now, let it appear when the address is confirmed.

    Raises what `annotate` raises, and DomainError (field ``email``).
    """
    _title, text = contributions.checked("", text, needs_title=False)
    name = checked_name(name)
    require(access.can(SOMEBODY, "annotate", module, clock.now()))
    _read(module, target)
    payload = {
        "module": module.subject.public_id,
        "title": module.title,
        "target": [target.number, target.key, target.start, target.end],
        "text": text,
        "name": name,
        "email": email,
        "key": key,
    }
    guests.request_confirmation(email, PURPOSE, payload, get_language() or "de", client=client)


def confirmed(actor: Actor, payload: dict[str, Any]) -> str:
    """A guest opened the link: now the remark appears. Returns where it stands."""
    module = participation.module(payload["module"])
    if module is None:
        raise DomainError(_("Den Text, zu dem Sie geschrieben haben, gibt es nicht mehr."), code="gone")
    notify.reachable(actor, payload["email"])
    target = Target(*payload["target"])
    # the person confirmed the words they wrote; if the passage is gone meanwhile they are kept as outdated
    placed = annotate(
        actor, module, target, payload["text"], name=payload["name"], key=payload["key"], outdated_too=True
    )
    return placed.contribution.subject.path if not placed.contribution.held else module.subject.path


def describe(payload: dict[str, Any]) -> str:
    """What a guest is about to confirm."""
    return _("Ihre Anmerkung zu „%(title)s“") % {"title": payload["title"]}


def _record(actor: Actor, verb: str, module: Module, payload: dict[str, Any]) -> None:
    audit.record(
        f"annotation.{verb}",
        by=actor,
        obj=module.subject.public_id,
        payload=payload,
    )


def said(placed: Placed) -> str:
    """A sentence for the person who wrote."""
    if placed.contribution.held:
        return _("Danke. Ihre Anmerkung wird kurz angesehen, bevor sie erscheint.")
    number = placed.version.number
    if placed.outdated:
        return _("Danke. Ihre Anmerkung steht bei Fassung %(number)s als überholt; ausgewertet wird sie trotzdem.") % {
            "number": number
        }
    if placed.moved:
        return _(
            "Danke. Inzwischen erschien Fassung %(number)s. Ihre Anmerkung steht dort an derselben Stelle des Textes."
        ) % {"number": number}
    return _("Danke. Ihre Anmerkung steht jetzt am Text.")


def how_many(count: int) -> str:
    return ngettext("%(n)s Anmerkung", "%(n)s Anmerkungen", count) % {"n": count}
