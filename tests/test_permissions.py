"""Who may open what: every address × every role, against a table that people review.

`tests/routes.txt` lists every address, `tests/permissions.csv` what each role gets for a plain GET in the demo city.
A new address fails until both know it. `MITSTADT_PROPOSE=1 pytest tests/test_permissions.py` writes proposals for both
files into build/; read them before you copy a line.
"""

import csv
import os
from pathlib import Path

import pytest
from django.test import Client

from mitstadt.audit.actions import seal_pending
from mitstadt.kit import clock
from mitstadt.kit.jobs.models import Heartbeat
from tests.support.city import sample_values
from tests.support.people import make_staff, make_user, sign_in
from tests.support.routes import BACK_OFFICE, Route, fill, routes

HERE = Path(__file__).parent
ROLES = ["anonymous", "citizen", "editor", "other_editor", "coordinator", "moderator", "administrator"]
PROPOSE = Path(__file__).resolve().parents[1] / "build" if os.environ.get("MITSTADT_PROPOSE") else None

pytestmark = pytest.mark.usefixtures("demo_city")


def listed() -> list[Route]:
    """The house's own addresses; of Wagtail's own screens only the door counts, see below."""
    return [route for route in routes() if route.ours or not route.pattern.startswith(BACK_OFFICE)]


def table() -> dict[str, list[str]]:
    """The statuses by route, one for each of ROLES."""
    with (HERE / "permissions.csv").open() as file:
        return {row["route"]: [row[role] for role in ROLES] for row in csv.DictReader(file)}


def let_a_worker_live():
    """The walk takes longer than a worker may be silent: what it does every second is done before health is asked."""
    now = clock.now()
    Heartbeat.objects.update_or_create(worker="matrix", defaults={"started_at": now, "seen_at": now})
    seal_pending()


@pytest.fixture
def clients(db):
    people = {
        "citizen": make_user("matrix_citizen"),
        "editor": make_staff("matrix_editor", "editor", "RIT"),
        "other_editor": make_staff("matrix_other", "editor", "KVR"),
        "coordinator": make_staff("matrix_coordinator", "coordinator", "RIT"),
        "moderator": make_staff("matrix_moderator", "moderator", "RIT"),
        "administrator": make_staff("matrix_administrator", "administrator", "RIT"),
    }
    return {"anonymous": Client(), **{role: sign_in(Client(), user) for role, user in people.items()}}


def test_every_address_is_listed(db):
    found = [route.pattern for route in listed()]
    if PROPOSE:
        PROPOSE.mkdir(exist_ok=True)
        (PROPOSE / "routes.txt").write_text("\n".join(found) + "\n")
    assert (HERE / "routes.txt").read_text().splitlines() == found
    assert set(table()) == set(found)


@pytest.mark.slow
def test_every_role_gets_what_the_table_says(clients):
    values = sample_values()
    rows, got = table(), {}
    for route in listed():
        if route.pattern == "gesundheit/":
            let_a_worker_live()
        address = fill(route, values)
        if address is None:
            got[route.pattern] = ["no example in tests/support/city.py"]
            continue
        statuses = []
        for role in ROLES:
            client = clients[role]
            client.raise_request_exception = False
            session = dict(client.cookies)
            statuses.append(str(client.get(address).status_code))
            client.cookies.update(session)
        got[route.pattern] = statuses
    if PROPOSE:
        with (PROPOSE / "permissions.csv").open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["route", *ROLES])
            writer.writerows([pattern, *statuses] for pattern, statuses in got.items())
    wrong = {
        pattern: (rows.get(pattern, "not in the table"), statuses)
        for pattern, statuses in got.items()
        if rows.get(pattern) != statuses
    }
    assert wrong == {}
    assert not [pattern for pattern, statuses in got.items() if any(status.startswith("5") for status in statuses)]
    assert sorted(rows.keys() - got.keys()) == []


def test_wagtails_own_screens_are_behind_the_door(clients):
    """Nobody without a role gets past /verwaltung/, whatever screen a Wagtail release adds."""
    screens = [r for r in routes() if r.pattern.startswith(BACK_OFFICE) and not r.ours and not r.parameters]
    assert len(screens) > 30
    for route in screens:
        address = fill(route, lambda _route, _name: None)
        assert clients["anonymous"].get(address).status_code == 302, address
        assert clients["citizen"].get(address).status_code == 403, address
