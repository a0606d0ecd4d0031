"""The demo city inside a test database: loaded once, kept as a template, copied for those who need it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from mitstadt.kit import clock

from . import templates
from .routes import Route


def _load() -> None:
    from mitstadt.project.demo import load

    with override_settings(MITSTADT_SEARCH_AGE=5.0):  # as `make run` has it: no new vocabulary for each document
        load()


def _copy(suffix: str) -> AbstractContextManager[None]:
    return templates.copied(templates.demo_template(_load), suffix)


@pytest.fixture(scope="module")
def demo_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Everything that `make run` loads, for the tests of a module; each of them is rolled back to it."""
    with django_db_blocker.unblock(), override_settings(MITSTADT_DEMO=True), _copy("demo"):
        yield


@pytest.fixture
def live_demo_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The same for one test whose transactions are real (a live server, a race): a copy of its own."""
    with django_db_blocker.unblock(), override_settings(MITSTADT_DEMO=True), _copy("live_demo"):
        yield


def sample_values() -> Callable[[Route, str], str | None]:
    """Values for the parameters of addresses: a measure of the department RIT, a comment that is made on it, and a
    place that is booked at it."""
    from mitstadt.accounts.actor import actor_for
    from mitstadt.booking import actions as booking
    from mitstadt.comments import actions
    from mitstadt.radar.models import Measure

    from .people import make_user

    measure = (
        Measure.objects.filter(subject__published=True, department__code="RIT")
        .select_related("subject")
        .order_by("pk")
        .first()
    )
    assert measure is not None, "the demo city has no public measure of RIT"
    author = actor_for(make_user("sample_author"))
    comment = actions.add(author, measure.subject, "Ein Beitrag, damit es einen gibt.", key="sample")
    number, _, slug = measure.subject.path.rstrip("/").rpartition("/m-")[2].partition("-")
    example = measure.subject
    places = booking.open_places(example, seats=40, note_question="Was möchten Sie fragen?", needs_asked=["wheelchair"],
                                 starts_at=clock.now() + timedelta(days=30), location="Rathaus")  # fmt: skip
    booked = booking.book(author, places)
    known = {
        "number": number,
        "measure": f"M-{int(number):03}",
        "slug": slug,
        "public_id": example.public_id,
        "subject": example.public_id,
        "suffix": "json",
        "token": "unbekannt",
        "secret": "unbekannt",
        "code": "unbekannt",
        "key": "unbekannt",
        "uidb36": "a",
        "provider_id": "stadt",
        "pk": "1",
        "role": "buergerin",
        "topic": "alles",
        "form": "csv",
        "rest": "gibt-es-nicht",
    }

    modules = sample_modules()

    def value(route: Route, name: str) -> str | None:
        if route.pattern.startswith("api/v1/meetings/"):
            return of_meetings(route, "public_id", modules["treffen"])
        if route.pattern.startswith("api/v1/debates/"):
            return modules["debatte"].subject.public_id
        if route.pattern.startswith("api/v1/contributions/"):
            return modules["ideen"].contributions.order_by("pk").values_list("subject__public_id", flat=True)[0]
        if route.pattern.startswith("api/v1/surveys/"):
            return of_survey(route, "public_id", modules["umfrage"])
        if route.pattern.startswith("api/v1/processes/"):
            return str(modules["debatte"].process.number)
        if route.pattern.removeprefix("verwaltung/").startswith("beteiligung/"):
            found = of_participation(route, name, modules)
            if found is not None:
                return found
        if route.pattern.startswith(("methoden/", "api/v1/methods/", "verwaltung/methoden/")):
            return of_toolkit(route, name, modules)
        if route.pattern.startswith(("angebote/", "verwaltung/angebote/", "api/v1/offers/", "api/hsds/")):
            return of_directory(route, name)
        if route.pattern.startswith(("plaetze/runden/", "verwaltung/plaetze/runden/")):
            return of_round(route, name)
        if route.pattern.startswith(("plaetze/anbieter/runden/", "plaetze/anbieter/platz/")):
            return of_round(route, "place" if "/platz/" in route.pattern else name)
        if route.pattern.startswith("plaetze/"):
            return of_capacity(route, name)
        if route.pattern.startswith("api/v1/capacities/"):
            return of_capacity(route, "public_id")
        if route.pattern.startswith("daten/"):
            return {"slug": "massnahmen", "suffix": "ttl" if "katalog" in route.pattern else "csv"}.get(name)
        if name == "public_id" and route.pattern.startswith(("kommentar/", "api/v1/comments")):
            return comment.subject.public_id
        if route.pattern.startswith(("platz/", "verwaltung/plaetze/")) and name in ("public_id", "code", "booking"):
            return {"public_id": places.public_id, "code": booked.code, "booking": booked.public_id}[name]
        return "1" if f"<int:{name}>" in route.pattern and name not in known else known.get(name)

    return value


def sample_modules() -> dict[str, Any]:
    """One process of each format with believable content: format's path → module."""
    from mitstadt.participation import registry, samples
    from tests.support.people import make_department
    from tests.test_formats import settings_of

    modules = {}
    for found in registry.all_formats():
        module = samples.process(
            f"Beispiel {found.slug}", format=found.slug, settings=settings_of(found), department=make_department("RIT")
        )
        found.sample(module)
        modules[found.path] = samples.loaded(module)
    return modules


