"""What a visitor reads: list, calendar, process, results."""

import re

import pytest

from mitstadt.participation import samples
from mitstadt.participation.actions import processes
from mitstadt.participation.models import Process

pytestmark = pytest.mark.django_db
DEBATE = {"settings": {"question": "Was fehlt dem Platz?"}}


def test_the_list_shows_what_runs_and_asks_equally_often_with_more(client, assert_constant_queries):
    samples.process("Trinkbrunnen", format="debate", **DEBATE)
    page = client.get("/beteiligung/").content.decode()
    assert "Trinkbrunnen" in page
    assert "Mitreden" in page

    def more():
        for number in range(3):
            samples.process(f"Platz {number}", format="debate", **DEBATE)

    assert_constant_queries(more, lambda: client.get("/beteiligung/"), at_most=16)


def test_a_district_that_does_not_exist_is_named(client):
    page = client.get("/beteiligung/?bezirk=999").content.decode()
    assert "„999“" in page


def test_drafts_are_nowhere(client):
    module = samples.process("Geheimplan", format="debate", publish=False, **DEBATE)
    for address in ("/beteiligung/", "/beteiligung/kalender/", "/beteiligung/kalender.ics"):
        assert "Geheimplan" not in client.get(address).content.decode()
    assert client.get(module.process.subject.path).status_code == 404
    assert client.get(module.subject.path).status_code == 404


def test_a_renamed_process_keeps_its_old_address(client, coordinator, actor_of):
    process = samples.process("Alter Name", format="debate", **DEBATE).process
    old = process.subject.path
    processes.change(actor_of(coordinator), process, title="Neuer Name")
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, process.get_absolute_url())
    assert client.get(f"/beteiligung/p-{process.number:03d}-nie-so-genannt/").status_code == 404
    assert client.get(f"/beteiligung/p-{process.number:03d}/").status_code == 301


def test_the_calendar_file_holds_each_phase(client):
    from icalendar import Calendar

    samples.process("Trinkbrunnen", format="debate", days=(3, 9), **DEBATE)
    read = Calendar.from_ical(client.get("/beteiligung/kalender.ics").content)
    assert [str(event["summary"]) for event in read.walk("VEVENT")] == ["Trinkbrunnen: Gespräch"]


def test_nothing_is_published_while_something_is_missing(coordinator, actor_of, department):
    from mitstadt.kit.errors import DomainError

    process = processes.create(actor_of(coordinator), department("RIT"), "Noch leer")
    with pytest.raises(DomainError) as refused:
        processes.move(actor_of(coordinator), process, "open")
    assert "Was hier entschieden werden kann" in refused.value.message
    assert Process.objects.get(pk=process.pk).stage == "draft"


def test_a_process_that_is_answered_early_invites_nobody_any_more(client, coordinator, actor_of):
    module = samples.process("Trinkbrunnen", format="debate", **DEBATE)
    processes.move(actor_of(coordinator), module.process, "answered", result="Er kommt an die Ecke.")
    for address in ("/beteiligung/", module.process.subject.path, module.subject.path):
        page = client.get(address).content.decode()
        assert not re.search(r"noch (\d+|einen?) (Tag|Woche)", page), address
        assert not re.search(r'class="[^"]*primary[^"]*"[^>]*>\s*Mitreden', page), address
    assert "beantwortet. Mitmachen geht nicht mehr." in client.get(module.process.subject.path).content.decode()
    assert ">jetzt<" not in client.get(module.subject.path).content.decode()
    [phase] = client.get(f"/api/v1/processes/{module.process.number}").json()["phases"]
    assert phase["when"] == "over"


def test_each_phase_says_whether_it_is_informal_or_formal(client):
    module = samples.process("Bebauungsplan", format="debate", **DEBATE)
    assert "keine förmliche Stellungnahme" in client.get(module.process.subject.path).content.decode()
    module.phases.update(formality="formal", legal_basis="§ 3 Abs. 2 BauGB")
    page = client.get(module.process.subject.path + "?neu").content.decode()
    assert "Förmliche Beteiligung nach § 3 Abs. 2 BauGB: Ihr Beitrag gilt als Stellungnahme." in page
    assert "keine förmliche" not in page
