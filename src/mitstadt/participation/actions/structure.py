"""What a process is made of: modules and phases. Dates may change without losing anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mitstadt.accounts.actor import Actor
from mitstadt.kit import cache, clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying
from mitstadt.participation import access, registry, rules
from mitstadt.participation.models import Category, Contribution, Module, Phase, Process
from mitstadt.participation.models.process import MODULE
from mitstadt.search import actions as search
from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Subject

from .noting import record


def add_module(
    actor: Actor,
    process: Process,
    format_slug: str,
    title: str,
    *,
    intro: str = "",
    settings: Mapping[str, Any] | None = None,
    categories: Sequence[str] = (),
    unfinished: bool = False,
) -> Module:
    """A format for this process. `unfinished` lets settings wait that only a person can fill in; `missing` then says
    so before publication. Raises Refused, or DomainError (fields ``format``, ``title`` or of the settings)."""
    require(access.may_manage(actor, process))
    require(access.not_frozen(process))
    found = registry.find(format_slug)
    if found is None:
        raise DomainError(_("Dieses Format gibt es hier nicht."), field="format")
    title = " ".join(title.split())
    if not title:
        raise DomainError(_("Bitte geben Sie dem Modul einen Titel."), field="title")
    checked = dict(settings or {}) if unfinished else checked_settings(found, settings or {})
    with transaction.atomic():
        subject = subjects.create(
            MODULE,
            title,
            "",
            published=process.subject.published,
            district_id=process.subject.district_id,
            is_example=process.is_example,
        )
        subject.path = f"/beteiligung/{found.path}/{subject.public_id}/"
        Subject.objects.filter(pk=subject.pk).update(path=subject.path)
        last = process.modules.aggregate(last=Max("order"))["last"]
        module = Module.objects.create(
            subject=subject,
            process=process,
            format=format_slug,
            title=title[:200],
            intro=intro,
            settings=checked,
            order=0 if last is None else last + 1,
        )
        set_categories(module, categories)
        record(actor, "module.add", process, {"format": format_slug, "title": title})
        index_module(module)
        cache.bump()
    return module


def checked_settings(found: registry.Format, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as they are stored: defaults of the format's form, then `settings`. Raises DomainError."""
    form = found.settings()
    data: dict[str, Any] = {name: field.initial for name, field in form.fields.items() if field.initial is not None}
    data.update(settings)
    bound = found.settings(data)
    if not bound.is_valid():
        name, messages = next(iter(bound.errors.items()))
        raise DomainError(" ".join(str(message) for message in messages), field=name)
    return dict(bound.cleaned_data)


def change_module(
    actor: Actor,
    module: Module,
    *,
    title: str,
    intro: str,
    settings: Mapping[str, Any],
    categories: Sequence[str] | None = None,
) -> Module:
    """Change a module; its settings only while the format does not say that they are frozen."""
    require(access.may_manage(actor, module.process))
    require(access.not_frozen(module.process))
    found = registry.get(module.format)
    checked = checked_settings(found, settings)
    if checked != module.settings and (why := found.frozen(module)):
        raise DomainError(why, code="frozen")
    title = " ".join(title.split())
    if not title:
        raise DomainError(_("Bitte geben Sie dem Modul einen Titel."), field="title")
    with transaction.atomic():
        Module.objects.filter(pk=module.pk).update(title=title[:200], intro=intro, settings=checked)
        module.title, module.intro, module.settings = title[:200], intro, checked
        if categories is not None:
            set_categories(module, categories)
        subjects.mirror(module.subject, title=title, published=module.subject.published)
        record(actor, "module.change", module.process, {"module": module.subject.public_id})
        index_module(module)
        cache.bump()
    return module


def set_categories(module: Module, names: Sequence[str]) -> None:
    """Give a module these categories in this order; one that contributions use stays, behind the others."""
    wanted = list(dict.fromkeys(" ".join(name.split())[:80] for name in names if name.strip()))
    known = {category.name: category for category in module.categories.all()}
    for order, name in enumerate(wanted):
        Category.objects.update_or_create(module=module, name=name, defaults={"order": order})
    for name, category in known.items():
        if name in wanted:
            continue
        if category.contributions.exists():
            Category.objects.filter(pk=category.pk).update(order=1000)
        else:
            category.delete()


def remove_module(actor: Actor, module: Module) -> None:
    """Take a module away; only while nobody has contributed to it."""
    require(access.may_manage(actor, module.process))
    require(access.not_frozen(module.process))
    with transaction.atomic():
        if Contribution.objects.filter(module=module).exists():
            raise DomainError(_("Hier gibt es schon Beiträge. Das Modul bleibt; Sie können seine Phasen beenden."))
        subject = module.subject
        record(actor, "module.remove", module.process, {"module": subject.public_id, "title": module.title})
        try:
            module.delete()
        except ProtectedError as error:
            raise DomainError(
                _("Hier steht schon etwas, das bleiben soll. Das Modul bleibt; Sie können seine Phasen beenden.")
            ) from error
        search.remove(subject)
        subjects.mirror(subject, title=subject.title, published=False)
        keep_bounds(module.process)
        cache.bump()


