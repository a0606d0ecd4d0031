"""Measures, ideas and other things to be found; kinds that only these tests know."""

from __future__ import annotations

import pytest

from mitstadt.kit.decision import YES
from mitstadt.search import actions
from mitstadt.subjects import actions as subjects
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Subject


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    known = dict(kinds._kinds)
    for slug, label, plural in (("testplan", "Vorhaben", "Vorhaben"), ("testidea", "Idee", "Ideen")):
        known[slug] = kinds.Kind(slug, label, plural, lambda *_a: YES)
    monkeypatch.setattr(kinds, "_kinds", known)


@pytest.fixture
def publish(db):
    """`publish("Neuer Radweg", "Text …", kind=…, published=…)` → the indexed Subject."""

    def make(title, text="", *, kind="testplan", published=True, restricted=False, district=None, **more):
        subject = subjects.create(kind, title, f"/x/{title[:20]}/", published=published)
        Subject.objects.filter(pk=subject.pk).update(restricted=restricted, district=district)
        actions.index(subject, title, text, **more)
        return subject

    return make
