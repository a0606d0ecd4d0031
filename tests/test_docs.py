"""What the documents promise exists."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMES = [str(document.relative_to(ROOT)) for document in DOCUMENTS]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_named_in_a_document_exists(name):
    named = set(re.findall(r"`?make ([a-z-]+)", "\n".join(_code((ROOT / name).read_text()))))
    assert named <= targets()


@pytest.mark.parametrize("name", NAMES)
def test_every_mitstadt_command_named_in_a_document_exists(name):
    from mitstadt.project.cli import USAGE

    known = set(re.findall(r"^  ([a-z-]+) ", USAGE, re.MULTILINE))
    named = set(re.findall(r"\bmitstadt ([a-z][a-z-]+)", "\n".join(_code((ROOT / name).read_text()))))
    assert named <= known


@pytest.mark.parametrize("name", NAMES)
def test_every_link_inside_the_repository_leads_somewhere(name):
    document = ROOT / name
    for link in re.findall(r"\]\(([^)#\s]+)", document.read_text()):
        if not re.match(r"[a-z]+:", link):
            assert (document.parent / link).exists(), link


def test_every_test_named_for_a_bad_case_exists():
    text = (ROOT / "docs" / "participation.md").read_text()
    named = re.findall(r"`(\S+\.py)::(test_\w+)`", text)
    assert len(named) > 30
    for path, test in named:
        path = path.replace("P/", "participation/tests/").replace("F/", "formats/")
        assert f"def {test}(" in (ROOT / "src" / "mitstadt" / path).read_text(), (path, test)


def test_the_readmes_two_commands_stand_alone_on_a_line():
    text = (ROOT / "README.md").read_text()
    assert re.search(r"^make run$", text, re.MULTILINE)
    assert re.search(r"^make test$", text, re.MULTILINE)


def test_the_entry_points_are_the_commands():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts == {"mitstadt": "mitstadt.project.cli:main", "mitstadt-methods": "mitstadt.methods.cli:main"}


def test_the_round_in_the_document_can_be_read_and_its_commands_exist(capsys):
    from mitstadt.methods import cli
    from mitstadt.methods.assignment import read_round

    text = (ROOT / "docs/methods.md").read_text()
    example = re.search(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(read_round(example[1]).applicants) == 3
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    known = set(re.findall(r"^    ([a-z]+)\b", capsys.readouterr().out, re.MULTILINE))
    named = set(re.findall(r"`mitstadt-methods ([a-z]+)", text))
    assert named == known


def test_lock_files_name_versions_and_hashes_and_no_place():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--index-url|--find-links", text)


def test_nothing_in_the_repository_names_a_machine():
    """Paths of somebody's machine and hosts of somebody's registry do not belong here."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    home = str(ROOT.parent) + "/"
    if home.count("/") < 3 and len(home) < 5:
        pytest.skip("the checkout lies too near the root to tell")
    guilty = []
    for name in files:
        file = ROOT / name
        if file.suffix in {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".html", ".cfg", ".json"} and file.is_file():
            text = file.read_text(errors="ignore")
            if home in text or re.search(r"--(extra-)?index-url\s+\S", text):
                guilty.append(name)
    assert guilty == []


def _code(text: str) -> list[str]:
    """What a document shows as code: blocks and `spans`."""
    blocks = re.findall(r"```.*?\n(.*?)```", text, re.DOTALL)
    return blocks + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
