"""A clerk enters what came on paper, by telephone and at a workshop."""

import dataclasses
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from PIL import Image

from mitstadt.comments import actions as comments
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.participation import identity, registry, samples
from mitstadt.participation.actions import codes
from mitstadt.participation.entry import actions, pictures
from mitstadt.participation.models import Contribution, Entered, Source

pytestmark = pytest.mark.django_db
DEBATE = {"question": "Was fehlt dem Platz?"}


@pytest.fixture
def module(department):
    return samples.process(format="debate", settings=DEBATE, department=department("RIT"))


@pytest.fixture
def batch(module, editor, actor_of):
    return actions.open_batch(
        actor_of(editor), module, "event", clock.today(), event="Werkstatt im Gemeindesaal", source="Stellwand 3"
    )


def screen(batch):
    return reverse("participation_staff:entry", args=[batch.process.number, batch.pk])


def photo(kind="JPEG", size=(300, 200), exif=None):
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def test_a_clerk_begins_and_enters_three_in_a_row(module, editor, client_for):
    client = client_for(editor)
    form = {"module": module.subject.public_id, "channel": "paper", "held_on": clock.today().isoformat()}
    begun = client.post(reverse("participation_staff:batches", args=[module.process.number]), form)
    assert begun.status_code == 302
    for number, text in enumerate(["Ein Trinkbrunnen.", "Mehr Schatten.", "Bänke mit Lehne."]):
        saved = client.post(begun["Location"], {"text": text, "sheet": f"B-{number}", "key": f"k{number}"})
        assert saved["Location"] == begun["Location"]  # it stays on the screen
    again = client.post(begun["Location"], {"text": "Bänke mit Lehne.", "sheet": "B-2", "key": "k2"})
    assert again.status_code == 302  # the same form twice is one contribution
    page = client.get(begun["Location"]).content.decode()
    assert "<dd>3</dd>" in page
    assert "Gespeichert: Bänke mit Lehne." in page
    rows = Contribution.objects.filter(process=module.process).order_by("pk")
    assert [(row.channel, row.sheet, row.user_id) for row in rows] == [("paper", f"B-{n}", None) for n in range(3)]
    module.subject.refresh_from_db()
    assert module.subject.comment_count == 3


