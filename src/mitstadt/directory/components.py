"""How an offer looks: in a list, on its page, on paper. Rows are rendered in one loop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from mitstadt.kit import cache, clock, languages
from mitstadt.kit import components as ui

from . import access, everyday, hours, queries, words
from .entries import Entry, Phone
from .models import Category, Service, ServiceAt, Situation, Urgent
from .queries import Row

EMPTY = SafeString("")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "ps", "ckb", "ur", "he"})
_DAYS = (
    gettext_lazy("Mo"), gettext_lazy("Di"), gettext_lazy("Mi"), gettext_lazy("Do"), gettext_lazy("Fr"),
    gettext_lazy("Sa"), gettext_lazy("So"),
)  # fmt: skip
_WORDING = {
    "Uhr": gettext_lazy("Uhr"),
    "und": gettext_lazy("und"),
    "im Monat": gettext_lazy("im Monat"),
    "letzter": gettext_lazy("letzter"),
}


def english() -> bool:
    return (get_language() or "de") != "de"


def name_of(thing: Category) -> str:
    return thing.name_en if english() and thing.name_en else thing.name


def title_of(thing: Situation | Urgent) -> str:
    return thing.title_en if english() and thing.title_en else thing.title


def wording(word: str) -> str:
    return str(_WORDING[word])


def hours_lines(rules: Iterable[hours.Hours]) -> list[str]:
    """Opening hours as people write them, in the reader's language."""
    return [line.replace(" | ", " – ") for line in hours.lines(rules, [str(day) for day in _DAYS], wording)]


def km(value: float) -> str:
    """`850 m`, `2,4 km`."""
    if value < 1:
        return _("%(n)s m") % {"n": max(50, round(value * 20) * 50)}
    return _("%(n)s km") % {"n": number_format(round(value, 1), decimal_pos=1)}


def tel(phone: str) -> str:
    """A telephone number as an address that phones dial."""
    return "tel:" + "".join(c for c in phone if c.isdigit() or c == "+")


def until(closes: datetime) -> str:
    """`jetzt offen, bis 17 Uhr`"""
    local = localtime(closes)
    day = clock.today()
    if (local.date() - day).days > 1 or (local.hour == 0 and (local.date() - day).days == 1):
        return _("jetzt offen")
    clock_time = f"{local.hour}:{local.minute:02d}" if local.minute else str(local.hour)
    return _("jetzt offen, bis %(time)s Uhr") % {"time": clock_time}


def confirmed(service: Service) -> str:
    """How fresh the entry is, as a sentence."""
    if service.confirmed_on is None:
        return _("noch nie bestätigt")
    return _("zuletzt bestätigt %(ago)s") % {"ago": ui.ago(service.confirmed_on)}


def badges(service: Service, wheelchair: bool) -> list[str]:
    entry = service.entry
    found = []
    if service.free:
        found.append(str(words.COSTS[entry.cost]))
    if service.walk_in:
        found.append(str(words.APPOINTMENT[entry.appointment]))
    if wheelchair:
        found.append(str(words.ACCESS[words.WHEELCHAIR]))
    foreign = [str(words.LANGUAGES[code]) for code in entry.languages if code != "de" and code in words.LANGUAGES]
    if foreign:
        shown = foreign[:3]
        found.append(", ".join(shown) + (_(" und %(n)s weitere") % {"n": len(foreign) - 3} if len(foreign) > 3 else ""))
    return found


def row(found: Row, number: int | None = None) -> SafeString:
    """One offer in a list: title, one line of sense, state, three facts."""
    service, entry = found.service, found.service.entry
    facts: list[object] = [entry.provider] if entry.provider != service.name else []
    if service.protected:
        facts.append(_("Anschrift geheim, bitte anrufen"))
    elif found.at.location is not None:
        place = found.at.location.address
        if found.places > 1:
            place += " " + ngettext("und %(n)s weiterer Ort", "und %(n)s weitere Orte", found.places - 1) % {
                "n": found.places - 1
            }
        facts.append(place)
    if found.km is not None:
        facts.append(_("%(km)s entfernt") % {"km": km(found.km)})
    state = []
    if service.status == "temporarily closed":
        state.append(ui.tag(str(words.STATUSES[service.status]), "stopped"))
    elif found.open_until is not None:
        state.append(ui.tag(until(found.open_until), "done"))
    state += [ui.tag(text) for text in badges(service, found.at.wheelchair)]
    if found.is_old:
        state.append(ui.tag(confirmed(service), "late"))
    phone = entry.phones[0] if entry.phones else None
    call = format_html('<a href="{}">{}</a>', tel(phone.number), phone.number) if phone else EMPTY
    return format_html(
        '<li class="dy-row"><h3 class="dy-row__title">{}<a href="{}">{}</a> {}</h3>'
        '<p class="dy-row__lead">{}</p><p class="ms-meta">{}</p><p class="dy-row__state">{}</p>'
        '<p class="dy-row__act ms-noprint">{}<a href="{}">{}<span class="ms-sr">: {}</span></a></p></li>',
        format_html('<span class="dy-row__number">{}</span> ', number) if number is not None else EMPTY,
        languages.local_path(service.get_absolute_url()),
        service.name,
        ui.example(service.is_example),
        entry.lead or entry.description[:160],
        ui.dotted(*facts) if facts else EMPTY,
        ui.join(state, " "),
        format_html("{} ", call) if call else EMPTY,
        languages.local_path("/angebote/merkzettel/") + f"?dazu={service.slug}",
        _("Merken"),
        service.name,
    )


