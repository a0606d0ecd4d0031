"""The catalogue that comes with the house; a city may bring its own `formats.yaml` in its folder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override

from mitstadt.accounts.actor import MEMBER, Actor, Grant, actor_for
from mitstadt.accounts.models import Trust, User
from mitstadt.comments import actions as comments
from mitstadt.kit import clock, yamls
from mitstadt.kit.city import current
from mitstadt.kit.errors import DomainError
from mitstadt.moderation import actions as moderation
from mitstadt.moderation.models import Case, Outcome
from mitstadt.organisations.models import Organisation
from mitstadt.participation.demo import account
from mitstadt.participation.models import Process
from mitstadt.subjects.models import Subject

from . import actions, answers, catalogue, starting, suggesting
from .models import Experienced, Knowledge, Method, Use

HOUSE = Path(__file__).parent / "data" / "formats.yaml"
EXTRA = Path(__file__).parent / "data" / "formats_more.yaml"
ENGLISH = Path(__file__).parent / "data" / "formats.en.yaml"
EXTRA_ENGLISH = Path(__file__).parent / "data" / "formats_more.en.yaml"


def read() -> catalogue.Catalogue:
    """The city's file, else the house's with its steps, checklists and partners, and its English. Raises DomainError
    with the first fault."""
    own = current().folder / "formats.yaml"
    data = yamls.read(own if own.is_file() else HOUSE)
    if not own.is_file() and EXTRA.is_file():
        more = yamls.read(EXTRA)
        data["formats"] = [{**row, **more.get(row["slug"], {})} for row in data["formats"]]
    if not own.is_file() and ENGLISH.is_file():
        english = yamls.read(ENGLISH)
        practice = yamls.read(EXTRA_ENGLISH) if EXTRA_ENGLISH.is_file() else {}
        for kind, more in (("formats", practice), ("combinations", {})):
            for row in data[kind]:
                said = {**english[kind].get(row["slug"], {}), **more.get(row["slug"], {})}
                row |= {f"{name}_en": text for name, text in said.items()}
    with override("de"):
        found, faults = catalogue.parse(data)
    if faults:
        raise DomainError(f"{faults[0].entry}: {faults[0].field}: {faults[0].message} {faults[0].value}")
    return found


def load() -> str:
    actions.take_over(None, read())
    for order, row in enumerate(knowledge()):
        _write(order, row)
    return gettext("%(n)s Formate") % {"n": Method.objects.filter(live=True).count()}


def knowledge() -> list[dict[str, Any]]:
    """What the city shares: ``content/toolkit.yaml`` in its folder."""
    path = current().folder / "content" / "toolkit.yaml"
    found: list[dict[str, Any]] = yamls.read(path) if path.is_file() else []
    return found


def _write(order: int, row: dict[str, Any]) -> None:
    """One entry, unless it is there already."""
    if Knowledge.objects.filter(slug=row["slug"]).exists():
        return
    fields = {
        name: row[name] for name in ("slug", "name", "type", "lead", "text", "url", "source", "day") if name in row
    }
    entry = Knowledge(order=order, live=True, **fields)
    entry.facts = [[label, str(value)] for label, value in row.get("facts", {}).items()]
    entry.steps, entry.methods = row.get("steps", []), row.get("methods", [])
    entry.save()
    Subject.objects.filter(pk=entry.pk).update(is_example=row.get("is_example", True))


# -- what people said and learned -------------------------------------------------------------------------------
def tell() -> str | None:
    """Invented experience, questions and suggestions: ``content/toolkit_voices.yaml``. Once told nothing changes.

    None without a file. Raises DomainError outside the demo.
    """
    if not settings.MITSTADT_DEMO:
        raise DomainError("Invented people speak in the demo only.")
    path = current().folder / "content" / "toolkit_voices.yaml"
    if not path.is_file():
        return None
    if not Experienced.objects.exists():
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        with override("de"), transaction.atomic():
            _tell(data)
    return f"{Use.objects.filter(released_at__isnull=False).count()} Auswertungen"


def _tell(data: dict[str, Any]) -> None:
    staff = actor_for(User.objects.get(email="koordination@example.org"), second_factor=True)
    people = {
        key: actor_for(account(f"{key}.methoden@example.org", name, Trust.EMAIL))
        for key, name in data["people"].items()
    }
    organisation, _created = Organisation.objects.get_or_create(
        slug=data["experienced"]["slug"],
        defaults={"name": data["experienced"]["name"], "kind": Organisation.Kind.ASSOCIATION},
    )
    answers.set_experienced(staff, organisation, data["experienced"]["reason"], True)
    circle = Actor(public_id="demo-circle", grants=(Grant(MEMBER, organisation.pk, organisation.name),))
    for row in data.get("uses", ()):
        process = Process.objects.select_related("subject").get(title=row["process"])
        method = Method.objects.get(slug=row["format"])
        made = starting.use(staff, process, method)
        for name in ("persons", "euro", "days", "reached", "learned"):
            if name in row:
                setattr(made, name, row[name])
        starting.learn(staff, made, "learned" in row)
    actions.take_over(None, _elsewhere(data.get("elsewhere", ())))
    for row in data.get("questions", ()):
        subject = Method.objects.get(slug=row["about"]).subject
        with clock.at(_ago(row["ago"])):
            question = comments.add(people[row["by"]], subject, row["text"], is_example=True)
        for reply in row.get("answers", ()):
            by = staff if reply["by"] == "stadt" else people[reply["by"]]
            with clock.at(_ago(reply["ago"])):
                answer = comments.add(by, subject, reply["text"], parent=question, is_example=True)
                if "accepted" in reply:
                    answers.accept(staff if reply["accepted"] == "stadt" else circle, answer)
    for row in data.get("suggestions", ()):
        with clock.at(_ago(row["ago"])):
            made_of = suggesting.suggest(people[row["by"]], row)
            if row.get("read", True):
                case = Case.objects.get(subject=made_of.subject, state=Case.State.OPEN)
                moderator = actor_for(User.objects.get(email="moderation@example.org"), second_factor=True)
                moderation.decide(moderator, case, outcome=Outcome.KEEP)


def _elsewhere(rows: Iterable[dict[str, Any]]) -> catalogue.Catalogue:
    return catalogue.Catalogue(experiences=tuple(catalogue.ExperienceData(**row) for row in rows))


def _ago(days: int) -> datetime:
    return clock.now() - timedelta(days=days)
