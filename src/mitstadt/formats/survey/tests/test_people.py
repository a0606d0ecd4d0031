"""People answer, change their mind, answer without a name; rules stand still; what goes wrong ends well."""

import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from mitstadt.accounts.models import PendingConfirmation
from mitstadt.audit.models import Entry
from mitstadt.formats.survey import actions, editing, identity, jobs, queries, results
from mitstadt.formats.survey.editing import Draft
from mitstadt.formats.survey.models import Answer, Proof, Question, Response, Survey, Turn, Upload, WaitingFile
from mitstadt.formats.survey.rules import Pick
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.notify.models import Notification
from mitstadt.participation import samples
from mitstadt.participation.models import Contribution, Phase
from mitstadt.participation.rules import Audience
from mitstadt.participation.samples import INSTALLATION, citizen

pytestmark = pytest.mark.django_db
YES_NO = Draft("single", "Sind Sie oft hier?", options=["Ja", "Nein"], required=True)


def module(*drafts, verbs=("answer",), **options):
    settings = options.pop("settings", {})
    made = samples.process(format="survey", verbs=verbs, publish=False, settings=settings, **options)
    for draft in drafts or (YES_NO,):
        editing.add(INSTALLATION, made, draft)
    from mitstadt.participation.actions import processes

    processes.move(INSTALLATION, made.process, "open")
    return samples.loaded(made)


def keys(made):
    return [question.key for question in queries.questions(queries.survey_of(made))]


def reply(actor, made, picks, **options):
    survey = queries.survey_of(made)
    return actions.answer(actor, made, identity.of_actor(survey, actor), picks, **options)


def end(made):
    Phase.objects.filter(module=made).update(end=clock.now() - timedelta(minutes=1))
    return samples.loaded(made)


def address(made, name="answer"):
    return reverse(f"survey:{name}", args=[made.subject.public_id])


# -- answering -------------------------------------------------------------------------------------------------------
def test_alice_answers_and_changes_her_mind(alice, client_for):
    made = module(YES_NO, Draft("text", "Warum?"))
    first, why = keys(made)
    page = client_for(alice)
    assert page.post(address(made), {f"q_{first}": "o1", f"q_{why}": "Wegen der Bäume."}).status_code == 302
    assert page.get(address(made)).context["form"].initial[f"q_{first}"] == "o1"
    page.post(address(made), {f"q_{first}": "o2"})
    survey = Survey.objects.get()
    assert (survey.responses, Response.objects.count(), Turn.objects.count()) == (1, 1, 1)
    assert [answer.value for answer in Answer.objects.all()] == ["o2"]
    assert Contribution.objects.get().removed_at is not None, "what she wrote before is taken back"
    assert "Sie haben geantwortet" in page.get(made.subject.path).content.decode()


def test_what_is_wrong_is_said_at_its_question_and_nothing_is_lost(alice, client_for):
    made = module(
        YES_NO,
        Draft("multiple", "Was fehlt?", options=["Bänke", "Bäume", "Wasser"], most=2),
        Draft("ranking", "Was zuerst?", options=["Bänke", "Bäume", "Wasser"]),
        Draft("text", "Was noch?"),
    )
    single, multiple, ranking, text = keys(made)
    typed = {
        f"q_{multiple}": ["o1", "o2", "o3"],
        f"q_{ranking}_o1": "1",
        f"q_{ranking}_o2": "1",
        f"q_{text}": "שלום \u202e Bäume\x07",
    }
    answer = client_for(alice).post(address(made), typed)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert set(errors) == {f"q_{single}", f"q_{multiple}", f"q_{ranking}_o1"}
    assert "möglich sind 2" in errors[f"q_{multiple}"][0]
    assert "Bäume" in answer.content.decode()
    assert not Response.objects.exists()


def test_a_hidden_question_is_neither_required_nor_counted(alice, client_for):
    made = module(YES_NO)
    (first,) = keys(made)
    editing.add(
        INSTALLATION, made,
        Draft("text", "Wann?", required=True, condition=first, condition_values=["Ja"]),
    )  # fmt: skip
    second = keys(made)[1]
    page = client_for(alice)
    assert "Nur wenn Sie bei Frage 1" in page.get(address(made)).content.decode()
    assert page.post(address(made), {f"q_{first}": "o1"}).status_code == 422
    assert page.post(address(made), {f"q_{first}": "o2", f"q_{second}": "abends"}).status_code == 302
    assert Answer.objects.count() == 1