def test_typed_text_stays_when_the_code_is_wrong(batch, editor, client_for):
    answer = client_for(editor).post(screen(batch), {"text": "Ein Trinkbrunnen.", "access_code": "falsch", "key": "k"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "hier nicht gültig" in page
    assert "Ein Trinkbrunnen." in page
    assert not Entered.objects.exists()


def test_one_code_is_one_person_online_and_on_paper(batch, module, editor, actor_of, client):
    group = codes.invite(samples.INSTALLATION, module.process, "Schule", clock.now() + timedelta(days=9))
    (code,) = codes.issue(samples.INSTALLATION, group, 1)
    client.post("/beteiligung/code/", {"code": code})
    assert identity.COOKIE in client.cookies
    actions.enter(actor_of(editor), batch, {"text": "Auf Papier.", "name": ""}, code=code.upper(), key="a")
    entered = Contribution.objects.get()
    assert ("guest", entered.guest_id) == codes.holder(codes.find(code))
    assert entered.guest_id is not None
    assert entered.subject.comment.guest_id == entered.guest_id
    assert Entered.objects.get().with_code


def test_the_last_one_is_taken_back_and_the_counters_follow(batch, module, editor, actor_of, client_for):
    actor = actor_of(editor)
    for text in ("Das bleibt.", "Das war falsch."):
        actions.enter(actor, batch, {"text": text, "name": ""}, key=text)
    undo = reverse("participation_staff:undo", args=[batch.process.number, batch.pk])
    client_for(editor).post(undo)
    gone = Contribution.objects.order_by("-pk").first()
    assert gone.subject.comment.text == ""
    assert [row.undone_at is None for row in Entered.objects.order_by("pk")] == [True, False]
    module.subject.refresh_from_db()
    assert module.subject.comment_count == 1


def test_what_was_answered_is_not_taken_back(batch, module, editor, alice, actor_of):
    actor = actor_of(editor)
    actions.enter(actor, batch, {"text": "Mehr Bänke.", "name": ""}, key="1")
    said = Contribution.objects.get().subject.comment
    comments.add(actor_of(alice), module.subject, "Ja, bitte.", parent=said)
    with pytest.raises(Refused):
        actions.undo(actor, batch)
    assert Entered.objects.get().undone_at is None


def test_nobody_takes_back_what_a_colleague_entered(batch, editor, coordinator, actor_of):
    actions.enter(actor_of(editor), batch, {"text": "Mehr Bänke.", "name": ""}, key="1")
    with pytest.raises(DomainError):
        actions.undo(actor_of(coordinator), batch)


def test_paper_is_entered_after_the_phase_and_not_for_ever(batch, module, editor, actor_of):
    now = clock.now()
    module.phases.update(start=now - timedelta(days=30), end=now - timedelta(days=10))
    actions.enter(actor_of(editor), batch, {"text": "Kam mit der Post.", "name": ""}, key="1")
    module.phases.update(end=now - timedelta(days=25))
    with pytest.raises(Refused) as refused:
        actions.enter(actor_of(editor), batch, {"text": "Noch eins.", "name": ""}, key="2")
    assert "drei Wochen" in refused.value.message


def test_another_department_and_citizens_enter_nothing(batch, module, other_editor, alice, actor_of, client_for):
    assert client_for(other_editor).get(screen(batch)).status_code == 403
    assert client_for(alice).get(screen(batch)).status_code == 403
    with pytest.raises(Refused):
        actions.open_batch(actor_of(alice), module, "paper", clock.today())
    with pytest.raises(DomainError) as online:
        actions.open_batch(samples.INSTALLATION, module, "online", clock.today())
    assert online.value.field == "channel"


def test_the_screen_asks_equally_often_with_more_entered(batch, editor, actor_of, client_for, assert_constant_queries):
    client = client_for(editor)

    def more():
        for number in range(3):
            actions.enter(actor_of(editor), batch, {"text": f"Bank {number}", "name": ""}, key=f"m{number}")

    assert_constant_queries(more, lambda: client.get(screen(batch)))


def test_the_evaluation_leads_to_where_it_came_from(batch, editor, actor_of, client_for):
    actions.enter(actor_of(editor), batch, {"text": "Mehr Bänke.", "name": ""}, key="1")
    one = Contribution.objects.get().subject.public_id
    page = client_for(editor).get(reverse("participation_staff:contribution", args=[batch.process.number, one]))
    assert screen(batch) in page.content.decode()


def test_paper_that_must_be_keyed_twice_is_not_keyed_once(module, monkeypatch):
    debate = registry.get("debate")
    twice = dataclasses.replace(debate, entry=dataclasses.replace(debate.entry, sheets=True))
    monkeypatch.setitem(registry._formats, "debate", twice)
    with pytest.raises(DomainError) as refused:
        actions.open_batch(samples.INSTALLATION, module, "paper", clock.today())
    assert refused.value.field == "channel"
    assert actions.open_batch(samples.INSTALLATION, module, "phone", clock.today())


# -- photographs -----------------------------------------------------------------------------------------------
def test_a_photo_of_the_flip_chart_is_kept_without_its_metadata(batch, editor, client_for, client):
    exif = Image.Exif()
    exif[0x0110], exif[0x0112], exif[0x013B] = "Telefon 7", 6, "Karla Kamera"  # turned by a quarter
    upload = io.BytesIO(photo(exif=exif))
    upload.name = "wand.jpg"
    staff = client_for(editor)
    attach = reverse("participation_staff:attach", args=[batch.process.number, batch.pk])
    staff.post(attach, {"picture": upload, "words": "Stellwand mit Karten"})
    source = Source.objects.get()
    assert (source.width, source.height) == (200, 300)
    assert b"Kamera" not in bytes(source.data)
    with Image.open(io.BytesIO(bytes(source.data))) as stored:
        assert not stored.getexif()
    public = reverse("participation:source", args=[source.public_id])
    assert client.get(public).status_code == 404
    assert staff.get(reverse("participation_staff:picture", args=[batch.process.number, source.public_id])).content
    release = reverse("participation_staff:release", args=[batch.process.number, source.public_id])
    staff.post(release, {"verb": "show"})
    assert client.get(public)["Content-Type"] == "image/jpeg"
    assert "Stellwand mit Karten" in client.get(f"{batch.process.get_absolute_url()}ergebnis/").content.decode()
    staff.post(release, {"verb": "hide"})
    assert client.get(public).status_code == 404


@pytest.mark.parametrize(
    ("upload", "word"),
    [
        (b"", "leer"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "SVG"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"%PDF-1.7 das ist kein Bild", "JPEG, PNG und WebP"),
        (photo()[:200], "JPEG, PNG und WebP"),
        (photo("GIF"), "JPEG, PNG und WebP"),
        (b"x" * (pictures.MAX_BYTES + 1), "15 MB"),
    ],
)
def test_what_is_no_photo_is_refused_with_what_to_do(upload, word):
    with pytest.raises(DomainError) as refused:
        pictures.checked(upload)
    assert word in refused.value.message


def test_a_picture_that_unfolds_is_not_opened(monkeypatch):
    monkeypatch.setattr(pictures, "MAX_PIXELS", 1000)
    with pytest.raises(DomainError) as refused:
        pictures.checked(photo("PNG"))
    assert "Bildpunkte" in refused.value.message


def test_a_large_picture_is_made_smaller():
    found = pictures.checked(photo("PNG", (3000, 1000)))
    assert (found.width, found.height) == (2400, 800)
