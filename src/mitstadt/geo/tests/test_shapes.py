"""Places on the map, by hand-made examples."""

import pytest

from mitstadt.geo import shapes

BOUNDS = shapes.Bounds(11.0, 48.0, 12.0, 49.0)
SQUARE = {"type": "Polygon", "coordinates": [[[11.2, 48.2], [11.8, 48.2], [11.8, 48.8], [11.2, 48.8], [11.2, 48.2]]]}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hier", "unreadable"),
        ('{"type":"Point"}', "unreadable"),
        ('{"type":"Point","coordinates":["11.5",48.5]}', "unreadable"),
        ('{"type":"Point","coordinates":[NaN,48.5]}', "unreadable"),
        ('{"type":"MultiPoint","coordinates":[[11.5,48.5]]}', "kind"),
        ('{"type":"Point","coordinates":[9.9,53.5]}', "outside"),
        ('{"type":"LineString","coordinates":[[11.5,48.5]]}', "size"),
        ('{"type":"LineString","coordinates":[[11.5,48.5],[11.5,48.5]]}', "size"),
        ('{"type":"Polygon","coordinates":[[[11.2,48.2],[11.8,48.2],[11.8,48.8],[11.2,48.8]]]}', "unreadable"),
        ('{"type":"LineString","coordinates":[' + ",".join(["[11.5,48.5]"] * 61) + "]}", "size"),
        ("[" * 3000, "unreadable"),
        ("x" * 7000, "size"),
    ],
)
def test_a_place_that_is_none_is_named(text, code):
    with pytest.raises(shapes.BadPlace) as refused:
        shapes.geometry(text, BOUNDS)
    assert refused.value.code == code


def test_points_lines_and_areas_are_kept_to_six_digits():
    assert shapes.geometry("  ", BOUNDS) is None
    point = shapes.geometry('{"type":"Point","coordinates":[11.12345678,48.5],"extra":1}', BOUNDS)
    assert point == {"type": "Point", "coordinates": [11.123457, 48.5]}
    line = shapes.geometry('{"type":"LineString","coordinates":[[11.1,48.1],[11.2,48.2]]}', BOUNDS)
    assert line == {"type": "LineString", "coordinates": [[11.1, 48.1], [11.2, 48.2]]}
    import json

    assert shapes.geometry(json.dumps(SQUARE), BOUNDS) == SQUARE


def test_what_is_drawn_leads_back_to_where_it_is():
    assert BOUNDS.drawn([11.0, 49.0]) == (0.0, 0.0)
    assert BOUNDS.drawn([12.0, 48.0])[0] == 1000
    x, y = BOUNDS.drawn([11.4, 48.6])
    assert BOUNDS.position(x, y) == pytest.approx([11.4, 48.6], abs=1e-3)
    assert BOUNDS.position(x / 4, y / 4, width=250) == pytest.approx([11.4, 48.6], abs=1e-3)


def test_inside_and_middle():
    assert shapes.inside([11.5, 48.5], SQUARE)
    assert not shapes.inside([11.1, 48.5], SQUARE)
    assert shapes.middle(SQUARE) == pytest.approx([11.5, 48.5])
