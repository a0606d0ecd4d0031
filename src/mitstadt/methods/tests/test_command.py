"""An auditor and a family at home: the command on exported files, without Django."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from mitstadt.methods import cli

from .support import city

SOURCE = Path(cli.__file__).parents[2]


@pytest.fixture
def exported(tmp_path):
    file = tmp_path / "round.json"
    file.write_text(json.dumps(city(random.Random(20), families=4), ensure_ascii=False))
    return file


def at_home(*words):
    """`python -m mitstadt.methods` with nothing but the standard library on the path."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(SOURCE)!r}); "
         "from mitstadt.methods.cli import main; sys.exit(main(sys.argv[1:]))", *map(str, words)],
        capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip


def test_an_auditor_recounts_with_python_alone_and_finds_the_same(exported, tmp_path):
    result = tmp_path / "result.json"
    done = at_home("assign", exported, "--output", result)
    assert (done.returncode, done.stderr) == (0, "")
    done = at_home("verify", exported, result)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("the same: ")


def test_it_runs_as_a_module_too(exported):
    done = subprocess.run(
        [sys.executable, "-m", "mitstadt.methods", "assign", str(exported)],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["format"] == "mitstadt.assignment.result/1"


def test_a_result_that_was_touched_is_found_with_the_place(exported, tmp_path, capsys):
    file = tmp_path / "result.json"
    assert cli.main(["assign", str(exported), "--output", str(file)]) == 0
    given = json.loads(file.read_text())
    favoured = next(row for row in given["applicants"] if row["programme"] is None)
    favoured["programme"] = "kita-0"
    given["applicants"].reverse()  # the order of rows is no difference
    del given["stable"]
    given["enough_points_are_certain"] = 0  # false in the result; Python alone would take them for the same
    file.write_text(json.dumps(given))
    assert cli.main(["verify", str(exported), str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f'applicants[{favoured["id"]}].programme: computed null, given "kita-0"',
        "enough_points_are_certain: computed false, given 0",
        lines[2],
    ]
    assert lines[2].startswith("stable: missing in the result, computed ")


def test_another_input_is_not_the_same(exported, tmp_path, capsys):
    result = tmp_path / "result.json"
    cli.main(["assign", str(exported), "--output", str(result)])
    data = json.loads(exported.read_text())
    data["lottery_seed"] += " "
    exported.write_text(json.dumps(data))
    assert cli.main(["verify", str(exported), str(result)]) == 1
    assert capsys.readouterr().out.startswith("not the result of this input: ")


def test_a_family_recomputes_its_case_from_its_notice_and_the_published_list(exported, tmp_path, capsys):
    case, public, whole = tmp_path / "case.json", tmp_path / "public.json", tmp_path / "result.json"
    assert cli.main(["assign", str(exported), "--output", str(whole)]) == 0
    assert cli.main(["summary", str(exported), "--threshold", "1", "--output", str(public)]) == 0
    assert cli.main(["case", str(exported), "kind-40", "--output", str(case)]) == 0
    assert cli.main(["recompute", str(case), str(public)]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = {row["id"]: row for row in json.loads(whole.read_text())["applicants"]}
    assert found["places"] == {"kind-40": rows["kind-40"]["programme"]}
    assert found["position"] == rows["kind-40"]["position"]


def test_a_cutoff_that_is_not_published_ends_with_its_own_status(exported, tmp_path, capsys):
    case, public = tmp_path / "case.json", tmp_path / "public.json"
    cli.main(["case", str(exported), "kind-40", "--output", str(case)])
    cli.main(["summary", str(exported), "--threshold", "1000", "--output", str(public)])
    assert cli.main(["recompute", str(case), str(public)]) == 1
    assert json.loads(capsys.readouterr().out)["state"] == "hidden"
    public.write_text('{"programmes": []}')
    assert cli.main(["recompute", str(case), str(public)]) == 2
    assert "says nothing about programme" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["assign", "summary"])
def test_a_broken_file_is_named_and_nothing_is_written(exported, tmp_path, capsys, command):
    data = json.loads(exported.read_text())
    data["applicants"][41]["choices"] = ["kita-99"]
    exported.write_text(json.dumps(data))
    out = tmp_path / "out.json"
    assert cli.main([command, str(exported), "--output", str(out)]) == 2
    assert capsys.readouterr().err == (
        'applicants 42 "kind-41", choices[1]: "kita-99" is not a programme of this round\n'
    )
    assert not out.exists()


def test_a_file_that_is_not_there_and_an_unknown_child_are_said(exported, tmp_path, capsys):
    assert cli.main(["assign", str(tmp_path / "nothing.json")]) == 2
    assert "nothing.json: No such file" in capsys.readouterr().err
    assert cli.main(["case", str(exported), "nobody"]) == 2
    assert "nobody is not an applicant" in capsys.readouterr().err
