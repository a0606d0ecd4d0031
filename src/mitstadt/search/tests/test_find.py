"""What people find, and what nobody may find."""

from __future__ import annotations

import pytest
from django.db import connection

from mitstadt.geo.models import District
from mitstadt.search import actions, engine, queries, registry, schema, vocabulary
from mitstadt.search.checks import index_is_there
from mitstadt.search.models import Document, Word, WordChange
from mitstadt.subjects.models import Subject


def titles(query, **more):
    return [hit.plain_title for hit in queries.find(query, **more).hits]


def test_alice_finds_a_cycle_path_by_its_plural(publish):
    publish("Neuer Radweg an der Isar")
    assert titles("Radwege") == ["Neuer Radweg an der Isar"]


def test_child_care_is_found_in_either_wording(publish):
    publish("Plätze in der Kinderbetreuung")
    publish("Die Betreuung von Kindern wird ausgebaut")
    assert len(titles("Betreuung von Kindern")) == 2
    assert len(titles("Kinderbetreuung")) == 2


def test_a_typing_error_is_corrected_and_said(publish):
    publish("Ein Fahrradweg durch den Park")
    found = queries.find("Fahradweg")
    assert [hit.plain_title for hit in found.hits] == ["Ein Fahrradweg durch den Park"]
    assert found.corrected_query == "Fahrradweg"


def test_a_right_word_is_never_corrected(publish):
    publish("Die Wahl des Stadtrats")
    publish("Ein Wal im Museum")
    found = queries.find("Wal")
    assert [hit.plain_title for hit in found.hits] == ["Ein Wal im Museum"]
    assert found.corrected_query == ""


def test_a_right_word_that_nobody_has_written_is_not_corrected_either(publish):
    publish("Auswertung der Zahlen")
    found = queries.find("Ausweis")
    assert (found.hits, found.corrected_query) == ((), "")


def test_a_compound_is_found_although_its_part_became_known_later(publish):
    publish("Der Drohnenlandeplatz")
    publish("Eine Drohne misst die Luft")
    assert "Der Drohnenlandeplatz" in titles("Drohne")


def test_drafts_and_restricted_texts_are_never_found(publish):
    secret = publish("Geheimes Seilbahnprojekt", published=False)
    removed = publish("Beleidigung am Seilbahnprojekt", restricted=True)
    for query in ("Seilbahnprojekt", "Seilbanprojekt", "Seilb", "Geheimes", '"Seilbahnprojekt"', "Seilbahn Projekt"):
        found = queries.find(query)
        assert (found.hits, found.total, found.facets) == ((), 0, {})
        assert "eilbahn" not in found.corrected_query
        assert queries.find_ids(query) == set()
        assert queries.suggest(query) == []
    Subject.objects.filter(pk=secret.pk).update(published=True)
    Subject.objects.filter(pk=removed.pk).update(restricted=False)
    assert len(titles("Seilbahnprojekt")) == 2


def test_a_secret_word_is_not_given_away_by_a_correction(publish):
    publish("Seilbahnprojekt", published=False)
    publish("Etwas ganz anderes")
    assert queries.find("Seilbahnprojeckt").corrected_query == ""


def test_moderation_hides_at_once(publish):
    subject = publish("Ein Brunnen für alle")
    Subject.objects.filter(pk=subject.pk).update(restricted=True)
    assert titles("Brunnen") == []


def test_a_changed_text_is_found_by_its_new_words_only(publish):
    subject = publish("Ein Brunnen für alle")
    actions.index(subject, "Eine Bank für alle")
    assert titles("Bank") == ["Eine Bank für alle"]
    assert titles("Brunnen") == []


def test_what_is_removed_or_deleted_is_gone(publish):
    one, other = publish("Brunnen eins"), publish("Brunnen zwei")
    actions.remove(one)
    Subject.objects.filter(pk=other.pk).delete()
    assert titles("Brunnen") == []
    actions.fold()
    assert not Word.objects.filter(term="brunn", documents__gt=0).exists()


