"""The analyser alone, without a database."""

from __future__ import annotations

import pytest

from mitstadt.search import analyze


class Known:
    """A lexicon of a few words."""

    def __init__(self, *words):
        self.terms = {analyze.stem(analyze.fold(w)) for w in words}

    def count(self, term):
        return int(term in self.terms)

    def is_part(self, term):
        return term in self.terms or term in analyze.plain_words()

    def is_plain(self, term):
        return term in analyze.plain_words()


def same(*words):
    return len({analyze.stem(analyze.fold(w)) for w in words}) == 1


def test_inflected_words_share_a_stem():
    assert same("Radweg", "Radwege", "Radwegen", "Radweges")
    assert same("Haus", "Häuser", "Hauses")
    assert same("Museum", "Museen")


def test_umlauts_sharp_s_case_and_accents_do_not_matter():
    assert same("Gebäude", "gebaeude", "GEBÄUDE")
    assert same("Straße", "Strasse", "STRASSE")
    assert same("Café", "cafe")


@pytest.mark.parametrize("text", ["Bürger*innen", "Bürger:innen", "Bürger_innen", "Bürger/-innen", "BürgerInnen"])
def test_inclusive_forms_are_the_word_itself(text):
    assert [t.pieces for t in analyze.tokens(text)] == [("bürger",)]


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("kinderbetreuung", ("Kind", "Betreuung")),
        ("wohnungsbau", ("Wohnung", "Bau")),
        ("verkehrsplanung", ("Verkehr", "Planung")),
        ("muelltonne", ("Müll", "Tonne")),
        ("schulweg", ("Schule", "Weg")),
    ],
)
def test_compounds_fall_into_their_parts(word, parts):
    assert analyze.split(word, Known()) == tuple(analyze.stem(analyze.fold(p)) for p in parts)


@pytest.mark.parametrize("word", ["urlaub", "quartier", "anwalt", "museum", "verwaltung", "rad", "beratung"])
def test_plain_words_are_not_torn_apart(word):
    assert analyze.split(word, Known()) == ()


def test_parts_are_learned_from_the_index():
    assert analyze.split("drohnenlandeplatz", Known()) == ()
    assert analyze.split("drohnenlandeplatz", Known("Drohne", "Landeplatz")) == ("drohn", "landeplatz")


@pytest.mark.parametrize("text", ["Ωμέγα 東京 עברית العربية", "😀👍", "a\u0301b́", "ﬁne ½ ²", "x" * 500, "١٢٣"])
def test_every_term_is_ascii_letters_and_digits(text):
    terms = analyze.analyse("", analyze.clean(text), lambda _w: ())
    for term in terms.text.split() + terms.parts.split():
        assert term.isascii()
        assert term.isalnum()
        assert len(term) <= 64


def test_invisible_signs_do_not_split_words():
    assert analyze.clean("Rad\u00adweg\u200b, \x00Stadt\u202e") == "Radweg,  Stadt"


@pytest.mark.parametrize(
    ("wrong", "right"), [("strasenbahn", "strassenbahn"), ("wonung", "wohnung"), ("fahradweg", "fahrradweg")]
)
def test_typing_errors_find_the_nearest_word(wrong, right):
    assert analyze.nearest(wrong, [right, "sommer", "verwalt"], Known()) == right


def test_short_words_and_numbers_are_not_guessed_at():
    assert analyze.nearest("rat", ["rad"], Known()) is None
    assert analyze.nearest("2024", ["2025"], Known()) is None
