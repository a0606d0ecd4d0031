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
