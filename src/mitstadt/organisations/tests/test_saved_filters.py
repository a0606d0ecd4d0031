"""Staff give filters a name, share them with their department and delete them; on every list the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from mitstadt.audit.models import Entry
from mitstadt.organisations.models import Organisation, SavedFilter

pytestmark = pytest.mark.django_db
LISTS = {
    "radar.measures": ("/verwaltung/radar/massnahmen/", "hinweis=verzoegert&sort=ende", "editor"),
    "comments.questions": ("/verwaltung/fragen/", "q=radweg&zeigen=ueberfaellig", "editor"),
    "moderation.queue": ("/verwaltung/moderation/", "kind=comment&state=open", "moderator"),
}
MEASURES = LISTS["radar.measures"][0]


def post(client: Any, **fields: Any) -> Any:
    return client.post(reverse("organisations_filters"), {"screen": "radar.measures", **fields})


@pytest.mark.parametrize("screen", LISTS)
def test_a_filter_is_named_found_again_and_deleted_on_every_list(screen: str, request: Any, client_for: Any) -> None:
    address, query, who = LISTS[screen]
    client = client_for(request.getfixturevalue(who))
    assert 'name="name"' in client.get(f"{address}?{query}&p=2").content.decode()
    answer = post(client, screen=screen, was="merken", name=" Meine  Liste ", query=f"{query}&p=2&next=//evil")
    assert answer.url == f"{address}?{query}"
    kept = SavedFilter.objects.get()
    assert (kept.name, kept.query, kept.department) == ("Meine Liste", query, None)
    assert f'href="{address}?{query.replace("&", "&amp;")}"' in client.get(address).content.decode()
    post(client, screen=screen, was="loeschen", filter=kept.public_id)
    assert not SavedFilter.objects.exists()
    logged = Entry.objects.filter(action__startswith="organisations.filter").values_list("action", flat=True)
    assert set(logged) == {"organisations.filter.save", "organisations.filter.delete"}


def test_colleagues_find_what_is_shared_and_nobody_else_does(
    editor: Any, other_editor: Any, staff_factory: Any, client_for: Any
) -> None:
    colleague = staff_factory("erik", "editor", "RIT", "Geschäftsstelle")
    mine = Organisation.objects.get(code="RIT")
    client = client_for(editor)
    post(client, was="merken", name="Späte", query="hinweis=verzoegert", department=mine.pk)
    seen = ["Späte" in client_for(p).get(MEASURES).content.decode() for p in (editor, colleague, other_editor)]
    assert seen == [True, True, False]
    kept = SavedFilter.objects.get()
    for what in ("loeschen", "teilen"):
        post(client_for(colleague), was=what, filter=kept.public_id)
    kept.refresh_from_db()
    assert kept.department == mine
    post(client, was="teilen", filter=kept.public_id, department="")
    assert "Späte" not in client_for(colleague).get(MEASURES).content.decode()


def test_nobody_shares_with_a_department_of_others(editor: Any, other_editor: Any, client_for: Any) -> None:
    there = Organisation.objects.get(code="KVR")
    post(client_for(editor), was="merken", name="Gruß", query="hinweis=alt", department=there.pk)
    assert not SavedFilter.objects.exists()


def test_a_name_saved_again_is_replaced_and_an_empty_filter_is_refused(editor: Any, client_for: Any) -> None:
    client = client_for(editor)
    for query in ("hinweis=alt", "hinweis=verzoegert"):
        post(client, was="merken", name="Liste", query=query)
    post(client, was="merken", name="Leer", query="p=3&unsinn=1")
    post(client, was="merken", name="", query="hinweis=alt")
    assert list(SavedFilter.objects.values_list("name", "query")) == [("Liste", "hinweis=verzoegert")]


def test_lists_of_others_are_closed(alice: Any, moderator: Any, editor: Any, client_for: Any, client: Any) -> None:
    closed = ((alice, "radar.measures"), (moderator, "radar.measures"), (editor, "moderation.queue"), (editor, "x"))
    for person, screen in closed:
        answer = post(client_for(person), screen=screen, was="merken", name="x", query="q=x")
        assert answer.status_code in (302, 403)
    assert post(client, was="merken", name="x", query="q=x").status_code == 302
    assert not SavedFilter.objects.exists()