def save_phase(
    actor: Actor,
    process: Process,
    *,
    phase: Phase | None = None,
    module: Module | None,
    title: str,
    start: datetime,
    end: datetime,
    allows: Sequence[str] = (),
    audience: rules.Audience | None = None,
    text: str = "",
    formality: str = Phase.Formality.INFORMAL,
    legal_basis: str = "",
    decided_by: str = "",
) -> Phase:
    """Make or change a phase. What people wrote stays whatever happens to the dates; followers hear of moved ones.

    Raises Refused, or DomainError (fields ``title``, ``end``, ``allows``, ``legal_basis``).
    """
    require(access.may_manage(actor, process))
    require(access.not_frozen(process))
    title = " ".join(title.split())
    if not title:
        raise DomainError(_("Bitte geben Sie der Phase einen Titel."), field="title")
    if end <= start:
        raise DomainError(_("Das Ende liegt vor dem Beginn."), field="end")
    known = registry.get(module.format).verbs if module is not None else ()
    for verb in allows:
        if verb not in known:
            raise DomainError(_("Das ist in diesem Format nicht möglich: %(verb)s.") % {"verb": verb}, field="allows")
    if formality == Phase.Formality.FORMAL and not legal_basis.strip():
        raise DomainError(_("Bitte nennen Sie bei förmlicher Beteiligung die Rechtsgrundlage."), field="legal_basis")
    was = (phase.start, phase.end) if phase is not None and phase.pk is not None else None
    found = phase or Phase(process=process)
    found.module, found.title, found.text = module, title[:200], text
    found.start, found.end = start, end
    found.allows = [verb for verb in rules.VERBS if verb in allows]
    found.audience = (audience or rules.Audience()).to_json()
    found.formality, found.legal_basis, found.decided_by = (
        formality,
        legal_basis.strip()[:120],
        decided_by.strip()[:300],
    )
    with transaction.atomic():
        found.save()
        keep_bounds(process)
        record(
            actor,
            "phase.save",
            process,
            {
                "phase": title,
                "start": start.isoformat(),
                "end": end.isoformat(),
                "was": was[1].isoformat() if was else "",
                "start_was": was[0].isoformat() if was else "",
            },
        )
        if was is not None and was != (start, end) and process.subject.is_public:
            _tell_moved(actor, process, found, was)
        cache.bump()
    return found


def _tell_moved(actor: Actor, process: Process, phase: Phase, was: tuple[datetime, datetime]) -> None:
    """Once for the same move on one day; moving back and forth is told each time."""
    title = Saying(
        gettext_noop("„%(phase)s“ endet jetzt am %(day)s: %(title)s"),
        {"phase": phase.title, "day": f"{phase.end:%d.%m.%Y}", "title": process.title},
    )
    if phase.start != was[0]:
        title = Saying(
            gettext_noop("„%(phase)s“ läuft jetzt vom %(start)s bis %(end)s: %(title)s"),
            {
                "phase": phase.title,
                "start": f"{phase.start:%d.%m.%Y}",
                "end": f"{phase.end:%d.%m.%Y}",
                "title": process.title,
            },
        )
    spans = ":".join(f"{moment:%y%m%d%H%M}" for moment in (*was, phase.start, phase.end))
    notify.notify(
        "participation.phase.moved",
        subject=process.subject,
        actor_public_id=actor.public_id,
        title=title,
        path=process.subject.path,
        topics=[f"process:{process.number}"],
        key=f"participation:phase:{phase.pk}:{spans}:{clock.today()}",
    )


def remove_phase(actor: Actor, phase: Phase) -> None:
    """Take a phase away; what was written in it stays."""
    require(access.may_manage(actor, phase.process))
    require(access.not_frozen(phase.process))
    with transaction.atomic():
        record(actor, "phase.remove", phase.process, {"phase": phase.title})
        process = phase.process
        phase.delete()
        keep_bounds(process)
        cache.bump()


def keep_bounds(process: Process) -> None:
    """Carry first start and last end of the phases over to the process, for lists."""
    found = Phase.objects.filter(process_id=process.pk).aggregate(first=Min("start"), last=Max("end"))
    Process.objects.filter(pk=process.pk).update(first_start=found["first"], last_end=found["last"])
    process.first_start, process.last_end = found["first"], found["last"]


def module_text(module: Module) -> str:
    """What a module is found by beside its title: its introduction, and what its format says of it."""
    found = registry.find(module.format)
    return "\n".join(filter(None, [module.intro, found.words(module) if found is not None else ""]))


def index_module(module: Module) -> None:
    """Tell the search what there is to find in a module itself; its contributions are found by themselves."""
    search.index(module.subject, title=module.title, text=module_text(module))