def urgent(found: Iterable[Urgent]) -> SafeString:
    """Checked numbers, first of all; in several languages, with when they can be reached."""
    boxes = []
    for one in found:
        numbers = format_html_join(
            "",
            '<li><a class="dy-urgent__number" href="{}">{}</a> <strong>{}</strong>{}{}</li>',
            (
                (
                    tel(number["number"]),
                    number["number"],
                    number["name"],
                    format_html('<span class="ms-meta"> {}</span>', " · ".join(
                        filter(None, [number.get("when", ""), number.get("languages", "")])
                    )),
                    format_html(' <a href="{}" rel="noreferrer noopener">{}</a>', ui.href(number["chat"]), _("Chat"))
                    if number.get("chat") else EMPTY,
                )
                for number in one.numbers
            ),
        )  # fmt: skip
        sentences = format_html_join(
            "", '<li lang="{}"{}>{}</li>',
            ((s["language"], SafeString(' dir="rtl"') if s["language"] in RIGHT_TO_LEFT else EMPTY, s["text"])
             for s in one.sentences),
        )  # fmt: skip
        boxes.append(
            format_html(
                '<section class="dy-urgent" aria-label="{}"><h2 class="ms-h3">{}</h2>'
                '<ul class="dy-urgent__list">{}</ul>{}<p class="ms-meta">{}</p></section>',
                title_of(one),
                title_of(one),
                numbers,
                format_html('<ul class="dy-urgent__more">{}</ul>', sentences) if one.sentences else EMPTY,
                _("Nummern geprüft am %(day)s. Quelle: %(source)s")
                % {"day": ui.day(one.checked_on), "source": one.source},
            )
        )
    return ui.join(boxes)


def urgent_first(query: str) -> SafeString:
    """What the search of the whole city puts before its hits when words tell of need; nothing for other words."""
    found = queries.urgent(everyday.meant(query)) if query else ()
    if not found:
        return EMPTY
    more = format_html(
        '<p><a href="{}?q={}">{}</a></p>', languages.local_path("/angebote/"), quote(query), _("Angebote dazu")
    )
    return render_to_string("directory/_urgent.html", {"urgent": urgent(found)}) + more


def urgent_of(service: Service, topics: Iterable[Category]) -> SafeString:
    """The numbers for what an offer is about, by its name and topics."""
    return urgent(queries.urgent(everyday.meant(" ".join([service.name, *(topic.name for topic in topics)]))))


def numbers_for(service: Service) -> SafeString:
    """The same with the way out, for a page about an offer; nothing for most."""
    found = urgent_of(service, service.categories.all())
    return SafeString(render_to_string("directory/_urgent.html", {"urgent": found})) if found else EMPTY


def unseen(response: HttpResponse) -> HttpResponse:
    """What somebody asks for is nobody's business: kept in no cache, sent to no other site."""
    cache.never(response)
    response["Referrer-Policy"] = "no-referrer"
    return response


def phones(found: Sequence[Phone]) -> SafeString:
    return format_html_join(
        SafeString("<br>"),
        '<a href="{}">{}</a>{}',
        ((tel(p.number), p.number, f" ({p.label})" if p.label else "") for p in found),
    )


def access_table(row_at: ServiceAt) -> list[tuple[object, object]]:
    """What a place has, per impairment; what is not known is said."""
    location = row_at.location
    if location is None:
        return []
    pairs: list[tuple[object, object]] = []
    for label, codes in words.IMPAIRMENTS.values():
        there = [str(words.ACCESS[code]) for code in codes if code in location.access]
        pairs.append((label, ", ".join(there) if there else _("nicht angegeben")))
    if location.access_note:
        pairs.append((_("Außerdem"), location.access_note))
    return pairs


