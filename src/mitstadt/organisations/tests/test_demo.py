"""The invented people of the demo city: made once, signed in with one click, nowhere else."""

from __future__ import annotations

import pytest

from mitstadt.accounts import demo
from mitstadt.accounts.demo_people import PEOPLE
from mitstadt.accounts.models import User
from mitstadt.kit.errors import DomainError
from mitstadt.organisations import demo as organisations
from mitstadt.organisations.models import Membership


def test_demo_people_load_twice_without_change(settings, db):
    with pytest.raises(DomainError):
        demo.load()
    settings.MITSTADT_DEMO = True
    for _time in range(2):
        demo.load()
        organisations.load()
    assert User.objects.filter(is_example=True).count() == User.objects.count() == len(PEOPLE)
    assert Membership.objects.count() == sum(1 for person in PEOPLE if person.grant)
    labels = {m.organisation.code for m in Membership.objects.select_related("organisation")}
    assert {"RIT", "KVR"} <= labels


def test_one_click_in_the_demo(settings, db, client):
    settings.MITSTADT_DEMO = True
    demo.load()
    organisations.load()
    assert client.get("/konto/demo/koordination/").status_code == 405
    response = client.post("/konto/demo/koordination/", {"next": "/verwaltung/"})
    assert response["Location"] == "/verwaltung/"
    assert client.get("/verwaltung/").status_code == 200
    assert client.post("/konto/demo/koenigin/").status_code == 404
