"""Before going live the data protection officer reads a paper that tells the truth about the tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from mitstadt.capacity import impact
from mitstadt.capacity.models import Agent, Ask, Outcome, Seeker

PAPER = Path(__file__).resolve().parents[4] / "docs" / "dsfa.md"


def test_every_table_and_every_readable_text_is_accounted_for():
    assert impact.problems() == []


def test_the_paper_is_up_to_date():
    assert PAPER.read_text(encoding="utf-8") == impact.text(), "run: mitstadt dsfa --output docs/dsfa.md"


def test_a_forgotten_table_and_an_unexplained_text_are_found(monkeypatch, capsys):
    entries = dict(impact.ENTRIES)
    del entries["capacity.Agent"]
    about = entries["capacity.Child"]
    entries["capacity.Child"] = impact.Entry(about.about, about.purpose, about.keep, about.readers, {"weg": "x"})
    entries["capacity.Gone"] = about
    monkeypatch.setattr(impact, "ENTRIES", entries)
    found = impact.problems()
    assert [line.partition(":")[0] for line in found] == [
        "capacity.Agent", "capacity.Gone", "capacity.Child.choices", "capacity.Child.weg",
    ]  # fmt: skip
    with pytest.raises(CommandError, match=r"Child\.choices"):
        call_command("dsfa", check=True)


def test_a_key_from_a_seeker_to_an_account_would_be_found(monkeypatch):
    from django.contrib.auth import get_user_model
    from django.db import models

    spy = models.ForeignKey(get_user_model(), models.CASCADE, name="account")
    spy.set_attributes_from_name("account")
    spy.model = Seeker
    fields = (*Seeker._meta.concrete_fields, spy)
    monkeypatch.setattr(type(Seeker._meta), "concrete_fields", property(lambda meta: fields), raising=False)
    assert any("Seeker.account: führt aus dem Raum hinaus" in line for line in impact.problems())


def test_sealed_and_readable_fields_are_told_apart():
    def says(model, name):
        return impact.protection(model._meta.get_field(name))

    assert says(Seeker, "sealed").startswith("verschlüsselt")
    assert says(Agent, "token_hash").startswith("Hash")
    assert says(Ask, "answer").startswith("verschlüsselt")
    assert says(Outcome, "case").startswith("verschlüsselt")
    assert says(Ask, "rank") == "lesbar"
    assert says(Ask, "capacity") == "Verweis auf capacity.Capacity"


def test_the_command_writes_and_checks(tmp_path, capsys):
    call_command("dsfa", output=tmp_path / "x.md")
    assert (tmp_path / "x.md").read_text(encoding="utf-8").startswith("# Datenschutz-Folgenabschätzung")
    call_command("dsfa", check=True)
    assert "accounted for" in capsys.readouterr().out
    call_command("dsfa")
    assert "**[offen" in capsys.readouterr().out