def facts(service: Service, entry: Entry) -> list[tuple[object, object]]:
    """What stands beside the text of an offer."""
    pairs: list[tuple[object, object]] = []
    if entry.phones:
        pairs.append((_("Telefon"), phones(entry.phones)))
    if entry.email:
        pairs.append((_("E-Mail"), format_html('<a href="mailto:{}">{}</a>', entry.email, entry.email)))
    if entry.url:
        pairs.append((_("Webseite"), format_html('<a href="{}">{}</a>', ui.href(entry.url), _short(entry.url))))
    pairs.append((_("Kosten"), _cost(entry)))
    pairs.append((_("Termin"), words.APPOINTMENT[entry.appointment]))
    if entry.languages:
        pairs.append((_("Sprachen"), ", ".join(str(words.LANGUAGES[c]) for c in entry.languages)))
    if entry.interpretation:
        pairs.append((_("Dolmetschen"), entry.interpretation))
    if entry.ways:
        pairs.append((_("So erreichen Sie es"), ", ".join(str(words.WAYS[code]) for code in entry.ways)))
    return pairs


def _short(url: str) -> str:
    return url.split("://", 1)[-1].rstrip("/")[:60]


def _cost(entry: Entry) -> SafeString:
    parts: list[object] = [words.COSTS[entry.cost]]
    for cost in entry.costs:
        amount = f"{number_format(cost.amount, decimal_pos=2)} €" if cost.amount is not None else ""
        parts.append(f"{cost.label}: {amount}" if cost.label and amount else cost.label or amount)
    if entry.fees:
        parts.append(entry.fees)
    return format_html_join(SafeString("<br>"), "{}", ((part,) for part in parts))


def for_whom(entry: Entry, district_names: Mapping[int, str]) -> list[str]:
    """Who may come, as sentences; for which part of the city is not said where the address is secret."""
    found = []
    if entry.min_age is not None and entry.max_age is not None:
        found.append(_("von %(low)s bis %(high)s Jahren") % {"low": entry.min_age, "high": entry.max_age})
    elif entry.min_age is not None:
        found.append(_("ab %(low)s Jahren") % {"low": entry.min_age})
    elif entry.max_age is not None:
        found.append(_("bis %(high)s Jahre") % {"high": entry.max_age})
    if entry.situations:
        found.append(", ".join(str(words.SITUATIONS[code]) for code in entry.situations if code in words.SITUATIONS))
    if entry.districts and not entry.protected:
        names = ", ".join(district_names.get(number, str(number)) for number in entry.districts)
        found.append(_("nur für Menschen aus %(districts)s") % {"districts": names})
    if entry.area and not entry.protected:
        found.append(entry.area)
    if entry.eligibility:
        found.append(entry.eligibility)
    return found


def place(row_at: ServiceAt, entry: Entry, open_now: datetime | None) -> dict[str, Any]:
    """One place of an offer for its page."""
    rules = [hours.Hours.from_json(rule) for rule in row_at.hours]
    return {
        "at": row_at,
        "location": row_at.location,
        "hours": hours_lines(rules),
        "hours_note": row_at.hours_note or entry.hours_note,
        "open": until(open_now) if open_now is not None else "",
        "access": access_table(row_at),
    }


def freshness(service: Service) -> SafeString:
    """The line that every entry carries."""
    old = access.is_old(service, clock.today())
    if service.confirmed_on is None:
        text: str = _("Noch hat niemand bestätigt, dass alles stimmt.")
    else:
        text = _("Zuletzt bestätigt am %(day)s (%(ago)s).") % {
            "day": ui.day(service.confirmed_on), "ago": ui.ago(service.confirmed_on)
        }  # fmt: skip
    if service.confirmed_by:
        text += " " + _("Von: %(who)s.") % {"who": service.confirmed_by}
    mark = ui.flag(_("Das ist lange her. Bitte rufen Sie vorher an.")) if old else EMPTY
    return format_html('<p class="ms-meta">{}</p>{}', text, mark)


def category_cards(found: Iterable[Category], counts: Mapping[int, int]) -> list[SafeString]:
    return [
        ui.card(
            name_of(category),
            languages.local_path(category.get_absolute_url()),
            (category.description_en if english() and category.description_en else category.description),
            ngettext("%(n)s Angebot", "%(n)s Angebote", counts.get(category.pk, 0)) % {"n": counts.get(category.pk, 0)},
        )
        for category in found
    ]
