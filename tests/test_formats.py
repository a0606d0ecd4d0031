"""One conformance suite for every registered format of participation.

A format passes when: its page answers in each phase (before, during, after), for nobody and for a citizen; outside of
its phase every verb is refused with a sentence; its export yields public rows with stable columns; what staff enter
for others counts like everything else; it asks the database equally often however much there is; its words survive in
English.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from mitstadt.comments.models import Channel
from mitstadt.kit import clock
from mitstadt.participation import access, registry, samples
from mitstadt.participation.actions import processes
from mitstadt.participation.models import Phase, Process

FORMATS = [found.slug for found in registry.all_formats()]
pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("slug", FORMATS)]


def settings_of(found: registry.Format) -> dict:
    """Settings that let the format's own form pass: every required text and number filled."""
    filled = {}
    for name, field in found.settings().fields.items():
        if field.required and field.initial is None:
            choices = getattr(field, "choices", None)
            filled[name] = next(iter(choices))[0] if choices else "Was soll der Platz können?"
    return filled


@pytest.fixture
def module(slug):
    found = registry.get(slug)
    made = samples.process(format=slug, settings=settings_of(found))
    found.sample(made)
    return samples.loaded(made)


def move(module, start, end):
    now = clock.now()
    Phase.objects.filter(module=module).update(start=now + timedelta(days=start), end=now + timedelta(days=end))
    Process.objects.filter(pk=module.process_id).update(
        first_start=now + timedelta(days=start), last_end=now + timedelta(days=end)
    )
    return samples.loaded(module)


def test_staff_preview_its_page_as_a_draft_as_anybody_on_any_day(module, coordinator, client_for):
    processes.move(samples.INSTALLATION, module.process, "draft")
    address = reverse("participation_staff:preview", args=[module.process.number])
    client = client_for(coordinator)
    for kind in ("niemand", "email", "konto", "wohnt", "ausweis"):
        for days in (-90, 0, 90):
            query = {"als": kind, "am": f"{clock.now() + timedelta(days=days):%Y-%m-%dT%H:%M}"}
            page = client.get(address, query | {"seite": module.subject.public_id})
            assert page.status_code == 200, query
            assert module.title in page.content.decode()
            assert {reason != "" for _t, _v, reason in client.get(address, query).context["possible"]} >= {days != 0}


@pytest.mark.parametrize(("start", "end"), [(3, 9), (-3, 9), (-9, -3)])
def test_its_page_answers_before_during_and_after(module, client, alice, client_for, start, end):
    module = move(module, start, end)
    for visitor in (client, client_for(alice)):
        for language in ("", "/en"):
            response = visitor.get(language + module.subject.path)
            assert response.status_code == 200
            assert module.title in response.content.decode()


def test_its_card_stands_on_the_page_of_the_process(module, client):
    page = client.get(module.process.subject.path)
    assert page.status_code == 200
    assert module.title in page.content.decode()


@pytest.mark.parametrize(("start", "end", "word"), [(3, 9, "ab"), (-9, -3, "bis")])
def test_outside_its_phase_every_verb_is_refused_with_a_date(module, alice, actor_of, start, end, word):
    module = move(module, start, end)
    for verb in registry.get(module.format).verbs:
        decision = access.can(actor_of(alice), verb, module, clock.now())
        assert not decision
        assert f" {word} " in decision.reason, (verb, decision.reason)


def test_an_unpublished_process_hides_its_pages_at_once(module, client, coordinator, actor_of):
    from mitstadt.participation.actions import processes

    processes.move(actor_of(coordinator), module.process, "draft")
    assert client.get(module.subject.path).status_code == 404
    assert client.get(module.process.subject.path).status_code == 404


def test_its_export_has_stable_columns_and_no_account(module):
    rows = list(registry.get(module.format).export(module))
    assert len({tuple(row) for row in rows}) <= 1
    assert not any(str(key).endswith(("user", "user_id", "email", "guest_id")) for row in rows for key in row)


def test_its_report_has_numbers(module):
    parts = registry.get(module.format).report(module)
    assert parts
    assert any(part.figures or part.tables for part in parts)


def test_what_staff_enter_for_others_is_marked_with_its_channel(module, actor_of, coordinator):
    found = registry.get(module.format)
    if found.entry is None:
        pytest.skip("nothing of this format comes on paper")
    form_class = found.entry.form(module)
    data = {}
    for name, field in form_class().fields.items():
        if field.required:
            choices = [value for value, _label in getattr(field, "choices", []) if value]
            multiple = field.__class__.__name__.startswith("Multiple")
            data[name] = [choices[0]] if choices and multiple else choices[0] if choices else "Mehr Schatten, bitte."
    form = form_class(data)
    assert form.is_valid(), form.errors
    said = found.entry.save(actor_of(coordinator), module, form.cleaned_data, Channel.PAPER, "abcd-1", None)
    assert said


def test_paper_asks_only_for_what_can_be_entered(module):
    found = registry.get(module.format)
    asked = {field.name for field in found.paper(module, module.phases.first())}
    if asked:
        assert found.entry is not None
        assert asked <= set(found.entry.form(module)().fields)


def test_its_page_asks_equally_often_with_more_in_it(module, client, assert_constant_queries):
    def more():
        for _round in range(2):
            registry.get(module.format).sample(module)

    assert_constant_queries(more, lambda: client.get(module.subject.path), at_most=14)


def test_its_address_is_a_promise(module):
    found = registry.get(module.format)
    assert module.subject.path == f"/beteiligung/{found.path}/{module.subject.public_id}/"
    assert reverse("participation:by_number", args=[module.process.number])