def of_text(module: Any) -> dict[str, str]:
    """The current version of a text with a paragraph of it, and a draft for the next one."""
    from mitstadt.formats.annotation import actions, format, queries, reading
    from mitstadt.participation.samples import INSTALLATION

    version = module.text_versions.get(is_current=True)
    draft = queries.drafts(module).first() or actions.prepare(
        INSTALLATION, module, reading.from_markdown(format.SAMPLE + "\nUnd ein Dach für alle.")
    )
    key = version.paragraphs.all()[2].key
    return {"number": str(version.number), "key": key, "pk": str(draft.pk), "public_id": module.subject.public_id}


def of_debate(module: Any) -> str:
    """The summary on top of a debate, written anew where a walk withdrew it."""
    from mitstadt.formats.debate import actions, queries
    from mitstadt.participation.samples import INSTALLATION

    found = queries.standing(module) or actions.write(INSTALLATION, module, "Strittig ist, wo die Bänke stehen.")
    return found.public_id


def of_participation(route: Route, name: str, modules: dict[str, Any]) -> str | None:
    """Values below ``/beteiligung/``: the module of the format whose word the address has, a process, a
    contribution."""
    from mitstadt.participation.actions import contributions
    from mitstadt.participation.models import Contribution
    from mitstadt.participation.samples import citizen

    staff = route.pattern.startswith("verwaltung/")
    word = route.pattern.removeprefix("verwaltung/").split("/")[1]
    if "/treffen/" in route.pattern and (known := of_meetings(route, name, modules["treffen"])):
        return known
    if "/zusammenfassung/" in route.pattern:
        return of_debate(modules["debatte"])
    if word == "text" and name in ("number", "key", "pk", "public_id"):
        return of_text(modules[word])[name]
    if word == "umfrage" and name in ("public_id", "key", "pk", "form"):
        return of_survey(route, name, modules[word])
    if not staff and word == "ideen" and (known := of_ideas(route, name, modules[word])):
        return known
    if not staff and word in modules:
        return modules[word].subject.public_id if name == "public_id" else None
    if "/erfassung/unterschriften/" in route.pattern:
        return of_signatures(name, modules["ideen"])
    module = modules["debatte"]
    if staff and word == "debatte":
        return module.subject.public_id
    if "viertelblatt/" in route.pattern and name in ("district", "month"):
        return of_leaflet(name)
    if name == "version":
        return "1"
    if name in ("number", "slug"):
        return str(getattr(module.process, name))
    if name == "public_id" and "bogen/" in route.pattern:
        return module.subject.public_id
    if name == "public_id" and "/erfassung/liste/" in route.pattern:
        return of_list(module)
    if name in ("pk", "public_id") and (
        "/erfassung/" in route.pattern or "/foto/" in route.pattern or word == "quelle"
    ):
        return of_entry(name, module)
    if staff and name == "public_id" and "/modul/" in route.pattern:
        return module.subject.public_id
    if staff and name == "pk" and "/phase/" in route.pattern:
        return str(module.phases.get().pk)
    if name == "public_id" and (word == "beitrag" or (staff and "/auswertung/" in route.pattern)):
        found = Contribution.objects.filter(kind="idea", title="Beispielidee").first() or contributions.add(
            citizen("beispiel"), module, "idea", "comment", title="Beispielidee", text="Eine Idee, damit es eine gibt."
        )
        return found.subject.public_id
    return None