def test_title_goes_before_text_and_the_phrase_before_the_scattered_words(publish):
    publish("Ganz etwas anderes", "Hier steht der Brunnen nur im Text, weit hinten und einmal.")
    publish("Der Brunnen")
    assert titles("Brunnen")[0] == "Der Brunnen"
    filler = "und noch vieles mehr "
    publish("Zerstreut", f"offene {filler} Werkstatt {filler} Tür")
    publish("Beisammen", f"{filler} offene Werkstatt {filler}")
    assert titles("offene Werkstatt")[0] == "Beisammen"


def test_words_that_never_meet_are_searched_one_by_one_and_said(publish):
    publish("Fahrräder ausleihen")
    publish("Die Bibliothek am Gasteig")
    found = queries.find("Fahrrad Bibliothek xyzzyq")
    assert {hit.plain_title for hit in found.hits} == {"Fahrräder ausleihen", "Die Bibliothek am Gasteig"}
    assert found.left_out == ("xyzzyq",)


def test_kinds_and_districts_narrow(publish):
    laim = District.objects.create(number=25, name="Laim", slug="laim")
    publish("Ein Baum", district=laim)
    publish("Zwei Bäume", kind="testidea")
    found = queries.find("Baum")
    assert (found.total, found.facets) == (2, {"testplan": 1, "testidea": 1})
    assert titles("Baum", kinds=["testidea"]) == ["Zwei Bäume"]
    assert titles("Baum", kinds=[]) == []
    assert titles("Baum", district=laim.pk) == ["Ein Baum"]
    [only] = queries.find_ids("Baum", "testidea")
    assert Subject.objects.get(pk=only).title == "Zwei Bäume"


def test_pages_follow_each_other_without_gap_or_repetition(publish):
    for number in range(7):
        publish(f"Baum Nummer {number}")
    seen = titles("Baum", limit=3) + titles("Baum", limit=3, offset=3) + titles("Baum", limit=3, offset=6)
    assert len(seen) == len(set(seen)) == 7
    assert titles("Baum", limit=3, offset=9) == []


def test_snippets_mark_and_escape(publish):
    publish("<script>alert(1)</script> Baum", "Vorher. " * 80 + "Der <b>Baum</b> & die Bäume. " + "Nachher. " * 80)
    [hit] = queries.find("Baum").hits
    assert hit.title == "&lt;script&gt;alert(1)&lt;/script&gt; <mark>Baum</mark>"
    assert "Der &lt;b&gt;<mark>Baum</mark>&lt;/b&gt; &amp; die <mark>Bäume</mark>." in hit.snippet
    assert hit.snippet.startswith("… ")
    assert hit.snippet.endswith(" …")
    assert len(hit.snippet) < 400


def test_a_compound_is_marked_whole(publish):
    publish("Kinderbetreuung")
    [hit] = queries.find("Kinder").hits
    assert hit.title == "<mark>Kinderbetreuung</mark>"


def test_english_words_are_found_too(publish):
    publish("Open Data Portal: datasets for everybody")
    assert len(titles("open data")) == 1
    assert len(titles("dataset")) == 1


NONSENSE = [
    "", " ", "\x00", "Baum\x00", "x" * 20_000, "Baum " * 5_000, "'", '"', "';--", '" OR 1=1 --', "Baum' OR '1'='1",
    "NEAR(Baum, 2)", "title_terms:Baum", "Baum*", "*", "^Baum", "-Baum", "Baum AND", "(((", ")))", "Baum <-> Baum",
    "Baum:*", "!Baum", "& | !", "\\", "\\x00", "%", "_", "😀", "👩‍👩‍👧", "\u202eBaum", "עץ", "شجرة", "木", "Ω",
    "%s {0}", "und oder aber", "\ud800", "{{ 7*7 }}", "<script>", "a" * 64 + "-" + "b" * 200, "-" * 300, "1e999", "٣",
]  # fmt: skip


