"""The debate as a format: what staff set, what its card says, what it gives to report and archive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.who import Who
from mitstadt.comments import actions as comments
from mitstadt.comments import queries as voices
from mitstadt.comments.models import Channel, Comment
from mitstadt.participation import cards, registry
from mitstadt.participation.demo import Story
from mitstadt.participation.models import Kind, Module, Phase
from mitstadt.participation.samples import citizen


class SettingsForm(forms.Form):
    """The question that people talk about."""

    question = forms.CharField(label=gettext_lazy("Die Frage"), max_length=300)


class EntryForm(forms.Form):
    """What somebody said on paper, by telephone or at an event."""

    text = forms.CharField(label=gettext_lazy("Beitrag"), widget=forms.Textarea(attrs={"rows": 4}))
    name = forms.CharField(label=gettext_lazy("Name, wie er erscheinen soll"), max_length=60, required=False)


def card(module: Module, reading: registry.Reading) -> Any:
    """Question, number of contributions, "Mitreden"."""
    count = module.subject.comment_count
    said = ngettext("%(n)s Beitrag", "%(n)s Beiträge", count) % {"n": count} if count else _("Noch keine Beiträge")
    return cards.card(module, reading, "comment", module.settings.get("question", ""), [said])


def save(actor: Actor, module: Module, data: dict[str, Any], channel: str, sheet: str, person: Who | None) -> str:
    """One contribution of another channel; it stands in the discussion like every other."""
    comment = comments.add(actor, module.subject, data["text"], channel=channel, name=data["name"], person=person)
    return comment.subject.title


def paper(module: Module, phase: Phase | None) -> list[registry.PaperField]:
    return [
        registry.PaperField("text", module.settings.get("question", module.title), lines=10),
        registry.PaperField("name", _("Name, wie er erscheinen soll (freiwillig)"), "text", lines=1),
    ]


def export(module: Module) -> Iterable[registry.Row]:
    """Every public contribution of the discussion, without accounts."""
    rows = voices.public().filter(about=module.subject_id).order_by("pk")
    fields = ("subject__public_id", "parent__subject__public_id", "author_label", "text", "channel", "created_at")
    for row in rows.values_list(*fields).iterator(chunk_size=2000):
        yield dict(zip(("id", "reply_to", "author", "text", "channel", "created_at"), row, strict=True))


def report(module: Module) -> list[registry.ReportPart]:
    total = voices.public().filter(about=module.subject_id).count()
    figures = [registry.Figure(_("Beiträge"), total, _("alle Kanäle zusammen"))]
    return [registry.ReportPart(module.title, figures, [module.settings.get("question", "")])]


def sample(module: Module) -> None:
    """Two people talk."""

    for name, text in (
        ("nachbarin", "Ich wünsche mir mehr Bänke im Schatten."),
        ("radler", "Bänke ja, aber nicht im Weg."),
    ):
        comments.add(citizen(name), module.subject, text, is_example=True)


def tell(module: Module, content: list[dict[str, Any]], story: Story) -> None:
    """``content:`` is a list of ``{by, ago, text, replies: [{by, ago, text}]}``; days count back from today. What came
    another way has ``channel`` and ``called`` (whose words these are); ``by`` is then the department that entered it.
    """

    def say(entry: dict[str, Any], parent: Comment | None = None) -> None:
        def write() -> None:
            made = comments.add(
                story.person(entry["by"]),
                module.subject,
                entry["text"],
                parent=parent,
                channel=entry.get("channel", Channel.ONLINE),
                name=entry.get("called", ""),
                is_example=True,
                key=story.key(),
            )
            for reply in entry.get("replies", ()):
                say(reply, made)

        story.at(entry["ago"], write)

    for entry in content:
        say(entry)


def register() -> None:
    """Called when the format starts."""
    registry.register(
        registry.Format(
            slug="debate",
            path="debatte",
            label=gettext_lazy("Gespräch"),
            summary=gettext_lazy("Eine Frage, viele Meinungen: Menschen antworten der Stadt und einander."),
            verbs=("comment", "rate"),
            urls="mitstadt.formats.debate.urls",
            card=card,
            kinds=(Kind.COMMENT,),
            settings=SettingsForm,
            entry=registry.Entry(lambda _module: EntryForm, save),
            paper=paper,
            export=export,
            report=report,
            sample=sample,
            tell=tell,
        )
    )
