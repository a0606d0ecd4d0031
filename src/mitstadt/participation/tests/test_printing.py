"""Paper forms: every sheet has a code of its own, a wrong sign is noticed, and a sheet is entered once."""

import pytest
from django.urls import reverse

from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.kit.ids import ALPHABET
from mitstadt.participation import samples
from mitstadt.participation.entry import actions, printing, sheetcodes
from mitstadt.participation.models import Entered, PrintedSheet

pytestmark = pytest.mark.django_db
TEXT = {"text": "Mehr Bänke.", "name": ""}


@pytest.fixture
def module():
    return samples.process(format="debate", settings={"question": "Was fehlt?"})


def test_every_wrong_sign_and_every_swap_of_neighbours_is_noticed():
    for _number in range(20):
        code = sheetcodes.new()
        assert not sheetcodes.is_mistyped(code)
        plain = code.replace("-", "")
        for place, sign in enumerate(plain):
            for other in ALPHABET:
                wrong = plain[:place] + other + plain[place + 1 :]
                assert sheetcodes.is_mistyped(sheetcodes.tidy(wrong)) == (other != sign)
        for place in range(len(plain) - 2):
            swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
            assert sheetcodes.is_mistyped(sheetcodes.tidy(swapped)) == (swapped != plain)


def test_a_code_is_found_however_it_is_typed_and_other_numbers_stay():
    code = sheetcodes.new()
    assert sheetcodes.tidy(f" {code.upper().replace('-', ' ')} ") == code
    assert sheetcodes.tidy("Tisch 3,  Karte 12") == "Tisch 3, Karte 12"
    assert not sheetcodes.is_mistyped("Tisch 3, Karte 12")


def test_a_printed_sheet_is_entered_once_and_again_after_it_was_taken_back(module):
    pdf = printing.pile(samples.INSTALLATION, module, 3)
    assert pdf.startswith(b"%PDF-")
    first, second, _third = PrintedSheet.objects.values_list("code", flat=True).order_by("pk")
    batch = actions.open_batch(samples.INSTALLATION, module, "paper", clock.today())
    actions.enter(samples.INSTALLATION, batch, TEXT, sheet=first.upper())
    with pytest.raises(DomainError, match="schon eingetragen") as refused:
        actions.enter(samples.INSTALLATION, batch, TEXT, sheet=first)
    assert refused.value.field == "sheet"
    mistyped = ("3" if second[0] == "2" else "2") + second[1:]
    with pytest.raises(DomainError, match="vertippt"):
        actions.enter(samples.INSTALLATION, batch, TEXT, sheet=mistyped)
    assert Entered.objects.count() == 1
    actions.undo(samples.INSTALLATION, batch)
    actions.enter(samples.INSTALLATION, batch, TEXT, sheet=first)
    other = samples.process(format="debate", settings={"question": "Und?"})
    elsewhere = actions.open_batch(samples.INSTALLATION, other, "paper", clock.today())
    with pytest.raises(DomainError, match="anderen Modul"):
        actions.enter(samples.INSTALLATION, elsewhere, TEXT, sheet=second)


def test_the_screen_keeps_what_was_typed_when_the_sheet_is_refused(module, client_for, coordinator):
    printing.pile(samples.INSTALLATION, module, 1)
    code = PrintedSheet.objects.get().code
    batch = actions.open_batch(samples.INSTALLATION, module, "paper", clock.today())
    actions.enter(samples.INSTALLATION, batch, TEXT, sheet=code)
    path = reverse("participation_staff:entry", args=[module.process.number, batch.pk])
    page = client_for(coordinator).post(path, {"text": "Noch einmal", "sheet": code})
    assert page.status_code == 422
    assert "schon eingetragen" in page.content.decode()
    assert "Noch einmal" in page.content.decode()


@pytest.mark.parametrize("slug", ["ideas", "debate", "meeting", "annotation", "survey"])
def test_everybody_may_print_a_blank_form_while_it_is_of_use(slug, client):
    settings = {"question": "Was fehlt?"} if slug == "debate" else {}
    running = samples.process(format=slug, settings=settings)
    page = client.get(running.subject.path).content.decode()
    path = reverse("participation:paper_form", args=[running.subject.public_id])
    if not printing.possible(running):
        assert path not in page
        return
    assert path in page
    answer = client.get(path, {"gross": "1"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_after_the_end_there_is_no_form(client):
    over = samples.process(format="debate", settings={"question": "Was fehlt?"}, days=(-9, -3))
    assert client.get(reverse("participation:paper_form", args=[over.subject.public_id])).status_code == 404


def test_staff_print_a_pile_and_others_do_not(module, client_for, coordinator, other_editor):
    path = reverse("participation_staff:print", args=[module.process.number, module.subject.public_id])
    assert client_for(other_editor).post(path, {"count": 2, "language": "de"}).status_code == 403
    page = client_for(coordinator)
    wrong = page.post(path, {"count": 1000, "language": "de"})
    assert wrong.status_code == 422
    made = page.post(path, {"count": 2, "language": "en", "large": "on"})
    assert made["Content-Type"] == "application/pdf"
    assert PrintedSheet.objects.count() == 2
    assert "2 Bögen gedruckt" in page.get(path).content.decode()
