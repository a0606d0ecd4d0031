"""Every theme can be read by everybody, and the first visit stays small."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from mitstadt.kit import contrast, themes

STATIC = Path(__file__).resolve().parents[1] / "static/kit"
THEMES = sorted((STATIC / "themes").glob("*.css"))
KIB = 1000  # budgets are in kilobytes


@pytest.mark.parametrize(
    ("one", "other", "published"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_counted_as_wcag_counts_it(one, other, published):
    assert contrast.ratio(one, other) == pytest.approx(published, abs=0.005)


@pytest.mark.parametrize("theme", THEMES, ids=lambda p: p.stem)
def test_every_documented_pair_can_be_read(theme):
    assert list(contrast.failures(theme.read_text(encoding="utf-8"))) == []


def test_a_pale_theme_would_be_caught():
    pale = (
        (STATIC / "themes/hell.css").read_text(encoding="utf-8").replace("--ms-muted: #545a66", "--ms-muted: #9aa0aa")
    )
    assert any(fault.startswith("light: muted on page") for fault in contrast.failures(pale))


@pytest.mark.parametrize("theme", THEMES, ids=lambda p: p.stem)
def test_the_dark_of_the_device_and_of_the_switch_are_the_same(theme):
    modes = contrast.modes(theme.read_text(encoding="utf-8"))
    assert modes["dark"] == modes["switched"]
    assert modes["light"].keys() == modes["dark"].keys()


def test_the_two_themes_differ_in_every_colour_of_their_own():
    hell, other = (contrast.modes(t.read_text(encoding="utf-8"))["light"] for t in THEMES[:2])
    assert hell["accent"] != other["accent"]
    assert hell["button"] != other["button"]


def test_a_city_with_an_unknown_theme_gets_the_built_in_one():
    assert themes.find("../../etc/passwd").slug == "hell"
    assert themes.find("gibt-es-nicht").slug == "hell"


def test_the_two_most_used_fonts_are_fetched_at_once_and_no_more():
    assert [Path(font).stem for font in themes.find("hell").preload] == ["FiraSans-Regular", "FiraSans-SemiBold"]
    assert themes.find("kontrast").preload == ()


def _packed(*paths: str) -> int:
    return sum(len(gzip.compress((STATIC / path).read_bytes())) for path in paths)


def test_the_first_visit_stays_small():
    scripts = _packed("vendor/htmx/htmx.min.js", "mitstadt.js")
    styles = _packed("vendor/kern/kern.css", "mitstadt.css", "themes/hell.css")
    fonts = [f.stat().st_size for f in (STATIC / "vendor/fira-sans").glob("*.woff2")]
    assert len(fonts) == 3
    assert max(fonts) <= 25 * KIB
    assert (STATIC / "mitstadt.js").stat().st_size <= 6 * KIB
    assert scripts <= 30 * KIB
    assert scripts + styles + sum(fonts) <= 100 * KIB  # leaves 50 kB for the page itself


def test_a_german_and_a_polish_name_can_be_set_in_the_vendored_fonts():
    ttlib = pytest.importorskip("fontTools.ttLib", reason="fontTools is a development tool")
    for path in (STATIC / "vendor/fira-sans").glob("*.woff2"):
        letters = ttlib.TTFont(path).getBestCmap()
        missing = [c for c in "Straße ÄÖÜ „Łódź“ Şişli ŐŰ ẞ €–…→ 61 %" if ord(c) not in letters]
        assert missing == [], path.name


def test_every_vendored_part_carries_its_licence():
    for folder in (STATIC / "vendor").iterdir():
        assert any(f.name.startswith(("LICENSE", "OFL")) for f in folder.iterdir()), folder.name
        assert (folder / "VERSION").read_text().strip()
