"""A city is a folder: `city.yaml` with its name, rules and theme, beside content, districts and static files."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


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


def load_city(folder: Path) -> City:
    """Read `folder/city.yaml`. Raises FileNotFoundError or ValueError with the folder and the missing key."""
    path = folder / "city.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise ValueError(f"{path}: expected keys such as name and short_name")
    known = {k: v for k, v in data.items() if k in City.__dataclass_fields__ and k != "folder"}
    for key in ("name", "short_name", "headline"):
        if key not in known:
            raise ValueError(f"{path}: {key} is missing")
    known.setdefault("slug", folder.name)
    return City(folder=folder, **known)


@lru_cache(maxsize=1)
def current() -> City:
    """The city of this installation."""
    from django.conf import settings

    city: City = settings.MITSTADT_CITY
    return city
