"""Reasons, grounds and words are data of the city."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from mitstadt.moderation import grounds

FILE = """
reasons:
  noise: {de: Lärm, en: Noise}
grounds:
  quiet:
    kind: house_rule
    title: {de: Hausregel 7, en: House rule 7}
    text: {de: Nach zehn ist Ruhe.}
"""


def test_the_default_names_laws_and_house_rules_in_german_and_english(tmp_path: Path) -> None:
    found = grounds.load(tmp_path)
    assert {ground.kind for ground in found.grounds} == {"law", "house_rule"}
    for texts in [r.titles for r in found.reasons] + [t for g in found.grounds for t in (g.titles, g.texts)]:
        assert {code for code, _ in texts} == {"de", "en"}
    assert all(word == word.casefold() for word in found.words)


def test_a_city_brings_its_own(tmp_path: Path) -> None:
    (tmp_path / "moderation.yaml").write_text(FILE, encoding="utf-8")
    (tmp_path / "words.txt").write_text("# eigene\nSCHLAWINER\n\nlump # mild\n", encoding="utf-8")
    found = grounds.load(tmp_path)
    assert [ground.slug for ground in found.grounds] == ["quiet"]
    assert found.words == {"schlawiner", "lump"}
    with translation.override("en"):
        assert found.grounds[0].title == "House rule 7"
        assert found.grounds[0].text == "Nach zehn ist Ruhe."  # no English text: German rather than nothing


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        (FILE.replace("house_rule", "gefühl"), "grounds.quiet.kind"),
        (FILE.replace("{de: Lärm, en: Noise}", "{en: Noise}"), "reasons.noise"),
        (FILE.replace("text: {de: Nach zehn ist Ruhe.}", "text: Ruhe"), "grounds.quiet"),
    ],
)
def test_a_broken_file_says_where(tmp_path: Path, broken: str, where: str) -> None:
    (tmp_path / "moderation.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(ValueError, match=where):
        grounds.load(tmp_path)
