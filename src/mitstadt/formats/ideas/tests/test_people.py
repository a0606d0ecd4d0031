"""People propose, show the place, find what is similar, stand behind ideas; and what goes wrong ends well."""

import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from mitstadt.formats.ideas import actions, queries
from mitstadt.formats.ideas.actions import Words
from mitstadt.formats.ideas.models import Picture
from mitstadt.geo import maps
from mitstadt.geo.models import District
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.participation import queries as participation
from mitstadt.participation import samples
from mitstadt.participation.actions import codes, contributions, processes, supports
from mitstadt.participation.models import Assessment, Contribution, Phase

pytestmark = pytest.mark.django_db
MARIENPLATZ = [11.5755, 48.1374]
POINT = json.dumps({"type": "Point", "coordinates": MARIENPLATZ})


def module(threshold=0, **options):
    return samples.process(format="ideas", settings={"threshold": threshold, **options.pop("settings", {})}, **options)


def idea(actor, found, title="Ein Brunnen im Schatten", text="Unter den Linden.", **options):
    return actions.propose(actor, found, Words(title, text, **options))


def fresh(made):
    return participation.contribution(made.subject.public_id)


def address(found):
    return reverse("ideas:propose", args=[found.subject.public_id])


def send(client, found, follow=False, **data):
    return client.post(address(found), {"title": "Ein Brunnen", "text": "Im Schatten.", "seen": "1", **data})


def photograph(kind="JPEG", size=(64, 48), **options):
    out = io.BytesIO()
    Image.new("RGB" if size[0] < 1000 else "1", size).save(out, kind, **options)
    return out.getvalue()


# -- proposing -----------------------------------------------------------------------------------------------------
def test_a_citizen_proposes_on_the_map(alice, client_for):
    found = module(categories=["Wasser", "Bänke"])
    District.objects.get_or_create(number=1, defaults={"name": "Altstadt", "slug": "altstadt"})
    category = found.categories.get(name="Wasser")
    answer = send(client_for(alice), found, geometry=POINT, category=str(category.pk), place="Am  Brunnen")
    made = Contribution.objects.get()
    assert answer["Location"] == made.subject.path
    assert made.geometry == {"type": "Point", "coordinates": MARIENPLATZ}
    assert (made.category, made.place, made.district.number) == (category, "Am Brunnen", 1)
    page = client_for(alice).get(made.subject.path).content.decode()
    assert "Wasser" in page
    assert 'class="pt-map"' in page
    assert "Am Brunnen" in client_for(alice).get(found.subject.path + "?ansicht=karte").content.decode()


@pytest.mark.parametrize("geometry", [json.dumps({"type": "Point", "coordinates": [9.9, 53.5]}), "{", "[1]"])
def test_a_place_outside_of_the_city_keeps_the_text_and_says_so(alice, client_for, geometry):
    answer = send(client_for(alice), module(), geometry=geometry)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Im Schatten." in page
    assert "bitte" in page.lower()
    assert not Contribution.objects.exists()


def test_without_javascript_a_click_on_the_picture_sets_the_place(alice, client_for):
    found = module()
    drawn = maps.current()
    x, y = drawn.bounds.drawn(MARIENPLATZ)
    pixels = {
        "geometry.karte.x": round(x * maps.IMAGE_WIDTH / 1000),
        "geometry.karte.y": round(y * maps.IMAGE_WIDTH / 1000),
    }
    page = send(client_for(alice), found, **pixels)
    assert page.status_code == 200
    assert not Contribution.objects.exists()
    form = page.context["form"]
    place = json.loads(form["geometry"].value())
    assert place["coordinates"] == pytest.approx(MARIENPLATZ, abs=0.002)
    assert "Im Schatten." in page.content.decode()
    assert client_for(alice).get(page.context["pick"].src)["Content-Type"] == "image/svg+xml"


def test_a_place_may_be_demanded(alice, actor_of):
    found = module(settings={"needs_place": True})
    with pytest.raises(DomainError) as refused:
        idea(actor_of(alice), found)
    assert refused.value.field == "place"
    assert idea(actor_of(alice), found, place="Vor der Bücherei").pk


