"""Ideas as a format: what its card says, what comes on paper, what it gives to report, archive and demo."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mitstadt.accounts import drafts, guests, personal
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.who import Who
from mitstadt.comments import actions as comments
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.participation import access, cards, registry
from mitstadt.participation import queries as participation
from mitstadt.participation import rules as participation_rules
from mitstadt.participation.actions import assessment, chain, contributions, supports
from mitstadt.participation.components import split_of
from mitstadt.participation.demo import Story
from mitstadt.participation.models import Contribution, Kind, Module, Phase
from mitstadt.participation.samples import citizen

from . import actions, components, merging, queries, together
from .actions import Words
from .forms import EntryForm, SettingsForm, TabletForm, row_form
from .models import CoAuthor, Consent


def card(module: Module, reading: registry.Reading) -> Any:
    """How many ideas there are, "Idee vorschlagen"."""
    count = module.contribution_count
    said = components.how_many(count) if count else _("Noch keine Ideen")
    return cards.card(module, reading, "propose", "", [said], _("Idee vorschlagen"))


def save(actor: Actor, module: Module, data: dict[str, Any], channel: str, sheet: str, person: Who | None) -> str:
    """One idea of another channel."""
    words = Words(
        data["title"],
        data["text"],
        data.get("category"),
        data.get("district", ""),
        data["place"],
        data.get("geometry", ""),
    )
    made = actions.propose(actor, module, words, channel=channel, sheet=sheet, person=person, name=data["name"])
    return made.title


def paper(module: Module, phase: Phase | None) -> list[registry.PaperField]:
    return [
        registry.PaperField("title", _("Ihre Idee in einem Satz"), "text", lines=2),
        registry.PaperField("text", _("Was soll geschehen und warum?"), lines=10),
        registry.PaperField("place", _("Straße oder Ort"), "place", lines=1),
        registry.PaperField("name", _("Name, wie er erscheinen soll (freiwillig)"), "text", lines=1),
    ]


def export(module: Module) -> Iterable[registry.Row]:
    """Every public idea, merged ones with where they went; without accounts."""
    fields = (
        "subject__public_id",
        "title",
        "text",
        "category__name",
        "district__number",
        "place",
        "geometry",
        *participation.SUPPORTS,
        "author_label",
        "channel",
        "created_at",
        "merged_into__subject__public_id",
        "assessment__decision",
        "assessment__reason",
    )
    names = (
        "id",
        "title",
        "text",
        "category",
        "district",
        "place",
        "geometry",
        "supporters",
        "supporters_paper",
        "supporters_phone",
        "supporters_event",
        "author",
        "channel",
        "created_at",
        "merged_into",
        "decision",
        "reason",
    )
    for row in queries.public(module).order_by("pk").values_list(*fields).iterator(chunk_size=2000):
        yield dict(zip(names, row, strict=True))


def report(module: Module) -> list[registry.ReportPart]:
    public = queries.public(module)
    total = public.count()
    figures = [
        registry.Figure(_("Ideen"), total, _("alle Kanäle zusammen")),
        registry.Figure(_("davon zusammengelegt"), public.filter(merged_into__isnull=False).count()),
        registry.Figure(
            _("noch ohne Antwort"), public.filter(assessment__decision="", merged_into__isnull=True).count()
        ),
    ]
    sums = (
        public.filter(merged_into__isnull=True)
        .order_by()
        .aggregate(**{name: Coalesce(Sum(name), 0) for name in participation.SUPPORTS})
    )
    figures.append(
        registry.Figure(
            _("Unterstützungen"),
            sums["support_count"],
            split_of(sums) or _("alle online"),
        )
    )
    by_category = {
        row["category__name"] or _("ohne Kategorie"): row["n"]
        for row in public.order_by().values("category__name").annotate(n=Count("pk"))
    }
    shown = participation_rules.suppressed(by_category)
    table = (
        _("Ideen je Kategorie"),
        [_("Kategorie"), _("Ideen")],
        [[name, _("nicht gezeigt") if n is None else n] for name, n in sorted(shown.items())],
    )
    top = [
        [row["title"], row["support_count"], split_of(row) or _("alle online")]
        for row in public.filter(merged_into__isnull=True)
        .order_by("-support_count", "pk")
        .values("title", *participation.SUPPORTS)[:10]
    ]
    return [
        registry.ReportPart(
            module.title,
            figures,
            [],
            [table, (_("Am meisten unterstützt"), [_("Idee"), _("Unterstützungen"), _("Auf welchem Weg")], top)],
        )
    ]


def write(actor: Actor, module: Module, data: Mapping[str, Any]) -> Contribution:
    """What a program sends: the same action as the form. A category goes by its name."""
    name = str(data.get("category") or "")
    category = module.categories.filter(name=name).first() if name else None
    if name and category is None:
        raise DomainError(_("Diese Kategorie gibt es hier nicht."), field="category")
    geometry = data.get("geometry")
    words = actions.Words(
        str(data.get("title") or ""),
        str(data.get("text") or ""),
        category,
        str(data["district"]) if data.get("district") else "",
        str(data.get("place") or ""),
        json.dumps(geometry) if geometry else "",
    )
    return actions.propose(actor, module, words, key=str(data.get("key") or ""))


def sample(module: Module) -> None:
    """Two ideas, one of them supported."""
    made = [
        actions.propose(citizen(name), module, Words(title, text, place=place), is_example=True)
        for name, title, text, place in (
            ("nachbarin", "Ein Trinkbrunnen im Schatten", "Unter den Linden ist es auch im August auszuhalten.", ""),
            ("radler", "Fahrradbügel vor der Bücherei", "Zwölf Bügel, damit der Gehweg frei bleibt.", "Bücherei"),
        )
    ]
    supported = participation.of_contribution(made[0].pk)
    assert supported is not None
    if "support" in {verb for phase in module.phases.all() for verb in phase.allows}:
        supports.add(citizen("radler"), supported)


# -- the demo ------------------------------------------------------------------------------------------------------
def tell(module: Module, content: list[dict[str, Any]], story: Story) -> None:
    """``content:`` is a list of ``{by, ago, title, text, category, place, district, at: [lon, lat] | line | area,
    support: [names], replies: [{by, ago, text}], decision: {ago, decision, reason}, done: {ago, reason}}``."""
    staff = story.person(module.process.department.code or "")
    for told in content:
        story.at(told["ago"], _idea(module.pk, told, story, staff))


def _idea(module_id: int, told: dict[str, Any], story: Story, staff: Actor) -> Any:
    def write() -> None:
        module = participation.module_of(module_id)
        assert module is not None
        category = module.categories.filter(name=told.get("category", "")).first()
        words = Words(
            told["title"],
            told["text"].strip(),
            category,
            str(told.get("district", "")),
            told.get("place", ""),
            geometry_of(told),
        )
        made = actions.propose(story.person(told["by"]), module, words, key=story.key(), is_example=True)
        story.name(told, made.subject)
        for number, name in enumerate(told.get("support", ())):
            story.at(max(told["ago"] - 1 - number / 4, 0), _support(made.pk, story, name))
        for reply in told.get("replies", ()):
            story.at(reply["ago"], _reply(made, story, reply))
        for decision in told.get("decisions", ()):
            story.at(decision["ago"], _decide(staff, made, decision))

    return write


def geometry_of(told: dict[str, Any]) -> str:
    """GeoJSON of what the file says: ``at:`` a point, ``line:`` or ``area:`` a list of points; else nothing."""
    import json

    if "at" in told:
        return json.dumps({"type": "Point", "coordinates": told["at"]})
    if "line" in told:
        return json.dumps({"type": "LineString", "coordinates": told["line"]})
    if "area" in told:
        return json.dumps({"type": "Polygon", "coordinates": [[*told["area"], told["area"][0]]]})
    return ""


def _support(pk: int, story: Story, name: str) -> Any:
    def stand_behind() -> None:
        found = participation.of_contribution(pk)
        assert found is not None
        if found.merged_into_id is None:
            supports.add(story.person(name), found)

    return stand_behind


def _reply(made: Contribution, story: Story, told: dict[str, Any]) -> Any:
    return lambda: comments.add(
        story.person(told["by"]), made.subject, told["text"].strip(), is_example=True, key=story.key()
    )


def _decide(staff: Actor, made: Contribution, told: dict[str, Any]) -> Any:
    def decide() -> None:
        found = participation.contribution(made.subject.public_id)
        assert found is not None
        assessment.decide(staff, found, told["decision"], told["reason"].strip(), on=clock.today())

    return decide


def register() -> None:
    """Called when the format starts."""
    from . import views

    guests.register_purpose(actions.PURPOSE, actions.confirmed, describe=actions.describe)
    guests.register_purpose(actions.SUPPORT, actions.confirmed_support, describe=actions.describe_support)
    drafts.register_form("ideas:propose")
    personal.register(
        CoAuthor,
        label=gettext_lazy("Ideen, an denen Sie mitschreiben"),
        export=personal.rows(CoAuthor, ["idea__subject__public_id", "idea__title", "label", "at"]),
        erase=personal.delete(CoAuthor),
        retention=gettext_lazy("bis Sie nicht mehr mitschreiben oder Ihr Konto löschen"),
    )
    personal.register(
        Consent,
        label=gettext_lazy("Ihre Antworten auf Vorschläge, Ideen zusammenzulegen"),
        export=personal.rows(Consent, ["merge__source__title", "merge__target__title", "said", "at"], guest="guest"),
        erase=personal.forget(Consent, guest="guest"),
        retention=gettext_lazy("bis Sie Ihr Konto löschen"),
    )
    access.register_writers(together.writes)
    chain.register_writers(together.people)
    contributions.on_blank(actions.forget_parts)
    contributions.on_blank(merging.release)
    supports.on_new(actions.supported)
    registry.register(
        registry.Format(
            slug="ideas",
            path="ideen",
            label=gettext_lazy("Ideen sammeln"),
            summary=gettext_lazy("Menschen schlagen vor, zeigen den Ort, unterstützen einander; die Stadt antwortet."),
            verbs=("propose", "comment", "support"),
            urls="mitstadt.formats.ideas.urls",
            card=card,
            kinds=(Kind.IDEA, Kind.COMMENT),
            settings=SettingsForm,
            detail=views.detail,
            entry=registry.Entry(
                lambda _module: EntryForm,
                save,
                row=row_form,
                tablet=registry.OnTablet(lambda _module: TabletForm, "ideas/_tablet.html", "geometry"),
            ),
            paper=paper,
            export=export,
            report=report,
            sample=sample,
            tell=tell,
            write=write,
            presets={"idea-map": (gettext_lazy("Ideenkarte"), {"map": True, "needs_place": True})},
        )
    )
