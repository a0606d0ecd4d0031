"""One measure's page, and the page of written criteria."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.geo import queries as geo
from mitstadt.kit import clock, languages, past
from mitstadt.kit import components as ui
from mitstadt.kit.marks import mark as mark_of
from mitstadt.radar import charts, components, criteria, dates, history, queries
from mitstadt.radar.models import Confidence, Measure, MeasureLineage, Status
from mitstadt.radar.queries import page as reads
from mitstadt.radar.queries.current import is_open, row_flags
from mitstadt.radar.queries.time import Names

from . import kept, wording


@past.shown
def measure(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    """`/radar/m-001-e-akte/`; other words behind the number lead to the right address."""
    # A page that is not kept asks once, not twice: the measure itself tells its mark.
    mark = reads.mark(number) if "stand" not in request.GET and kept.has(number) else None
    # Neighbours can be hidden or renamed without a trace on this measure, so they are read each time.
    context = kept.get(number, _with(mark, reads.relatives(mark[0][0]))) if mark else None
    found = context["measure"] if context else reads.find(number)
    if found is None:
        raise Http404(_("Diese Maßnahme gibt es nicht, oder sie ist nicht öffentlich."))
    if slug != found.slug:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return HttpResponsePermanentRedirect(languages.local_path(found.get_absolute_url()) + query)
    day = past.day()
    if context is None:
        context = _context(request, found, day)
        if day is None:
            kept.keep(number, _with(reads.mark_of(found), context["lineage"] + context["related"]), context)
    return render(request, "radar/measure.html", context)


def _with(mark: kept.Mark, relatives: list[dict[str, Any]]) -> kept.Mark:
    """The mark of a page that names these relatives."""
    named = tuple(sorted((r["kind"], r["path"], r["title"], r["status"], r["revision"]) for r in relatives))
    return ((*mark[0], named), mark[1])


def preview(request: HttpRequest, draft: Measure) -> HttpResponse:
    """A draft as its page would look; people can neither ask nor rate there."""
    context = _context(request, draft, None, reads.parts_of_draft(draft))
    context["preview"] = True
    return render(request, "radar/measure.html", context)


@past.shown
def by_slug(request: HttpRequest, slug: str) -> HttpResponse:
    """`/radar/massnahme/e-akte/`: an address by present or former words leads to the permanent one."""
    address = reads.address_of(slug)
    if address is None:
        raise Http404(_("Unter diesem Namen gab es nie eine Maßnahme."))
    return HttpResponsePermanentRedirect(languages.local_path(address))


@past.shown
def criteria_page(request: HttpRequest) -> HttpResponse:
    """`/radar/kriterien/`: what status, flags and confidence mean."""
    past.doubt(_("Dies sind die Kriterien von heute. Welche am gewählten Tag galten, ist nicht belegt."))
    return render(
        request,
        "radar/criteria.html",
        {
            "statuses": [(s.value, s.label, criteria.of_status(s)) for s in Status],
            "confidences": [(c.label, criteria.of_confidence(c)) for c in Confidence],
            "stale_after": settings.MITSTADT_STALE_AFTER_DAYS,
            "answer_days": settings.MITSTADT_ANSWER_WORKING_DAYS,
        },
    )


def _context(
    request: HttpRequest, found: Measure, asked: date | None, draft: reads.Parts | None = None
) -> dict[str, Any]:
    day = asked or clock.today()
    parts = reads.parts(found.pk) if draft is None else draft
    relatives = [{**r, "href": languages.local_path(r["path"])} for r in reads.relatives(found.pk)] if found.pk else []
    version = reads.version_on(found.pk, asked) if asked else None
    if asked and version is None:
        raise past.NotYet
    shown = reads.shown(found, parts, version)
    if version is not None and asked is not None:
        parts = reads.parts_on(parts, asked)
        relatives = [r for r in relatives if not r["in_force"] or r["in_force"] <= asked]
        _say_what_is_proven(found, version)
    flags = row_flags(
        shown.status,
        shown.status_as_of,
        shown.start,
        shown.end,
        shown.postponed,
        shown.milestones_done,
        shown.milestones_all,
        day,
        settings.MITSTADT_STALE_AFTER_DAYS,
    )
    return {
        "measure": found,
        "subject": found.subject if found.subject_id else None,
        "past": version,
        "shown": shown,
        "flags": flags,
        "parts": parts,
        "milestones_words": milestones_words(shown.milestones_done, shown.milestones_all),
        "chart": charts.progress(parts.progress, found.start, day) if parts.progress and not version else "",
        "chart_heading": charts.progress_heading(parts.progress) if parts.progress else "",
        "facts": facts(found, shown, parts.principles)
        if version is None
        else facts_then(found, shown, version["facts"]),
        "status_words": mark_of(shown.status).label,
        "criterion": criteria.of_status(shown.status),
        "field_url": table_address(feld=found.field.slug),
        "indicators": [(name, number_words(value)) for name, value in parts.indicators],
        "timeline": timeline(found, parts, day, relatives) if found.pk else "",
        "locator": components.locator_kept(found) if found.pk and not version else "",
        "related": [r for r in relatives if r["kind"] == MeasureLineage.Kind.RELATED],
        "lineage": [r for r in relatives if r["kind"] != MeasureLineage.Kind.RELATED],
        "can_participate": not version and is_open(found.participate_path, found.participate_until, day),
    }


def _say_what_is_proven(found: Measure, version: dict[str, Any]) -> None:
    if version["valid_from"]:
        past.doubt(_("Diese Angaben galten seit %(day)s.") % {"day": ui.day(version["valid_from"])})
    else:
        past.doubt(
            _(
                "Für diesen Tag belegt keine Quelle einen eigenen Stand. "
                "Nicht belegte Angaben stehen als „nicht belegt“."
            )
        )
    if found.plain_text or found.source:
        past.doubt(_("Einfache Sprache und Quellen stehen im Wortlaut von heute."))


def facts_then(found: Measure, shown: reads.Shown, then: dict[str, Any]) -> list[tuple[str, Any]]:
    """The list of facts on a past day: what no source proves for it is called that."""
    names, nothing = Names(found.strategy), _("nicht belegt")

    def proven(name: str) -> Any:
        return then.get(name) if history.is_proven(then, name) else None

    department = names.departments.get(proven("department") or "")
    field, area = proven("field"), proven("core_area")
    principles = [p.name for p in names.principles_of(proven("principles") or ())]
    code = proven("revision")
    revision = next((r.name for r in queries.revisions(found.strategy) if r.code == code), code)
    district = next((d.name for d in geo.all_districts() if d.number == proven("district")), None)
    period = ui.period(shown.start, shown.end)
    if shown.start and not shown.end:
        period = _("seit %(start)s, Ende nicht belegt") % {"start": ui.day(shown.start)}
    return [
        (
            _("Zuständig"),
            ", ".join(part for part in (department.name if department else nothing, proven("contact")) if part),
        ),
        (_("Zeitraum"), period or nothing),
        (_("Stand"), ui.day(shown.status_as_of) or _("ohne Datum")),
        (_("Handlungsfeld"), names.fields[field].name if field else nothing),
        (_("Kernbereich"), names.core_areas[area].name if area else nothing),
        (_("Fortschreibung"), revision or nothing),
        (_("Prinzipien"), principles or nothing),
        (_("Stadtbezirk"), district or (_("keiner genannt") if history.is_proven(then, "district") else nothing)),
        (_("Kennung"), _("%(code)s, bleibt auch bei Umbenennung") % {"code": found.code}),
    ]


def number_words(value: str) -> str:
    """``27.4000`` → ``27,4`` in German."""
    number = Decimal(value).normalize()
    return number_format(number if number % 1 else number.quantize(Decimal(1)), use_l10n=True, force_grouping=True)


def timeline(
    found: Measure, parts: reads.Parts, day: date, relatives: list[dict[str, Any]] | None = None
) -> SafeString | str:
    """What happened until `day`, newest first, ready for the page."""
    changes = queries.timeline(found.pk, measure=found, parts=parts, relatives=relatives)
    shown = [c for c in changes if not c.day or dates.first_day(c.day) <= day]
    return ui.timeline((change.day, wording.change(change)) for change in shown) if shown else ""


def milestones_words(done: int, of: int) -> str:
    """Progress is milestones done of all, with its base."""
    if not of:
        return _("Meilensteine: keine veröffentlicht.")
    return ngettext("%(done)s von %(of)s Meilenstein erreicht", "%(done)s von %(of)s Meilensteinen erreicht", of) % {
        "done": done,
        "of": of,
    }


def facts(found: Measure, shown: reads.Shown, principles: list[tuple[str, str]]) -> list[tuple[str, Any]]:
    """The list of facts beside the text; what nobody knows is said, not left out."""
    unknown = _("in den Quellen nicht genannt")
    department = found.department.name if found.department else unknown
    period = ui.period(shown.start, shown.end)
    if shown.start and not shown.end:
        period = _("seit %(start)s, Ende nicht belegt") % {"start": ui.day(shown.start)}
    area = found.core_area.name if found.core_area else unknown
    if found.core_area and found.core_area_basis == Measure.Basis.DERIVED:
        area = _("%(area)s (von uns abgeleitet)") % {"area": area}
    return [
        (_("Zuständig"), ", ".join(part for part in (department, found.contact) if part)),
        (_("Zeitraum"), period or _("nicht belegt")),
        (_("Stand"), ui.day(shown.status_as_of) or _("ohne Datum")),
        (_("Handlungsfeld"), ui.link(found.field.name, table_address(feld=found.field.slug))),
        (_("Kernbereich"), area),
        (_("Fortschreibung"), found.revision.name if found.revision else _("nicht belegt")),
        (_("Prinzipien"), [ui.link(name, table_address(prinzip=slug)) for slug, name in principles]),
        (
            _("Stadtbezirk"),
            found.subject.district.name
            if found.district_id and found.subject_id and found.subject.district
            else _("keiner genannt"),
        ),
        (_("Beleg"), criteria.of_confidence(found.confidence)),
        (_("Kennung"), _("%(code)s, bleibt auch bei Umbenennung") % {"code": found.code}),
    ]


def table_address(**filters: str) -> str:
    """The table of the radar under these filters, in the reader's language."""
    return languages.local_path("/radar/tabelle/") + "?" + urlencode(filters)
