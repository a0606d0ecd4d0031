"""Staff make a process from a template, see what is missing, publish it, and see it as others would."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from mitstadt.audit.models import Entry
from mitstadt.kit import clock
from mitstadt.participation import rules, samples
from mitstadt.participation.actions import codes, plans, processes
from mitstadt.participation.models import AccessCode, Phase, Process

pytestmark = pytest.mark.django_db
DEBATE = {"question": "Was fehlt dem Platz?"}


def url(name, *args):
    return reverse(f"participation_staff:{name}", args=args)


def test_an_editor_makes_a_process_from_a_template_and_publishes_it(editor, client_for, department):
    client = client_for(editor)
    data = {"template": "gespraech", "department": department("RIT").pk, "title": "WLAN im Park", "start": "2027-01-10"}
    answer = client.post(url("new"), data)
    process = Process.objects.get(title="WLAN im Park")
    assert answer["Location"] == url("process", process.number)
    page = client.get(answer["Location"]).content.decode()
    assert "Was hier entschieden werden kann, steht noch nicht da." in page
    client.post(url("stage", process.number), {"stage": "open"})
    process.refresh_from_db()
    assert process.stage == "draft"  # what is missing stops it
    form = {
        "revision": process.revision,
        "title": "WLAN im Park",
        "summary": "Soll es in Parks freies WLAN geben?",
        "can_decide": "In welchen Parks.",
        "cannot_decide": "Ob die Stadt Geld dafür hat.",
        "decided_by": "Meinungsbild, der Stadtrat entscheidet.",
        "department": department("RIT").pk,
        "contact_name": "Geschäftsstelle",
        "contact_email": "wlan@example.org",
    }
    assert client.post(url("process", process.number), form).status_code == 302
    client.post(url("stage", process.number), {"stage": "open"})
    process.refresh_from_db()
    assert process.stage == "open"
    assert process.subject.published
    assert client.get(process.subject.path).status_code == 200


def test_another_department_does_not_get_in(other_editor, client_for):
    process = samples.process(format="debate", settings=DEBATE).process
    client = client_for(other_editor)
    for name in ("process", "preview", "copy", "new_phase", "news", "team", "invite", "link", "document"):
        assert client.get(url(name, process.number)).status_code == 403, name
    assert client.post(url("stage", process.number), {"stage": "draft"}).status_code == 403
    assert Process.objects.get(pk=process.pk).stage == "open"


def test_somebody_assigned_gets_in_and_out_again(other_editor, coordinator, client_for, actor_of):
    process = samples.process(format="debate", settings=DEBATE).process
    assignment = processes.assign(actor_of(coordinator), process, other_editor, "colleague")
    assert client_for(other_editor).get(url("process", process.number)).status_code == 200
    processes.unassign(actor_of(coordinator), assignment)
    assert client_for(other_editor).get(url("process", process.number)).status_code == 403


def test_a_citizen_assigned_as_moderator_enters_the_back_office_only_for_it(alice, coordinator, client_for, actor_of):
    process = samples.process(format="debate", settings=DEBATE).process
    processes.assign(actor_of(coordinator), process, alice, "moderator", "Moderation, Büro Platz")
    actor = actor_of(alice)
    assert actor.is_staff
    assert not actor.has("moderator")
    assert not actor.has("editor")


def test_two_people_at_one_form_notice_each_other(editor, client_for, department):
    samples.process(format="debate", settings=DEBATE, department=department("RIT"))
    process = Process.objects.get()
    form = {
        "revision": process.revision,
        "title": "Von Anna",
        "department": department("RIT").pk,
        **{name: getattr(process, name) for name in ("summary", "can_decide", "cannot_decide", "decided_by")},
    }
    client = client_for(editor)
    assert client.post(url("process", process.number), form).status_code == 302
    answer = client.post(url("process", process.number), {**form, "title": "Von Ben"})
    assert answer.status_code == 422
    assert "Von Ben" in answer.content.decode()  # what was typed is still there
    assert Process.objects.get().title == "Von Anna"


def test_moving_a_phase_loses_nothing(coordinator, client_for, alice, actor_of):
    from mitstadt.comments import actions as comments

    module = samples.process(format="debate", settings=DEBATE)
    comments.add(actor_of(alice), module.subject, "Mehr Schatten, bitte.")
    phase = module.phases.get()
    later = clock.now() + timedelta(days=3)
    data = {
        "module": module.pk,
        "title": phase.title,
        "start": later.strftime("%Y-%m-%dT%H:%M"),
        "end": (later + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M"),
        "allows": ["comment"],
        "trust": 2,
        "formality": "informal",
    }
    answer = client_for(coordinator).post(url("phase", module.process.number, phase.pk), data)
    assert answer.status_code == 302
    page = client_for(alice).get(module.subject.path).content.decode()
    assert "Mehr Schatten, bitte." in page
    assert "Mitreden können Sie ab" in page
    assert Phase.objects.get(pk=phase.pk).audience == {"trust": 2}


def test_a_copy_keeps_distances_and_leaves_people_behind(coordinator, actor_of, alice):
    module = samples.process(format="debate", settings=DEBATE, days=(-7, 14))
    actor = actor_of(coordinator)
    start = clock.today() + timedelta(days=30)
    made, left_out = plans.copy(actor, module.process, "Noch ein Platz", start)
    phase = made.phases.get()
    old = module.phases.get()
    assert phase.end - phase.start == old.end - old.start
    assert made.stage == "draft"
    assert made.modules.get().settings == module.settings
    assert made.contribution_count == 0
    assert left_out == []


def test_codes_are_shown_once_and_kept_as_hashes(coordinator, client_for):
    process = samples.process(format="debate", settings=DEBATE).process
    until = (clock.now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    answer = client_for(coordinator).post(
        url("invite", process.number), {"name": "Schule am Park", "valid_until": until, "facts": "age_14", "count": 3}
    )
    page = answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert AccessCode.objects.count() == 3
    shown = re.findall(r"\b\w{4}-\w{4}-\w{4}\b", page)
    assert len(set(shown)) == 3
    assert all(codes.find(code).group.name == "Schule am Park" for code in shown)
    for code in AccessCode.objects.all():
        assert code.code_hash not in page


@pytest.mark.parametrize(
    "typed", ["residnet", "district9", "district_999", "age_1000", "area_nowhere", "participation"]
)
def test_a_code_that_would_show_nothing_is_not_made(typed, coordinator, client_for):
    process = samples.process(format="debate", settings=DEBATE).process
    until = (clock.now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    form = {"name": "Schule am Park", "valid_until": until, "facts": f"age_14, {typed}", "count": 3}
    answer = client_for(coordinator).post(url("invite", process.number), form)
    assert answer.status_code == 422
    assert f"„{typed}“ ist nichts, was ein Code zeigen kann." in answer.content.decode()
    assert "Schule am Park" in answer.content.decode()
    assert not AccessCode.objects.exists()


def test_what_a_process_is_connected_with_is_logged_and_can_be_parted(coordinator, client_for, client, subject_factory):
    process = samples.process(format="debate", settings=DEBATE).process
    measure = subject_factory(title="Mehr Sitzplätze", path="/radar/m-900-sitzen/")
    staff = client_for(coordinator)
    staff.post(url("link", process.number), {"target": "/radar/m-900-sitzen/", "note": ""})
    link = process.subject.links_out.get(target=measure)
    assert "Mehr Sitzplätze" in client.get(process.subject.path).content.decode()
    assert "Verbindung lösen: Mehr Sitzplätze" in staff.get(url("process", process.number)).content.decode()
    staff.post(url("link", process.number), {"gone": link.pk})
    staff.post(url("link", process.number), {"gone": link.pk})  # twice is no fault
    assert not process.subject.links_out.exists()
    assert "Mehr Sitzplätze" not in client.get(process.subject.path).content.decode()
    logged = Entry.objects.filter(object=process.subject.public_id, action__endswith="connect").values_list("action")
    assert sorted(action.rpartition(".")[2] for (action,) in logged) == ["connect", "disconnect"]


def test_an_archived_process_is_connected_with_nothing_new(coordinator, client_for, subject_factory):
    process = samples.process(format="debate", settings=DEBATE).process
    subject_factory(title="Mehr Sitzplätze", path="/radar/m-900-sitzen/")
    Process.objects.filter(pk=process.pk).update(stage="archived")
    answer = client_for(coordinator).post(url("link", process.number), {"target": "/radar/m-900-sitzen/", "note": ""})
    assert answer.status_code == 403
    assert not process.subject.links_out.exists()


def test_the_preview_shows_a_draft_as_somebody_else_on_another_day(coordinator, client_for):
    module = samples.process(format="debate", settings=DEBATE, publish=False, days=(10, 20))
    client = client_for(coordinator)
    day = (clock.now() + timedelta(days=12)).strftime("%Y-%m-%dT%H:%M")
    frame = client.get(url("preview", module.process.number) + f"?als=wohnt&am={day}")
    assert frame.status_code == 200
    page = client.get(url("preview", module.process.number) + f"?als=wohnt&am={day}&seite=1")
    assert page.status_code == 200
    assert "Läuft" in page.content.decode()
    assert page["X-Frame-Options"] == "SAMEORIGIN"


def test_the_preview_knows_those_for_whom_a_phase_is(coordinator, client_for):
    young = rules.Audience(age_to=26, districts=(9,))
    module = samples.process(format="debate", settings=DEBATE, publish=False, audience=young)
    phase = module.phases.get()
    client = client_for(coordinator)
    frame = url("preview", module.process.number)
    for kind, can in (("ausweis", False), (f"phase-{phase.pk}", True)):
        rows = client.get(f"{frame}?als={kind}").context["possible"]
        assert [reason == "" for _title, _verb, reason in rows] == [can] * len(rows), kind
        part = client.get(f"{frame}?als={kind}&seite={module.subject.public_id}")
        assert part.status_code == 200
        assert ("wohnen. Ihr Online-Ausweis" in part.content.decode()) != can
    process = Process.objects.get(pk=module.process.pk)
    assert (process.stage, process.subject.published) == ("draft", False)


def test_the_preview_says_what_is_no_moment(coordinator, client_for):
    process = samples.process(format="debate", settings=DEBATE).process
    page = client_for(coordinator).get(url("preview", process.number) + "?am=morgen").content.decode()
    assert "„morgen“ ist kein Zeitpunkt" in page


@pytest.mark.parametrize("slug", [plan.slug for plan in plans.templates()])
def test_every_template_becomes_a_draft(slug, coordinator, actor_of, department):
    plan = plans.template(slug)
    made, left_out = plans.build(actor_of(coordinator), department("RIT"), plan.name, clock.today(), plan)
    assert made.stage == "draft"
    assert len(made.modules.all()) + sum("nicht installiert" in sentence for sentence in left_out) == len(plan.modules)
