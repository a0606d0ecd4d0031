"""Addresses of databases, and what both databases promise about parallel writers."""

import time
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.models import F

from mitstadt.kit.among import among
from mitstadt.kit.database import from_url
from mitstadt.subjects.models import Subject


def test_an_empty_address_means_the_embedded_file(tmp_path):
    settings = from_url("", tmp_path)
    assert settings["NAME"] == tmp_path / "mitstadt.sqlite3"
    assert settings["OPTIONS"]["init_command"] == "PRAGMA synchronous=FULL;"


def test_a_password_may_contain_any_character():
    settings = from_url("postgres://stadt:p%40ss%2Fwort@db.example:5433/mitstadt", Path())
    assert (settings["USER"], settings["PASSWORD"], settings["HOST"]) == ("stadt", "p@ss/wort", "db.example")
    assert (settings["PORT"], settings["NAME"]) == ("5433", "mitstadt")


def test_another_kind_of_database_is_refused_by_name():
    with pytest.raises(ValueError, match="mysql"):
        from_url("mysql://x/y", Path())


@pytest.mark.parametrize("typed", ["quatsch", "//db.example/mitstadt", "db.example:5432/mitstadt", "/var/x.sqlite3"])
def test_an_address_without_its_kind_is_no_empty_address(typed, tmp_path):
    """A slip of the pen in DATABASE_URL started an empty city in the embedded file."""
    with pytest.raises(ValueError, match="DATABASE_URL"):
        from_url(typed, tmp_path)


def test_the_address_may_bring_other_options_for_the_connection():
    assert "random_page_cost=1.1" in from_url("postgres://x/y", Path())["OPTIONS"]["options"]
    assert from_url("postgres://x/y?options=-c%20jit%3Don", Path())["OPTIONS"]["options"] == "-c jit=on"
    assert from_url("postgres://x/y?options=", Path())["OPTIONS"]["options"] == ""


@pytest.mark.django_db
def test_many_keys_are_one_parameter(subject_factory):
    made = [subject_factory() for _n in range(3)]
    rows = Subject.objects.filter(among("pk", [made[0].pk, made[2].pk, 2**40])).order_by("pk")
    assert list(rows) == [made[0], made[2]]
    assert len(rows.query.sql_with_params()[1]) == 1
    assert list(Subject.objects.filter(among("pk", []))) == []


def test_fifty_people_write_at_once_and_nobody_waits_long(race, subject_factory):
    subject = subject_factory()

    def write(_number: int) -> float:
        worst = 0.0
        for _ in range(5):
            asked = time.monotonic()
            with transaction.atomic():
                Subject.objects.filter(pk=subject.pk).update(comment_count=F("comment_count") + 1)
            worst = max(worst, time.monotonic() - asked)
        return worst

    outcome = race(50, write)
    assert outcome.errors == []
    subject.refresh_from_db()
    assert subject.comment_count == 250
    assert max(outcome.results) <= 5  # the figure itself (2 s) is measured by the bench on a quiet machine


def test_single_statements_outside_a_transaction_take_their_turn_too(race, subject_factory):
    subject = subject_factory()

    def write(_number: int) -> None:
        for _ in range(10):
            Subject.objects.filter(pk=subject.pk).update(rating_count=F("rating_count") + 1)

    assert race(10, write).errors == []
    subject.refresh_from_db()
    assert subject.rating_count == 100


def test_a_failed_transaction_gives_its_turn_on(race, subject_factory):
    subject = subject_factory()

    def fail_or_write(number: int) -> None:
        with transaction.atomic():
            Subject.objects.filter(pk=subject.pk).update(rating_count=F("rating_count") + 1)
            if number % 2:
                raise KeyError(number)

    outcome = race(10, fail_or_write)
    assert [type(error) for error in outcome.errors] == [KeyError] * 5
    subject.refresh_from_db()
    assert subject.rating_count == 5


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="about the embedded database")
@pytest.mark.django_db(transaction=True)
def test_the_embedded_database_keeps_what_it_acknowledged():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)  # FULL
