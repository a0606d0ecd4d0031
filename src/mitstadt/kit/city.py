"""A city is a folder: `city.yaml` with its name, rules and theme, beside content, districts and static files."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from . import yamls


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which terms the city's data may be used; `uri` is the entry in DCAT-AP.de's list of licences."""

    name: str
    url: str
    uri: str


ZERO = Licence(
    "Datenlizenz Deutschland – Zero – Version 2.0",
    "https://www.govdata.de/dl-de/zero-2-0",
    "http://dcat-ap.de/def/licenses/dl-zero-de/2.0",
)


@dataclass(frozen=True)
class City:
    """What a city says about itself in `city.yaml`. `rules` are numbers that its council may set."""

    folder: Path
    slug: str
    name: str
    short_name: str
    headline: str
    state: str = "BY"
    theme: str = "hell"
    language: str = "de"
    contact: dict[str, str] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    texts: dict[str, Any] = field(default_factory=dict)
    online_id: dict[str, Any] = field(default_factory=dict)  # login with the city's identity provider
    front: str = ""  # "toolkit": methods stand first on the front page
    hidden_navigation: list[str] = field(default_factory=list)  # entries that this city does not need yet
    licence: Licence = ZERO  # of everything that can be downloaded


def load_city(folder: Path) -> City:
    """Read `folder/city.yaml`. Raises FileNotFoundError or ValueError with the folder and the missing key."""
    path = folder / "city.yaml"
    data = yamls.read(path)
    if not isinstance(data, dict):
        raise ValueError(f"{path}: expected keys such as name and short_name")
    known = {k: v for k, v in data.items() if k in City.__dataclass_fields__ and k != "folder"}
    for key in ("name", "short_name", "headline"):
        if key not in known:
            raise ValueError(f"{path}: {key} is missing")
    known.setdefault("slug", folder.name)
    if "licence" in known:
        known["licence"] = _licence(known["licence"], path)
    return City(folder=folder, **known)


def _licence(data: Any, path: Path) -> Licence:
    """All three or none: half a licence would tell people nothing they may rely on."""
    keys = ("name", "url", "uri")
    if not isinstance(data, dict) or set(data) != set(keys) or not all(isinstance(data[k], str) for k in keys):
        raise ValueError(f"{path}: licence needs name, url and uri")
    for key in ("url", "uri"):
        if not data[key].startswith(("https://", "http://")):
            raise ValueError(f"{path}: licence.{key} is no web address: {data[key]!r}")
    return Licence(**data)


@lru_cache(maxsize=1)
def current() -> City:
    """The city of this installation."""
    from django.conf import settings

    city: City = settings.MITSTADT_CITY
    return city