@pytest.mark.parametrize("query", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_answered_calmly(publish, query):
    publish("Ein Baum")
    found = queries.find(query)
    assert found.total in (0, 1)
    assert len(found.query) <= 200
    assert queries.find_ids(query) <= set(Subject.objects.values_list("pk", flat=True))
    assert isinstance(queries.suggest(query), list)


@pytest.mark.parametrize("query", ["NEAR(Baum, 2)", "title_terms:Baum", '" OR "Baum', "-Baum", "Baum AND Brunnen"])
def test_signs_of_query_languages_mean_nothing(publish, query):
    """ "Brunnen" matches neither as an alternative nor as a negation."""
    publish("Ein Brunnen")
    publish("Ein Strauch")
    assert "Ein Strauch" not in titles(query)


def test_foreign_scripts_are_found_exactly(publish):
    publish("Библиотека в Мюнхене")
    assert titles("библиотека") == ["Библиотека в Мюнхене"]


def test_suggestions_complete_the_last_word(publish):
    publish("Radverkehr stärken")
    publish("Rathaus öffnen")
    assert [s.title for s in queries.suggest("Radv")] == ["Radverkehr stärken"]
    assert [s.title for s in queries.suggest("öffn")] == ["Rathaus öffnen"]
    assert queries.suggest("Ra") == []


def test_more_hits_than_are_counted_are_said_and_titles_come_first(publish, monkeypatch):
    monkeypatch.setattr(queries, "MOST", 5)
    for number in range(9):
        publish(f"Vorhaben {number}", "mit Baum im Text")
    publish("Baum im Titel")
    found = queries.find("Baum", limit=5)
    assert (found.total, found.more) == (5, True)
    assert found.hits[0].plain_title == "Baum im Titel"
    assert len(queries.find_ids("Baum")) == 10


def test_the_vocabulary_follows_every_change_and_folding_changes_no_answer(publish):
    WordChange.objects.all().delete()  # what emptying the tables after a race left behind
    one = publish("Brunnen und Brunnen")
    publish("Brunnen")
    words = vocabulary.current()
    assert words.count("brunn") == 2
    assert WordChange.objects.count() == 2
    assert actions.fold() == 2
    assert WordChange.objects.count() == 0
    assert Word.objects.get(term="brunn").documents == 2
    assert vocabulary.current().count("brunn") == 2
    actions.index(one, "Bank")
    assert vocabulary.current().count("brunn") == 1
    actions.index(one, "Bank")  # nothing new, nothing noted
    assert WordChange.objects.count() == 1


def test_a_rebuild_asks_the_rooms_and_may_be_repeated(publish, monkeypatch):
    subject, stale = publish("Alter Titel"), publish("Abgeschafft")
    other_kind = publish("Eine Idee", kind="testidea")
    source = registry.Source(subject.pk, "Neuer Titel", "mit einer Drohne", state="Geplant", weight=7)
    monkeypatch.setattr(registry, "_sources", {"testplan": lambda: iter([source])})
    actions.rebuild()
    first = (
        list(Document.objects.order_by("pk").values()),
        list(Word.objects.order_by("pk").values("term", "documents")),
    )
    assert [d["title"] for d in first[0]] == ["Neuer Titel", "Eine Idee"]
    assert not Document.objects.filter(pk=stale.pk).exists()
    assert Document.objects.filter(pk=other_kind.pk).exists()
    actions.rebuild()
    again = (
        list(Document.objects.order_by("pk").values()),
        list(Word.objects.order_by("pk").values("term", "documents")),
    )
    assert again == first
    assert titles("Drohne") == ["Neuer Titel"]
    assert titles("alter") == []


def test_a_rebuild_heals_a_wrong_vocabulary(publish):
    publish("Brunnen")
    actions.fold()
    Word.objects.filter(term="brunn").update(documents=99)
    Word.objects.create(term="gespenst", documents=3)
    actions.rebuild()
    assert dict(Word.objects.values_list("term", "documents")) == {"brunn": 1}


def test_the_index_can_be_made_anew_and_its_absence_is_noticed(publish):
    publish("Brunnen")
    assert index_is_there(databases=["default"]) == []
    schema.drop(connection)
    assert [e.id for e in index_is_there(databases=["default"])] == ["search.E001"]
    schema.create(connection)
    assert titles("Brunnen") == ["Brunnen"]
    assert index_is_there(databases=["default"]) == []


def test_a_search_asks_the_same_number_of_questions_however_many_hits(publish, assert_constant_queries):
    for number in range(4):
        publish(f"Baum Nummer {number}", "offene Werkstatt")

    def more():
        for number in range(15):
            publish(f"Baum Stamm {number}", "offene Werkstatt")

    assert_constant_queries(more, lambda: queries.find("offene Werkstatt"), at_most=6)


@pytest.mark.parametrize("writers", [8])
def test_parallel_writers_lose_no_word(race, writers):
    """Everybody writes the same words at once; folding meanwhile counts each document once."""
    from mitstadt.subjects import actions as subjects

    made = [subjects.create("testplan", f"Brunnen {n}", f"/x/{n}/", published=True) for n in range(writers * 5)]

    def work(number):
        for step in range(5):
            subject = made[number * 5 + step]
            actions.index(subject, f"Brunnen {number}", "am Marienplatz in München")
            if step % 2:
                actions.fold()
            actions.index(subject, f"Brunnen und Bank {number}", "am Marienplatz in München")
        return queries.find("Brunnen").total

    outcome = race(writers, work)
    assert outcome.errors == []
    actions.fold()
    counted = dict(Word.objects.filter(term__in=["brunn", "bank", "munch"]).values_list("term", "documents"))
    assert counted == {"brunn": writers * 5, "bank": writers * 5, "munch": writers * 5}
    assert queries.find("Brunnen").total == writers * 5


def test_when_there_are_many_only_the_likely_ones_are_ranked_and_none_is_lost(publish, monkeypatch):
    """A title goes before a heavier text; the phrase, the count and the pages stay as they are."""
    monkeypatch.setattr(engine, "RANKED", 3)
    for number in range(8):
        publish(f"Vorhaben {number}", "mit Baum im Text", weight=90)
    publish("Baum im Titel")
    found = queries.find("Baum")
    assert (found.total, found.more, len(found.hits)) == (9, False, 9)
    assert found.hits[0].plain_title == "Baum im Titel"
    assert sorted(titles("Baum", limit=4) + titles("Baum", limit=5, offset=4)) == sorted(titles("Baum"))


def test_words_in_more_titles_than_are_counted_find_titles_only(publish, monkeypatch):
    """The texts need not be asked then: a draft and another kind stay out all the same."""
    monkeypatch.setattr(queries, "MOST", 5)
    monkeypatch.setattr(queries, "_FREQUENT", 0.5)
    for number in range(7):
        publish(f"Baum {number}")
    publish("Baum im Entwurf", published=False)
    publish("Woanders", "ein Baum im Text")
    publish("Baum als Idee", kind="testidea")
    found = queries.find("Baum", limit=20)
    assert (found.total, found.more) == (5, True)
    assert all("Baum" in hit.plain_title for hit in found.hits)
    assert "Baum im Entwurf" not in titles("Baum", limit=20)
    assert titles("Baum", kinds=["testidea"]) == ["Baum als Idee"]
    assert len(queries.find_ids("Baum")) == 9


def test_two_folders_at_once_count_every_change_once(race):
    from mitstadt.subjects import actions as subjects

    WordChange.objects.all().delete()  # what emptying the tables after a race left behind
    made = [subjects.create("testplan", f"Brunnen {n}", f"/x/{n}/", published=True) for n in range(20)]
    for subject in made:
        actions.index(subject, "Brunnen")
    outcome = race(4, lambda _number: actions.fold())
    assert outcome.errors == []
    assert Word.objects.get(term="brunn").documents == 20
    assert WordChange.objects.count() == 0
