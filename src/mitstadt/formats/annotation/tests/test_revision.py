"""The draft of a revision is read and commented on measure by measure; the coordination sees it at the revision."""

import pytest
from django.urls import reverse

from mitstadt.accounts.actor import COORDINATOR, Actor, Grant
from mitstadt.formats.annotation import actions, format, queries, revision
from mitstadt.formats.annotation.models import Version
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.participation import queries as participation
from mitstadt.participation import samples
from mitstadt.participation.actions import assessment, processes
from mitstadt.radar import actions as radar
from mitstadt.radar import exporter, synthetic
from mitstadt.radar.models import StagedRow

pytestmark = pytest.mark.django_db
CAROL = Actor(public_id="carol", grants=(Grant(COORDINATOR, 1, "IT-Referat", "Koordination"),))


@pytest.fixture
def staged():
    city = synthetic.build(measures=30, years=2, seed=4)
    first = radar.stage_import(CAROL, exporter.to_csv(city.years[0].measures), "a.csv")
    radar.publish_revision(CAROL, first)
    target = synthetic.target_of(city.years[1])
    made = radar.stage_import(CAROL, exporter.to_csv(city.years[1].measures), "b.csv", target=target)
    assert made.state == "ready", made.problems
    return made


@pytest.fixture
def module():
    return samples.process(format="annotation", publish=False)


def test_each_measure_that_changes_becomes_a_section_with_its_texts(staged, module, coordinator, actor_of):
    version = revision.prepare(actor_of(coordinator), module, staged.public_id)
    assert version.title == "Fortschreibung 2017"
    heads = list(version.paragraphs.filter(kind="h4").values_list("text", "about_id"))
    rows = staged.rows.exclude(verdict=StagedRow.Verdict.SAME)
    expected = {(f"M-{r.measure.number:03}: {r.title}" if r.measure else r.title, r.measure_id) for r in rows}
    assert set(heads) == expected
    assert len(heads) == len(expected)
    retired = rows.filter(verdict=StagedRow.Verdict.RETIRED).first()
    if retired is not None:
        told = version.paragraphs.filter(about_id=retired.measure_id).values_list("text", flat=True)
        assert "Diese Maßnahme soll nicht mehr Teil der Strategie sein." in told


def test_what_people_said_stands_at_the_revision(staged, module, alice, coordinator, actor_of, client_for):
    browser = client_for(coordinator)
    screen = f"/verwaltung/beteiligung/text/{module.subject.public_id}/"
    assert "Fortschreibung 2017" in browser.get(screen).content.decode()
    answer = browser.post(screen + "fortschreibung/", {"revision": staged.public_id})
    browser.post(answer["Location"] + "veroeffentlichen/")
    processes.move(samples.INSTALLATION, module.process, "open")
    module = samples.loaded(module)
    head = queries.current(module).paragraphs.filter(kind="h4", about__published=True).first()
    assert head.about.path in browser.get(module.subject.path).content.decode()
    target = actions.Target(1, head.key, 0, len(head.text))
    made = actions.annotate(actor_of(alice), module, target, "Bitte auch für Blinde.").contribution
    assessment.decide(
        actor_of(coordinator), participation.contribution(made.subject.public_id), "taken_up", "Steht jetzt drin."
    )
    assert f'href="{head.about.path}"' in browser.get(made.subject.path).content.decode()
    page = browser.get(reverse("radar_staff:import", args=[staged.public_id]))
    shown = page.content.decode()
    for said in ("Was Menschen dazu sagen", "Bitte auch für Blinde.", "wird aufgenommen", "Steht jetzt drin."):
        assert said in shown
    assert f"/auswertung/{made.subject.public_id}/" in shown


def test_only_who_may_publish_a_revision_opens_it(staged, module, editor, coordinator, actor_of):
    assert revision.drafts(actor_of(editor)) == []
    assert [found.pk for found in revision.drafts(actor_of(coordinator))] == [staged.pk]
    with pytest.raises(Refused):
        revision.prepare(actor_of(editor), module, staged.public_id)
    radar.discard_import(CAROL, staged)
    with pytest.raises(DomainError):
        revision.prepare(actor_of(coordinator), module, staged.public_id)
    assert not Version.objects.exists()
    assert format.missing(module)
