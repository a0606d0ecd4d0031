"""How results look: bars with their numbers, a table of the channels, a map of places."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.geo import maps
from mitstadt.kit import components as ui
from mitstadt.kit import languages
from mitstadt.participation import words

from .models import Proof, QuestionKind
from .results import Line, Result, Results


def answers(count: int) -> str:
    """ "12 Antworten"."""
    return ngettext("%(n)d Antwort", "%(n)d Antworten", count) % {"n": count}


def _percent(count: int, total: int) -> str:
    """The share of all who answered this question, in brackets."""
    return f" ({round(count / total * 100)} %)" if total else ""


def question(result: Result, results: Results) -> SafeString:
    """One question with what came out."""
    kind = result.question.kind
    said = _("%(n)d haben geantwortet") % {"n": result.answered}
    facts: list[object] = [said]
    if result.invalid:
        facts.append(_("%(n)d auf Papier nicht lesbar oder ungültig") % {"n": result.invalid})
    if result.median is not None:
        facts.append(_("Mitte (Median): %(value)s") % {"value": f"{result.median:g}".replace(".", ",")})
    body: list[SafeString] = [format_html('<p class="ms-meta">{}</p>', ui.dotted(*facts))]
    if kind == QuestionKind.MATRIX:
        body.append(_matrix(result))
    elif kind == QuestionKind.RANKING:
        body.append(_ranking(result))
    elif kind == QuestionKind.SCALE:
        body.append(ui.bars(result.question.text, [(line.value, line.count) for line in result.lines], _("Antworten")))
        ends = [result.question.low and f"1: {result.question.low}", result.question.high and
                f"{result.question.steps}: {result.question.high}"]  # fmt: skip
        if any(ends):
            body.append(format_html('<p class="ms-small">{}</p>', " · ".join(end for end in ends if end)))
    elif result.lines:
        values = [(f"{line.words}{_percent(line.count, result.answered)}", line.count) for line in result.lines]
        body.append(ui.lying_bars(_("Wie oft angekreuzt"), values, _("Antworten")))
    if kind == QuestionKind.PLACE:
        body.append(_map(result))
    if kind == QuestionKind.TEXT:
        body.append(_texts(result))
    if kind == QuestionKind.FILE:
        body.append(format_html('<p class="ms-small">{}</p>', _("Dateien sehen nur die Beschäftigten.")))
    if result.lines and len(results.shown_channels) > 1:
        body.append(_split(result.lines, results))
    return ui.join(body)


def _matrix(result: Result) -> SafeString:
    columns = list(dict.fromkeys(line.words for line in result.lines))
    rows: dict[str, list[object]] = {}
    for line in result.lines:
        rows.setdefault(line.row_words, []).append(line.count)
    return ui.table(
        (_("Antwort"), *columns),
        [(row, *counts) for row, counts in rows.items()],
        caption=result.question.text,
        stack=True,
        numeric=tuple(range(1, len(columns) + 1)),
        caption_hidden=True,
    )


def _ranking(result: Result) -> SafeString:
    rows = [
        (
            line.words,
            result.points[line.value],
            f"{line.mean:.1f}".replace(".", ",") if line.mean is not None else "–",
            line.numbers.get(1, 0),
        )
        for line in result.lines
    ]
    hint = _("Bei %(n)d Möglichkeiten gibt Platz 1 %(most)d Punkte, der letzte Platz keinen (Borda-Zählung).") % {
        "n": len(rows),
        "most": len(rows) - 1,
    }
    drawn = ui.table(
        (_("Antwort"), _("Punkte"), _("Platz im Mittel"), _("so oft auf Platz 1")),
        rows,
        caption=result.question.text,
        stack=True,
        numeric=(1, 2, 3),
        caption_hidden=True,
    )
    return format_html('{}<p class="ms-small">{}</p>', drawn, hint)


def _split(lines: list[Line], results: Results) -> SafeString:
    channels = results.shown_channels
    rows = [
        (": ".join(filter(None, [line.row_words, line.words])), *(line.counts.get(channel, 0) for channel in channels))
        for line in lines
    ]
    drawn = ui.table(
        (_("Antwort"), *(words.CHANNELS[channel] for channel in channels)),
        rows,
        caption=_("Auf welchem Weg"),
        stack=True,
        numeric=tuple(range(1, len(channels) + 1)),
        caption_hidden=True,
    )
    return format_html('<details class="ms-details"><summary>{}</summary>{}</details>', _("Nach Wegen getrennt"), drawn)


def _map(result: Result) -> SafeString:
    drawn = maps.current()
    if not result.question.public:
        return format_html('<p class="ms-small">{}</p>', _("Die Orte sehen nur die Beschäftigten."))
    if drawn is None or not result.places:
        return SafeString("")
    marks = [maps.Mark(geometry, "") for geometry in result.places]
    label = _("Karte: %(n)d genannte Orte") % {"n": len(marks)}
    return format_html(
        '<figure class="sv-map">{}<figcaption class="ms-small">{} {}</figcaption></figure>',
        maps.svg(drawn, marks, label),
        label,
        maps.credit(drawn),
    )


def _texts(result: Result) -> SafeString:
    if not result.question.public:
        return format_html(
            '<p class="ms-small">{}</p>', _("Die Texte lesen die Beschäftigten; sie fließen in die Auswertung ein.")
        )
    if not result.texts:
        return format_html('<p class="ms-small">{}</p>', _("Noch kein Text."))
    items = [
        format_html(
            '<li><blockquote class="sv-said">{}</blockquote><a class="ms-small" href="{}">{}</a> {}</li>',
            text.text[:400],
            languages.local_path(text.subject.path),
            _("Dazu im Einzelnen"),
            ui.example(text.is_example),
        )
        for text in result.texts
    ]
    return format_html('<ul class="ms-plain sv-texts">{}</ul>', ui.join(items))


def who_answered(results: Results) -> SafeString:
    """How many answered, on which way and with which proof. Small groups are not shown apart."""
    rows = [
        (words.CHANNELS[channel], count if count is not None else _("nicht gezeigt"))
        for channel, count in results.channels.items()
    ]
    proofs = [
        (Proof(proof).label, count if count is not None else _("nicht gezeigt"))
        for proof, count in results.proofs.items()
    ]
    return ui.join(
        [
            ui.table(
                (_("Weg"), _("Antworten")),
                rows,
                caption=_("Auf welchem Weg geantwortet wurde"),
                stack=False,
                numeric=(1,),
            ),
            ui.table(
                (_("Nachweis"), _("Antworten")), proofs, caption=_("Wer geantwortet hat"), stack=False, numeric=(1,)
            ),
        ]
    )
