"""Choosing a place in a form: on the drawn map by pointer or keys, without JavaScript by a click on its picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mitstadt.geo import maps, shapes


@dataclass(frozen=True, slots=True)
class Picker:
    """What `participation/_pick.html` draws for the form field `field` (a hidden one, with the id ``id_<field>``).

    `lines`: lines and areas can be drawn too. `src` is the picture on the image button ``<field>.karte``.
    """

    field: str
    map: maps.Map
    drawn: SafeString
    src: str
    width: int
    height: int
    credit: str
    lines: bool


def picker(
    field: str, value: object, image_address: str, *, lines: bool = True, width: int = maps.IMAGE_WIDTH
) -> Picker | None:
    """For a field that holds `value` (GeoJSON as text); None where the city has no map. `width` of the picture in
    pixels, as `click` has to know it."""
    found = maps.current()
    if found is None:
        return None
    try:
        geometry = shapes.geometry(str(value or ""), found.bounds)
    except shapes.BadPlace:
        geometry = None
    at = shapes.middle(geometry) if geometry else None
    return Picker(
        field,
        found,
        maps.svg(found, [maps.Mark(geometry, _("Ihr Ort"))] if geometry else [], _("Karte der Stadt")),
        f"{image_address}?ort={at[0]},{at[1]}" if at else image_address,
        width,
        maps.image_height(found, width),
        maps.credit(found),
        lines,
    )


def click(data: Any, field: str, width: int = maps.IMAGE_WIDTH) -> bool:
    """Did somebody click on the picture of `field`? Its pixels become the point in `data` (a copy of POST)."""
    x, y = data.get(f"{field}.karte.x", ""), data.get(f"{field}.karte.y", "")
    if not (x.isdecimal() and y.isdecimal() and len(x) < 5 and len(y) < 5) or (x, y) == ("0", "0"):
        return False  # 0, 0 is what the return key sends
    found = maps.current()
    if found is None:
        return False
    longitude, latitude = found.bounds.position(int(x), int(y), width)
    data[field] = f'{{"type":"Point","coordinates":[{longitude},{latitude}]}}'
    return True


def image(request: HttpRequest) -> HttpResponse:
    """`…/karte.svg?ort=11.58,48.13`: the city as a picture to click on, with the place that was chosen. 404 without a
    map."""
    found = maps.current()
    if found is None:
        raise Http404
    geometry = None
    try:
        longitude, latitude = (float(part) for part in request.GET.get("ort", "").split(",")[:2])
        if found.bounds.holds((longitude, latitude)):
            geometry = {"type": "Point", "coordinates": [longitude, latitude]}
    except ValueError:
        pass
    return HttpResponse(maps.image(found, geometry), content_type="image/svg+xml")
