"""Everyday words lead to the right topics; words of need put numbers first. Written before looking at the answers."""

from __future__ import annotations

import pytest

from mitstadt.directory import demo, everyday
from mitstadt.directory.models import Category, Situation
from mitstadt.kit import yamls

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
        ("Opa erkennt uns nicht mehr", "demenz"),
        ("wo kann ich duschen", "obdach"),
        ("wo kann ich Wäsche waschen", "obdach"),
        ("Ich brauche einen Dolmetscher beim Arzt", "migrationsberatung"),
        ("Windeln zu teuer", "guenstig"),
        ("ich weine jeden Tag", "krise"),
        ("Ich kann nicht mehr", "krise"),
        ("Ich kann nicht mehr putzen", "hilfe-zuhause"),
        ("mein Vater ist gestürzt", "pflege"),
        ("meine Frau ist pflegebedürftig", "pflege"),
        ("meine Tochter verletzt sich selbst", "jugendberatung"),
        ("mein Vermieter hat mir gekündigt", "mietschulden"),
        ("Schimmel an der Wand", "mietrecht"),
        ("wo gibt es kostenloses Essen", "guenstig"),
        ("Ich bin nicht krankenversichert", "arzt"),
        ("ich bin so allein", "begegnung"),
        ("ich will mich scheiden lassen", "trennung"),
        ("wer passt auf mein Kind auf", "kita"),
        ("ich höre schlecht", "behinderung"),
        ("ich spreche kein Deutsch", "deutsch"),
        ("ich soll abgeschoben werden", "aufenthalt"),
        ("meine Mutter liegt im Sterben", "trauer"),
        ("mein Computer geht nicht", "digitalhilfe"),
        ("where can I shower", "obdach"),
        ("I need an interpreter", "migrationsberatung"),
        ("kiramı ödeyemiyorum", "mietschulden"),
        ("hamileyim", "schwanger"),
        ("вивчати німецьку", "deutsch"),
        ("шукаю житло", "wohnungssuche"),
        ("أحتاج طبيب", "arzt"),
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
        ("er haut mich", "gewalt"),
        ("Papa haut mich", "kind-in-not"),
        ("mein Onkel fasst mich an", "kind-in-not"),
        ("mein Freund würgt mich", "gewalt"),
        ("mein Mann ist gewalttätig", "gewalt"),
        ("er will mich umbringen", "gewalt"),
        ("ich habe Angst vor meinem Freund", "gewalt"),
        ("I am afraid of my husband", "gewalt"),
        ("my boyfriend is hitting me", "gewalt"),
        ("kocam beni dövdü", "gewalt"),
        ("eşim bana vuruyor", "gewalt"),
        ("siddet", "gewalt"),
        ("чоловік б'є мене", "gewalt"),
        ("чоловік б’є мене", "gewalt"),
        ("чоловік бє мене", "gewalt"),
        ("муж избивает меня", "gewalt"),
        ("العنف المنزلي", "gewalt"),
        ("زوجي ضربني", "gewalt"),
        ("mon mari me frappe", "gewalt"),
        ("mi marido me pega", "gewalt"),
        ("ich bringe mich um", "suizid"),
        ("ich will mich umbringen", "suizid"),
        ("mein Sohn will sich umbringen", "suizid"),
        ("Suizidgedanken", "suizid"),
        ("Selbsmord", "suizid"),
        ("ich möchte tot sein", "suizid"),
        ("ich will mir das Leben nehmen", "suizid"),
        ("will einschlafen und nicht mehr aufwachen", "suizid"),
        ("I don't want to live anymore", "suizid"),
        ("suicidal", "suizid"),
        ("yaşamak istemiyorum", "suizid"),
        ("хочу померти", "suizid"),
        ("хочу умереть", "suizid"),
        ("لا أريد أن أعيش", "suizid"),
        ("الانتحار", "suizid"),
        ("chcę umrzeć", "suizid"),
        ("vreau să mor", "suizid"),
        ("ich weiß nicht, wo ich schlafen soll", "obdachlos"),
        ("ich schlafe im Auto", "obdachlos"),
        ("meine Eltern haben mich rausgeschmissen", "obdachlos"),
        ("where can I sleep tonight", "obdachlos"),
        ("evsizim", "obdachlos"),
        ("kalacak yerim yok", "obdachlos"),
        ("мені ніде спати", "obdachlos"),
        ("негде ночевать", "obdachlos"),
        ("ليس لدي مكان للنوم", "obdachlos"),
        ("Kind hat Tabletten gegessen", "gift"),
        ("mein Kind hat Reiniger verschluckt", "gift"),
        ("ich trau mich nicht heim", "kind-in-not"),
        ("መሞት እፈልጋለሁ", "suizid"),
        ("ከእንግዲህ መኖር አልፈልግም", "suizid"),
        ("ባሌ ይመታኛል", "gewalt"),
        ("ባሌ ደበደበኝ", "gewalt"),
        ("ዛሬ ማታ የምተኛበት ቦታ የለኝም", "obdachlos"),
        ("ቤት የለኝም", "obdachlos"),
        ("እባካችሁ እርዱኝ", "gefahr"),
        ("ክመውት እደሊ ኣለኹ", "suizid"),
        ("ነፍሰይ ከጥፍእ እደሊ", "suizid"),
        ("ሰብኣየይ ይወቕዓኒ", "gewalt"),
        ("ሰብኣየይ ይሃርመኒ", "gewalt"),
        ("ሎሚ ለይቲ መደቀሲ የብለይን", "obdachlos"),
        ("ገዛ የብለይን", "obdachlos"),
        ("ፖሊስ", "gefahr"),
        ("ez dixwazim bimirim", "suizid"),
        ("Ez naxwazim bijîm", "suizid"),
        ("mêrê min li min dixe", "gewalt"),
        ("mere min li min dixe", "gewalt"),
        ("Ez ji mêrê xwe ditirsim", "gewalt"),
        ("cihê razanê tune", "obdachlos"),
        ("mala min tune ye", "obdachlos"),
        ("alîkariya min bikin", "gefahr"),
        ("دەمەوێت بمرم", "suizid"),
        ("نامەوێ بژیم", "suizid"),
        ("مێردەکەم لێم دەدات", "gewalt"),
        ("توندوتیژی خێزانی", "gewalt"),
        ("شوێنی نووستنم نییە", "obdachlos"),
        ("تکایە یارمەتیم بدەن", "gefahr"),
        ("زه غواړم مړ شم", "suizid"),
        ("نور ژوند نه غواړم", "suizid"),
        ("زما خاوند ما وهي", "gewalt"),
        ("خاوند مې وهي", "gewalt"),
        ("کور نه لرم", "obdachlos"),
        ("د خوب ځای نه لرم", "obdachlos"),
        ("مهرباني وکړئ مرسته وکړئ", "gefahr"),
        ("waxaan rabaa inaan dhinto", "suizid"),
        ("waxaan rabaa inaan is dilo", "suizid"),
        ("ma rabo inaan noolaado", "suizid"),
        ("ninkaygu wuu i garaacaa", "gewalt"),
        ("wuu i garaacay", "gewalt"),
        ("meel aan seexdo ma haysto", "obdachlos"),
        ("hoy ma haysto", "obdachlos"),
        ("hoy la’aan", "obdachlos"),
        ("fadlan i caawi", "gefahr"),
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
        "psychiatrische Ambulanz",
        "Oma kann das Haus nicht verlassen",
        "Angst vor dem Heim",
        "Ausschlag auf der Haut",
        "Schlagzeug lernen",
        "Vorschlag machen",
        "Gewaltenteilung",
        "Brücke bauen",
        "Ich will nicht mehr arbeiten",
        "I want to live in Munich",
        "Unterkunft für Studenten",
        "የጀርመንኛ ትምህርት",
        "የሕፃናት እንክብካቤ",
        "ትምህርቲ ቋንቋ ጀርመን",
        "kursa zimanê almanî",
        "parastina zarokan",
        "کۆرسی زمانی ئەڵمانی",
        "د جرمني ژبې کورس",
        "koorsada luqadda Jarmalka",
        "xannaanada carruurta",
        "Keramik bemalen",
        "Polster reinigen",
        "ألم في العنق",
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


def test_a_slip_is_one_letter_in_every_script(words):
    """Letters of other scripts are compared as letters: a near one makes another word, a lost one is a slip."""
    assert everyday.meant("عنق", words).urgent == ()  # neck, not violence
    assert "gewalt" in everyday.meant("домашнее насиле", words).urgent


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


def test_not_any_more_alone_means_nothing(words):
    assert "krise" in everyday.meant("Ich kann nicht mehr", words).categories
    assert everyday.meant("Das Fahrrad fährt nicht mehr", words).categories == ()


def test_no_comma_cuts_a_title_of_the_shipped_words():
    data = yamls.read(demo.EVERYDAY)
    rows = [*data["situations"], *data["urgent"], *(c for main in data["categories"] for c in main.get("children", ()))]
    assert [row for row in rows if None in row.values()] == []
