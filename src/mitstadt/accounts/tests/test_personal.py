"""Alice sees, takes along and deletes; nothing of hers is forgotten, and nothing of Bob's goes with it."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from mitstadt.accounts import actions, exports, personal
from mitstadt.accounts.actor import NOBODY
from mitstadt.accounts.models import Attempt, Draft, Guest, PendingConfirmation, SignIn, User
from mitstadt.audit.models import Entry
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused

# Rows of others' libraries that point at a person: deleted or emptied with the account, exported where they say
# something (see retention.py). A new one must be looked at before it is added here.
THIRD_PARTY = {
    "account.EmailAddress",
    "mfa.Authenticator",
    "socialaccount.SocialAccount",
    "accounts.User_groups",
    "accounts.User_user_permissions",
    "wagtailusers.UserProfile",
    "wagtaildocs.Document",
    "wagtaildocs.UploadedDocument",
    "wagtailimages.Image",
    "wagtailimages.UploadedImage",
    "wagtailcore.Comment",
    "wagtailcore.CommentReply",
    "wagtailcore.ModelLogEntry",
    "wagtailcore.Page",
    "wagtailcore.PageLogEntry",
    "wagtailcore.PageSubscription",
    "wagtailcore.Revision",
    "wagtailcore.TaskState",
    "wagtailcore.UploadedFile",
    "wagtailcore.WorkflowState",
    "wagtailadmin.EditingSession",
    "wagtailadmin.FormState",
    "wagtailcore.APIToken",
}


def pointing_at_people():
    """Every concrete model with a relation to an account or a guest, through tables included."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField) and field.model is model:
                target = field.related_model
                if isinstance(target, type) and issubclass(target, User | Guest):
                    yield model, field.name


def test_every_row_about_a_person_is_registered():
    """Art. 15 and 17: a room that adds a key to a person and forgets to register it fails here."""
    missing = sorted(
        {
            f"{model._meta.label}.{field}"
            for model, field in pointing_at_people()
            if not personal.is_registered(model)
            and model._meta.label not in THIRD_PARTY
            and model is not User
            and not _is_wagtail_locked_by(model, field)
        }
    )
    assert missing == [], f"register these in your room's AppConfig.ready (mitstadt.accounts.personal): {missing}"


def _is_wagtail_locked_by(model, field):
    """Wagtail's mixins note which member of staff locked a draft or owns a page; both become NULL with the account."""
    return field in {"locked_by", "owner"} and not personal.is_registered(model)


def test_every_registered_model_says_how_long_it_is_kept():
    for kind in personal.kinds():
        assert str(kind.retention).strip(), kind.key
        assert str(kind.label).strip(), kind.key


def test_the_walk_finds_what_it_should():
    found = {model._meta.label for model, _field in pointing_at_people()}
    assert {"accounts.Fact", "organisations.Membership", "account.EmailAddress"} <= found


@pytest.fixture
def busy_alice(alice, actor_of, administrator):
    code = actions.issue_letter_codes(actor_of(administrator), 1)[0]
    actions.redeem_letter_code(actor_of(alice), code)
    actions.new_counter_code(actor_of(alice))
    actions.change_pseudonym(actor_of(alice), "Summe Müller")
    actions.note_read(actor_of(administrator), alice.public_id, "Anfrage vom Montag")
    return User.objects.get(pk=alice.pk)


def test_the_export_holds_hers_and_only_hers(busy_alice, bob, actor_of):
    actions.change_pseudonym(actor_of(bob), "Bobs Geheimnis")
    person = personal.Person(busy_alice.public_id, user_id=busy_alice.pk)
    with zipfile.ZipFile(io.BytesIO(exports.as_zip(person))) as archive:
        names = set(archive.namelist())
        everything = archive.read("alles.json").decode()
    rows = json.loads(everything)
    assert {"LIESMICH.txt", "alles.json", "accounts.user.csv", "accounts.fact.csv", "audit.entry.csv"} <= names
    assert rows["accounts.user"][0]["email"] == "alice@example.org"
    assert rows["accounts.proof"][0]["way"] == "letter"
    assert {row["action"] for row in rows["audit.entry"]} >= {"accounts.personal.read", "accounts.trust.letter"}
    assert "Bobs Geheimnis" not in everything
    assert bob.public_id not in everything
    assert set(rows) == {kind.key for kind in personal.kinds()}


def test_csv_cells_never_become_formulas():
    text = exports.as_csv([{"a": "=1+1", "b": "@x", "c": "-2", "d": "\tx", "e": "gut", "f": True}])
    assert text.splitlines()[1] == "'=1+1;'@x;'-2;'\tx;gut;ja"


def test_nobody_deletes_nothing(db):
    with pytest.raises(Refused):
        actions.delete_account(NOBODY, {})