def of_survey(route: Route, name: str, module: Any) -> str:
    """A survey whose result everybody sees, its first question, a sheet that two people read differently, a file."""
    from mitstadt.formats.survey import queries
    from mitstadt.formats.survey.models import Answer, Sheet, Upload

    survey = queries.survey_of(module)
    if module.settings.get("results") != "live":
        module.settings = {**module.settings, "results": "live"}
        module.save(update_fields=["settings"])
    if name == "pk" and "/datei/" in route.pattern:
        found = Upload.objects.filter(answer__response__survey=survey).first() or Upload.objects.create(
            answer=Answer.objects.filter(response__survey=survey).order_by("pk")[0],
            name="foto.jpg",
            content_type="image/jpeg",
            data=b"",
        )
        return str(found.pk)
    if name == "pk":
        sheet, _created = Sheet.objects.get_or_create(
            survey=survey,
            code="r-1",
            defaults={"first_by": "anna", "second_by": "bert", "second": {}, "state": "differs", "at": clock.now()},
        )
        return str(sheet.pk)
    key = queries.questions(survey)[0].key
    return {"public_id": module.subject.public_id, "key": key, "form": "csv"}[name]


def of_ideas(route: Route, name: str, module: Any) -> str | None:
    """A public idea with a picture and a proposal to merge it, for the addresses that begin with the id of one."""
    from mitstadt.formats.ideas import merging
    from mitstadt.formats.ideas.models import Merge, Picture
    from mitstadt.participation import queries
    from mitstadt.participation.models import Contribution
    from mitstadt.participation.samples import INSTALLATION

    part = route.pattern.split("/")[3] if route.pattern.count("/") > 2 else ""
    if part not in ("unterstuetzen", "bild", "zusammenlegen", "mitnehmen", "mitschreiben"):
        return None
    found = Contribution.objects.filter(module=module, kind="idea").select_related("subject").order_by("pk")[:2]
    idea, other = (queries.contribution(one.subject.public_id) for one in found)
    assert idea is not None
    assert other is not None
    if not idea.pictures.exists():
        Picture.objects.create(idea=idea, place=1, words="Ein Platz", data=b"", width=3, height=2)
    merge = Merge.objects.filter(source=idea).first() or merging.propose(INSTALLATION, idea, other)
    return {"public_id": idea.subject.public_id, "place": "1", "merge_id": merge.public_id}.get(name)


def of_leaflet(name: str) -> str:
    """A sheet for a noticeboard."""
    from mitstadt.geo.models import District
    from mitstadt.kit import clock
    from mitstadt.participation.leaflets import build, jobs

    district = District.objects.order_by("number").first()
    assert district is not None
    month = build.month_of(clock.today())
    jobs.make(district, month)
    return {"district": str(district.number), "month": f"{month:%Y-%m}"}[name]


def of_toolkit(route: Route, name: str, modules: dict[str, Any]) -> str | None:
    """Values below ``/methoden/``: a format, a combination, the catalogue as a file, a process of RIT, an answer to a
    question, a suggestion that moderation has read and the address of its author."""
    if name in ("public_id", "token"):
        return of_talk(route.pattern.split("/")[1], name)
    if name == "number":
        return str(modules["debatte"].process.number)
    if name == "slug":
        word = route.pattern.split("/")[1]
        return {"kombinationen": "quartier-gestalten", "wissen": "seniorenbeirat"}.get(word, "fishbowl")
    return {"form": "yaml", "kind": "rules"}.get(name)


def of_hsds(name: str, service: Any) -> str:
    """Identifiers of an offer, its place, its organisation, and of what it is tagged with."""
    from mitstadt.directory.hsds import profile

    return {
        "service_id": str(service.uuid),
        "at_id": str(service.at.get().uuid),
        "organization_id": str(service.provider.uuid),
        "taxonomy_id": profile.COST.id,
        "term_id": profile.term_id(profile.COST, "free"),
    }[name]


