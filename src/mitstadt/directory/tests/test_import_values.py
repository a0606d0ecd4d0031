"""What stands in files of others: prices, numbers, addresses as people write them."""

from __future__ import annotations

import pytest

from mitstadt.directory.importing import twins, values
from mitstadt.directory.importing.twins import Index, Point, Thing
from mitstadt.directory.importing.values import Unclear


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("030 500186 23", [("030 500186 23", "")]),
        ("030/559 23 81", [("030/559 23 81", "")]),
        ("030 97606063/64", [("030 97606063/64", "")]),
        ("030 5125119/ 030 5123006", [("030 5125119", ""), ("030 5123006", "")]),
        ("030 66633950 oder 0177 4317390", [("030 66633950", ""), ("0177 4317390", "")]),
        ("030 5106 2056, Fax: 030 5106 5802", [("030 5106 2056", "")]),
        ("Büro: (089) 123-45 (Mo-Fr 9-12)", [("089 123-45", "Büro Mo-Fr 9-12")]),
        ("Tel. +49 (0)89 1234567", [("+49 89 1234567", "")]),
        ("110", [("110", "")]),
    ],
)
def test_telephone_numbers_as_people_write_them(text, found):
    assert [(one["number"], one["label"]) for one in values.phones(text)] == found


def test_a_text_without_a_number_is_no_telephone():
    with pytest.raises(Unclear, match="keine Telefonnummer: auf Anfrage"):
        values.phones("auf Anfrage")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("www.acud.de", "http://www.acud.de"),
        (" / http://www.bildungsmarkt.de", "http://www.bildungsmarkt.de"),
        ("file:///home/x/www.VDE-Leipzig.de", "http://www.VDE-Leipzig.de"),
        ("beispiel.de/kurse", "http://beispiel.de/kurse"),
        ("Siehe https://a.example/b?c=1.", "https://a.example/b?c=1"),
    ],
)
def test_web_addresses(text, found):
    assert values.web_address(text) == found


@pytest.mark.parametrize("text", ["siehe Homepage", "/", "javascript:alert(1)", "ftp"])
def test_what_is_no_web_address(text):
    with pytest.raises(Unclear):
        values.web_address(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("3,00 Euro", 3.0), ("5 €", 5.0), ("1.250,50 EUR", 1250.5), ("12,-", 12.0), ("ab 5 Euro", None), ("frei", None)],
)
def test_prices(text, amount):
    assert values.cost(text) == ({"label": text, "amount": amount} if amount else {"label": text})


def test_numbers_with_comma_and_words():
    assert values.number("48,137") == 48.137
    assert values.number("1.234,5") == 1234.5
    assert (values.whole("6.0"), values.whole("ab 6 Jahren")) == (6, 6)
    for text in ("6 bis 12", "6,5 Jahre", "viele", ""):
        with pytest.raises(Unclear):
            values.whole(text)
    with pytest.raises(Unclear):
        values.number("inf")


def test_addresses_in_one_text():
    assert values.address("Hauptstr. 1, 80331 München") == {
        "street": "Hauptstr. 1", "postcode": "80331", "city": "München"
    }  # fmt: skip
    assert values.address("Am Berl 15 13051 Berlin")["postcode"] == "13051"
    assert values.town("10319 Berlin") == ("10319", "Berlin")
    assert values.town("Berlin") == ("", "Berlin")


def test_a_spreadsheet_that_ate_the_zero_of_a_postcode_gets_it_back():
    assert values.postcode(4177) == "04177"
    assert values.postcode("4177") == "4177"  # somebody wrote it so: Austria
    assert values.postcode(80331) == "80331"


def test_what_nobody_sees_is_taken_out():
    assert values.clean("A\x00B\x1b[31m\u202eC\ufeff \ud800") == "AB[31mC \ufffd"


def test_texts_are_cut_between_words():
    assert values.cut("eins zwei drei", 10) == "eins zwei…"
    assert values.cut("kurz", 10) == "kurz"


# -- what may be the same ---------------------------------------------------------------------------
def thing(key: int, name: str, street: str = "", lat: float | None = None, lon: float | None = None) -> Thing:
    point = (Point(twins.street_key(street), "", lat, lon),) if street or lat is not None else ()
    return Thing(key, (twins.name_key(name),), point)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Bürgerverein Dölitz e. V.", "Hauptstraße 1"), ("Buergerverein Dölitz e.V.", "Hauptstr. 1")),
        (("ADFC", "Peterssteinweg 18"), ("ADFC Leipzig", "Peterssteinweg 18")),
        (("Schuldnerberatung Caritas",), ("Caritas-Schuldnerberatung",)),
        (("Jugendtreff Nord", "", 52.5, 13.5), ("Jugendtreff Nord", "", 52.5005, 13.5)),
        (
            ("Wirtschaftsinitiative für Mitteldeutschland", "Weg 1"),
            ("Wirtschaftsinitiative Mitteldeutschland", "Weg 1"),
        ),
    ],
)
def test_the_same_thing_written_twice_is_found(one, other):
    assert Index([thing(1, *one)]).twins(thing(2, *other), lambda _other: False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Hort an der 100. Schule",), ("Hort an der 120. Schule",)),
        (("Kita Yorckstraße 43 a", "Yorckstraße 43 a"), ("Kita Yorckstraße 43", "Yorckstraße 43")),
        (("Kieztreff", "Anna-Ebermann-Str. 26"), ("Kieztreff", "Grevesmühlener Str. 20")),
        (("Caritas Suchthilfe", "Weg 1"), ("Caritas Schuldnerberatung", "Weg 1")),
        (("Jugendtreff Nord", "", 52.5, 13.5), ("Jugendtreff Nord", "", 52.51, 13.5)),
    ],
)
def test_two_things_are_not_taken_for_one(one, other):
    assert not Index([thing(1, *one)]).twins(thing(2, *other), lambda _other: False)


def test_what_a_source_tells_apart_is_not_doubted_for_a_shared_word():
    index = Index([thing(1, "Hotel Globus Restaurant", "Ruschestr. 45")])
    other = thing(2, "Hotel Globus Restaurant Lichtenberg", "Ruschestr. 45")
    assert index.twins(other, lambda _other: False)
    assert not index.twins(other, lambda _other: True)
