"""What a rule notices, and what it must leave alone."""

from __future__ import annotations

import pytest

from mitstadt.moderation import rules

WORDS = frozenset({"arschloch", "wichser"})


def noticed(text: str, **more: object) -> list[str]:
    return [finding.rule for finding in rules.findings(text, WORDS, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "number",
    [
        "089 23300",
        "089/233-00000",
        "(089) 123456",
        "0171 1234567",
        "0171/12 34 56 7",
        "01711234567",
        "+49 89 1234567",
        "+49 (0)89 1234567",
        "0049 171 1234567",
        "+43 1 58858",
        "08141 12345",
        "0 89 / 23 30 00",
        "089 – 233 96484",
        "0171–1234567",
        "0171.123.45.67",
        "Handy: 1712345678",
        "Tel. 23 39 64 84",
    ],
)
def test_a_phone_number_is_noticed(number: str) -> None:
    assert noticed(f"Rufen Sie mich an: {number}, abends.") == ["phone"]


@pytest.mark.parametrize(
    "text",
    [
        "Sitzungsvorlage 20-26 / V 04811",
        "Siehe Vorlage Nr. 14-20 / V 15155 und 08-14 / V 12345.",
        "Am 03.03.2026 um 09:30 Uhr",
        "03-05-2026 bis 04-05-2026",
        "03/05/2026",
        "08:00-16:00 Uhr",
        "80331 München, 01067 Dresden",
        "0,5 Prozent, 0.25 Grad",
        "1.000.000 Euro",
        "von 2019 bis 2025",
        "ISBN 978-3-16-148410-0",
        "DIN EN ISO 9241-110",
        "§ 45 StVO, Absatz 1b Satz 1 Nummer 5",
        "48.13743, 11.57549",
        "Buslinie 100 und Tram 19/29",
        "Maßnahme 0815",
        "100 000 Menschen in 25 Bezirken",
        "Aktenzeichen 6 K 1234/20",
        "115",
        "Maßnahme 0815. 2027 kommt sie",
        "Telefon 115, ohne Vorwahl",
        "Mobil 2030: 48 Stationen",
        "Tel. 08–16 Uhr",
    ],
)
def test_numbers_of_a_city_are_no_phone_numbers(text: str) -> None:
    assert noticed(text) == []


@pytest.mark.parametrize(
    "address",
    [
        "bob@example.org",
        "vorname.nachname+x@sub.example.de",
        "bob (at) example.org",
        "BOB[at]EXAMPLE.ORG",
        "bob (at) mail (dot) example [punkt] org",
    ],
)
def test_a_mail_address_is_noticed(address: str) -> None:
    assert noticed(f"Schreiben Sie an {address} bitte") == ["email"]


@pytest.mark.parametrize("text", ["@stadt macht das gut", "Treffpunkt @ Marienplatz", "10 @ 3 Euro", "a@b"])
def test_an_at_sign_alone_is_no_mail_address(text: str) -> None:
    assert noticed(text) == []


# Example numbers published by the registry of ISO 13616 (SWIFT) and the German Bundesbank
@pytest.mark.parametrize(
    "iban",
    [
        "DE89370400440532013000",
        "DE89 3704 0044 0532 0130 00",
        "DE89-3704-0044-0532-0130-00",
        "DE89–3704–0044–0532–0130–00",
        "de89 3704 0044 0532 0130 00",
        "AT611904300234573201",
        "CH93 0076 2011 6238 5295 7",
        "GB29NWBK60161331926819",
        "NL91ABNA0417164300",
    ],
)
def test_a_bank_account_is_noticed_and_nothing_else(iban: str) -> None:
    assert noticed(f"Spenden auf {iban} Danke") == ["iban"]


@pytest.mark.parametrize(
    "text",
    [
        "DE88370400440532013000",  # wrong check digits
        "DE89 3704 0044 0532 0130 01",
        "AB12 CDEF GHIJ KLMN OPQR",
        "EU2020 DIGITAL STRATEGIE",
    ],
)
def test_what_fails_the_checksum_is_no_bank_account(text: str) -> None:
    assert "iban" not in noticed(text)


def test_two_links_are_fine_and_three_are_noticed() -> None:
    two = "Siehe https://example.org/a und www.example.org/b"
    assert noticed(two) == []
    assert noticed(f"{two} und http://example.org/c") == ["links"]


def test_numbers_inside_a_link_are_no_phone_number() -> None:
    assert noticed("https://example.org/vorlage/0171 und https://example.org/08912345678") == []


def test_the_same_text_again_is_noticed() -> None:
    earlier = ["Bitte mehr Radwege in Giesing!"]
    assert noticed("Bitte mehr Radwege  in Giesing", earlier=earlier) == ["repeated"]
    assert noticed("Bitte mehr Radwege in Sendling", earlier=earlier) == []


def test_a_short_thank_you_may_be_said_often() -> None:
    assert noticed("Danke!", earlier=["Danke!", "Danke"]) == []


def test_one_line_three_times_is_noticed() -> None:
    assert noticed("Kauft bei Müller!\n" * 3) == ["repeated"]
    assert noticed("Kauft bei Müller!\n" * 2) == []


@pytest.mark.parametrize("text", ["Du Arschloch", "du ARSCHLOCH!", "Arsch\u200bloch", "so ein Arschloch-Verhalten"])
def test_a_listed_word_is_noticed(text: str) -> None:
    assert noticed(text) == ["word"]


@pytest.mark.parametrize("text", ["Scunthorpe", "Arschlochkarte", "Wichsereien", "Lochblech"])
def test_a_word_inside_another_is_not(text: str) -> None:
    assert noticed(text) == []


def test_shouting_is_noticed() -> None:
    assert noticed("DAS IST DOCH WIRKLICH EINE FRECHHEIT VON EUCH ALLEN HIER") == ["shouting"]


@pytest.mark.parametrize(
    "text",
    [
        "MVG, KVR, RIT und POR sollten sich abstimmen.",
        "NEIN DANKE",
        "Das KVR und das RIT prüfen die E-Akte für alle Referate der Stadt.",
        "UNESCO, NATO und OECD haben dazu Berichte veröffentlicht.",
        "",
        "😀😀😀",
    ],
)
def test_abbreviations_are_no_shouting(text: str) -> None:
    assert noticed(text) == []


def test_an_ordinary_contribution_passes() -> None:
    text = (
        "Ich fahre täglich mit dem Rad von Giesing in die Innenstadt. An der Kreuzung Tegernseer Landstraße / "
        "Grünwalder Straße fehlt seit 2019 eine Abbiegespur (vgl. Vorlage 20-26 / V 04811). Wann kommt sie? Danke!"
    )
    assert noticed(text) == []


def test_several_things_are_named_each_once_and_shortened() -> None:
    found = rules.findings("bob@example.org, alice@example.org, 0171 1234567", WORDS)
    assert [(f.rule, f.count) for f in found] == [("email", 2), ("phone", 1)]
    assert all("example.org" not in f.hint and "1234567" not in f.hint for f in found)


def test_every_finding_has_a_sentence() -> None:
    for rule in (rules.EMAIL, rules.PHONE, rules.IBAN, rules.LINKS, rules.REPEATED, rules.WORD, rules.SHOUTING):
        assert rules.Finding(rule, count=3).reason.endswith(".")


@pytest.mark.parametrize(
    "text", ["0 " * 20_000, "1" * 50_000, "a@" * 20_000, "DE89 " * 10_000, "+49 " * 10_000, "A-" * 20_000]
)
def test_a_hostile_text_costs_no_more_than_a_moment(text: str) -> None:
    import time

    start = time.monotonic()
    rules.findings(text, WORDS)
    assert time.monotonic() - start < 2


def test_working_days_skip_weekends_and_holidays() -> None:
    from datetime import date

    easter_monday = date(2026, 4, 6)
    good_friday = date(2026, 4, 3)
    after = rules.working_day_after(date(2026, 4, 1), 3, lambda day: day in (good_friday, easter_monday))
    assert after == date(2026, 4, 8)  # Thursday 2, Tuesday 7, Wednesday 8