def test_alice_is_gone_everywhere(busy_alice, bob, actor_of):
    public_id, key = busy_alice.public_id, busy_alice.pk
    actions.delete_account(actor_of(busy_alice), {})
    for model, field in pointing_at_people():
        relation = model._meta.get_field(field)
        if relation.related_model is User and not relation.many_to_many:
            assert not model._base_manager.filter(**{f"{field}_id": key}).exists(), (model, field)
    assert not User.objects.filter(pk=key).exists()
    left = Entry.objects.filter(object=public_id).exclude(action="accounts.account.delete")
    assert left.exists()  # the log keeps that something happened
    assert [entry for entry in left if entry.payload] == []  # but not what
    assert User.objects.filter(pk=bob.pk).exists()


def test_a_failing_room_keeps_everything(busy_alice, actor_of, monkeypatch):
    def refuse(person, keep_without_name):
        raise DomainError("Erst die Buchung stornieren.")

    kind = personal._kinds[SignIn]
    monkeypatch.setitem(
        personal._kinds, SignIn, kind.__class__(SignIn, kind.label, kind.export, refuse, kind.retention)
    )
    with pytest.raises(DomainError):
        actions.delete_account(actor_of(busy_alice), {})
    assert User.objects.get(pk=busy_alice.pk).proofs.exists()


def test_work_after_the_deletion_is_a_job(alice, actor_of, monkeypatch):
    from mitstadt.kit import jobs

    done = []
    monkeypatch.setattr(personal, "_after", [done.append])
    actions.delete_account(actor_of(alice), {})
    assert done == []
    jobs.run_pending()
    assert done == [alice.public_id]


def test_the_page_asks_for_the_password_first(client_for, alice):
    client = client_for(alice)
    assert client.get("/konto/loeschen/")["Location"].startswith("/konto/reauthenticate/")
    client.post("/konto/reauthenticate/", {"password": "ein-langes-passwort-7", "next": "/konto/loeschen/"})
    assert client.post("/konto/loeschen/", {}).status_code == 400  # the box is not ticked
    assert User.objects.filter(pk=alice.pk).exists()
    response = client.post("/konto/loeschen/", {"sure": "on"})
    assert response["Location"] == "/konto/geloescht/"
    assert not User.objects.filter(pk=alice.pk).exists()


def test_deleting_ends_sessions_everywhere(client_for, alice, actor_of):
    here, there = client_for(alice), client_for(alice)
    actions.delete_account(actor_of(alice), {})
    for client in (here, there):
        assert client.get("/konto/profil/").status_code == 302


def test_alice_reads_who_looked(client_for, busy_alice):
    page = client_for(busy_alice).get("/konto/daten/").content.decode()
    assert "Anfrage vom Montag" in page
    assert "Referat RIT, Betrieb" in page
    assert "administrator@example.org" not in page


def test_the_export_needs_post_and_a_fresh_password(client_for, alice):
    client = client_for(alice)
    assert client.get("/konto/daten/export/").status_code == 405
    assert client.post("/konto/daten/export/")["Location"].startswith("/konto/reauthenticate/")


# -- forgetting in time --------------------------------------------------------------------------------------
def test_the_purge_forgets_in_time_and_nothing_too_early(alice, actor_of, administrator, stopped_clock):
    now = clock.now()
    User.objects.filter(pk=alice.pk).update(date_joined=now)
    stranger = User.objects.create(email="nie@example.org", date_joined=now)
    Guest.objects.create(email_hash="x", created_at=now, confirmed_at=now, seen_at=now)
    PendingConfirmation.objects.create(
        token_hash="t", email_hash="x", purpose="p", created_at=now, expires_at=stopped_clock.moment.replace(day=5)
    )
    Draft.objects.create(key_hash="d", path="/", created_at=now, expires_at=stopped_clock.moment.replace(day=4))
    Attempt.objects.create(key_hash="a", window=1, count=1, ends_at=stopped_clock.moment.replace(day=4))
    code = actions.issue_letter_codes(actor_of(administrator), 1, valid_days=10)[0]
    actions.redeem_letter_code(actor_of(alice), code)

    assert sum(actions.purge().values()) == 0
    stopped_clock.move(days=2, hours=1)
    done = actions.purge()
    assert (done["accounts.draft"], done["accounts.pendingconfirmation"], done["accounts.attempt"] >= 1) == (1, 1, True)
    assert done["accounts.user"] == 0
    stopped_clock.move(days=29)
    assert actions.purge()["accounts.user"] == 1
    assert not User.objects.filter(pk=stranger.pk).exists()
    assert User.objects.filter(pk=alice.pk).exists()
    stopped_clock.move(days=70)
    assert actions.purge()["accounts.lettercode"] == 1
    assert Guest.objects.exists()
    stopped_clock.move(days=3 * 365)
    assert actions.purge()["accounts.guest"] == 1
    assert not Guest.objects.exists()


def test_a_client_error_never_shows_other_peoples_rows(client_for, alice, bob):
    assert bob.public_id not in client_for(alice).get("/konto/daten/").content.decode()
    assert Client().get("/konto/daten/").status_code == 302
