"""Everyday words lead to the right topics; words of need put numbers first. Written before looking at the answers."""

from __future__ import annotations

import pytest

from mitstadt.directory import everyday
from mitstadt.directory.models import Category, Situation

from . import factories


@pytest.fixture(scope="module")
def loaded(module_db):
    factories.everyday()


@pytest.fixture
def words(db, loaded):
    return everyday.sayings()


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("Ich kann die Miete nicht zahlen", "mietschulden"),
        ("kann meine miete nicht mehr bezahlen", "mietschulden"),
        ("Oma allein zuhause", "hilfe-zuhause"),
        ("Kind beißt in der Kita", "erziehung"),
        ("mein sohn beisst andere kinder", "erziehung"),
        ("Mutter kommt nicht mehr allein zurecht", "hilfe-zuhause"),
        ("der Gerichtsvollzieher war da", "schulden"),
        ("zu viele schulden", "schulden"),
        ("Strom abgestellt", "sozialleistungen"),
        ("Brief vom Amt nicht verstanden, verstehe den Brief nicht", "migrationsberatung"),
        ("Wo bekomme ich etwas zu essen ohne Geld", "guenstig"),
        ("mein Mann trinkt", "sucht"),
        ("Sohn kifft jeden Tag", "sucht"),
        ("Ich habe Panikattacken", "krise"),
        ("Vater wird vergesslich", "demenz"),
        ("Kurzzeitpflege fürs Wochenende", "pflege"),
        ("Wer pflegt meine Mutter im Urlaub", "pflege"),
        ("Pflegeheim gesucht", "pflege"),
        ("schwanger und keine Ahnung", "schwanger"),
        ("wir bekommen keinen Kitaplatz", "kita"),
        ("Trennung vom Vater meiner Kinder", "trennung"),
        ("Deutschkurs", "deutsch"),
        ("I want to learn German", "deutsch"),
        ("Angst vor Abschiebung", "aufenthalt"),
        ("habe keine Krankenversicherung", "arzt"),
        ("mein Kind wird gemobbt", "jugendberatung"),
        ("Nachhilfe Mathe", "lernen"),
        ("Chef zahlt den Lohn nicht", "arbeitsrecht"),
        ("arbeitslos geworden", "arbeitssuche"),
        ("Handy erklären", "digitalhilfe"),
        ("ich bin einsam", "begegnung"),
        ("Rollstuhl und keine Assistenz", "behinderung"),
        ("mein Mann ist gestorben", "trauer"),
        ("Ich möchte mich engagieren", "ehrenamt"),
        ("coming out", "queer"),
        ("Enkeltrick, Oma wurde betrogen", "verbraucher"),
        ("Vermieter wirft mich raus", "mietrecht"),
        ("Treppe schaffe ich nicht mehr", "hilfe-zuhause"),
    ],
)
def test_everyday_words_lead_to_the_topic(words, said, topic):
    assert topic in everyday.meant(said, words).categories[:4]


@pytest.mark.parametrize(
    ("said", "help_"),
    [
        ("mein Mann schlägt mich", "gewalt"),
        ("häusliche gewalt", "gewalt"),
        ("er hat mich vergewaltigt", "gewalt"),
        ("my husband beats me", "gewalt"),
        ("kocam beni dövüyor", "gewalt"),
        ("муж бьет меня", "gewalt"),
        ("زوجي يضربني", "gewalt"),
        ("ich will nicht mehr leben", "suizid"),
        ("Selbstmord", "suizid"),
        ("want to die", "suizid"),
        ("не хочу жить", "suizid"),
        ("أريد أن أموت", "suizid"),
        ("ich bin obdachlos", "obdachlos"),
        ("wo kann ich heute schlafen? kein Schlafplatz", "obdachlos"),
        ("homeless", "obdachlos"),
        ("Kind hat Putzmittel getrunken", "gift"),
        ("ich trau mich nicht nach Hause", "kind-in-not"),
    ],
)
def test_words_of_need_put_numbers_first(words, said, help_):
    assert help_ in everyday.meant(said, words).urgent


@pytest.mark.parametrize(
    "said",
    [
        "Chor",
        "Deutschkurs für Anfänger",
        "Repair-Café",
        "",
        "   ",
        "???",
        "🙂",
        "a" * 5000,
        "SELECT * FROM x; --",
        "\x00\u202e",
    ],
)
def test_other_words_and_nonsense_ring_no_alarm(words, said):
    assert everyday.meant(said, words).urgent == ()


def test_staff_teach_it_a_new_word_and_it_is_known_at_once(words, db):
    assert everyday.meant("Haus voller Mäuse").categories == ()
    Category.objects.filter(slug="mietrecht").update(synonyms="Mäuse Haus")
    everyday.forget()
    assert everyday.meant("Haus voller Mäuse").categories == ("mietrecht",)
    situation = Situation.objects.create(slug="ratten", title="Ratten im Keller")
    situation.categories.add(factories.topic("nachbarschaft"))
    assert everyday.meant("im Keller sind Ratten").situations == ("ratten",)


def test_all_words_of_a_phrase_must_be_there(words):
    assert "erziehung" not in everyday.meant("beißt der Hund", words).categories
    assert "suizid" not in everyday.meant("mehr leben in der Stadt", words).urgent
