"""YAML is read safely, whichever parser is there."""

import pytest
import yaml

from mitstadt.kit import yamls


def test_what_is_written_reads_the_same(tmp_path):
    value = {"Straße": ["Müllerweg", 7, None, True], "a": "Zeile 1\nZeile 2\n"}
    (tmp_path / "x.yaml").write_text(yamls.dump(value), encoding="utf-8")
    assert yamls.read(tmp_path / "x.yaml") == value
    assert list(yamls.read(tmp_path / "x.yaml")) == ["Straße", "a"]
    assert "Straße" in yamls.dump(value)


@pytest.mark.parametrize("loader", [yamls.Loader, yaml.SafeLoader])
def test_a_file_cannot_make_python_objects(loader, monkeypatch):
    monkeypatch.setattr(yamls, "Loader", loader)
    with pytest.raises(yaml.YAMLError):
        yamls.load("!!python/object/apply:os.system ['true']")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\nb: 2\na: 3", ("a", 3)),
        ("x:\n- {a: 1}\n- {b: [1], c: {d: 1},\n   b: 2}", ("b", 4)),
    ],
)
def test_a_key_that_stands_twice_is_found_with_its_line(text, found):
    with pytest.raises(yamls.TwiceError) as error:
        yamls.strict(text)
    assert (error.value.key, error.value.line) == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1\nb: {a: 2}\nc: [{a: 1}, {a: 2}]", {"a": 1, "b": {"a": 2}, "c": [{"a": 1}, {"a": 2}]}),
        ("a: a\nb: [a, a]\nc: b", {"a": "a", "b": ["a", "a"], "c": "b"}),
        ("", None),
    ],
)
def test_the_same_key_in_different_places_is_right(text, value):
    assert yamls.strict(text) == value


def test_references_are_refused():
    with pytest.raises(yamls.AliasError):
        yamls.strict("a: &x [1]\nb: *x")