def of_offer_import(name: str) -> str | None:
    """Values below ``/verwaltung/angebote/import/``: a file that was compared and waits."""
    from mitstadt.directory.importing.models import Import, ImportRow

    staged, is_new = Import.objects.get_or_create(
        file_name="vereine.json", defaults={"mapping": "leipzig-vereine", "state": "ready", "counts": {"new": 1},
                                            "staged_at": clock.now()},
    )  # fmt: skip
    if is_new:
        ImportRow.objects.create(
            staged=staged, position=1, line=1, title="Chor", verdict="new", data={"name": "Chor", "provider": "Verein"}
        )
    return {"public_id": staged.public_id, "slug": "leipzig-vereine", "form": "csv", "verb": "verwerfen"}.get(name)


def of_directory(route: Route, name: str) -> str | None:
    """Values below ``/angebote/``: an offer of an organisation that nobody of the sample belongs to, its draft."""
    from mitstadt.directory import reminding
    from mitstadt.directory.models import Change, Service
    from mitstadt.directory.tests import factories

    service = Service.objects.filter(name="Schuldnerberatung").select_related("provider__organisation").first()
    if service is None:
        factories.everyday()
        service = factories.offer()
        Change.objects.create(
            service=service, provider=service.provider, data=service.data, version=1, created_at=clock.now()
        )
    if "angebote/import/" in route.pattern:
        return of_offer_import(name)
    if name == "slug":
        if "/thema/" in f"/{route.pattern}":
            return "wohnen"
        return (
            service.provider.organisation.slug
            if "anbieter/" in route.pattern or "/neu/" in route.pattern
            else service.slug
        )
    if name == "token":
        return reminding.token(service)
    if route.pattern.startswith("api/hsds/"):
        return of_hsds(name, service)
    if name == "public_id":
        return str(Change.objects.get(service=service).public_id) if "entwuerfe" in route.pattern else "unbekannt"
    return {"verb": "bestaetigen"}.get(name, "1")


def of_capacity(route: Route, name: str) -> str | None:
    """Values below ``/plaetze/``: a capacity with appointments and a waiting list, its slot, a seeker's secret page."""
    from mitstadt.capacity import links, seekers
    from mitstadt.capacity.models import Ask, Capacity
    from mitstadt.capacity.tests import factories

    capacity = Capacity.objects.filter(title="Beratung").first()
    if capacity is None:
        capacity = factories.slot().capacity
        Capacity.objects.filter(pk=capacity.pk).update(has_waiting_list=True)
        from mitstadt.capacity.actions import enquiries

        enquiries.enquire(factories.seeker(), [factories.capacity()], words={"text": "Beispiel"})
    if name == "token":
        return links.token(capacity) if "melden/" in route.pattern else seekers.create()[1]
    if name == "pk":
        return str(Ask.objects.order_by("pk")[0].pk)
    if name == "public_id":
        return capacity.slots.all()[0].public_id if "termin/" in route.pattern else capacity.public_id
    return None


def of_round(route: Route, name: str) -> str | None:
    """Values below ``/plaetze/runden/``: a published round with a family that applied in it."""
    from mitstadt.capacity import seekers
    from mitstadt.capacity.rounds import actions
    from mitstadt.capacity.rounds.models import Round
    from mitstadt.capacity.tests import rounds
    from mitstadt.participation import samples

    round_ = Round.objects.filter(title="Beispielrunde").first()
    key = "of_round" * 4
    if round_ is None:
        round_ = rounds.made(samples.INSTALLATION, title="Beispielrunde")
        application, _token = actions.apply(round_, actions.Wishes(["sonne", "mond"]), key=key)
        actions.add_child(application, actions.Wishes(["sonne"]))
        with clock.at(clock.now() + timedelta(days=15)):
            actions.close(samples.INSTALLATION, round_)
            actions.enter_seed(samples.INSTALLATION, round_, rounds.SEED)
            actions.draw(samples.INSTALLATION, round_)
            actions.publish(samples.INSTALLATION, round_)
    application = round_.applications.select_related("seeker").get()
    return {
        "public_id": round_.public_id,
        "token": seekers.contact_of(application.seeker)["token"],
        "reference": application.children.all()[0].reference,
        "place": application.children.all()[0].places.all()[0].public_id,
        "pk": str(round_.programmes.all()[0].pk),
        "code": round_.programmes.all()[0].code,
        "kind": "input",
        "verb": "eroeffnen",
    }.get(name)


