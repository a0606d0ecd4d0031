"""After the result: families say yes or no, what becomes free goes to the next in line, and the house learns who comes.

The line in most tests, at the house "sonne" with one place: A has 30 points, B 20, C 10, D none.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from mitstadt.audit.models import Entry
from mitstadt.capacity import cleaning, seekers
from mitstadt.capacity.models import Demand, Look
from mitstadt.capacity.rounds import actions, places
from mitstadt.capacity.rounds.models import Application, Child, Place, Programme, Round
from mitstadt.kit import clock, jobs
from mitstadt.kit.errors import DomainError

from . import factories, rounds

pytestmark = pytest.mark.django_db

POINTS = {"A": (["alone"], ["sibling"]), "B": (["alone"], []), "C": ([], ["sibling"]), "D": ([], [])}


def apply(round_: Round, name: str, codes: list[str]) -> tuple[Application, str]:
    facts, local = POINTS[name]
    return rounds.apply(
        round_, codes, facts=facts, local=dict.fromkeys(codes, local), name=f"Kind {name}", email=f"{name}@example.org"
    )


def drawn(city, stopped, quotas, **wishes: str) -> tuple[Round, dict[str, tuple[Application, str]]]:
    """`wishes`: family → codes, the best first."""
    round_ = rounds.made(city, quotas=quotas)
    families = {name: apply(round_, name, codes.split()) for name, codes in wishes.items()}
    rounds.finish(round_, city, stopped)
    return round_, families


def states(families) -> dict[str, dict[str, str]]:
    """Family → code → state."""
    return {
        name: {p.programme.code: p.state for p in Place.objects.filter(child__application=row)}
        for name, (row, _token) in families.items()
    }


def place(families, name: str, code: str) -> Place:
    return places_of(families, name).get(programme__code=code)


def places_of(families, name: str):
    rows = Place.objects.select_related("programme__round", "programme__capacity", "child__application__seeker")
    return rows.filter(child__application=families[name][0])


def taken() -> dict[str, int]:
    return dict(Programme.objects.values_list("code", "taken"))


def url(families, name: str, *more: str) -> str:
    application, token = families[name]
    return f"/plaetze/runden/mein/{token}/{application.round.public_id}/" + "".join(f"{part}/" for part in more)


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def letters(name: str) -> list[str]:
    jobs.run_pending()
    jobs.run_pending()
    return [letter.body for letter in mail.outbox if f"{name}@example.org" in letter.to]


@pytest.fixture
def city(actor_of, coordinator):
    return actor_of(coordinator)


# -- what publishing does --------------------------------------------------------------------------
def test_publishing_offers_what_was_drawn_and_lines_up_who_was_refused(city, stopped_clock):
    """A takes sonne before B and C; B takes mond before C, C gets nothing and stands in both lines."""
    round_, families = drawn(
        city, stopped_clock, {"sonne": 1, "mond": 1}, A="sonne mond", B="sonne mond", C="sonne mond"
    )
    assert states(families) == {
        "A": {"sonne": "offered"},
        "B": {"sonne": "waiting", "mond": "offered"},
        "C": {"sonne": "waiting", "mond": "waiting"},
    }
    assert taken() == {"sonne": 1, "mond": 1}
    row = place(families, "B", "sonne")
    assert (row.position, row.rank) == (1, 1)
    assert place(families, "C", "sonne").rank == 2
    mine = place(families, "B", "mond")
    assert (mine.position, mine.moved_up) == (2, False)
    assert mine.answer_until == round_.published_at + timedelta(days=14)


def test_families_read_in_the_mail_until_when_they_answer(city, stopped_clock):
    drawn(city, stopped_clock, {"sonne": 1}, A="sonne", B="sonne")
    assert any("Bitte antworten Sie dort bis" in body for body in letters("A"))
    assert not any("antworten" in body for body in letters("B"))
    assert {letter.subject for letter in mail.outbox} == {mail.outbox[0].subject}, "no subject says what became of it"


def test_a_family_that_erased_everything_before_the_draw_leaves_its_place_to_the_next(city, stopped_clock):
    round_ = rounds.made(city, quotas={"sonne": 1})
    families = {name: apply(round_, name, ["sonne"]) for name in "AB"}
    rounds.finish(round_, city, stopped_clock, publish=False)
    seekers.erase(families["A"][0].seeker)
    actions.publish(city, round_)
    assert place(families, "B", "sonne").state == "offered"
    assert taken() == {"sonne": 1}


# -- yes and no ------------------------------------------------------------------------------------
def test_a_family_accepts_with_a_button_and_says_how_to_reach_it(client, city, stopped_clock):
    _round, families = drawn(city, stopped_clock, {"sonne": 1}, A="sonne", B="sonne")
    page = client.get(url(families, "A"))
    assert "Bitte antworten Sie bis" in text_of(page)
    assert 'value="A@example.org"' in page.content.decode()
    action = url(families, "A", "platz", place(families, "A", "sonne").public_id, "annehmen")
    assert f'action="{action}"' in page.content.decode()
    assert client.get(action).status_code == 405

    wrong = client.post(action, {"name": "Anna Muster", "email": "kein-at"})
    assert wrong.status_code == 422
    assert 'value="Anna Muster"' in wrong.content.decode()
    assert wrong["Cache-Control"] == "private, no-store"
    assert place(families, "A", "sonne").state == "offered"

    sent = client.post(action, {"name": "Anna Muster", "phone": "0123", "email": "neu@example.org"})
    assert (sent.status_code, sent["Location"]) == (302, url(families, "A"))
    assert place(families, "A", "sonne").state == "accepted"
    seeker = families["A"][0].seeker
    seeker.refresh_from_db()
    contact = seekers.contact_of(seeker)
    assert contact == {"name": "Anna Muster", "email": "neu@example.org", "phone": "0123", "token": families["A"][1]}
    assert "Anna" not in seeker.sealed
    assert "Angenommen am" in text_of(client.get(url(families, "A")))
    assert Demand.objects.get(outcome="placed").count == 1
    again = client.post(action, {})
    assert again.status_code == 422
    assert "gilt nicht mehr" in text_of(again)


def test_declining_asks_once_more_and_offers_the_place_to_the_next(client, city, stopped_clock):
    _round, families = drawn(city, stopped_clock, {"sonne": 1}, A="sonne", B="sonne", C="sonne")
    page = url(families, "A", "platz", place(families, "A", "sonne").public_id, "ablehnen")
    assert page in client.get(url(families, "A")).content.decode()
    assert "Haus sonne: Krippe" in text_of(client.get(page))
    assert place(families, "A", "sonne").state == "offered", "looking changes nothing"
    stopped_clock.move(days=3)
    assert client.post(page).status_code == 302
    assert states(families) == {"A": {"sonne": "declined"}, "B": {"sonne": "offered"}, "C": {"sonne": "waiting"}}
    assert taken() == {"sonne": 1}
    moved = place(families, "B", "sonne")
    assert moved.moved_up
    assert moved.answer_until == clock.now() + timedelta(days=14), "as much time as the first ones had"
    assert sum("Für Sie ist ein Platz frei geworden" in body for body in letters("B")) == 1
    assert "nachgerückt" in text_of(client.get(url(families, "B")))
    assert "höchstens 0 Kinder vor Ihrem" in text_of(client.get(url(families, "C")))
    assert client.post(page).status_code == 422


def test_no_answer_until_the_deadline_frees_the_place_and_leaves_the_lines(client, city, stopped_clock):
    """B holds mond and stands first in the line of sonne. Neither A nor B answers: sonne goes to C, mond to D."""
    _round, families = drawn(
        city, stopped_clock, {"sonne": 1, "mond": 1}, A="sonne", B="sonne mond", C="sonne", D="mond"
    )
    stopped_clock.move(days=14, seconds=-1)
    assert places.lapse() == 0
    stopped_clock.move(seconds=1)
    row = place(families, "A", "sonne")
    with pytest.raises(DomainError, match="gilt nicht mehr"):
        places.accept(row)
    assert "Die Frist für Ihre Antwort ist vorbei." in text_of(client.get(url(families, "A")))
    assert places.lapse() == 2
    assert states(families) == {
        "A": {"sonne": "lapsed"},
        "B": {"sonne": "left", "mond": "lapsed"},
        "C": {"sonne": "offered"},
        "D": {"mond": "offered"},
    }
    assert places.lapse() == 0
    assert taken() == {"sonne": 1, "mond": 1}
    assert sum("kam keine Antwort" in body for body in letters("A")) == 1


def test_whoever_says_nothing_is_reminded_once_before_the_time_is_over(city, stopped_clock):
    """Three days before the end of fourteen; whoever answered hears nothing more."""
    _round, families = drawn(city, stopped_clock, {"sonne": 2}, A="sonne", B="sonne")
    places.accept(place(families, "B", "sonne"))
    stopped_clock.move(days=11, seconds=-1)
    assert places.remind() == 0
    stopped_clock.move(seconds=1)
    assert (places.remind(), places.remind()) == (1, 0)
    assert sum("wartet auf Ihre Antwort" in body for body in letters("A")) == 1
    assert not any("wartet auf Ihre Antwort" in body for body in letters("B"))


def test_a_short_time_to_answer_is_half_over_before_anybody_is_reminded(city, stopped_clock):
    round_, families = drawn(city, stopped_clock, {"sonne": 1}, A="sonne", B="sonne")
    Round.objects.filter(pk=round_.pk).update(answer_days=2)
    places.decline(place(families, "A", "sonne"))
    stopped_clock.move(hours=23)
    assert places.remind() == 0
    stopped_clock.move(hours=1)
    assert places.remind() == 1


def test_a_better_place_frees_the_one_accepted_before(client, city, stopped_clock):
    """B accepted mond, moves up to sonne when A says no, takes it; mond goes to C, who leaves nothing behind."""
    _round, families = drawn(
        city, stopped_clock, {"sonne": 1, "mond": 1}, A="sonne", B="sonne mond", C="mond", D="mond"
    )
    places.accept(place(families, "B", "mond"))
    places.decline(place(families, "A", "sonne"))
    assert states(families)["B"] == {"sonne": "offered", "mond": "accepted"}
    assert taken() == {"sonne": 1, "mond": 1}
    assert "Mehrere Plätze sind für Ihr Kind frei gehalten." in text_of(client.get(url(families, "B")))
    places.accept(place(families, "B", "sonne"))
    assert states(families) == {
        "A": {"sonne": "declined"},
        "B": {"sonne": "accepted", "mond": "better"},
        "C": {"mond": "offered"},
        "D": {"mond": "waiting"},
    }
    assert taken() == {"sonne": 1, "mond": 1}


def test_the_page_says_what_holds_now_and_not_only_what_was_drawn(client, city, stopped_clock):
    _round, families = drawn(
        city, stopped_clock, {"sonne": 1, "mond": 1}, A="sonne", B="sonne mond", C="mond", D="mond"
    )
    none = "Kein Platz in dieser Runde."
    assert "Platz: Haus mond: Krippe" in text_of(client.get(url(families, "B")))
    assert none in text_of(client.get(url(families, "C")))
    places.accept(place(families, "B", "mond"))
    places.decline(place(families, "A", "sonne"))
    assert "Platz: Haus mond: Krippe" in text_of(client.get(url(families, "B"))), "it is held, a better one is offered"
    places.accept(place(families, "B", "sonne"))
    shown = {name: text_of(client.get(url(families, name))) for name in families}
    assert "Bei der Vergabe: Haus sonne: Krippe. Was seitdem gilt" in shown["A"]
    assert "Bei der Vergabe: Haus mond: Krippe. Was seitdem gilt" in shown["B"]
    assert " Platz: " not in shown["A"] + shown["B"]
    assert none not in shown["C"]
    assert "Bei der Vergabe: kein Platz. Was seitdem gilt" in shown["C"]
    assert none in shown["D"]


def test_declining_a_better_place_keeps_the_accepted_one(city, stopped_clock):
    _round, families = drawn(city, stopped_clock, {"sonne": 1, "mond": 1}, A="sonne", B="sonne mond", C="sonne")
    places.accept(place(families, "B", "mond"))
    places.decline(place(families, "A", "sonne"))
    places.decline(place(families, "B", "sonne"))
    assert states(families) == {
        "A": {"sonne": "declined"}, "B": {"sonne": "declined", "mond": "accepted"}, "C": {"sonne": "offered"},
    }  # fmt: skip


def test_whoever_has_a_better_wish_on_offer_is_passed_over(city, stopped_clock):
    """C wants sonne, then mond, and got neither. While sonne is on offer to C, mond goes to D."""
    _round, families = drawn(
        city, stopped_clock, {"sonne": 1, "mond": 1}, A="sonne", B="mond", C="sonne mond", D="mond"
    )
    places.decline(place(families, "A", "sonne"))
    places.decline(place(families, "B", "mond"))
    assert states(families)["C"] == {"sonne": "offered", "mond": "waiting"}
    assert states(families)["D"] == {"mond": "offered"}
    places.accept(place(families, "C", "sonne"))
    assert states(families)["C"] == {"sonne": "accepted", "mond": "left"}


def test_an_accepted_place_can_be_given_back(city, client, stopped_clock):
    _round, families = drawn(city, stopped_clock, {"sonne": 1}, A="sonne", B="sonne")
    places.accept(place(families, "A", "sonne"))
    page = url(families, "A", "platz", place(families, "A", "sonne").public_id, "ablehnen")
    assert "Platz zurückgeben" in text_of(client.get(page))
    assert client.post(page).status_code == 302
    assert states(families) == {"A": {"sonne": "declined"}, "B": {"sonne": "offered"}}


def test_equal_points_move_up_by_the_lottery_number_of_the_draw(city, stopped_clock):
    round_ = rounds.made(city, quotas={"sonne": 1})
    first, _token = rounds.apply(round_, ["sonne"], facts=["alone"])
    others = [rounds.apply(round_, ["sonne"])[0] for _n in range(5)]
    rounds.finish(round_, city, stopped_clock)
    numbers = {row: row.children.get().outcome.row["lottery_number"] for row in others}
    places.decline(Place.objects.get(child__application=first))
    assert Place.objects.get(state="offered").child.application == min(others, key=lambda row: numbers[row])


def test_siblings_placed_together_answer_for_each_child(city, stopped_clock):
    round_ = rounds.made(city, quotas={"sonne": 2})
    application, _token = rounds.apply(round_, ["sonne"], facts=["alone"])
    mia, ben = application.children.get(), actions.add_child(application, actions.Wishes(["sonne"], ["alone"]))
    actions.go_together(application, "together_or_not_at_all", [{mia.reference: "sonne", ben.reference: "sonne"}])
    rounds.apply(round_, ["sonne"])
    rounds.finish(round_, city, stopped_clock)
    assert set(application.children.values_list("places__state", "places__position")) == {("offered", 0)}
    places.accept(Place.objects.get(child=mia))
    places.decline(Place.objects.get(child=ben))
    assert Place.objects.get(child=mia).state == "accepted"
    assert sorted(Place.objects.values_list("state", flat=True)) == ["accepted", "declined", "offered"]


# -- what never happens ----------------------------------------------------------------------------
def test_the_database_gives_no_place_twice(city, stopped_clock):
    round_, families = drawn(city, stopped_clock, {"sonne": 1}, A="sonne", B="sonne")
    programme = round_.programmes.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(taken=2)
    assert places.offer_next(programme) == 0
    assert place(families, "B", "sonne").state == "waiting"
    child = families["A"][0].children.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.create(programme=programme, child=child, position=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.filter(state="waiting").update(state="offered")
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.update(answer_days=0)


def test_another_familys_place_is_not_found(client, city, stopped_clock):
    _round, families = drawn(city, stopped_clock, {"sonne": 1}, A="sonne", B="sonne")
    for name, wanted in (("B", place(families, "A", "sonne")), ("B", place(families, "B", "sonne"))):
        for verb in ("annehmen", "ablehnen"):
            assert client.post(url(families, name, "platz", wanted.public_id, verb)).status_code == 404
    assert place(families, "A", "sonne").state == "offered"


def test_erasing_frees_what_is_on_offer_and_keeps_what_was_accepted(city, stopped_clock):
    _round, families = drawn(city, stopped_clock, {"sonne": 1, "mond": 1}, A="sonne", B="mond", C="sonne", D="mond")
    places.accept(place(families, "A", "sonne"))
    for name in ("A", "B"):
        seekers.erase(families[name][0].seeker)
    assert Child.objects.count() == 2
    assert place(families, "C", "sonne").state == "waiting", "the accepted place stays theirs"
    assert place(families, "D", "mond").state == "offered"
    assert taken() == {"sonne": 1, "mond": 1}
    stopped_clock.move(days=91)
    cleaning.purge()
    assert (Child.objects.count(), Place.objects.count()) == (0, 0)


# -- the page --------------------------------------------------------------------------------------
def test_the_familys_pages_say_what_is_wanted_and_ask_as_often(client, city, stopped_clock, assert_constant_queries):
    """Nothing hangs on how many houses a child named or how many stand in line."""
    round_, families = drawn(city, stopped_clock, {"sonne": 1, "mond": 1}, A="sonne", B="sonne mond")
    home = f"/plaetze/mein/{families['B'][1]}/"
    assert "Bitte antworten Sie bis" in text_of(client.get(home))
    notice = text_of(client.get(url(families, "A", "bescheid", families["A"][0].children.get().reference)))
    assert "Bitte nehmen Sie ihn bis" in notice
    assert "14 Tage Zeit" in text_of(client.get(round_.get_absolute_url()))
    programme = round_.programmes.get(code="mond")

    def more() -> None:
        child = families["B"][0].children.get()
        for number in range(3):
            extra = Programme.objects.create(
                round=round_, capacity=rounds.capacity(f"h{number}"), code=f"h{number}", quota=1,
                contract_on=programme.contract_on,
            )  # fmt: skip
            Place.objects.create(programme=extra, child=child, position=3 + number)

    assert_constant_queries(more, lambda: client.get(url(families, "B")))


def test_the_notice_says_who_moved_up(client, city, stopped_clock):
    _round, families = drawn(city, stopped_clock, {"sonne": 1}, A="sonne", B="sonne")
    places.decline(place(families, "A", "sonne"))
    reference = families["B"][0].children.get().reference
    assert "Seitdem nachgerückt: Haus sonne: Krippe." in text_of(client.get(url(families, "B", "bescheid", reference)))
    plain = client.get(url(families, "B") + f"bescheid/{reference}.txt").content.decode()
    assert "Seitdem nachgerückt: Haus sonne: Krippe." in plain


# -- the house and the city ------------------------------------------------------------------------
def house(user, code: str):
    """`user` becomes a member of the organisation behind a house."""
    programme = Programme.objects.select_related("capacity__service__provider").get(code=code)
    return factories.member(user, programme.capacity.service)


def test_the_house_sees_codes_and_reads_a_name_after_the_yes_only(
    client, client_for, actor_of, alice, city, stopped_clock
):
    round_, families = drawn(city, stopped_clock, {"sonne": 2, "mond": 1}, A="sonne", B="sonne", C="sonne", D="mond")
    house(alice, "sonne")
    provider = client_for(alice)
    listing = f"/plaetze/anbieter/runden/{round_.public_id}/"
    codes = {name: row.seeker.reference for name, (row, _token) in families.items()}
    row = place(families, "A", "sonne")
    page = f"/plaetze/anbieter/platz/{row.public_id}/"

    home = provider.get("/plaetze/anbieter/")
    assert listing in home.content.decode()
    assert "0 angenommen, 2 warten auf Antwort" in text_of(home), "of the own house only"
    text = text_of(provider.get(listing))
    assert "2 Plätze: 0 angenommen, 2 warten auf Antwort, 0 frei" in text
    assert codes["A"] in text
    assert codes["B"] in text
    assert codes["C"] not in text, "who only stands in line is nobody's business here"
    assert codes["D"] not in text, "another house"
    assert "Kind A" not in text
    refused = provider.get(page)
    assert refused.status_code == 403
    assert "wenn die Familie den Platz angenommen hat" in text_of(refused)
    assert not Look.objects.exists()

    places.accept(row, name="Anna Muster", phone="0123")
    listed = provider.get(listing)
    assert "Anna" not in listed.content.decode()
    assert page in listed.content.decode()
    assert "no-store" in listed["Cache-Control"]
    read = provider.get(page)
    assert all(word in text_of(read) for word in ("Kind A", "Anna Muster", "0123"))
    assert "no-store" in read["Cache-Control"]
    assert Look.objects.get().seeker == families["A"][0].seeker
    assert "Name und Kontakt nach Ihrer Zusage" in text_of(client.get(url(families, "A")))
    assert Entry.objects.filter(action="capacity.seeker.read", object=codes["A"]).count() == 1

    places.decline(place(families, "A", "sonne"))
    assert provider.get(page).status_code == 403, "given back: no more reading"
    text = text_of(provider.get(listing))
    assert f"{codes['A']} · abgelehnt" in text
    assert f"{codes['C']} · wartet auf Antwort" in text
    assert "nachgerückt" in text


def test_nobody_but_the_house_reads_who_comes(client, client_for, alice, bob, coordinator, editor, city, stopped_clock):
    round_, families = drawn(city, stopped_clock, {"sonne": 1, "mond": 1}, A="sonne", B="mond")
    house(alice, "mond")
    row = place(families, "A", "sonne")
    places.accept(row, name="Anna Muster")
    page = f"/plaetze/anbieter/platz/{row.public_id}/"
    for somebody in (alice, bob, coordinator, editor):
        assert client_for(somebody).get(page).status_code == 404
    assert client.get(page).status_code == 302
    assert client_for(bob).get(f"/plaetze/anbieter/runden/{round_.public_id}/").status_code == 404
    assert families["A"][0].seeker.reference not in text_of(
        client_for(alice).get(f"/plaetze/anbieter/runden/{round_.public_id}/")
    )
    programme = Programme.objects.select_related("capacity__service__provider").get(code="sonne")
    factories.member(bob, programme.capacity.service, verified=False)
    assert client_for(bob).get(page).status_code == 404, "not verified yet"
    assert not Look.objects.exists()


def test_the_house_is_told_of_places_whose_families_are_erased(client_for, alice, city, stopped_clock):
    round_, families = drawn(city, stopped_clock, {"sonne": 2}, A="sonne", B="sonne")
    house(alice, "sonne")
    for name in "AB":
        places.accept(place(families, name, "sonne"))
    seekers.erase(families["A"][0].seeker)
    text = text_of(client_for(alice).get(f"/plaetze/anbieter/runden/{round_.public_id}/"))
    assert "1 angenommen, Angaben seitdem gelöscht" in text


def test_staff_see_where_the_answers_stand(client_for, editor, city, stopped_clock):
    """A says no, B moves up to sonne and leaves mond, C waits on, D does not answer; the sum stands below."""
    round_, families = drawn(
        city, stopped_clock, {"sonne": 1, "mond": 2}, A="sonne", B="sonne mond", C="sonne", D="mond"
    )
    places.decline(place(families, "A", "sonne"))
    places.accept(place(families, "B", "sonne"))
    stopped_clock.move(days=14)
    places.lapse()
    page = client_for(editor).get(f"/verwaltung/plaetze/runden/{round_.public_id}/")
    rows = {row["name"]: row for row in page.context["answers"]}
    keys = ("quota", "accepted", "offered", "free", "declined", "lapsed", "better", "waiting")
    assert {name: tuple(row[key] for key in keys) for name, row in rows.items()} == {
        "Haus mond: Krippe": (2, 0, 0, 2, 0, 1, 1, 0),
        "Haus sonne: Krippe": (1, 1, 0, 0, 1, 0, 0, 1),
        "Zusammen": (3, 1, 0, 2, 1, 1, 1, 1),
    }
    assert "Antworten der Familien" in text_of(page)


def test_the_list_of_a_house_asks_as_often_with_more_families(
    client_for, alice, city, stopped_clock, assert_constant_queries
):
    round_, families = drawn(city, stopped_clock, {"sonne": 5}, A="sonne", B="sonne")
    house(alice, "sonne")
    places.accept(place(families, "A", "sonne"))
    provider = client_for(alice)

    def more() -> None:
        for number in range(3):
            seeker = factories.seeker(key=f"{number}" * 24)
            now = clock.now()
            row = Application.objects.create(
                round=round_, seeker=seeker, key=str(number), created_at=now, changed_at=now
            )
            child = Child.objects.create(application=row)
            Place.objects.create(
                programme=round_.programmes.get(), child=child, position=1, state="accepted",
                offered_at=now, answer_until=now + timedelta(days=1),
            )  # fmt: skip

    assert_constant_queries(more, lambda: provider.get(f"/plaetze/anbieter/runden/{round_.public_id}/"))
    assert_constant_queries(lambda: None, lambda: provider.get("/plaetze/anbieter/"))


# -- nobody came -----------------------------------------------------------------------------------
def test_a_house_where_nobody_came_has_the_family_asked_again(client, client_for, alice, city, stopped_clock):
    """A said yes and says it once more in time; thirty days later the house may ask again, and A is silent: B."""
    round_, families = drawn(city, stopped_clock, {"sonne": 1}, A="sonne", B="sonne")
    house(alice, "sonne")
    provider = client_for(alice)
    row = place(families, "A", "sonne")
    missing = f"/plaetze/anbieter/platz/{row.public_id}/fehlt/"
    assert "gilt nicht mehr" not in text_of(provider.post(missing, follow=True)), "not accepted: the reason is another"
    assert place(families, "A", "sonne").answer_until == row.answer_until
    places.accept(row, name="Anna Muster", email="A@example.org")
    letters("A")
    stopped_clock.move(days=20)
    assert missing in provider.get(f"/plaetze/anbieter/platz/{row.public_id}/").content.decode()
    assert provider.get(missing).status_code == 405
    page = provider.post(missing, follow=True)
    assert "Die Familie ist gefragt, ob sie noch kommt." in text_of(page)
    assert "noch einmal gefragt" in text_of(page)
    asked = place(families, "A", "sonne")
    assert (asked.state, asked.answer_until) == ("offered", clock.now() + timedelta(days=14))
    assert taken() == {"sonne": 1}, "the place is not free yet"
    assert sum("dass es Sie nicht erreicht" in body for body in letters("A")) == 1
    assert "Sie hatten angenommen." in text_of(client.get(url(families, "A")))
    assert provider.get(f"/plaetze/anbieter/platz/{row.public_id}/").status_code == 403, "no reading in between"

    places.accept(asked, name="Anna Muster", email="A@example.org")
    assert Demand.objects.get(outcome="placed").count == 1, "one place, one count"
    assert "gilt nicht mehr" in text_of(provider.post(missing, follow=True)), "once in thirty days"
    assert place(families, "A", "sonne").state == "accepted"
    stopped_clock.move(days=30)
    provider.post(missing)
    stopped_clock.move(days=14)
    assert places.lapse() == 1
    assert states(families) == {"A": {"sonne": "lapsed"}, "B": {"sonne": "offered"}}
    assert taken() == {"sonne": 1}
    entry = Entry.objects.filter(action="capacity.place.ask_again").latest("pk")
    assert entry.payload["place"] == families["A"][0].seeker.reference
    assert round_.public_id == entry.payload["round"]


def test_only_the_house_says_that_nobody_came(client, client_for, alice, bob, coordinator, city, stopped_clock):
    round_, families = drawn(city, stopped_clock, {"sonne": 1, "mond": 1}, A="sonne", B="mond")
    house(alice, "mond")
    row = place(families, "A", "sonne")
    places.accept(row)
    seekers.erase(families["B"][0].seeker)
    for somebody in (alice, bob, coordinator):
        assert client_for(somebody).post(f"/plaetze/anbieter/platz/{row.public_id}/fehlt/").status_code == 404
        free = f"/plaetze/anbieter/runden/{round_.public_id}/sonne/frei/"
        assert client_for(somebody).post(free).status_code == 404
    assert client.post(f"/plaetze/anbieter/platz/{row.public_id}/fehlt/").status_code == 302
    assert place(families, "A", "sonne").state == "accepted"


def test_a_place_whose_family_is_erased_is_given_on_when_it_is_empty(client_for, alice, city, stopped_clock):
    """A took a place and is erased by now; B holds the other, C stands in line. One is free, not two."""
    round_, families = drawn(city, stopped_clock, {"sonne": 2}, A="sonne", B="sonne", C="sonne")
    house(alice, "sonne")
    places.accept(place(families, "A", "sonne"))
    places.accept(place(families, "B", "sonne"))
    listing = f"/plaetze/anbieter/runden/{round_.public_id}/"
    free = f"{listing}sonne/frei/"
    provider = client_for(alice)
    assert free not in provider.get(listing).content.decode()
    seekers.erase(families["A"][0].seeker)
    assert place(families, "C", "sonne").state == "waiting"
    assert free in provider.get(listing).content.decode()
    assert "das nächste Kind wird gefragt" in text_of(provider.post(free, follow=True))
    assert place(families, "C", "sonne").state == "offered"
    assert "gilt nicht mehr" in text_of(provider.post(free, follow=True))
    assert taken() == {"sonne": 2}


def test_houses_hear_of_the_result_and_once_a_day_of_answers(city, stopped_clock):
    """Both houses belong to one provider each; two families say yes on one day, one on the next."""
    round_ = rounds.made(city, quotas={"sonne": 3, "mond": 1})
    for programme in round_.programmes.select_related("capacity__service__provider"):
        provider = programme.capacity.service.provider
        provider.email = f"{programme.code}@haus.example"
        provider.save()
    families = {name: apply(round_, name, ["sonne"]) for name in "ABC"}

    def told():
        return [m for m in mail.outbox if f"/plaetze/anbieter/runden/{round_.public_id}/" in m.body]

    rounds.finish(round_, city, stopped_clock)
    letters("A")
    assert sorted(m.to[0] for m in told()) == ["mond@haus.example", "sonne@haus.example"]
    mail.outbox.clear()
    places.accept(place(families, "A", "sonne"))
    places.accept(place(families, "B", "sonne"))
    stopped_clock.move(days=1)
    places.accept(place(families, "C", "sonne"))
    letters("A")
    assert [m.to[0] for m in told()] == ["sonne@haus.example"] * 2
    assert not any("Kind" in m.body for m in told()), "no name in a mail"