def test_a_place_is_set_by_a_click_on_the_picture_and_what_was_ticked_stays(alice, client_for):
    made = module(YES_NO, Draft("place", "Wo fehlt Schatten?", public=True))
    first, place = keys(made)
    page = client_for(alice)
    answer = page.post(address(made), {f"q_{first}": "o1", f"q_{place}.karte.x": "144", f"q_{place}.karte.y": "100"})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert form[f"q_{first}"].value() == "o1"
    geometry = form[f"q_{place}"].value()
    assert json.loads(geometry)["type"] == "Point"
    page.post(address(made), {f"q_{first}": "o1", f"q_{place}": geometry})
    assert results.of(made, queries.survey_of(made)).questions[1].places[0]["type"] == "Point"
    outside = '{"type":"Point","coordinates":[2.35,48.85]}'
    refused = page.post(address(made), {f"q_{first}": "o1", f"q_{place}": outside})
    assert "außerhalb der Stadt" in refused.content.decode()


def picture():
    out = io.BytesIO()
    exif = Image.Exif()
    exif[271] = "Kamera"
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.svg", b"<svg onload=alert(1)>", "SVG"),
        ("x.heic", b"\x00\x00\x00\x18ftypheic", "HEIC"),
        ("x.exe", b"MZ\x90\x00", "kein Bild"),
        ("x.pdf", b"%PDF-" + b"x" * (5 * 1024 * 1024), "größer als 5 MB"),
    ],
)
def test_dangerous_files_are_refused_with_what_to_do(alice, client_for, name, data, message):
    made = module(Draft("file", "Ein Foto?"))
    (key,) = keys(made)
    answer = client_for(alice).post(address(made), {f"q_{key}": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Response.objects.exists()


def test_a_picture_is_drawn_anew_and_only_staff_of_the_process_get_it(alice, client_for, coordinator):
    made = module(Draft("file", "Ein Foto?"))
    (key,) = keys(made)
    client_for(alice).post(address(made), {f"q_{key}": SimpleUploadedFile("Mein Foto.jpg", picture())})
    upload = Upload.objects.get()
    assert (upload.name, upload.content_type) == ("Mein Foto.jpg", "image/jpeg")
    assert b"Kamera" in picture()
    assert b"Kamera" not in bytes(upload.data)
    path = reverse("survey_staff:upload", args=[made.subject.public_id, upload.pk])
    assert client_for(alice).get(path).status_code in (302, 403)
    answer = client_for(coordinator).get(path)
    assert "attachment" in answer["Content-Disposition"]


def test_a_guest_confirms_the_address_before_the_answers_count(client, mailoutbox):
    made = module(audience=Audience(trust=1))
    (key,) = keys(made)
    answer = client.post(address(made), {f"q_{key}": "o1", "email": "gast@example.org"})
    assert answer.status_code == 302
    assert not Response.objects.exists()
    from mitstadt.accounts import guests

    assert PendingConfirmation.objects.filter(purpose=actions.PURPOSE).exists()
    assert guests.purpose(actions.PURPOSE).says(PendingConfirmation.objects.get().payload).startswith("Ihre Antworten")
    payload = PendingConfirmation.objects.get().payload
    actor = citizen("gast")
    assert actions.confirmed(actor, payload) == made.subject.path
    assert Survey.objects.get().responses == 1


def waiting(made, client, name="Mein Foto.jpg", data=None, **more):
    (key,) = keys(made)
    upload = SimpleUploadedFile(name, picture() if data is None else data)
    return client.post(address(made), {f"q_{key}": upload, "email": "gast@example.org", **more})


def test_a_guests_file_waits_for_the_confirmation_and_then_answers(client, coordinator, client_for):
    made = module(Draft("file", "Ein Foto?", required=True))
    assert waiting(made, client).status_code == 302
    assert not Response.objects.exists()
    kept = WaitingFile.objects.get()
    assert (kept.name, kept.content_type) == ("Mein Foto.jpg", "image/jpeg")
    assert b"Kamera" not in bytes(kept.data), "drawn anew like everybody's"
    payload = PendingConfirmation.objects.get().payload
    assert actions.confirmed(citizen("gast"), payload) == made.subject.path
    assert Survey.objects.get().responses == 1
    upload = Upload.objects.get()
    assert bytes(upload.data) == bytes(kept.data)
    assert not WaitingFile.objects.exists()
    path = reverse("survey_staff:upload", args=[made.subject.public_id, upload.pk])
    assert "attachment" in client_for(coordinator).get(path)["Content-Disposition"]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.svg", b"<svg onload=alert(1)>", "SVG"),
        ("x.heic", b"\x00\x00\x00\x18ftypheic", "HEIC"),
        ("x.exe", b"MZ" + b"\x00" * 90, "JPEG"),
        ("x.pdf", b"%PDF-" + b"x" * (5 * 1024 * 1024), "5 MB"),
    ],
)
def test_a_guests_file_is_looked_at_like_everybodys_and_a_wrong_one_is_kept_nowhere(client, name, data, message):
    made = module(Draft("file", "Ein Foto?"))
    answer = waiting(made, client, name, data)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert "gast@example.org" in answer.content.decode(), "what was typed stays"
    assert not WaitingFile.objects.exists()
    assert not PendingConfirmation.objects.exists()


