"""Annotation as a format: what its card says, what comes on paper, what it gives to report, archive and demo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mitstadt.accounts import drafts, guests
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.who import Who
from mitstadt.kit import clock, datasets
from mitstadt.kit.errors import DomainError
from mitstadt.participation import cards, registry
from mitstadt.participation import queries as participation
from mitstadt.participation.actions import assessment
from mitstadt.participation.demo import Story
from mitstadt.participation.models import Contribution, Kind, Module, Phase
from mitstadt.participation.samples import INSTALLATION, citizen

from . import actions, queries, reading, rules
from .actions import Target
from .models import Version

SAMPLE = """# Regeln für den neuen Platz

## Wofür der Platz da ist

Der Platz ist für alle da, die hier wohnen, arbeiten oder vorbeikommen. Er bleibt **ohne Konsumzwang**.

## Was es geben soll

- Mindestens zwölf Bänke, sechs davon mit Lehne und im Schatten.
- Ein Trinkbrunnen, den auch Kinder erreichen.

Feste dürfen bis 22 Uhr dauern, am Wochenende bis 23 Uhr.
"""


class EntryForm(forms.Form):
    """What somebody said on paper, by telephone or at an event."""

    name = forms.CharField(label=gettext_lazy("Name, wie er erscheinen soll"), max_length=60, required=False)
    passage = forms.CharField(
        label=gettext_lazy("Stelle im Text"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Nummer des Absatzes oder Wörter daraus; leer heißt: zum ganzen Text."),
    )
    text = forms.CharField(label=gettext_lazy("Anmerkung"), widget=forms.Textarea(attrs={"rows": 4}))


def row_form(module: Module) -> type[EntryForm]:
    """One row of a list; a place that is not in the text is noticed before anything is written."""

    class RowForm(EntryForm):
        def clean_passage(self) -> str:
            passage: str = self.cleaned_data["passage"]
            try:
                target_of(module, passage)
            except DomainError as error:
                raise forms.ValidationError(error.message) from error
            return passage

    return RowForm


def card(module: Module, reading: registry.Reading) -> Any:
    """How many remarks there are, "Am Text anmerken"."""
    count = module.contribution_count
    said = actions.how_many(count) if count else _("Noch keine Anmerkungen")
    return cards.card(module, reading, "annotate", "", [said])


def missing(module: Module) -> list[str]:
    if Version.objects.filter(module=module, is_current=True).exists():
        return []
    return [_("Dem Modul „%(title)s“ fehlt die erste Fassung des Textes.") % {"title": module.title}]


def desk(module: Module) -> list[tuple[str, str]]:
    return [(_("Fassungen"), reverse("annotation_staff:versions", args=[module.subject.public_id]))]


def save(actor: Actor, module: Module, data: dict[str, Any], channel: str, sheet: str, person: Who | None) -> str:
    """One remark of another channel; its place is found by the words or the number that stand on the sheet."""
    placed = actions.annotate(
        actor,
        module,
        target_of(module, data["passage"]),
        data["text"],
        channel=channel,
        sheet=sheet,
        person=person,
        name=data["name"],
    )
    return placed.contribution.subject.title


def target_of(module: Module, passage: str) -> Target:
    """The place that words or the number of a paragraph name; the first paragraph (the title) for nothing.

    Raises DomainError (field ``passage``).
    """
    version = queries.current(module)
    if version is None:
        raise DomainError(_("Hier steht noch kein Text."))
    found = queries.paragraphs(version)
    wanted = passage.strip()
    number = version.number or 0
    if not wanted or (wanted.isdecimal() and 0 < int(wanted[:6]) <= len(found)):
        paragraph = found[int(wanted[:6]) - 1 if wanted else 0]
        return Target(number, paragraph.key, 0, len(paragraph.text))
    for paragraph in found:
        span = rules.find(paragraph.text, wanted)
        if span is not None:
            return Target(number, paragraph.key, *span)
    raise DomainError(_("Diese Wörter stehen nicht im Text. Bitte schreiben Sie sie genau ab."), field="passage")


def paper(module: Module, phase: Phase | None) -> list[registry.PaperField]:
    return [
        registry.PaperField("passage", _("Zu welcher Stelle? Nummer des Absatzes oder Wörter daraus"), lines=2),
        registry.PaperField("text", _("Was möchten Sie dazu sagen?"), lines=10),
        registry.PaperField("name", _("Name, wie er erscheinen soll (freiwillig)"), "text", lines=1),
    ]


def export(module: Module) -> Iterable[registry.Row]:
    """Every public remark with the words it is about, where it stands now, and what the city decided."""
    version = queries.current(module)
    if version is None:
        return
    keys = dict(version.paragraphs.values_list("pk", "key"))
    for row in queries.rows(version):
        yield {
            "id": row["public_id"],
            "version": version.number,
            "made_on_version": row["number"],
            "state": row["how"],
            "paragraph": keys.get(row["paragraph_id"], ""),
            "start": row["start"],
            "end": row["end"],
            "exact": row["exact"],
            "text": row["text"],
            "author": row["author_label"],
            "channel": row["channel"],
            "created_at": row["created_at"],
            "decision": row["decision"],
            "reason": row["reason"],
        }


def report(module: Module) -> list[registry.ReportPart]:
    version = queries.current(module)
    if version is None:
        return [registry.ReportPart(module.title, [registry.Figure(_("Anmerkungen"), 0)])]
    counted = queries.counts(version)
    figures = [
        registry.Figure(_("Anmerkungen"), counted["all"], _("alle Kanäle zusammen")),
        registry.Figure(_("überholt"), counted["outdated"], _("die Stelle gibt es so nicht mehr")),
        registry.Figure(_("noch ohne Antwort"), counted["undecided"]),
        registry.Figure(_("Fassungen"), version.number or 0),
    ]
    by_paragraph = Counter(queries.public_anchors(version).values_list("paragraph_id", flat=True))
    sections: list[list[Any]] = []
    for pk, kind, text in version.paragraphs.values_list("pk", "kind", "text"):
        if kind in ("h2", "h3") or not sections:
            sections.append([text[:120], 0])
        sections[-1][1] += by_paragraph.get(pk, 0)
    table = (_("Anmerkungen je Abschnitt"), [_("Abschnitt"), _("Anmerkungen")], [row for row in sections if row[1]])
    return [registry.ReportPart(module.title, figures, [version.title], [table])]


# -- samples and the demo ------------------------------------------------------------------------------------------
def prepare(module: Module, content: Any) -> None:
    """The first version, so that the process may be published."""
    if queries.current(module) is not None:
        return
    first = content["versions"][0] if content else {"text": SAMPLE}
    _version(INSTALLATION, module, first)


def _version(actor: Actor, module: Module, told: dict[str, Any]) -> Version:
    draft = actions.prepare(
        actor,
        module,
        reading.from_markdown(told["text"]),
        title=told.get("title", ""),
        note=told.get("note", "").strip(),
        source=Version.Source.MARKDOWN,
    )
    return actions.publish(actor, draft)


def sample(module: Module) -> None:
    """Two people say something about the same text."""
    prepare(module, None)
    for name, words, text in (
        ("nachbarin", "sechs davon mit Lehne", "Bitte alle mit Lehne, sonst kommt man nicht mehr hoch."),
        ("radler", "bis 22 Uhr dauern", "Unter der Woche reicht 21 Uhr."),
    ):
        actions.annotate(citizen(name), module, target_of(module, words), text, is_example=True)


def tell(module: Module, content: dict[str, Any], story: Story) -> None:
    """``versions:`` is a list of ``{ago, text, title, note}`` in Markdown, the first of which stands already;
    ``remarks:`` of ``{by, ago, words, text, replies: [{by, ago, text}], decision: {ago, decision, reason}}``.
    """
    staff = story.person(module.process.department.code or "")
    for told in content["versions"][1:]:
        story.at(told["ago"], _later(staff, module, told))
    for remark in content.get("remarks", ()):
        story.at(remark["ago"], _remark(module, remark, story, staff))


def _later(actor: Actor, module: Module, told: dict[str, Any]) -> Any:
    return lambda: _version(actor, _fresh(module), told)


def _fresh(module: Module) -> Module:
    found = participation.module_of(module.pk)
    assert found is not None
    return found


def _remark(module: Module, remark: dict[str, Any], story: Story, staff: Actor) -> Any:
    def write() -> None:
        from mitstadt.comments import actions as comments

        now = _fresh(module)
        target = target_of(now, remark["words"])
        made = actions.annotate(
            story.person(remark["by"]), now, target, remark["text"].strip(), is_example=True, key=story.key()
        ).contribution

        def reply(told: dict[str, Any]) -> Any:
            return lambda: comments.add(
                story.person(told["by"]), made.subject, told["text"].strip(), is_example=True, key=story.key()
            )

        for told in remark.get("replies", ()):
            story.at(told["ago"], reply(told))
        if decision := remark.get("decision"):
            story.at(decision["ago"], lambda: _decide(staff, made, decision))

    return write


def _decide(staff: Actor, made: Contribution, told: dict[str, Any]) -> None:
    found = participation.contribution(made.subject.public_id)
    assert found is not None
    assessment.decide(staff, found, told["decision"], told["reason"].strip(), on=clock.today())


def register() -> None:
    """Called when the format starts."""
    from mitstadt.radar import registry as radar

    from . import open_data, revision, views

    datasets.register(open_data.DATASET)
    radar.on_import_page(revision.panel)
    guests.register_purpose(actions.PURPOSE, actions.confirmed, describe=actions.describe)
    drafts.register_form("annotation:annotate")
    registry.register(
        registry.Format(
            slug="annotation",
            path="text",
            label=gettext_lazy("Text mit Anmerkungen"),
            summary=gettext_lazy("Ein Entwurf, zu dem Menschen direkt am Wort etwas sagen, über mehrere Fassungen."),
            verbs=("annotate", "comment", "rate"),
            urls="mitstadt.formats.annotation.urls",
            card=card,
            kinds=(Kind.ANNOTATION, Kind.COMMENT),
            missing=missing,
            detail=views.detail,
            entry=registry.Entry(lambda _module: EntryForm, save, row=row_form),
            paper=paper,
            export=export,
            report=report,
            sample=sample,
            prepare=prepare,
            tell=tell,
            desk=desk,
        )
    )
