"""One licence for everything a city lets people download."""

from __future__ import annotations

from pathlib import Path

import pytest

from mitstadt.kit.city import load_city

HEAD = "name: Stadt\nshort_name: Stadt\nheadline: Hallo\n"


def written(folder: Path, more: str = "") -> Path:
    (folder / "city.yaml").write_text(HEAD + more, encoding="utf-8")
    return folder


def test_without_a_word_it_is_the_german_zero_licence(tmp_path: Path) -> None:
    assert load_city(written(tmp_path)).licence.uri == "http://dcat-ap.de/def/licenses/dl-zero-de/2.0"


def test_a_city_may_choose_another(tmp_path: Path) -> None:
    more = "licence:\n  name: CC BY 4.0\n  url: https://creativecommons.org/licenses/by/4.0/\n"
    more += "  uri: http://dcat-ap.de/def/licenses/cc-by/4.0\n"
    assert load_city(written(tmp_path, more)).licence.name == "CC BY 4.0"


@pytest.mark.parametrize("more", ["licence: CC BY\n", "licence:\n  name: CC BY\n", "licence: 5\n"])
def test_half_a_licence_is_refused(tmp_path: Path, more: str) -> None:
    with pytest.raises(ValueError, match="licence"):
        load_city(written(tmp_path, more))
