"""A mapping says how columns become an entry; what is wrong with it is named by line and key."""

from __future__ import annotations

from typing import Any

import pytest

from mitstadt.directory.importing import recipe, shipped
from mitstadt.directory.importing.reading import Row
from mitstadt.directory.importing.recipe import BadRecipe
from mitstadt.directory.importing.understand import Reader, Reading
from mitstadt.kit.tables import Formula

CATEGORIES = {"kultur", "sport", "kita"}
HEAD = 'source: probe\nid: "{id}"\nfields:\n  name: "{name}"\n  provider: Stadt\n'


def read(fields: str, row: dict[str, Any], head: str = HEAD) -> Reading:
    plan = recipe.parse(head + fields)
    row = {"id": "1", "name": "Treff", **row}
    assert recipe.check(plan, list(row), CATEGORIES) == []
    return Reader(plan, row, CATEGORIES).read(Row(5, row))


def entry(fields: str, row: dict[str, Any]) -> Any:
    found = read(fields, row)
    assert found.entry is not None, found.faults
    return found.entry


def faults(fields: str, row: dict[str, Any]) -> list[tuple[str, str]]:
    found = read(fields, row)
    assert found.entry is None
    return [(fault.field, fault.text) for fault in found.faults]


def test_a_column_a_constant_and_a_template():
    found = entry(
        '  lead: "{art} in {ort}[ ({teil})]"\n  area: Leipzig\n', {"art": "Chor", "ort": "Leipzig", "teil": ""}
    )
    assert (found.name, found.provider, found.lead, found.area) == ("Treff", "Stadt", "Chor in Leipzig", "Leipzig")


def test_headings_are_found_whatever_their_case():
    assert entry('  lead: "{KURZ}"\n', {"Kurz": "da"}).lead == "da"


def test_a_text_is_cut_where_the_mapping_says_so():
    assert entry('  lead: "{lang:12}"\n', {"lang": "ein langer Satz"}).lead == "ein langer…"


def test_the_first_source_with_something_in_it_counts():
    assert entry('  lead:\n    from: ["{a}", "{b}"]\n    default: nichts\n', {"a": "", "b": "da"}).lead == "da"
    assert entry('  lead:\n    from: "{a}"\n    default: nichts\n', {"a": None}).lead == "nichts"


def test_values_are_split_and_looked_up():
    fields = (
        '  categories:\n    from: "{art}"\n    split: [",", "|"]\n'
        "    table: {Musik: kultur, Turnen & Spiel: sport, Alles: [kultur, sport]}\n    other: []\n"
    )
    assert entry(fields, {"art": "musik , Turnen &  Spiel|Unbekannt"}).categories == ("kultur", "sport")
    assert entry(fields, {"art": ["Alles", "Musik"]}).categories == ("kultur", "sport")


def test_a_value_that_is_not_in_the_table_breaks_the_row_unless_said_otherwise():
    fields = '  categories:\n    from: "{art}"\n    table: {Musik: kultur}\n'
    assert faults(fields, {"art": "Schach"}) == [("categories", "„Schach“ steht nicht in der Tabelle der Zuordnung.")]
    left = read(fields + "    if_wrong: leave_out\n", {"art": "Schach"})
    assert left.entry is not None
    assert left.entry.categories == ()
    assert left.hints[0].field == "categories"


def test_a_wrong_value_is_left_out_where_the_mapping_allows_it():
    fields = '  url:\n    from: "{web}"\n    if_wrong: leave_out\n  email: "{mail}"\n'
    found = read(fields, {"web": "siehe Aushang", "mail": ""})
    assert found.entry is not None
    assert found.entry.url == ""
    assert [(hint.field, hint.text) for hint in found.hints] == [
        ("url", "Das ist keine Adresse im Netz: siehe Aushang")
    ]
    assert faults(fields, {"web": "", "mail": "keine"})[0][0] == "email"


def test_places_from_columns_and_from_a_list():
    found = entry(
        '  places:\n    street: "{str} {nr}"\n    town: "{plz_ort}"\n    lat: "{lat}"\n    lon: "{lng}"\n    city: X\n',
        {"str": "Weg", "nr": 3, "plz_ort": "10319 Berlin", "lat": "52,5", "lng": "13.5"},
    )
    assert (found.places[0].street, found.places[0].postcode, found.places[0].lat) == ("Weg 3", "10319", 52.5)
    many = (
        '  places:\n    each: adressen\n    street: "{adressen.str}"\n    city: Leipzig\n    lat: "{lat}"\n'
        '    lon: "{lon}"\n'
    )
    row: dict[str, Any] = {"adressen": [{"str": "A 1"}, {"str": "B 2"}], "lat": 51.3, "lon": 12.3}
    assert [(p.street, p.lat) for p in entry(many, row).places] == [("A 1", 51.3), ("B 2", None)]
    assert [(p.street, p.lat) for p in entry(many, {**row, "adressen": []}).places] == [("", 51.3)]
    assert entry(many, {"adressen": [], "lat": None, "lon": None}).places == ()  # a town alone is no place