def test_where_not_everybody_may_answer_no_file_is_taken(client):
    made = module(Draft("file", "Ein Foto?"), audience=Audience(trust=2))
    assert waiting(made, client).status_code == 422
    assert not WaitingFile.objects.exists()


def test_a_file_that_nobody_confirms_is_erased_after_two_days(client, stopped_clock):
    made = module(Draft("file", "Ein Foto?"))
    waiting(made, client)
    payload = PendingConfirmation.objects.get().payload
    stopped_clock.move(days=1)
    assert actions.purge_files() == 0
    stopped_clock.move(days=1, seconds=1)
    assert actions.purge_files() == 1
    with pytest.raises(DomainError, match="nicht mehr"):
        actions.confirmed(citizen("gast"), payload)
    assert not Response.objects.exists()


def test_a_file_stays_while_its_answer_cannot_be_taken(client):
    made = module(Draft("file", "Ein Foto?"))
    waiting(made, client)
    end(made)
    with pytest.raises(Refused):
        actions.confirmed(citizen("gast"), PendingConfirmation.objects.get().payload)
    assert WaitingFile.objects.count() == 1


def test_no_more_files_wait_than_a_city_can_bear(client, monkeypatch):
    monkeypatch.setattr(actions, "MOST_WAITING", 1)
    made = module(Draft("file", "Ein Foto?"))
    waiting(made, client)
    answer = waiting(made, client, email="zwei@example.org")
    assert answer.status_code == 422
    assert "zu viele Dateien" in answer.content.decode()
    assert WaitingFile.objects.count() == PendingConfirmation.objects.count() == 1


def test_a_login_that_ran_out_keeps_what_was_ticked(client):
    made = module(Draft("multiple", "Was fehlt?", options=["Bänke", "Bäume"]), audience=Audience(trust=1))
    (key,) = keys(made)
    answer = client.post(address(made), {f"q_{key}": ["o1", "o2"]})
    assert answer.status_code == 302
    assert "/konto/login/" in answer["Location"]
    page = client.get(address(made))
    assert page.context["form"].initial[f"q_{key}"] == ["o1", "o2"]


def test_after_the_end_nothing_is_taken_and_the_date_is_said(alice, client_for):
    made = end(module())
    (key,) = keys(made)
    answer = client_for(alice).post(address(made), {f"q_{key}": "o1"})
    assert answer.status_code == 422
    assert "konnten Sie bis" in answer.content.decode()
    assert not Response.objects.exists()


def test_a_survey_that_is_unpublished_while_somebody_answers_gives_the_words_back(alice, client_for):
    from mitstadt.participation.actions import processes

    made = module(Draft("text", "Warum?"), Draft("multiple", "Was fehlt?", options=["Bänke", "Bäume"]))
    why, lacking = keys(made)
    browser = client_for(alice)
    processes.move(INSTALLATION, made.process, "draft")
    answer = browser.post(address(made), {f"q_{why}": "Weil es laut ist.", f"q_{lacking}": ["o1", "o2"]})
    assert answer.status_code == 404
    assert "Weil es laut ist.</textarea>" in answer.content.decode()
    assert not Response.objects.exists()
    processes.move(INSTALLATION, samples.loaded(made).process, "open")
    initial = browser.get(address(made)).context["form"].initial
    assert (initial[f"q_{why}"], initial[f"q_{lacking}"]) == ("Weil es laut ist.", ["o1", "o2"])


