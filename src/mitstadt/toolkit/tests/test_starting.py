"""From a recommendation to a process, its tasks, and what was learned."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from django.urls import reverse

from mitstadt.kit import cache
from mitstadt.participation.models import Process
from mitstadt.toolkit import catalogue, demo, queries, ruling
from mitstadt.toolkit.catalogue import Change, CombinationData, ExperienceData, MethodData
from mitstadt.toolkit.models import Combination, Elsewhere, Method, RuleVersion, Start, Task, Use
from mitstadt.toolkit.staff import difference
from tests.support.people import sign_in


@pytest.fixture(scope="module")
def loaded(module_db):
    demo.load()


@pytest.fixture
def staff(db, loaded, client_for, coordinator):
    return client_for(coordinator)


ANSWERS = "gegenstand=ort&offen=weitgehend&betroffen=viertel&ab=2027-01-04&bis=2027-12-01"
BEGIN = f"/verwaltung/methoden/beginnen/?plan=quartier-gestalten&{ANSWERS}"


@pytest.fixture
def begun(staff, department):
    answer = staff.post(
        BEGIN, {"title": "Ein Platz für alle", "department": department("RIT").pk, "start": "2027-01-04"}
    )
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return Process.objects.get(title="Ein Platz für alle")


def test_one_click_makes_a_draft_with_phases_in_order_and_keeps_the_answers(begun):
    assert begun.stage == "draft"
    phases = list(begun.phases.order_by("start"))
    titles = [phase.title for phase in phases]
    steps = Method.objects.in_bulk(field_name="slug")
    combination = ["stadtteilspaziergang", "kinderstreifzug", "kartenbeteiligung", "planungswerkstatt"]
    assert [title for title in titles if title in {steps[s].name for s in combination}] == [
        steps[slug].name for slug in combination
    ]
    assert all(phase.end > phase.start for phase in phases)
    assert max(p.end for p in phases if p.title != steps["ergebnisfeedback"].name).date() < date(2027, 12, 1)
    start = Start.objects.get(process=begun)
    assert start.entry == "quartier-gestalten"
    assert "offen=weitgehend" in start.answers


def test_the_form_is_filled_with_the_day_of_the_address(staff):
    assert 'value="2027-01-04"' in staff.get(BEGIN).content.decode()


def test_it_really_is_one_click(staff, department):
    """The form is filled: whoever only presses the button gets a draft with the name of the combination."""
    page = staff.get(BEGIN)
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields}
    assert sent["title"] == "Quartier gestalten"
    assert staff.post(BEGIN, sent | {"department": department("RIT").pk}).status_code == 302
    assert Process.objects.filter(title="Quartier gestalten").exists()


def test_answers_and_title_wait_behind_a_login_that_ran_out(db, loaded, coordinator, client, department):
    sent = {"title": "Mein langer Titel", "department": department("RIT").pk, "start": "2027-02-01"}
    late = client.post(BEGIN, sent)
    assert late.status_code == 302
    target = parse_qs(urlsplit(late["Location"]).query)["next"][0]
    assert target == BEGIN  # with every answer
    page = sign_in(client, coordinator).get(target)
    assert 'value="Mein langer Titel"' in page.content.decode()
    assert 'value="2027-02-01"' in page.content.decode()
    assert client.post(target, sent).status_code == 302
    assert Start.objects.get().answers.count("=") >= 5


def test_an_evaluation_waits_behind_a_login_that_ran_out(begun, coordinator, client):
    use = Use.objects.filter(process=begun).first()
    address = reverse("toolkit_staff:process", args=[begun.number])
    late = client.post(address, {"use": str(use.pk), f"use-{use.pk}-learned": "Früher anfragen"})
    assert parse_qs(urlsplit(late["Location"]).query)["next"] == [address]
    assert "Früher anfragen" in sign_in(client, coordinator).get(address).content.decode()


def test_what_happens_on_site_brings_tasks_before_and_after_it(begun):
    tasks = Task.objects.filter(process=begun, method__slug="stadtteilspaziergang")
    walk = begun.phases.get(title=Method.objects.get(slug="stadtteilspaziergang").name)
    assert tasks.exists()
    assert min(task.due for task in tasks) < walk.start.date() < max(task.due for task in tasks)
    assert not Task.objects.filter(process=begun, method__slug="kartenbeteiligung").exists()


def test_a_task_is_ticked_with_who_did_it(begun, staff):
    task = Task.objects.filter(process=begun).first()
    address = reverse("toolkit_staff:process", args=[begun.number])
    staff.post(address, {"task": task.pk, "done": "1"})
    task.refresh_from_db()
    assert task.done_at is not None
    assert task.done_by
    staff.post(address, {"task": task.pk, "done": "0"})
    task.refresh_from_db()
    assert task.done_at is None


def test_what_was_learned_is_public_only_after_release(begun, staff, client):
    Process.objects.filter(pk=begun.pk).update(stage="answered")
    begun.subject.published = True
    begun.subject.save()
    use = Use.objects.get(process=begun, method__slug="kinderstreifzug")
    address = reverse("toolkit_staff:process", args=[begun.number])
    fields = {"persons": "18", "euro": "400", "days": "6", "reached": "Zwei Klassen", "learned": "Früher anfragen"}
    data = {"use": str(use.pk)} | {f"use-{use.pk}-{key}": value for key, value in fields.items()}
    assert staff.post(address, data).status_code == 302
    page = client.get("/methoden/kinderstreifzug/").content.decode()
    assert "Ein Platz für alle" in page
    assert "Früher anfragen" not in page
    assert staff.post(address, data | {f"use-{use.pk}-release": "on"}).status_code == 302
    page = client.get("/en/methoden/kinderstreifzug/").content.decode()  # another page than the one kept
    assert "Früher anfragen" in page
    assert "18" in page


def test_the_adviser_shows_what_was_learned_and_ranks_as_before(begun, staff, client):
    """Only what was released is shown, and never does it move anything."""
    address = f"/methoden/berater/?{ANSWERS}"

    def ranking(language):
        page = client.get(f"{language}{address}").content.decode()
        advice = client.get(f"/api/v1/methods/advice?{ANSWERS}").json()
        return page, [(one["id"], one["points"]) for one in advice["methods"] + advice["combinations"]]

    page, before = ranking("")
    assert "-mal hier" not in page  # a draft is no experience
    Process.objects.filter(pk=begun.pk).update(stage="answered")
    begun.subject.published = True
    begun.subject.save()
    use = Use.objects.get(process=begun, method__slug="planungswerkstatt")
    fields = {"persons": "120", "euro": "99000", "days": "300", "reached": "Niemanden", "learned": "Nie wieder"}
    data = {"use": str(use.pk)} | {f"use-{use.pk}-{key}": value for key, value in fields.items()}
    learned = reverse("toolkit_staff:process", args=[begun.number])
    staff.post(learned, data)
    cache.bump()
    page, used = ranking("")
    assert "1-mal hier" in page
    assert "120" not in page.split("Planungswerkstatt")[1][:900]
    assert used == before
    staff.post(learned, data | {f"use-{use.pk}-release": "on"})
    page, released = ranking("")
    assert "1-mal hier, 120 Menschen" in page
    assert released == before


def test_a_wrong_number_is_said_and_nothing_is_lost(begun, staff):
    use = Use.objects.filter(process=begun).first()
    address = reverse("toolkit_staff:process", args=[begun.number])
    answer = staff.post(
        address, {"use": str(use.pk), f"use-{use.pk}-persons": "viele", f"use-{use.pk}-learned": "Mein Text"}
    )
    assert answer.status_code == 422
    assert "Mein Text" in answer.content.decode()


def test_another_department_cannot_begin_here(client_for, other_editor, department, db, loaded):
    answer = client_for(other_editor).post(
        BEGIN, {"title": "Fremd", "department": department("RIT").pk, "start": "2027-01-04"}
    )
    assert answer.status_code == 422
    assert not Process.objects.filter(title="Fremd").exists()


# -- exchange ----------------------------------------------------------------------------------------------------
def test_the_export_is_valid_under_the_published_schema_and_reads_back(staff, client):
    import jsonschema

    data = json.loads(client.get("/methoden/katalog.json").content)
    schema = json.loads(client.get("/methoden/katalog/schema.json").content)
    jsonschema.Draft202012Validator(schema).validate(data)
    found, faults = catalogue.parse(yaml.safe_load(client.get("/methoden/katalog.yaml").content))
    assert faults == []
    assert found == queries.for_export()


def test_another_citys_catalogue_is_compared_first_and_taken_over_by_choice(staff):
    data = catalogue.to_data(queries.catalogue())
    first = data["formats"][0]
    first["duration"] = "den ganzen Tag"
    data["formats"].append({**data["formats"][1], "slug": "neu-aus-dortmund", "name_de": "Neu aus Dortmund"})
    text = json.dumps(data, ensure_ascii=False)
    page = staff.post("/verwaltung/methoden/austausch/", {"text": text}).content.decode()
    assert "Neu aus Dortmund" in page
    assert "den ganzen Tag" in page
    assert not Method.objects.filter(slug="neu-aus-dortmund").exists()
    staff.post("/verwaltung/methoden/austausch/", {"text": text, "take": ["neu-aus-dortmund"]})
    assert Method.objects.get(slug="neu-aus-dortmund").live
    assert Method.objects.get(slug=first["slug"]).duration != "den ganzen Tag"


EXCHANGE = "/verwaltung/methoden/austausch/"


def test_a_difference_speaks_the_words_of_the_form(staff, client):
    data = json.loads(client.get("/methoden/katalog.json").content)
    row = next(row for row in data["formats"] if row["slug"] == "fishbowl")
    poster = {"title": "Plakat", "url": "https://example.org/plakat", "source": "Dortmund"}
    row |= {"kind": "digital", "iap2": ["inform"], "partners": ["Schule", "Verein"], "materials": [poster]}
    row["duration_en"] = "one hour"
    page = staff.post(EXCHANGE, {"text": json.dumps(data)}).content.decode()
    for there in ("online", "informieren", "Schule · Verein", "Plakat | https://example.org/plakat | Dortmund"):
        assert f"<ins>{there}</ins>" in page
    for label in ("Art", "Stufen der Beteiligung (IAP2)", "Gute Partner", "Dauer auf Englisch"):
        assert f"> {label}<span" in page
    assert 'value="fishbowl.iap2"' in page
    assert "(&#x27;" not in page


def test_every_field_of_the_file_has_a_label():
    for what, made in (("method", MethodData), ("combination", CombinationData), ("experience", ExperienceData)):
        for field in dataclasses.fields(made):
            key = {("experience", name) for name in ("format", "city", "process")}
            if (what, field.name) not in key and field.name != "outdated_en":  # follows from the others
                change = Change("changed", "x", "x", what, ((field.name, "", ""),))
                assert difference.rows(change)[0][1], field.name


def exchanged(staff, data, *take):
    return staff.post(EXCHANGE, {"text": json.dumps(data, ensure_ascii=False), "take": list(take)})


def file_with(*formats, combinations=(), experiences=()):
    return {"formats": list(formats), "combinations": list(combinations), "experiences": list(experiences)}


@pytest.fixture
def rows(loaded, db):
    return {row["slug"]: row for row in catalogue.to_data(queries.catalogue())["formats"]}


def test_single_fields_are_merged_and_the_ends_of_a_span_stay_together(staff, rows):
    theirs = {
        **rows["fishbowl"],
        "duration": "den ganzen Tag",
        "risks": "Keine",
        "group_size": {"min": 5000, "max": 6000},
    }
    page = exchanged(staff, file_with(theirs)).content.decode()
    assert 'value="fishbowl.duration"' in page
    before = Method.objects.get(slug="fishbowl")
    assert exchanged(staff, file_with(theirs), "fishbowl.duration", "fishbowl.group_max").status_code == 302
    after = Method.objects.get(slug="fishbowl")
    assert after.duration == "den ganzen Tag"
    assert (after.group_min, after.group_max) == (5000, 6000)
    assert after.risks == before.risks
    assert after.latest_revision_id != before.latest_revision_id


def test_a_file_may_name_formats_that_are_only_here(staff, rows):
    new = {**rows["fishbowl"], "slug": "neu-dort", "name_de": "Neu dort", "combine_with": ["world-cafe"]}
    assert exchanged(staff, file_with(new), "neu-dort").status_code == 302
    assert Method.objects.get(slug="neu-dort").combine_with == ["world-cafe"]


def test_a_combination_does_not_come_without_its_formats(staff, rows):
    new = {**rows["fishbowl"], "slug": "neu-dort", "name_de": "Neu dort"}
    plan = {
        "slug": "dortige", "name_de": "Dortige", "goal": "x", "why": "", "phases": ["ideas"],
        "steps": ["world-cafe", "neu-dort"], "duration_weeks": [4, 8],
    }  # fmt: skip
    answer = exchanged(staff, file_with(new, combinations=[plan]), "dortige")
    assert answer.status_code == 422
    assert "neu-dort" in answer.content.decode()
    assert not Combination.objects.filter(slug="dortige").exists()
    assert exchanged(staff, file_with(new, combinations=[plan]), "dortige", "neu-dort").status_code == 302
    assert Combination.objects.get(slug="dortige").steps == ["world-cafe", "neu-dort"]


def test_a_draft_of_ours_is_not_overwritten_as_if_it_were_new(staff, rows):
    Method.objects.filter(slug="fishbowl").update(live=False, duration="unser Entwurf")
    page = exchanged(staff, file_with(rows["fishbowl"])).content.decode()
    assert "unser Entwurf" in page
    assert 'value="fishbowl" checked' not in page


def test_the_export_can_be_read_even_when_a_format_is_hidden(staff, client):
    Method.objects.filter(slug="ergebnisfeedback").update(live=False)
    found, faults = catalogue.parse(json.loads(client.get("/methoden/katalog.json").content))
    assert faults == []
    assert all("ergebnisfeedback" not in method.combine_with for method in found.methods)
    assert all("ergebnisfeedback" not in plan.steps for plan in found.combinations)


def released(begun, staff, slug="kinderstreifzug"):
    Process.objects.filter(pk=begun.pk).update(stage="answered")
    begun.subject.published = True
    begun.subject.save()
    use = Use.objects.get(process=begun, method__slug=slug)
    fields = {"persons": "18", "euro": "400", "reached": "Zwei Klassen", "learned": "Früher anfragen", "release": "on"}
    data = {"use": str(use.pk)} | {f"use-{use.pk}-{key}": value for key, value in fields.items()}
    assert staff.post(reverse("toolkit_staff:process", args=[begun.number]), data).status_code == 302


def test_another_city_takes_what_was_learned_here(begun, staff, client, settings):
    released(begun, staff)
    data = json.loads(client.get("/methoden/katalog.json").content)
    [one] = data["experiences"]
    assert (one["format"], one["city"], one["process"]) == ("kinderstreifzug", "München", "Ein Platz für alle")
    assert (one["persons"], one["euro"], one["learned"]) == (18, 400, "Früher anfragen")
    assert "days" not in one
    assert exchanged(staff, data, "kinderstreifzug@München@Ein Platz für alle").status_code == 302
    assert not Elsewhere.objects.exists()  # our own does not come back to us
    here = {"city": "Dortmund"}
    data["experiences"] = [one | here]
    page = exchanged(staff, data).content.decode()
    assert "Dortmund, Ein Platz für alle" in page
    for _twice in range(2):
        exchanged(staff, data, "kinderstreifzug@Dortmund@Ein Platz für alle")
        assert Elsewhere.objects.get().persons == 18
    cache.bump()
    shown = client.get("/methoden/kinderstreifzug/").content.decode()
    assert "Dortmund: Ein Platz für alle" in shown
    passed_on = json.loads(client.get("/methoden/katalog.json").content)["experiences"]
    assert [row["city"] for row in passed_on] == ["München", "Dortmund"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"persons": -1}, "persons"),
        ({"persons": "viele"}, "persons"),
        ({"euro": True}, "euro"),
        ({"year": 3000}, "year"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"format": "gibt-es-nicht"}, "format"),
        ({"learned": "<img src=x onerror=alert(1)>"}, "learned"),
        ({"stadt": "x"}, "stadt"),
    ],
)
def test_a_broken_experience_is_named_and_changes_nothing(staff, rows, change, field):
    one = {"format": "fishbowl", "city": "Dortmund", "process": "Platz", "year": 2026, **change}
    answer = exchanged(staff, file_with(rows["fishbowl"], experiences=[one]), f"{one['format']}@Dortmund@Platz")
    assert answer.status_code == 422
    [fault] = answer.context["faults"]
    assert fault.field == field
    assert not Elsewhere.objects.exists()


def test_a_broken_catalogue_changes_nothing_and_names_the_place(staff):
    data = catalogue.to_data(queries.catalogue())
    data["formats"][3]["kind"] = "<b>magic</b>"
    before = list(Method.objects.values_list("pk", "changed_at"))
    answer = staff.post("/verwaltung/methoden/austausch/", {"text": json.dumps(data), "take": ["fishbowl"]})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert data["formats"][3]["slug"] in page
    assert "<b>magic</b>" not in page
    assert list(Method.objects.values_list("pk", "changed_at")) == before


# -- rules ------------------------------------------------------------------------------------------------------
def test_rules_are_edited_in_versions_and_a_fault_keeps_the_old_ones(staff, client):
    address = "/verwaltung/methoden/regeln/rules/"
    text = ruling.text_of("rules")
    broken = text.replace("gegenstand: [ort]", "gegenstand: [mond]", 1)
    answer = staff.post(address, {"text": broken, "note": "Mond"})
    assert answer.status_code == 422
    assert "mond" in answer.content.decode()
    assert not RuleVersion.objects.exists()
    changed = text.replace("Wer einen Ort gestaltet", "Wer einen Platz gestaltet", 1)
    assert staff.post(address, {"text": changed, "note": "Wort"}).status_code == 302
    assert RuleVersion.objects.get().note == "Wort"
    assert "Wer einen Platz gestaltet" in client.get("/methoden/berater/regeln/").content.decode()


def test_an_editor_may_not_change_the_rules(client_for, editor, db, loaded):
    assert client_for(editor).get("/verwaltung/methoden/regeln/rules/").status_code == 403


# -- interface ---------------------------------------------------------------------------------------------------
def test_the_interface_gives_the_same_advice_as_the_page(staff, client):
    rows = client.get("/api/v1/methods").json()
    assert len(rows) == 61
    assert client.get("/api/v1/methods/fishbowl").json()["cost_class"] == "€"
    assert client.get("/api/v1/methods/nein").status_code == 404
    assert len(client.get("/api/v1/combinations").json()) == 12
    advice = client.get(f"/api/v1/methods/advice?{ANSWERS}&konflikt=mars").json()
    assert any("mars" in problem for problem in advice["not_understood"])
    page = client.get(f"/methoden/berater/?{ANSWERS}").content.decode()
    places = [page.index(one["name"]) for one in advice["methods"][:3]]
    assert places == sorted(places)


def test_staff_edit_a_format_as_a_draft_and_its_short_name_stays(staff, client):
    method = Method.objects.get(slug="fishbowl")
    address = reverse("methods:edit", args=[method.pk])
    page = staff.get(address)
    assert page.status_code == 200
    data = {
        "name": "Fishbowl neu", "name_en": "Fishbowl", "slug": "fishbowl", "description": method.description,
        "kind": "hybrid", "levels": ["consult"], "phases": ["agenda"], "group_min": "20", "group_max": "200",
        "duration": "1 Stunde", "prep_min": "2", "prep_max": "4", "cost_class": "€", "effort": "low",
        "figures": "typical", "order": "0", "steps": "Kreis stellen\nAnfangen",
        "materials": "Plan | /media/plan.pdf | wir",
        "combine_with": "world-cafe",
    }  # fmt: skip
    assert staff.post(address, data).status_code == 302
    assert "Fishbowl neu" not in client.get("/methoden/fishbowl/").content.decode()
    assert staff.post(address, data | {"action-publish": "1"}).status_code == 302
    method.refresh_from_db()
    assert (method.name, method.steps, method.levels) == ("Fishbowl neu", ["Kreis stellen", "Anfangen"], ["consult"])
    assert method.materials == [{"title": "Plan", "url": "/media/plan.pdf", "source": "wir"}]
    for field, value in (("slug", "anders"), ("combine_with", "gibt-es-nicht"), ("group_min", "900")):
        assert staff.post(address, data | {field: value}).status_code == 200, field


def test_a_survey_opens_its_module_and_an_online_vote_is_a_poll_of_residents(db, loaded):
    from mitstadt.toolkit import starting

    methods = Method.objects.in_bulk(["online-umfrage", "online-abstimmung"], field_name="slug")
    day = date(2027, 3, 1)
    found = [starting.Run(methods[slug].as_data(), day, day, date(2027, 4, 1)) for slug in methods]
    plan, _first = starting.plan_of("Ein Platz", found)
    modules = {module.key: (module.format, module.settings.get("preset")) for module in plan.modules}
    assert modules == {"online-umfrage": ("survey", None), "online-abstimmung": ("survey", "poll")}
    allowed = {phase.module: (tuple(phase.allows), phase.audience["trust"]) for phase in plan.phases}
    assert allowed == {"online-umfrage": (("answer",), 0), "online-abstimmung": (("vote",), 2)}