def test_a_point_that_is_not_on_earth_breaks_the_row():
    fields = '  places:\n    street: "{s}"\n    lat: "{lat}"\n    lon: "{lon}"\n'
    assert "gibt es auf der Erde nicht" in faults(fields, {"s": "Weg", "lat": "691000", "lon": "5334000"})[0][1]
    assert "Breite und Länge" in faults(fields, {"s": "Weg", "lat": "48", "lon": ""})[0][1]
    assert entry(fields, {"s": "Weg", "lat": 0, "lon": 0}).places[0].lat is None  # how databases write "unknown"


def test_hours_are_read_and_what_is_not_read_stays_as_words():
    assert entry('  hours: "{zeit}"\n', {"zeit": "Mo-Fr 9-12 Uhr"}).hours[0].byday == ("MO", "TU", "WE", "TH", "FR")
    found = entry('  hours: "{zeit}"\n', {"zeit": "nach Vereinbarung"})
    assert (found.hours, found.hours_note) == ((), "nach Vereinbarung")


def test_phones_and_prices():
    fields = '  phones:\n    - "{tel}"\n    - number: "{mobil}"\n      label: Notfall\n  costs: "{preis}"\n'
    found = entry(fields, {"tel": "030 1234 oder 030 5678", "mobil": "0177 99", "preis": "3,50 Euro"})
    assert [(p.number, p.label) for p in found.phones] == [("030 1234", ""), ("030 5678", ""), ("0177 99", "Notfall")]
    assert found.costs[0].amount == 3.5


def test_a_computed_cell_is_never_taken_over():
    assert "rechnet" in faults('  lead: "{kurz}"\n', {"kurz": Formula("=A1")})[0][1]


def test_of_a_secret_address_no_place_is_read():
    found = entry(
        '  protected: "{geheim}"\n  phones: "{tel}"\n  places:\n    street: "{s}"\n',
        {"geheim": "ja", "tel": "089 1234", "s": "Versteckte Straße 1"},
    )
    assert found.protected
    assert found.places == ()


def test_a_nameless_row_is_broken():
    assert faults("", {"name": ""}) == [("name", "Der Name fehlt.")]
    assert faults("", {"id": ""})[0] == ("id", "Die Kennung ist leer.")


# -- what is wrong with a mapping -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ("", 0, "", "leer"),
        ("- a\n", 1, "", "benannte Angaben"),
        ("a: b: c\n", 1, "", "YAML"),
        ("x: &a 1\ny: *a\n", 1, "", "Verweise"),
        ("x: !!python/name:os.system x\n", 1, "", "Marken"),
        ("[" * 20 + "]" * 20, 1, "", "tief"),
        (HEAD + "  nmae: x\n", 6, "nmae", "Möglich ist: alert"),
        (HEAD + "  name: x\n", 6, "name", "zweimal"),
        (HEAD + "  lead: {kurz}\n", 6, "lead", 'Anführungszeichen: "{kurz}"'),
        (HEAD + '  lead: "{kurz"\n', 6, "lead", "Klammer"),
        (HEAD + '  lead:\n    form: "{a}"\n', 7, "lead.form", "Möglich ist: from"),
        (HEAD + '  url:\n    from: "{a}"\n    if_wrong: ignore\n', 8, "url.if_wrong", "leave_out"),
        (HEAD + '  categories:\n    from: "{a}"\n    other: x\n', 8, "categories.other", "Tabelle"),
        (HEAD + "  places:\n    strasse: x\n", 7, "places.strasse", "address"),
        ('id: "{id}"\nsource: Meine Quelle!\nfields:\n  name: a\n  provider: b\n', 2, "source", "Kürzel"),
        ('source: probe\nfields:\n  name: "{a}"\n  provider: b\n', 1, "id", "wiedererkannt"),
        ('source: probe\nid: "{id}"\nfields:\n  lead: "{a}"\n', 4, "name", "braucht jeder Eintrag"),
        ("source: probe\nshape: xml\n", 2, "shape", "columns, entry, hsds"),
    ],
)
def test_flaws_name_line_and_key(text, line, key, words):
    with pytest.raises(BadRecipe) as caught:
        recipe.parse(text)
    flaw = next(f for f in caught.value.flaws if f.key == key)
    assert flaw.line == line
    assert words in flaw.text
    if line:
        assert f"Zeile {line}" in str(flaw)


def test_columns_topics_and_codes_are_checked_against_file_and_city():
    plan = recipe.parse(
        HEAD + '  lead: "{kruz}"\n  area: "{mag fehlen?}"\n  categories:\n    from: "{art}"\n    table: {A: kulltur}\n'
        "  languages: [de, xx]\n  places:\n    each: adr\n    street: x\n"
    )
    found = recipe.check(plan, ["id", "name", "kurz", "art"], CATEGORIES)
    assert [(flaw.line, flaw.key) for flaw in found] == [
        (6, "lead"),
        (9, "categories"),
        (11, "languages"),
        (13, "each"),
    ]
    assert "„kruz“ gibt es in der Datei nicht. Es gibt: id, name, kurz, art" in found[0].text


def test_yaml_does_not_guess_what_a_word_means():
    plan = recipe.parse(HEAD + '  cost:\n    from: "{k}"\n    table: {no: free, 1.0: paid, yes: paid}\n')
    assert plan.fields["cost"].table == {"no": ("free",), "1.0": ("paid",), "yes": ("paid",)}


@pytest.mark.parametrize("path", sorted(shipped.FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_mapping_that_comes_along_is_sound(path):
    plan = recipe.parse(path.read_text(encoding="utf-8"))
    assert plan.name != plan.source