# -- without a name --------------------------------------------------------------------------------------------------
def test_nothing_leads_from_an_anonymous_answer_to_its_person(alice, actor_of):
    made = module(YES_NO, Draft("text", "Warum?"), settings={"anonymous": True})
    first, why = keys(made)
    before = Entry.objects.count()
    reply(actor_of(alice), made, {first: [Pick(value="o1")], why: [Pick(text="Es ist laut.")]})
    response, text = Response.objects.get(), Contribution.objects.get()
    assert (response.user_id, response.guest_id, response.turn_id) == (None, None, None)
    assert (response.at.hour, response.at.minute) in ((11, 0), (10, 0)), "noon in Berlin: the day only"
    assert (text.user_id, text.author_label) == (None, "")
    assert alice.public_id not in {entry.actor for entry in Entry.objects.all()[before:]}
    with pytest.raises(DomainError, match="Niemand weiß"):
        reply(actor_of(alice), made, {first: [Pick(value="o2")]})
    assert Survey.objects.get().responses == 1


def test_a_browser_without_account_answers_once_and_is_told_how_weak_that_is(client):
    made = module(settings={"anonymous": True, "results": "live"})
    (key,) = keys(made)
    assert "Wer es darauf anlegt" in client.get(address(made)).content.decode()
    assert client.post(address(made), {f"q_{key}": "o1"}).status_code == 302
    client.post(address(made), {f"q_{key}": "o2"})
    assert Response.objects.get().proof == Proof.DEVICE
    client.cookies.clear()
    client.post(address(made), {f"q_{key}": "o2"})
    assert Survey.objects.get().responses == 2


def test_an_anonymous_result_appears_with_the_fifth_answer(client):
    made = module(settings={"anonymous": True, "results": "live"})
    (key,) = keys(made)
    survey = queries.survey_of(made)
    for number in range(5):
        assert not queries.results_open(made, Survey.objects.get())
        actions.answer(
            citizen(f"p{number}"), made, identity.of_sheet(survey, ("user", number)), {key: [Pick(value="o1")]}
        )
    assert queries.results_open(made, Survey.objects.get())


def test_residents_only(alice, actor_of, client_for):
    made = module(verbs=("vote",), settings={"preset": "poll"}, audience=Audience(trust=2))
    (key,) = keys(made)
    page = client_for(alice).get(address(made))
    assert page.status_code == 403
    assert "hier wohnen" in page.content.decode()
    with pytest.raises(Refused):
        reply(actor_of(alice), made, {key: [Pick(value="o1")]})
    reply(citizen("rosa", trust=2), made, {key: [Pick(value="o1")]})
    assert Survey.objects.get().responses == 1


# -- the rules stand still -------------------------------------------------------------------------------------------
def test_with_the_first_answer_no_question_changes_any_more(alice, actor_of, coordinator, client_for):
    made = module()
    (key,) = keys(made)
    editing.change(INSTALLATION, made, key, Draft("single", "Sind Sie gern hier?", options=["Ja", "Nein"]))
    reply(actor_of(alice), made, {key: [Pick(value="o1")]})
    for work in (
        lambda: editing.add(INSTALLATION, made, YES_NO),
        lambda: editing.change(INSTALLATION, made, key, YES_NO),
        lambda: editing.remove(INSTALLATION, made, key),
        lambda: editing.move(INSTALLATION, made, key, 1),
    ):
        with pytest.raises(DomainError, match="stehen die Regeln fest") as refused:
            work()
        assert refused.value.code == "frozen"
    assert Question.objects.get().text == "Sind Sie gern hier?"
    page = client_for(coordinator).get(reverse("survey_staff:questions", args=[made.subject.public_id]))
    assert "stehen die Regeln fest" in page.content.decode()


def test_staff_make_a_survey_and_are_told_what_is_wrong(coordinator, client_for):
    made = samples.process(format="survey", publish=False)
    page = client_for(coordinator)
    public_id = made.subject.public_id
    new = reverse("survey_staff:new", args=[public_id])
    wrong = page.post(new, {"kind": "single", "text": "Wie oft?", "options": "nur eine"})
    assert wrong.status_code == 422
    assert "mindestens zwei" in wrong.content.decode()
    assert "nur eine" in wrong.content.decode()
    page.post(new, {"kind": "single", "text": "Wie oft?", "options": "oft\nselten"})
    first = keys(made)[0]
    page.post(new, {"kind": "text", "text": "Warum selten?", "condition": first, "condition_values": "selten"})
    second = keys(made)[1]
    assert queries.questions(queries.survey_of(made))[1].condition_values == ["o2"]
    arrange = reverse("survey_staff:arrange", args=[public_id, second])
    assert "hängt von der anderen ab" in page.post(arrange, {"verb": "up"}, follow=True).content.decode()
    page.post(reverse("survey_staff:preset", args=[public_id]), {"preset": "yes_no"})
    assert len(keys(made)) == 3
    page.post(reverse("survey_staff:arrange", args=[public_id, keys(made)[2]]), {"verb": "remove"})
    assert keys(made) == [first, second]


