"""Only residents vote. Alice reads why she may not, proves where she lives with the code of a letter, and votes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from mitstadt.accounts.actions.trust import issue_letter_codes
from mitstadt.formats.survey import editing
from mitstadt.formats.survey.editing import Draft
from mitstadt.formats.survey.models import Response
from mitstadt.participation import rules, samples
from mitstadt.participation.actions import processes
from tests.support.people import make_department

pytestmark = pytest.mark.browser


def test_refused_with_the_reason_and_passed_after_the_proof(
    city: Any, alice: Any, visit: Any, administrator: Any, actor_of: Any
) -> None:
    module = samples.process(
        format="survey", verbs=["vote"], settings={"preset": "poll"}, audience=rules.Audience(trust=2), publish=False,
        department=make_department("RIT"),
    )  # fmt: skip
    editing.add(samples.INSTALLATION, module, Draft("single", "Soll das Licht an bleiben?", options=["Ja", "Nein"]))
    processes.move(samples.INSTALLATION, module.process, rules.OPEN)
    page = visit(alice)
    page.goto(f"/beteiligung/umfrage/{module.subject.public_id}/")
    page.get_by_text("die hier wohnen").first.wait_for()
    page.get_by_role("link", name="So weisen Sie das nach").click()
    expect(page).to_have_url(re.compile("/konto/nachweis/"))
    (code,) = issue_letter_codes(actor_of(administrator), 1)
    page.get_by_role("link", name="Code eingeben").click()
    page.get_by_role("textbox", name="Code").fill(code)
    page.get_by_role("main").get_by_role("button").last.click()
    page.get_by_text("Brief").first.wait_for()

    page.goto(f"/beteiligung/umfrage/{module.subject.public_id}/")
    page.get_by_role("link", name="Abstimmen").first.click()
    page.get_by_role("radio", name="Ja").check(force=True)
    page.get_by_role("button", name="Stimme abgeben").click()
    page.get_by_text("Ihre Antwort zählt").wait_for()
    page.get_by_text("Sie haben geantwortet").wait_for()
    assert Response.objects.get().user_id == alice.pk
