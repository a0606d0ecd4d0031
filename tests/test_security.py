"""Headers on every answer, and what a production start refuses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.http import HttpResponse
from django.urls import path

from mitstadt.accounts.models import User
from mitstadt.kit.headers import embeddable
from mitstadt.project.checks import file_system_of, local_file_system, no_demo_data, no_demo_settings
from mitstadt.project.urls import urlpatterns as project_urls

ROOT = Path(__file__).resolve().parents[1]


def boom(request):
    raise RuntimeError("broken")


@embeddable
def frame(request):
    return HttpResponse("<svg></svg>")


urlpatterns = [
    path("kaputt/", boom),
    path("einbetten/", frame),
    path("verwaltung/etwas/", lambda request: HttpResponse("x")),
    *project_urls,
]
handler500 = "mitstadt.kit.views.server_error"
handler404 = "mitstadt.kit.views.not_found"


@pytest.fixture
def own_urls(settings):
    settings.ROOT_URLCONF = __name__


@pytest.mark.parametrize(
    ("address", "status"), [("/stil/", 200), ("/gibt-es-nicht/", 404), ("/kaputt/", 500), ("/gesundheit/", None)]
)
def test_every_answer_carries_the_headers_errors_too(client, db, own_urls, address, status):
    client.raise_request_exception = False
    response = client.get(address)
    assert status in (None, response.status_code)
    policy = response["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "'unsafe-eval'" not in policy
    for part in ("default-src 'self'", "script-src 'self'", "object-src 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert "camera=()" in response["Permissions-Policy"]


def test_only_the_embeddable_page_may_stand_in_a_frame(client, db, own_urls):
    response = client.get("/einbetten/")
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response


def test_the_looser_policy_ends_at_the_back_office(client_for, administrator, own_urls):
    inside = client_for(administrator).get("/verwaltung/etwas/")["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in inside
    assert "frame-ancestors 'self'" in inside
    outside = client_for(administrator).get("/verwaltungx/")["Content-Security-Policy"]
    assert "'unsafe-inline'" not in outside


def good_settings(settings):
    settings.MITSTADT_DEMO = False
    settings.DEBUG = False
    settings.SECRET_KEY = "k" * 25 + "0123456789" * 4
    settings.MITSTADT_HASH_KEY = "h" * 25 + "0123456789" * 4
    settings.MITSTADT_BASE_URL = "https://mitreden.stadt.example"
    settings.ALLOWED_HOSTS = ["mitreden.stadt.example"]


def test_a_well_configured_city_starts(settings):
    good_settings(settings)
    assert no_demo_settings() == []


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("MITSTADT_DEMO", True, "mitstadt.E002"),
        ("DEBUG", True, "mitstadt.E003"),
        ("SECRET_KEY", "", "mitstadt.E004"),
        ("SECRET_KEY", "short", "mitstadt.E005"),
        ("SECRET_KEY", "demo-only-and-refused-in-production-whatever-follows-here", "mitstadt.E005"),
        ("SECRET_KEY", "a" * 60, "mitstadt.E005"),
        ("MITSTADT_HASH_KEY", "0123456" * 9, "mitstadt.E005"),
        ("MITSTADT_HASH_KEY", "", "mitstadt.E004"),
        ("MITSTADT_BASE_URL", "http://mitreden.stadt.example", "mitstadt.E006"),
        ("ALLOWED_HOSTS", ["*"], "mitstadt.E007"),
    ],
)
def test_one_wrong_setting_is_refused(settings, name, value, code):
    good_settings(settings)
    setattr(settings, name, value)
    assert [message.id for message in no_demo_settings()] == [code]


def test_an_invented_person_in_a_live_installation_is_refused(db, alice):
    assert no_demo_data(databases=["default"]) == []
    User.objects.filter(pk=alice.pk).update(is_example=True)
    assert [message.id for message in no_demo_data(databases=["default"])] == ["mitstadt.E008"]


def test_the_ordinary_check_is_clean(db):
    assert [message for message in run_checks(databases=["default"]) if message.is_serious()] == []


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/share /srv/city nfs4 rw 0 0
/dev/sdb1 /srv/city/local xfs rw 0 0
//nas/x /srv/with\\040space cifs rw 0 0
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/var/lib/db.sqlite3", "ext4"),
        ("/srv/city/db.sqlite3", "nfs4"),
        ("/srv/city/local/db.sqlite3", "xfs"),
        ("/srv/cityhall/db.sqlite3", "ext4"),
        ("/srv/with space/db.sqlite3", "cifs"),
    ],
)
def test_the_file_system_of_a_place_is_its_nearest_mount(place, kind):
    assert file_system_of(Path(place), MOUNTS) == kind


def test_a_database_on_a_network_file_system_is_refused(monkeypatch):
    from mitstadt.project import checks

    class Connection:
        vendor = "sqlite"
        settings_dict = {"NAME": "/srv/city/db.sqlite3"}

    monkeypatch.setattr(checks, "connections", {"default": Connection()})
    monkeypatch.setattr(checks, "file_system_of", lambda path, mounts: file_system_of(path, MOUNTS))
    assert [message.id for message in local_file_system(databases=["default"])] == ["mitstadt.E001"]


@pytest.mark.slow
@pytest.mark.parametrize("start", [["-c", "import mitstadt.project.wsgi"], ["-m", "mitstadt", "worker", "--once"]])
def test_a_production_start_without_secrets_ends_with_the_reasons(tmp_path, start):
    """The worker ran with any secret."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MITSTADT_")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "mitstadt.project.settings.production",
        "MITSTADT_SECRET_KEY": "short",
        "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3",
        "PYTHONPATH": str(ROOT / "src"),
    }
    done = subprocess.run(
        [sys.executable, *start],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode != 0
    assert "Mitstadt does not start" in done.stderr
    for code in ("E004", "E005", "E006"):
        assert f"mitstadt.{code}" in done.stderr
