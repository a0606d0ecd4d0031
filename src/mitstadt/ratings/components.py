"""The three distributions as pictures with their numbers, and the same as a table."""

from __future__ import annotations

from html import escape

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mitstadt.kit import past
from mitstadt.kit.components import example, link_button
from mitstadt.subjects.models import Subject

from .models import SCALES, VALUES, Origin
from .queries import Distribution, Summary

TITLES = {
    "importance": (gettext_lazy("Wichtig"), gettext_lazy("Wie wichtig ist das für die Stadt?")),
    "benefit": (gettext_lazy("Nutzen"), gettext_lazy("Was habe ich selbst davon?")),
    "satisfaction": (gettext_lazy("Zufrieden"), gettext_lazy("Wie zufrieden bin ich mit dem Fortschritt?")),
}

# the picture, in its own units
_WIDTH, _TOP, _HEIGHT, _FOOT = 240, 20, 64, 20


def summary_section(subject: Subject, found: Summary) -> SafeString:
    """The section "Wie Menschen das sehen" of a subject's page. No form, nothing personal."""
    mark = f" {example()}" if (subject.is_example or settings.MITSTADT_DEMO) and found.total else ""
    button = link_button(_("Selbst bewerten"), reverse("ratings:rate", args=[subject.public_id]), "secondary")
    link = "" if past.day() is not None else f"<p>{button}</p>"
    # words stay outside f-strings: the tool that collects them for translation does not look inside
    title = escape(_("Wie Menschen das sehen"))
    head = (
        f'<link rel="stylesheet" href="{escape(static("ratings/ratings.css"))}">'
        f'<section class="ms-section ms-ratings" id="bewertung" aria-labelledby="bewertung-titel">'
        f'<h2 id="bewertung-titel">{title}{mark}</h2>'
    )
    if not found.total:
        empty = escape(_("Noch hat das niemand bewertet. Ihre Stimme wäre die erste."))
        if past.day() is not None:
            empty = escape(_("Bis zu diesem Tag hatte das niemand bewertet."))
        return mark_safe(f'{head}<p class="ms-muted">{empty}</p>{link}</section>')  # noqa: S308 - escaped parts
    least = escape(
        _(
            "1 heißt gar nicht, 5 heißt sehr. Eine Mitte nennen wir ab %(n)s Stimmen, "
            "weil sie bei weniger vom Zufall abhängt."
        )
        % {"n": found.minimum}
    )
    apart = ""
    if found.people[Origin.EMAIL]:
        apart = " " + escape(_("Stimmen mit Konto und Stimmen mit bestätigter E-Mail-Adresse zählen wir getrennt."))
    if found.unproven:
        changed = ngettext(
            "%(n)s Mensch hat die Bewertung seitdem geändert; die damalige ist nicht belegt und fehlt hier.",
            "%(n)s Menschen haben ihre Bewertung seitdem geändert; die damaligen sind nicht belegt und fehlen hier.",
            found.unproven,
        ) % {"n": found.unproven}
        apart += f" {escape(changed)}"
    scales = "".join(_scale(scale, found) for scale in SCALES)
    html = (
        f'{head}<p class="ms-muted ms-small">{least}{apart}</p><div class="ms-ratings__scales">{scales}</div>'
        f"{_table(found)}{link}</section>"
    )
    return mark_safe(html)  # noqa: S308 - escaped parts


def _scale(scale: str, found: Summary) -> str:
    title, question = TITLES[scale]
    account, email = found.of(scale, Origin.ACCOUNT), found.of(scale, Origin.EMAIL)
    sentences = "".join(_sentence(one) for one in (account, email) if one.votes or one.origin == Origin.ACCOUNT)
    return (
        f'<figure class="ms-chart ms-rating"><figcaption>{escape(str(title))}'
        f'<span class="ms-rating__ask">{escape(str(question))}</span></figcaption>'
        f'{_picture(str(title), account, email)}<ul class="ms-rating__said">{sentences}</ul></figure>'
    )


