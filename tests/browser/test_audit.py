"""The long walk of `make audit`: every visitors' page × theme × mode × width × language, and valid HTML."""

import json
import os
import re
import subprocess

import pytest
from django.test import Client, override_settings

from mitstadt.kit import themes
from mitstadt.kit.city import current

from .test_axe import faults, pages

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("not os.environ.get('MITSTADT_AUDIT')", reason="the long walk: make audit"),
]


@pytest.fixture
def loaded_city():
    from mitstadt.project.demo import load

    with override_settings(MITSTADT_DEMO=True):
        load()
        yield


def in_english(addresses):
    client = Client()
    return [f"/en{a}" for a in addresses if client.get(f"/en{a}").status_code == 200]


def test_every_page_in_every_dress(loaded_city, live_server, new_live_page, client):
    addresses = pages(client)
    found = {}
    city, before = current(), current().theme
    for theme in themes.BUILT_IN:
        object.__setattr__(city, "theme", theme)  # frozen in the running house; here it changes its dress
        for mode in ("light", "dark"):
            for width in (320, 1280):
                page = new_live_page(color_scheme=mode, viewport={"width": width, "height": 900})
                for language, walk in (("de", addresses), ("en", in_english(addresses))):
                    for address, problems in faults(page, live_server.url, walk).items():
                        found[f"{theme} {mode} {width} {language} {address}"] = problems
                page.context.close()
    object.__setattr__(city, "theme", before)
    assert found == {}


def test_every_page_is_valid_html(loaded_city, client, tmp_path):
    jar = os.environ.get("MITSTADT_VNU")
    if not jar:
        pytest.skip("the validator needs npm and java")
    addresses = pages(client)
    for number, address in enumerate([*addresses, *in_english(addresses)]):
        name = re.sub(r"\W+", "_", address)[:80]
        (tmp_path / f"{number}_{name}.html").write_bytes(client.get(address).content)
    command = ["java", "-jar", jar, "--format", "json", "--errors-only", *map(str, tmp_path.glob("*.html"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    messages = json.loads(done.stderr)["messages"]
    assert [f"{m['url'].rsplit('/', 1)[-1]}: {m['message']}" for m in messages] == []
