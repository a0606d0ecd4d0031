"""The demo city's processes: `content/participation.yaml` of its folder, told through the rooms' own actions.

Days in the file count back from the day of loading (``ago: 12``; ``ago: -5`` is to come), so that the demo is always of
today. Everything happens with the clock stopped at its moment, in the order of time, so that audit, deadlines, news and
counters are what they would be had it all really happened.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor, Grant, actor_for
from mitstadt.accounts.models import Trust, User
from mitstadt.geo.models import District
from mitstadt.kit import clock, yamls
from mitstadt.kit.city import current
from mitstadt.kit.errors import DomainError
from mitstadt.organisations.models import Organisation
from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Link, Subject

from . import demo_answers, queries, registry, rules
from .actions import processes, structure
from .archive import jobs as archive
from .leaflets import jobs as leaflets
from .models import Module, Phase, Process

Data = dict[str, Any]
Work = Callable[[], object]
MAIL = ".mitrede@example.org"


def load() -> str | None:
    """Tell the city's processes; once told nothing changes. None without a file.

    Raises DomainError outside the demo, ValueError where the file names something unknown.
    """
    if not settings.MITSTADT_DEMO:
        raise DomainError("Invented processes belong into the demo only.")
    path = current().folder / "content" / "participation.yaml"
    if not path.is_file():
        return None
    if not Process.objects.filter(is_example=True).exists():
        data = yamls.read(path)
        with override("de"), transaction.atomic():
            Story(data).tell()
        leaflets.make_due()
        archive.refresh()
    return f"{Process.objects.filter(is_example=True).count()} Verfahren"


class Story:
    """What happens when, and who does it. Formats get it in `Format.tell`."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.now = clock.now()
        self.today = clock.today()
        self._people: dict[str, Actor] = {}
        self._queue: list[tuple[datetime, int, Work]] = []
        self._order = count()
        self.subjects: dict[str, Subject] = {}  # what the file named with ``name:``, for links

    # -- for formats ------------------------------------------------------------------------------------------
    def person(self, name: str) -> Actor:
        """An invented resident of ``people:``, or the staff of a department by its code."""
        if name not in self._people:
            self._people[name] = self._staff(name) if name.isupper() else self._resident(name)
        return self._people[name]

    def at(self, ago: float, work: Work, hour: int = 11) -> None:
        """Let `work` happen `ago` days before today (a fraction of a day counts); now if it is to come."""
        moment = self.moment(ago, hour)
        heapq.heappush(self._queue, (min(moment, self.now), next(self._order), work))

    def moment(self, ago: float, hour: int = 11) -> datetime:
        """The moment `ago` days before today at this hour; to come for a negative number."""
        day = timezone.make_aware(datetime.combine(self.today, time(hour)))
        return day - timedelta(days=ago)

    def key(self) -> str:
        """A key for a form that is sent once."""
        return f"demo-{next(self._order)}"

    def name(self, entry: Data, subject: Subject) -> None:
        """Remember what ``name:`` calls this subject."""
        if "name" in entry:
            self.subjects[entry["name"]] = subject

    def target(self, called: str) -> Subject | None:
        """What a link leads to: something of this file by its name, else by a part of its address."""
        return self.subjects.get(called) or Subject.objects.filter(path__contains=called).first()

    # -- people -----------------------------------------------------------------------------------------------
    def _resident(self, name: str) -> Actor:
        if name == "buergerin":
            return actor_for(User.objects.get(email="buergerin@example.org"))
        if name not in self.data["people"]:
            raise ValueError(f"participation.yaml: nobody is called {name!r}")
        person = self.data["people"][name]
        return actor_for(account(f"{name}{MAIL}", person["name"], person.get("trust", Trust.EMAIL)))

    def _staff(self, code: str) -> Actor:
        department = Organisation.objects.filter(code=code).first()
        if department is None:
            raise ValueError(f"participation.yaml: no department {code!r}")
        name = self.data.get("functions", {}).get(code, "Bürgerbeteiligung")
        user = account(f"beteiligung-{code.lower()}@example.org", "", Trust.EMAIL)
        return Actor(
            user_id=user.pk,
            public_id=user.public_id,
            trust=Trust.EID,
            second_factor=True,
            is_example=True,
            grants=(
                Grant(EDITOR, department.pk, department.name, name),
                Grant(COORDINATOR, department.pk, department.name, name),
            ),
        )

    # -- telling ----------------------------------------------------------------------------------------------
    def tell(self) -> None:
        for entry in self.data["processes"]:
            self.at(entry.get("begun", 60), self._process_of(entry), hour=8)
        self._run()

    def _run(self) -> None:
        while self._queue:
            moment, _number, work = heapq.heappop(self._queue)
            with clock.at(moment):
                work()

    def _process_of(self, entry: Data) -> Work:
        return lambda: self._process(entry)

    def _process(self, entry: Data) -> None:
        actor = self.person(entry["department"])
        department = Organisation.objects.get(code=entry["department"])
        texts = {
            name: entry[name].strip() for name in processes.TEXTS if name in entry and name not in ("title", "result")
        }
        process = processes.create(actor, department, entry["title"], is_example=True, **texts)
        if numbers := entry.get("districts"):
            keys = [district.pk for district in District.objects.filter(number__in=numbers)]
            processes.change(actor, process, districts=keys)
        modules: dict[str, Module] = {}
        for planned in entry.get("modules", ()):
            if registry.find(planned["format"]) is None:
                continue
            modules[planned["key"]] = structure.add_module(
                actor,
                process,
                planned["format"],
                planned["title"],
                intro=planned.get("intro", "").strip(),
                settings=planned.get("settings", {}),
                categories=planned.get("categories", ()),
            )
            self.name(planned, modules[planned["key"]].subject)
        self._phases(actor, process, entry, modules)
        for title, url in entry.get("documents", {}).items():
            processes.add_document(actor, process, title, url)
        if entry.get("stage", rules.OPEN) == rules.DRAFT:
            return
        self.name(entry, process.subject)
        for planned in entry.get("modules", ()):
            if planned["key"] in modules:
                registry.get(planned["format"]).prepare(modules[planned["key"]], planned.get("content"))
        if len(modules) < len(entry.get("modules", ())) and processes.missing(process):
            return  # what it lives on is not installed here: it stays a draft
        processes.move(actor, process, rules.OPEN)
        self._contents(entry, modules)
        for news in entry.get("news", ()):
            self.at(news["ago"], self._news(actor, process.pk, news))
        for answer in entry.get("answers", ()):
            self.at(answer["ago"], demo_answers.work(self, actor, process, answer), hour=14)
        for link in entry.get("links", ()):
            self.at(link.get("ago", 0), self._link(process.subject, link))
        if entry.get("stage") in (rules.ANSWERED, rules.IMPLEMENTED, rules.ARCHIVED):
            self.at(entry["answered"], self._moved(actor, process.pk, rules.ANSWERED, entry["result"].strip()))
        if entry.get("stage") in (rules.IMPLEMENTED, rules.ARCHIVED):
            self.at(entry["implemented"], self._moved(actor, process.pk, rules.IMPLEMENTED, None))
        if entry.get("stage") == rules.ARCHIVED:
            self.at(entry["archived"], self._moved(actor, process.pk, rules.ARCHIVED, None))

    def _phases(self, actor: Actor, process: Process, entry: Data, modules: dict[str, Module]) -> None:
        for phase in entry.get("phases", ()):
            if phase.get("module") and phase["module"] not in modules:
                continue
            structure.save_phase(
                actor,
                process,
                module=modules.get(phase.get("module", "")),
                title=phase["title"],
                start=self.moment(phase["start"], 8),
                end=self.moment(phase["end"], 20),
                allows=phase.get("allows", ()),
                audience=rules.Audience.read(phase.get("audience")),
                text=phase.get("text", "").strip(),
                formality=phase.get("formality", Phase.Formality.INFORMAL),
                legal_basis=phase.get("legal_basis", ""),
                decided_by=phase.get("decided_by", ""),
            )

    def _contents(self, entry: Data, modules: dict[str, Module]) -> None:
        for planned in entry.get("modules", ()):
            module = modules.get(planned["key"])
            if module is None or "content" not in planned:
                continue
            loaded = queries.module_of(module.pk)
            assert loaded is not None
            registry.get(module.format).tell(loaded, planned["content"], self)

    def _news(self, actor: Actor, key: int, news: Data) -> Work:
        return lambda: processes.tell(actor, _fresh(key), news["title"], news["text"].strip(), is_example=True)

    def _moved(self, actor: Actor, key: int, stage: str, result: str | None) -> Work:
        return lambda: processes.move(actor, _fresh(key), stage, result=result)

    def _link(self, source: Subject, link: Data) -> Work:
        def join() -> None:
            target = self.target(link["to"])
            if target is not None:
                subjects.link(source, target, link.get("kind", Link.Kind.ABOUT), link.get("note", ""))

        return join


def account(email: str, name: str, trust: int) -> User:
    """An invented account that nobody can sign in to."""
    user, created = User.objects.get_or_create(
        email=email, defaults={"username": email, "pseudonym": name, "trust": trust, "is_example": True}
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def _fresh(key: int) -> Process:
    return Process.objects.select_related("subject", "department").get(pk=key)