def _sentence(one: Distribution) -> str:
    """ "Mit Konto: Mitte bei 4 von 5, 41 Stimmen"."""
    votes = ngettext("%(n)s Stimme", "%(n)s Stimmen", one.votes) % {"n": one.votes}
    who = _("Mit Konto") if one.origin == Origin.ACCOUNT else _("Mit E-Mail")
    spread = one.spread
    if spread is None:
        rest = _("%(votes)s, für eine Mitte noch zu wenige") % {"votes": votes} if one.votes else _("keine Stimme")
        return (
            f'<li><span class="ms-rating__key ms-rating__key--{one.origin}"></span>{escape(who)}: {escape(rest)}</li>'
        )
    middle = escape(_("Mitte bei %(n)s von 5") % {"n": _number(spread.median)})
    half = escape(_half(spread.low, spread.high))
    return (
        f'<li><span class="ms-rating__key ms-rating__key--{one.origin}"></span>{escape(who)}: '
        f"<strong>{middle}</strong>, "
        f'{escape(votes)} <span class="ms-muted">({half})</span></li>'
    )


def _half(low: float, high: float) -> str:
    if low == high:
        return _("mindestens die Hälfte bei %(n)s") % {"n": _number(low)}
    return _("mittlere Hälfte von %(low)s bis %(high)s") % {"low": _number(low), "high": _number(high)}


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(number_format(value, 1))


def _picture(title: str, account: Distribution, email: Distribution) -> str:
    """Five pairs of bars on a zero line, each with its number; accounts filled, e-mail addresses outlined."""
    most = max(*account.counts, *email.counts, 1)
    both = email.votes > 0
    step = _WIDTH / 5
    bar = 20 if both else 36
    base = _TOP + _HEIGHT
    parts = []
    for index, value in enumerate(VALUES):
        middle = step * index + step / 2
        pairs = [(account, middle - (bar / 2 + 1 if both else 0))]
        if both:
            pairs.append((email, middle + bar / 2 + 1))
        for one, at in pairs:
            number = one.counts[index]
            height = number / most * _HEIGHT
            parts.append(
                f'<rect class="ms-rating__bar ms-rating__bar--{one.origin}{_main(one, value)}" x="{at - bar / 2:.1f}" '
                f'y="{base - height:.1f}" width="{bar}" height="{height:.1f}"/>'
                f'<text x="{at:.1f}" y="{base - height - 5:.1f}" text-anchor="middle">{number}</text>'
            )
        parts.append(
            f'<text class="ms-chart__axis" x="{middle:.1f}" y="{base + _FOOT - 4}" text-anchor="middle">{value}</text>'
        )
    label = escape(_("%(title)s: Verteilung der Stimmen, als Tabelle darunter") % {"title": title})
    return (
        f'<svg viewBox="0 0 {_WIDTH} {base + _FOOT}" role="img" aria-label="{label}">'
        f'<line class="ms-chart__zero" x1="0" y1="{base}" x2="{_WIDTH}" y2="{base}"/>{"".join(parts)}</svg>'
    )


def _main(one: Distribution, value: int) -> str:
    """The bar where the middle lies stands out."""
    spread = one.spread
    return " ms-rating__bar--main" if spread is not None and spread.median in (value, value + 0.5, value - 0.5) else ""


def _table(found: Summary) -> str:
    """The twin of the pictures."""
    head = "".join(f'<th scope="col" class="ms-number">{value}</th>' for value in VALUES)
    rows = []
    for scale in SCALES:
        for origin in Origin.values:
            one = found.of(scale, origin)
            who = _("mit Konto") if origin == Origin.ACCOUNT else _("mit E-Mail")
            cells = "".join(f"<td>{number}</td>" for number in one.counts)
            spread = one.spread
            middle = _number(spread.median) if spread is not None else escape(_("zu wenige"))
            rows.append(
                f'<tr><th scope="row">{escape(str(TITLES[scale][0]))}, {escape(who)}</th>{cells}'
                f"<td>{one.votes}</td><td>{middle}</td></tr>"
            )
    as_table, scale_word = escape(_("Als Tabelle")), escape(_("Skala"))
    votes, middle_word = escape(_("Stimmen")), escape(_("Mitte"))
    caption = escape(_("Wie viele Menschen welche Zahl gewählt haben"))
    return (
        f'<details class="ms-details"><summary>{as_table}</summary><div class="ms-table"><table>'
        f'<caption>{caption}</caption><thead><tr><th scope="col">{scale_word}</th>{head}'
        f'<th scope="col">{votes}</th><th scope="col">{middle_word}</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></details>"
    )
