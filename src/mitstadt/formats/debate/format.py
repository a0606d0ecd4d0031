"""The debate as a format: what staff set, what its card says, what it gives to report and archive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.who import Who
from mitstadt.comments import actions as comments
from mitstadt.comments import queries as voices
from mitstadt.comments import registry as discussions
from mitstadt.comments.models import Channel, Comment, Side
from mitstadt.kit import clock, datasets
from mitstadt.kit import components as ui
from mitstadt.participation import cards, registry
from mitstadt.participation import queries as processes
from mitstadt.participation.demo import Story
from mitstadt.participation.models import Kind, Module, Phase
from mitstadt.participation.models.process import MODULE
from mitstadt.participation.samples import INSTALLATION, citizen
from mitstadt.subjects.models import Subject

from . import actions, queries, rules
from .forms import SettingsForm, entry_form, side_options


def card(module: Module, reading: registry.Reading) -> Any:
    """Question, number of contributions, "Mitreden"."""
    count = module.subject.comment_count
    said = ngettext("%(n)s Beitrag", "%(n)s Beiträge", count) % {"n": count} if count else _("Noch keine Beiträge")
    return cards.card(module, reading, "comment", module.settings.get("question", ""), [said])


def save(actor: Actor, module: Module, data: dict[str, Any], channel: str, sheet: str, person: Who | None) -> str:
    """One contribution of another channel; it stands in the discussion like every other."""
    comment = comments.add(
        actor,
        module.subject,
        data["text"],
        side=data.get("side", ""),
        channel=channel,
        name=data["name"],
        person=person,
    )
    return comment.subject.title


def paper(module: Module, phase: Phase | None) -> list[registry.PaperField]:
    question = module.settings.get("question", module.title)
    sides = [registry.PaperField("side", question, "choice", side_options())] if queries.asks_side(module) else []
    return [
        *sides,
        registry.PaperField("text", _("Und warum?") if sides else question, lines=10),
        registry.PaperField("name", _("Name, wie er erscheinen soll (freiwillig)"), "text", lines=1),
    ]


COLUMNS = ("kind", "id", "reply_to", "author", "side", "text", "channel", "created_at", "office", "covers_until",
           "ended", "ended_at", "reason")  # fmt: skip


def export(module: Module) -> Iterable[registry.Row]:
    """Every summary with what became of it, then every public contribution of the discussion, without accounts.

    `office` is the function and department that summed up; `author` the pseudonym of a contribution.
    """

    def row(**values: Any) -> registry.Row:
        return {name: values.get(name, "") for name in COLUMNS}

    for found in queries.of(module):
        yield row(
            kind="summary",
            id=found.public_id,
            text=found.text,
            created_at=found.written_at,
            office=found.label,
            covers_until=found.covers_until,
            ended=found.ended,
            ended_at=found.ended_at or "",
            reason=found.reason,
        )
    rows = voices.public().filter(about=module.subject_id).order_by("pk")
    fields = (
        "subject__public_id",
        "parent__subject__public_id",
        "author_label",
        "side",
        "text",
        "channel",
        "created_at",
    )
    names = ("id", "reply_to", "author", "side", "text", "channel", "created_at")
    for values in rows.values_list(*fields).iterator(chunk_size=2000):
        yield row(kind="comment", **dict(zip(names, values, strict=True)))


def report(module: Module) -> list[registry.ReportPart]:
    """How many, on which side, and what the moderation summed up."""
    total = voices.public().filter(about=module.subject_id).count()
    figures = [registry.Figure(_("Beiträge"), total, _("alle Kanäle zusammen"))]
    paragraphs = [module.settings.get("question", "")]
    tables: list[tuple[str, list[str], list[list[Any]]]] = []
    if queries.asks_side(module):
        rows = [
            [str(Side(side).label), _("%(n)s von %(all)s") % {"n": count, "all": everybody}]
            for side, count, everybody in rules.shares(voices.side_counts(module.subject_id))
        ]
        tables.append((_("Haltung der eigenen Beiträge, ohne Antworten"), [_("Haltung"), _("Beiträge")], rows))
    standing = queries.standing(module)
    if standing is not None:
        figures.append(registry.Figure(_("Beiträge in der Zusammenfassung"), standing.covers))
        head = _("Zusammenfassung der Moderation (%(by)s, Stand: %(day)s)") % {
            "by": standing.label,
            "day": ui.day(standing.covers_until),
        }
        paragraphs += [f"{head}:", *(part for part in standing.text.split("\n") if part.strip())]
    return [registry.ReportPart(module.title, figures, paragraphs, tables)]


def words(module: Module) -> str:
    """A debate is found by its question and by what was summed up."""
    standing = queries.standing(module)
    return "\n".join(filter(None, [module.settings.get("question", ""), standing.text if standing is not None else ""]))


def desk(module: Module) -> list[tuple[str, str]]:
    return [(_("Zusammenfassen"), reverse("debate_staff:summaries", args=[module.subject.public_id]))]


def sample(module: Module) -> None:
    """Two people talk, each on a side, and the moderation sums up."""
    sided = queries.asks_side(module)
    for name, side, text in (
        ("nachbarin", Side.PRO, "Ich wünsche mir mehr Bänke im Schatten."),
        ("radler", Side.CONTRA, "Bänke ja, aber nicht im Weg."),
    ):
        comments.add(citizen(name), module.subject, text, side=side if sided else "", is_example=True)
    actions.write(INSTALLATION, module, "Bänke wünschen sich alle. Strittig ist, wo sie stehen.", is_example=True)


def tell(module: Module, content: list[dict[str, Any]], story: Story) -> None:
    """``content:`` is a list of ``{by, ago, text, side, replies: [{by, ago, text}]}``; days count back from today. What
    came another way has ``channel`` and ``called`` (whose words these are); ``by`` is then the department that entered
    it. ``{by, ago, summary}`` sums up what there is by then, with ``reason`` it corrects the summary before.
    """

    def sum_up(entry: dict[str, Any]) -> None:
        def write() -> None:
            now = processes.module_of(module.pk)
            assert now is not None
            actor, text = story.person(entry["by"]), entry["summary"].strip()
            standing = queries.standing(now)
            if standing is not None and "reason" in entry:
                standing.module = now
                actions.correct(actor, standing, text, entry["reason"])
            else:
                actions.write(actor, now, text, covers_until=clock.today(), is_example=True)

        story.at(entry["ago"], write, hour=15)

    def say(entry: dict[str, Any], parent: Comment | None = None) -> None:
        def write() -> None:
            made = comments.add(
                story.person(entry["by"]),
                module.subject,
                entry["text"],
                parent=parent,
                side=entry.get("side", ""),
                channel=entry.get("channel", Channel.ONLINE),
                name=entry.get("called", ""),
                is_example=True,
                key=story.key(),
            )
            for reply in entry.get("replies", ()):
                say(reply, made)

        story.at(entry["ago"], write)

    for entry in content:
        (sum_up if "summary" in entry else say)(entry)


def _asks(subject: Subject) -> bool:
    """For the room of discussions: one query."""
    settings = Module.objects.filter(pk=subject.pk, format=queries.SLUG).values_list("settings", flat=True).first()
    return settings is not None and queries.asks_side(Module(settings=settings))


def register() -> None:
    """Called when the format starts."""
    from . import open_data

    discussions.ask_sides(MODULE, _asks)
    drafts.register_form("debate_staff:summaries")
    datasets.register(open_data.SUMMARIES)
    registry.register(
        registry.Format(
            slug=queries.SLUG,
            path="debatte",
            label=gettext_lazy("Gespräch"),
            summary=gettext_lazy(
                "Eine Frage, viele Meinungen: Menschen antworten der Stadt und einander, die Moderation fasst zusammen."
            ),
            verbs=("comment", "rate"),
            urls="mitstadt.formats.debate.urls",
            card=card,
            kinds=(Kind.COMMENT,),
            settings=SettingsForm,
            entry=registry.Entry(lambda module: entry_form(queries.asks_side(module)), save),
            paper=paper,
            export=export,
            report=report,
            sample=sample,
            tell=tell,
            words=words,
            desk=desk,
        )
    )