def test_a_phase_that_ends_while_someone_types_keeps_the_text_and_says_why(alice, client_for):
    found = module()
    client = client_for(alice)
    client.get(address(found))
    Phase.objects.update(end=clock.now() - timedelta(minutes=1), start=clock.now() - timedelta(days=2))
    answer = send(client, found, text="Was ich eine Stunde lang schrieb.")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Was ich eine Stunde lang schrieb." in page
    assert "Vorschlagen konnten Sie bis" in page
    assert client.get(address(found)).status_code == 403


def test_a_process_that_is_unpublished_while_someone_types_gives_the_text_back(
    alice, client_for, client, coordinator, actor_of
):
    found = module()
    browser = client_for(alice)
    processes.move(actor_of(coordinator), found.process, "draft")
    answer = send(browser, found, title="Ein <b>Brunnen", text="Was ich eine Stunde\nlang schrieb.")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "Was ich eine Stunde\nlang schrieb.</textarea>" in page
    assert "Ein &lt;b&gt;Brunnen</textarea>" in page
    assert found.title not in page
    assert not Contribution.objects.exists()
    assert browser.get(address(found)).status_code == 404
    processes.move(actor_of(coordinator), samples.loaded(found).process, "open")
    assert "lang schrieb.</textarea>" in browser.get(address(found)).content.decode(), "it waits for a day"
    assert "lang schrieb" not in client.get(address(found)).content.decode(), "in this browser only"


def test_support_for_an_idea_of_a_process_that_went_is_not_counted(alice, bob, actor_of, client_for, coordinator):
    made = idea(actor_of(alice), module())
    browser = client_for(bob)
    processes.move(actor_of(coordinator), made.module.process, "draft")
    assert browser.post(reverse("ideas:support", args=[made.subject.public_id])).status_code == 404
    with pytest.raises(Refused):
        supports.add(actor_of(bob), fresh(made))
    assert fresh(made).support_count == 0


def test_a_guest_who_confirms_when_the_process_is_gone_reads_why(client, coordinator, actor_of):
    found = module()
    payload = {
        "module": found.subject.public_id, "title": "Ein Brunnen", "text": "Im Schatten.", "category": None,
        "district": "", "place": "", "geometry": "", "name": "", "email": "neu@example.org", "key": "k",
    }  # fmt: skip
    processes.move(actor_of(coordinator), found.process, "draft")
    with pytest.raises(Refused) as refused:
        actions.confirmed(samples.citizen("neu"), payload)
    assert "nicht veröffentlicht" in refused.value.message


# -- young people --------------------------------------------------------------------------------------------------
def test_a_pupil_proposes_with_a_code_and_nothing_leads_to_her(client, client_for, alice):
    found = module()
    group = codes.invite(samples.INSTALLATION, found.process, "Klasse 9b", clock.now() + timedelta(days=9))
    (code,) = codes.issue(samples.INSTALLATION, group, 1)
    found.phases.update(audience={"groups": [group.slug]})
    assert send(client_for(alice), found).status_code in (403, 422), "without the code nobody writes here"
    client.post(reverse("participation:code"), {"code": code})
    form = client.get(address(found)).content.decode()
    for field in ("email", "name"):
        assert f'name="{field}"' not in form
    assert send(client, found, name="Mia Muster").status_code == 302
    made = Contribution.objects.get()
    assert (made.user_id, made.author_label) == (None, "")
    reader = client_for(alice)
    for path in (
        made.subject.path,
        found.subject.path,
        "/api/v1/contributions",
        f"{found.process.get_absolute_url()}beitraege.json",
    ):
        said = reader.get(path).getvalue().decode()
        assert "Ein Brunnen" in said, path
        for secret in ("Muster", "Klasse", made.guest.public_id):
            assert secret not in said, (path, secret)


def test_a_login_that_ran_out_keeps_the_text(client, alice, client_for):
    found = module()
    answer = client.post(address(found), {"title": "Ein Brunnen", "text": "Viel Text."})
    assert answer["Location"].startswith(reverse("account_login"))
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Viel Text." in client.get(address(found)).content.decode()


