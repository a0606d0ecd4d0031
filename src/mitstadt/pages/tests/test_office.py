"""The back office greets staff with what waits, and names them as their colleagues know them."""

from __future__ import annotations


def test_edda_finds_her_tasks_her_name_and_the_citys_colours(home, staff_factory, client_for):
    edda = staff_factory("edda", "editor", pseudonym="")
    page = client_for(edda).get("/verwaltung/").content.decode()
    assert "pages/office" in page  # the city's colours
    assert "Fragen überfällig" in page
    assert "Maßnahmen verzögert" in page
    assert '"name": "edda@example.org"' in page  # the sidebar
