"""Two people publish at once, somebody writes meanwhile: real connections, and afterwards everything fits."""

import pytest

from mitstadt.formats.annotation import actions, format, reading
from mitstadt.formats.annotation.models import Anchor, Annotation, Version
from mitstadt.kit.errors import DomainError
from mitstadt.participation import samples
from tests.support.people import make_user

from .test_people import FIRST, text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def attempt(work):
    try:
        return work()
    except DomainError as error:
        return error.code


def test_of_six_drafts_at_once_one_is_published(race):
    module = text()
    drafts = [
        actions.prepare(samples.INSTALLATION, module, reading.from_markdown(FIRST + f"\nEntwurf {n}."))
        for n in range(6)
    ]
    outcome = race(6, lambda n: attempt(lambda: actions.publish(samples.INSTALLATION, drafts[n]).number))
    assert not outcome.errors
    assert sorted(outcome.results, key=str) == [2, *["stale"] * 5]
    assert list(Version.objects.filter(is_current=True).values_list("number", flat=True)) == [2]


def test_remarks_that_come_while_a_version_is_published_are_all_carried(race, actor_of):
    module = text()
    draft = actions.prepare(samples.INSTALLATION, module, reading.from_markdown(FIRST + "\nNeu."))
    people = [actor_of(make_user(f"mensch{n}")) for n in range(9)]
    read = format.target_of(module, "ruft an")

    def work(n):
        if n == 4:
            return actions.publish(samples.INSTALLATION, draft).number
        return actions.annotate(people[n], samples.loaded(module), read, f"Ich bin {n}.").contribution.pk

    outcome = race(9, work, seconds=60)
    assert not outcome.errors
    assert Annotation.objects.count() == 8
    # wherever each of them came in, it stands in both versions
    assert Anchor.objects.filter(version__number=1, how="made").count() == 8
    assert Anchor.objects.filter(version__number=2, how="same").count() == 8
    assert sum(Version.objects.values_list("annotation_count", flat=True)) == 8