def test_twenty_thousand_characters_are_refused_with_the_number_and_kept(alice, client_for):
    answer = send(client_for(alice), module(), text="ä" * 20_001)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "20.001 Zeichen" in page
    assert "ä" * 20_001 in page


def test_control_characters_and_turned_directions_are_cleaned(alice, actor_of):
    made = idea(
        actor_of(alice), module(), "Ein\u202e Brunnen\x00", "Im\x07 Schatten \u202eund Wasser\u202c", place="A\x08b"
    )
    assert (made.title, made.place) == ("Ein Brunnen", "Ab")
    assert "\u202e" not in made.text
    assert "\x07" not in made.text


def test_a_guest_confirms_by_mail(client, mailoutbox):
    found = module()
    answer = client.post(
        address(found),
        {"title": "Ein Brunnen", "text": "Im Schatten.", "seen": "1", "email": "neu@example.org", "name": "Uli"},
    )
    assert answer["Location"] == reverse("accounts:check_mail")
    assert not Contribution.objects.exists()
    payload = {
        "module": found.subject.public_id, "title": "Ein Brunnen", "text": "Im Schatten.", "category": None,
        "district": "", "place": "", "geometry": POINT, "name": "Uli", "email": "neu@example.org", "key": "k",
    }  # fmt: skip
    from mitstadt.accounts.actor import Actor
    from mitstadt.accounts.models import Guest

    guest = Guest.objects.first() or Guest.objects.create(created_at=clock.now())
    actor = Actor(guest_id=guest.pk, public_id=guest.public_id, trust=1)
    assert actions.confirmed(actor, payload) == actions.confirmed(actor, payload)  # the link opened twice
    assert Contribution.objects.get().author_label == "Uli"


# -- drafts and pictures -------------------------------------------------------------------------------------------
def test_a_draft_that_cannot_be_kept_does_not_call_the_sentence_optional(alice, client_for):
    found = module()
    answer = client_for(alice).post(address(found), {"title": "x" * 151, "text": "Mein Text", "keep": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Mein Text" in page
    label = page.partition('for="id_title"')[2].partition("</label>")[0]
    assert "Ihre Idee in einem Satz" in label
    assert "freiwillig" not in label


def test_a_draft_is_the_authors_alone_until_it_is_sent(alice, bob, client_for, client):
    found = module()
    own = client_for(alice)
    kept = own.post(address(found), {"title": "Halb", "text": "", "keep": "1"})
    draft = Contribution.objects.get()
    assert draft.draft
    public_id = draft.subject.public_id
    assert kept["Location"].endswith(f"?entwurf={public_id}")
    assert "Halb" in own.get(kept["Location"]).content.decode()
    assert "Halb" in own.get(found.subject.path).content.decode()
    for other in (client, client_for(bob)):
        assert other.get(draft.subject.path).status_code == 404
        assert "Halb" not in other.get(kept["Location"]).content.decode()
    assert found.contribution_count == 0
    send(own, found, title="Ganz", draft=public_id)
    draft.refresh_from_db()
    assert (draft.draft, draft.title, draft.counted) == (False, "Ganz", True)
    assert Contribution.objects.count() == 1


def test_a_picture_loses_its_metadata_and_shows(alice, actor_of, client_for, client):
    found = module()
    exif = Image.Exif()
    exif[0x010E] = "Geheim"
    exif[0x8825] = {1: "N", 2: (48.0, 8.0, 0.0)}
    upload = SimpleUploadedFile("bild.jpg", photograph(exif=exif), "image/jpeg")
    send(client_for(alice), found, picture=upload, words="Ein grüner Platz")
    made = Contribution.objects.get()
    assert not made.draft
    shown = client.get(reverse("ideas:picture", args=[made.subject.public_id, 0]))
    assert shown["Content-Type"] == "image/jpeg"
    assert not dict(Image.open(io.BytesIO(shown.content)).getexif())
    assert b"Geheim" not in shown.content
    assert 'alt="Ein grüner Platz"' in client.get(made.subject.path).content.decode()
    contributions.withdraw(actor_of(alice), fresh(made))
    assert not Picture.objects.exists()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "HEIC"),
        (b"GIF89a" + b"\x00" * 60, "JPEG, PNG und WebP"),
        (photograph("PNG", (9000, 9000)), "Bildpunkte"),
    ],
)
def test_other_pictures_are_refused_with_a_reason_and_the_text_stays(alice, client_for, content, word):
    answer = send(client_for(alice), module(), picture=SimpleUploadedFile("b.jpg", content), words="Ein Platz")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert word in page
    assert "Im Schatten." in page
    assert not Contribution.objects.exists()


