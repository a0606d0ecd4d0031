"""The long walk of `make audit`: every page × theme × mode × width × language, and valid HTML.

A test is one (people, width, language); it looks at each page in every theme, light and dark. What was clean is
remembered for the same state of the code, so that a walk that was stopped goes on where it stood.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.templatetags.static import static
from django.test import Client

from mitstadt.kit import themes
from mitstadt.kit.city import current
from tests.support import axe, walks
from tests.support.people import sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("not os.environ.get('MITSTADT_AUDIT')", reason="the long walk: make audit"),
]
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300_000  # milliseconds: two walks at once on a busy machine
LANGUAGES = ("de", "en")
# Puts another theme's style sheet in the place of the one that is there, and waits for it.
CHANGE = """([before, after]) => new Promise((done, failed) => {
    const old = [...document.querySelectorAll('link[rel=stylesheet]')].find((one) => one.href.endsWith(before));
    const link = Object.assign(document.createElement('link'), {rel: 'stylesheet', href: after});
    link.onload = () => { old.remove(); done(); };
    link.onerror = () => failed(new Error('no style sheet ' + after));
    old.after(link);
})"""
# The back office has Wagtail's dress, whatever the city wears.
DRESSES = [
    *[(people, theme) for people in ("visitors", "citizens") for theme in themes.BUILT_IN],
    ("staff", themes.FALLBACK),
]


def state_of_the_code() -> str:
    """Changes with everything a page is made of."""
    digest = hashlib.sha256()
    for folder in (ROOT / "src", ROOT / "demo", ROOT / "tests" / "support", ROOT / "tests" / "browser"):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix not in {".pyc", ".mo"} and "tests" not in file.relative_to(folder).parts:
                digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture
def once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Skips what was clean already; remembers it when the test passes."""
    folder = ROOT / "build" / "audit" / state_of_the_code()
    name = re.sub(r"\W+", "-", request.node.name)
    if (folder / name).exists():
        pytest.skip("was clean in this state of the code")
    yield
    if not getattr(request.node, "found", True):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.fixture
def dress() -> Iterator[Callable[[str], None]]:
    """`dress("kontrast")`: the city wears this theme; frozen in the running house, changed here."""
    city, before = current(), current().theme
    yield lambda theme: object.__setattr__(city, "theme", theme)
    object.__setattr__(city, "theme", before)


def addresses_for(people: str, language: str) -> walks.Addresses:
    addresses: walks.Addresses = getattr(walks, people)()
    return walks.in_english(addresses) if language == "en" else addresses


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("people", ["visitors", "citizens", "staff"])
def test_axe_in_every_dress(
    request: pytest.FixtureRequest, once: None, live_demo_city: None, live_server: Any, new_live_page: Any,
    browser_sign_in: Any, watch: Any, dress: Callable[[str], None], people: str, width: int, language: str,
) -> None:  # fmt: skip
    """All rules once for each page; a theme is one style sheet: in the others and in the dark those of colours."""
    dresses = [theme for who, theme in DRESSES if who == people]
    dress(dresses[0])
    page, present, found = None, object(), {}
    for person, address in addresses_for(people, language):
        if page is None or person != present:
            page, present = new_live_page(viewport={"width": width, "height": 900}), person
            page.set_default_timeout(PATIENCE)
            axe.equip(page.context)
            if person is not None:
                browser_sign_in(page, person)
        page.emulate_media(color_scheme="light")
        page.goto(address)
        for theme in dresses:
            if theme != dresses[0]:
                page.evaluate(CHANGE, [static(themes.find(dresses[0]).css), static(themes.find(theme).css)])
            for mode in ("light", "dark"):
                page.emulate_media(color_scheme=mode)
                first = (theme, mode) == (dresses[0], "light")
                if problems := axe.faults(page, address, only=() if first else axe.COLOURS) + watch.take():
                    found[f"{theme} {mode} {address}"] = problems
            if theme != dresses[0]:
                page.evaluate(CHANGE, [static(themes.find(theme).css), static(themes.find(dresses[0]).css)])
    request.node.found = found
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("people", "theme"), DRESSES)
def test_every_page_is_valid_html(
    request: pytest.FixtureRequest, once: None, live_demo_city: None, dress: Callable[[str], None], tmp_path: Path,
    people: str, theme: str, language: str,
) -> None:  # fmt: skip
    jar = os.environ.get("MITSTADT_VNU")
    if not jar:
        pytest.skip("the validator needs npm and java")
    dress(theme)
    names: dict[str, str] = {}
    for number, (person, address) in enumerate(addresses_for(people, language)):
        client = sign_in(Client(), person) if person is not None else Client()
        file = tmp_path / f"{number:03d}.html"
        file.write_bytes(client.get(address).content)
        names[file.name] = address
    command = ["java", "-Xss4m", "-jar", jar, "--format", "json", "--errors-only", *map(str, tmp_path.glob("*.html"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    excused = tomllib.loads(axe.ALLOWED.read_text()).get("html", [])
    found: dict[str, list[str]] = {}
    for one in json.loads(done.stderr)["messages"]:
        address = names[one["url"].rsplit("/", 1)[-1]]
        words = f"{one['message']} … {one.get('extract', '')}"
        if not any(address.startswith(e["addresses"]) and re.search(e["message"], words, re.S) for e in excused):
            found.setdefault(address, []).append(words)
    request.node.found = found
    assert found == {}
