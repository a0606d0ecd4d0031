"""`/plaetze/zahlen/`: supply and demand by district and month, for planners and everybody."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mitstadt.capacity import demand, numbers
from mitstadt.geo import queries as geo
from mitstadt.kit import components as ui


def _months(found: list[date], wanted: date) -> list[Any]:
    return [ui.Option(date_format(month, "F Y"), f"?monat={month:%Y-%m}", month == wanted) for month in found[:12]]


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """`/plaetze/zahlen/?monat=2026-10`; without a month the last whole one."""
    found = numbers.months()
    asked = request.GET.get("monat", "")
    month = next((m for m in found if f"{m:%Y-%m}" == asked), found[0] if found else None)
    if month is None:
        return render(request, "capacity/numbers.html", {"month": None})
    names = {0: _("ohne Ort"), **{int(number): label for number, label in geo.choices()}}
    kinds = numbers.kinds()
    offered, sought = numbers.supply(month), demand.table(month)
    supply = [
        (
            f"{kinds[kind]}, {names.get(district, str(district))}",
            one.capacities,
            _number(one.total),
            _number(round(one.free, 1) if one.free is not None else None),
            one.seats or "–",
        )
        for (kind, district), one in sorted(offered.items(), key=lambda item: (kinds[item[0][0]], item[0][1]))
    ]
    wanted = [
        (
            f"{kinds[row['kind']]}, {names.get(row['district'], str(row['district']))}",
            *(_small(row[name]) for name in demand.OUTCOMES),
            _small(numbers.unmet(row)),
            _number(row["days"]),
        )
        for row in sorted(sought, key=lambda row: (kinds[row["kind"]], row["district"]))
    ]
    columns = [
        _("Art und Stadtbezirk"), _("gesucht"), _("Termin gebucht"), _("Platz gefunden"), _("niemand hatte Platz"),
        _("auf Warteliste"), _("nicht gedeckt"), _("Tage gewartet"),
    ]  # fmt: skip
    context = {
        "month": month,
        "month_name": date_format(month, "F Y"),
        "months": _months(found, month),
        "demand": ui.table(columns, wanted, _("Bedarf im %(month)s") % {"month": date_format(month, "F Y")},
                           numeric=range(1, 8)) if wanted else "",
        "supply": ui.table(
            [_("Art und Stadtbezirk"), _("Angebote"), _("Plätze"), _("im Mittel frei"), _("Plätze in Terminen")],
            supply, _("Angebot im %(month)s") % {"month": date_format(month, "F Y")}, numeric=range(1, 5),
        ) if supply else "",
    }  # fmt: skip
    return render(request, "capacity/numbers.html", context)


def _small(value: int | None) -> str:
    """A number of people; too few of them are not counted out."""
    return _("unter 5") if value is None else str(value)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return number_format(value, decimal_pos=0 if value == int(value) else 1)