def test_a_fourth_picture_is_refused(alice, actor_of):
    found = module()
    draft = fresh(actions.propose(actor_of(alice), found, Words("Bild", "Text"), draft=True))
    for number in range(3):
        actions.add_picture(actor_of(alice), draft, photograph(size=(10 + number, 10)), "Ein Platz")
    with pytest.raises(DomainError) as refused:
        actions.add_picture(actor_of(alice), draft, photograph(), "Ein Platz")
    assert refused.value.code == "too_many"


# -- similar ideas -------------------------------------------------------------------------------------------------
def test_similar_ideas_are_shown_before_sending_and_never_stop_anybody(alice, bob, actor_of, client_for):
    found = module()
    known = idea(actor_of(bob), found, "Trinkbrunnen am Grünspitz", "Unter den Linden ist Schatten.")
    idea(actor_of(bob), found, "Mehr Lastenräder", "Zum Ausleihen.")
    client = client_for(alice)
    data = {"title": "Ein Trinkbrunnen am Grünspitz", "text": "Weil es dort heiß ist."}
    typing = client.get(reverse("ideas:similar", args=[found.subject.public_id]), {"title": data["title"]})
    assert known.title in typing.content.decode()
    assert "Lastenräder" not in typing.content.decode()
    step = client.post(address(found), data)
    assert known.title in step.content.decode()
    assert "Trotzdem abschicken" in step.content.decode()
    assert Contribution.objects.count() == 2
    again = client.post(address(found), {**data, "seen": step.context["form"]["seen"].value()})
    assert again.status_code == 302
    assert Contribution.objects.count() == 3


def test_similar_ideas_of_another_process_or_a_hidden_one_are_not_shown(alice, actor_of):
    found, other = module(), module()
    idea(actor_of(alice), other, "Trinkbrunnen am Grünspitz")
    hidden = idea(actor_of(alice), found, "Trinkbrunnen Grünspitz")
    hidden.subject.__class__.objects.filter(pk=hidden.pk).update(restricted=True)
    assert queries.similar(found, "Trinkbrunnen am Grünspitz") == []


# -- support -------------------------------------------------------------------------------------------------------
def test_support_counts_once_and_can_be_taken_back(alice, bob, actor_of, client_for):
    found = module(threshold=3)
    made = idea(actor_of(alice), found)
    client, where = client_for(bob), reverse("ideas:support", args=[made.subject.public_id])
    for _click in range(2):
        client.post(where)
    assert fresh(made).support_count == 1
    page = client.get(made.subject.path).content.decode()
    assert "noch 2 bis zur Prüfung" in page
    assert "Unterstützung zurücknehmen" in page
    client.post(where, {"was": "zurueck"})
    assert fresh(made).support_count == 0
    Phase.objects.update(end=clock.now() - timedelta(minutes=1), start=clock.now() - timedelta(days=2))
    late = client.post(where)
    assert late.status_code == 403
    assert "Unterstützen konnten Sie bis" in late.content.decode()


def test_the_answer_is_owed_when_enough_support_it_and_only_then(alice, bob, actor_of, stopped_clock):
    made = idea(actor_of(alice), module(threshold=2))
    supports.add(actor_of(alice), fresh(made))
    assert fresh(made).assessment.due_on is None
    supports.add(actor_of(bob), fresh(made))
    due = fresh(made).assessment.due_on
    assert due > clock.today()
    supports.withdraw(actor_of(bob), fresh(made))
    stopped_clock.move(days=1)
    supports.add(actor_of(bob), fresh(made))
    assert fresh(made).assessment.due_on == due  # nothing moves it