def test_an_editor_of_another_department_changes_nothing(other_editor, client_for):
    made = module()
    page = client_for(other_editor).post(
        reverse("survey_staff:new", args=[made.subject.public_id]), {"kind": "text", "text": "Und?"}
    )
    assert page.status_code == 403
    assert len(keys(made)) == 1


# -- what came out ---------------------------------------------------------------------------------------------------
def test_all_channels_count_together_and_small_ones_are_not_shown_apart():
    made = module(YES_NO, Draft("scale", "Wie sicher?"))
    first, scale = keys(made)
    survey = queries.survey_of(made)
    for channel, times, value in (("online", 7, "o1"), ("paper", 6, "o2"), ("phone", 2, "o1")):
        for number in range(times):
            voter = identity.of_sheet(survey, None, f"{channel}{number}")
            picks = {first: [Pick(value=value)], scale: [Pick(number=1 + number % 5)]}
            actor = citizen("anna") if channel == "online" else INSTALLATION
            actions.answer(actor, made, voter, picks, channel=channel)
    came = results.of(made, Survey.objects.get())
    assert came.total == 15
    assert came.channels == {"online": 7, "paper": None, "phone": None}, "2 could be worked out, so 6 is hidden too"
    yes, no = came.questions[0].lines
    assert (yes.count, no.count, yes.counts) == (9, 6, {"online": 7, "phone": 2})
    assert came.questions[1].median == 2
    row = next(row for row in results.rows(came) if row["answer"] == "Ja")
    assert (row["count"], row["online"], row["paper"]) == (9, 7, "")


def test_the_result_is_closed_until_the_end_and_followers_hear_of_it_once(client, alice, actor_of):
    made = module()
    (key,) = keys(made)
    reply(actor_of(alice), made, {key: [Pick(value="o1")]})
    assert "noch nicht zu sehen" in client.get(address(made, "result")).content.decode()
    csv = reverse("survey:file", args=[made.subject.public_id, "csv"])
    assert client.get(csv).status_code == 404
    assert client.get(f"/api/v1/surveys/{made.subject.public_id}").json()["results"] == []
    assert jobs.tell_results() == 0
    end(made)
    from mitstadt.kit import cache

    cache.bump()
    assert "Sind Sie oft hier?" in client.get(address(made, "result")).content.decode()
    assert "Ja;1" in client.get(csv).content.decode().replace('"', "")
    rows = client.get(f"/api/v1/surveys/{made.subject.public_id}").json()["results"]
    assert {row["answer"]: row["count"] for row in rows} == {"": 1, "Ja": 1, "Nein": 0}
    assert jobs.tell_results() == 1
    assert jobs.tell_results() == 0
    assert Notification.objects.filter(recipient__user=alice).count() == 1


def test_a_formula_in_an_option_does_not_run_in_a_spreadsheet(client, alice, actor_of):
    made = module(Draft("single", "Was?", options=["=HYPERLINK(1)", "Nein"]), settings={"results": "live"})
    (key,) = keys(made)
    reply(actor_of(alice), made, {key: [Pick(value="o1")]})
    text = client.get(reverse("survey:file", args=[made.subject.public_id, "csv"])).content.decode()
    assert "'=HYPERLINK" in text


def test_the_result_page_asks_equally_often_with_more_answers(client, assert_constant_queries):
    made = module(YES_NO, Draft("text", "Warum?", public=True), settings={"results": "live"})
    first, why = keys(made)
    survey = queries.survey_of(made)

    def more():
        for number in range(3):
            voter = identity.of_sheet(survey, None)
            picks = {first: [Pick(value="o1")], why: [Pick(text=f"Darum {number}")]}
            actions.answer(INSTALLATION, made, voter, picks, channel="phone")

    more()
    assert_constant_queries(more, lambda: client.get(address(made, "result")), at_most=14)


# -- leaving -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("keep", "left"), [(True, 1), (False, 0)])
def test_who_deletes_the_account_decides_whether_the_answers_stay(alice, actor_of, keep, left):
    made = module()
    (key,) = keys(made)
    reply(actor_of(alice), made, {key: [Pick(value="o1")]})
    from mitstadt.accounts.personal import Person

    assert actions.forget(Person(alice.public_id, user_id=alice.pk), keep) == 1
    assert Survey.objects.get().responses == left
    assert Response.objects.filter(user=None).count() == left
