"""Two workers at the same list at the same moment. Real connections."""

import pytest

from mitstadt.kit import clock
from mitstadt.participation import samples
from mitstadt.participation.entry import importing, lists, undoing
from mitstadt.participation.models import Batch, Contribution, Entered

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_enter_each_row_once(monkeypatch, department, editor, actor_of, race):
    monkeypatch.setattr(lists, "CHUNK", 4)
    module = samples.process(format="debate", settings={"question": "Was fehlt?"}, department=department("RIT"))
    data = b"id,text,reply_to\n" + b"".join(b"%d,Text %d.,%s\n" % (n, n, b"0" if n else b"") for n in range(21))
    table = importing.read("lang.csv", data)
    columns = importing.recognise(table.headings, importing.fields_of(module))
    actor = actor_of(editor)
    listed, _outcome = lists.stage(
        actor, module, importing.ListFile(table, columns, "event", clock.today(), data, "l.csv")
    )
    lists.take(actor, listed)
    outcome = race(3, lambda _number: lists.run(listed.pk))
    assert not outcome.errors
    listed.refresh_from_db()
    assert (listed.state, listed.done, listed.refused) == ("done", 21, 0)
    assert Contribution.objects.count() == Entered.objects.count() == 21
    assert Contribution.objects.filter(subject__comment__parent=None).count() == 1


def test_two_workers_take_each_row_back_once(monkeypatch, department, editor, actor_of, race):
    monkeypatch.setattr(undoing, "CHUNK", 4)
    module = samples.process(format="debate", settings={"question": "Was fehlt?"}, department=department("RIT"))
    data = b"id,text,reply_to\n" + b"".join(b"%d,Text %d.,%s\n" % (n, n, b"0" if n else b"") for n in range(21))
    table = importing.read("kurz.csv", data)
    columns = importing.recognise(table.headings, importing.fields_of(module))
    actor = actor_of(editor)
    importing.take_over(actor, module, importing.ListFile(table, columns, "event", clock.today(), data, "k.csv"))
    batch = Batch.objects.get()
    undoing.begin(actor, batch)
    outcome = race(3, lambda _number: undoing.run(batch.pk, actor.user_id))
    assert not outcome.errors
    assert not Entered.objects.filter(undone_at=None).exists()
    module.subject.refresh_from_db()
    module.process.refresh_from_db()
    assert (module.subject.comment_count, module.process.contribution_count) == (0, 0)