def test_without_a_threshold_every_idea_is_owed_an_answer(alice, actor_of):
    assert fresh(idea(actor_of(alice), module())).assessment.due_on > clock.today()


def test_a_guest_supports_by_mail(client, alice, actor_of):
    made = idea(actor_of(alice), module())
    where = reverse("ideas:support", args=[made.subject.public_id])
    assert 'name="email"' in client.get(where).content.decode()
    assert client.post(where, {"email": "neu@example.org"})["Location"] == reverse("accounts:check_mail")
    assert client.post(where, {"email": "kein"}).status_code == 422
    assert fresh(made).support_count == 0


def test_who_may_not_take_part_cannot_support(alice, actor_of):
    found = module()
    made = idea(actor_of(alice), found)
    Phase.objects.update(audience={"trust": 2})
    with pytest.raises(Refused):
        supports.add(actor_of(alice), fresh(made))


def test_an_author_who_leaves_takes_the_name_and_leaves_the_idea(alice, bob, actor_of):
    from mitstadt.accounts.personal import Person

    made = idea(actor_of(alice), module())
    supports.add(actor_of(bob), fresh(made))
    contributions.forget_author(Person(alice.public_id, user_id=alice.pk), True)
    left = fresh(made)
    assert (left.author_label, left.user_id, left.support_count) == ("", None, 1)
    assert left.text


# -- the list ------------------------------------------------------------------------------------------------------
def test_each_filter_is_an_address(alice, bob, actor_of, client):
    found = module(threshold=1, categories=["Wasser", "Bänke"])
    water = found.categories.get(name="Wasser")
    District.objects.get_or_create(number=9, defaults={"name": "Neuhausen", "slug": "neuhausen"})
    first = idea(actor_of(alice), found, "Brunnen", category=water)
    second = idea(actor_of(alice), found, "Bank", district="9")
    supports.add(actor_of(bob), fresh(second))
    Assessment.objects.filter(pk=first.pk).update(
        decision="done", reason="Steht.", decided_on=clock.today(), label="Baureferat"
    )

    def titles(query):
        page = client.get(f"{found.subject.path}?{query}").content.decode()
        return [title for title in ("Brunnen", "Bank") if f">{title}</a>" in page]

    assert titles("") == ["Brunnen", "Bank"]
    assert titles(f"kategorie={water.pk}") == ["Brunnen"]
    assert titles("bezirk=9") == ["Bank"]
    assert titles("zustand=umgesetzt") == titles("zustand=beantwortet") == ["Brunnen"]
    assert titles("zustand=wartet") == titles("zustand=offen") == ["Bank"]
    assert titles("zustand=ueberfaellig") == []
    Assessment.objects.filter(pk=second.pk).update(due_on=clock.today() - timedelta(days=3))
    assert titles("zustand=ueberfaellig") == ["Bank"]
    assert "Antwort überfällig" in client.get(found.subject.path).content.decode()
    assert "überfällig" in client.get(second.subject.path).content.decode()
    assert titles("kategorie=x&bezirk=999&zustand=y&sortierung=z&seite=0") == ["Brunnen", "Bank"]


def test_the_order_is_by_support_by_age_or_by_answer(alice, bob, actor_of, stopped_clock):
    found = module()
    old = idea(actor_of(alice), found, "Alt")
    stopped_clock.move(days=1)
    new = idea(actor_of(alice), found, "Neu")
    supports.add(actor_of(bob), fresh(old))
    Assessment.objects.filter(pk=old.pk).update(decision="done", reason="Ja.", decided_on=clock.today())

    def order(sort):
        return [row.pk for row in queries.listed(found, queries.Filters(sort=sort), clock.today())]

    assert order("unterstuetzt") == [old.pk, new.pk]
    assert order("neu") == order("offen") == [new.pk, old.pk]


def test_the_list_asks_equally_often_for_everybody(alice, bob, client, client_for, assert_constant_queries):
    found = module()

    def more():
        for number in range(3):
            idea(samples.citizen(f"n{number}"), found, f"Idee {number}", geometry=POINT)

    more()
    assert_constant_queries(more, lambda: client.get(found.subject.path), at_most=8)