def of_talk(word: str, name: str) -> str:
    """An answer to a question about the fishbowl, or a suggested format."""
    from mitstadt.comments import actions
    from mitstadt.comments.models import Comment
    from mitstadt.participation.samples import citizen
    from mitstadt.toolkit import suggesting
    from mitstadt.toolkit.models import Method

    if word == "vorschlaege":
        found = suggesting.public().order_by("pk").first()
        assert found is not None, "the demo city has no suggestion"
        return found.subject.public_id if name == "public_id" else suggesting.own_path(found).split("/")[-2]
    subject = Method.objects.get(slug="fishbowl").subject
    answer = Comment.objects.filter(about=subject, parent__isnull=False).select_related("subject").first()
    if answer is None:
        question = actions.add(citizen("beispiel"), subject, "Wie viele Stühle?")
        answer = actions.add(citizen("beispiel"), subject, "Fünf.", parent=question)
    return answer.subject.public_id


def of_entry(name: str, module: Any) -> str:
    """A pile of paper that is being entered, and a released photograph of it."""
    from mitstadt.participation import samples
    from mitstadt.participation.entry import actions
    from mitstadt.participation.models import Batch, Source

    batch = Batch.objects.filter(module=module).first()
    batch = batch or actions.open_batch(samples.INSTALLATION, module, "paper", clock.today(), event="Beispielwerkstatt")
    if name == "pk":
        return str(batch.pk)
    source = Source.objects.filter(batch=batch).first()
    if source is None:
        now = clock.now()
        source = Source.objects.create(
            batch=batch, words="Stellwand", data=b"", width=3, height=2, at=now, released=True
        )
    return source.public_id


def of_signatures(name: str, module: Any) -> str | None:
    """An idea, and a list of signatures for it with a picture."""
    from mitstadt.accounts.keyed import seal
    from mitstadt.participation.models import Contribution, SignatureList

    if name == "number":
        return str(module.process.number)
    idea = Contribution.objects.filter(module=module, kind="idea").select_related("subject").order_by("pk")[0]
    if name == "public_id":
        return idea.subject.public_id
    listed, _made = SignatureList.objects.get_or_create(
        contribution=idea,
        source="Beispielliste",
        counted_on=clock.today(),
        defaults={
            "count": 1, "counted_by": "BB", "scan": seal("participation.signatures", "//79"), "at": clock.now(),
            "scan_type": "image/jpeg",
        },
    )  # fmt: skip
    return str(listed.pk)


def of_list(module: Any) -> str:
    """A long list that was checked and waits to be taken over."""
    from mitstadt.accounts.models import User
    from mitstadt.participation.models import EntryList

    listed, _made = EntryList.objects.get_or_create(
        file_name="beispielliste.csv",
        defaults={
            "module": module, "user": User.objects.order_by("pk").first(), "channel": "event",
            "held_on": clock.today(), "file_hash": "0", "total": 1, "created_at": clock.now(),
        },
    )  # fmt: skip
    if not listed.rows.exists():
        listed.rows.create(position=0, line=2, data={"text": "Mehr Schatten."}, channel="event")
    return listed.public_id


def of_meetings(route: Route, name: str, module: Any) -> str | None:
    """Values below the word of meetings: its module, the date to come, its live part and a question there."""
    from mitstadt.formats.meeting.models import Live, Meeting

    if name == "public_id" and ("/termin/" in route.pattern or route.pattern.startswith("api/")):
        coming = Meeting.objects.filter(module=module).order_by("-starts_at").first()
        assert coming is not None
        return coming.subject.public_id
    if name in ("code", "question"):
        live = Live.objects.get(meeting__module=module)
        asked = live.meeting.questions.order_by("pk").first()
        assert asked is not None
        return live.code if name == "code" else asked.public_id
    return str(module.subject.public_id) if name == "public_id" else None
