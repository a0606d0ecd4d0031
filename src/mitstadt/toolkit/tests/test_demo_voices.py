"""What the demo city learned and asked."""

from __future__ import annotations

from mitstadt.kit import cache
from mitstadt.toolkit import demo
from mitstadt.toolkit.models import Use


def test_the_demo_shows_experience_questions_and_suggestions(demo_city, client):
    cache.bump()
    walk = client.get("/methoden/stadtteilspaziergang/").content.decode()
    assert "2-mal hier, 18 bis 41 Menschen" in walk
    advice = client.get("/methoden/berater/?gegenstand=ort&betroffen=viertel&anzahl=10").content.decode()
    assert "2-mal hier, 18 bis 41 Menschen" in advice
    assert "Moderationskreis Isar" in client.get("/methoden/fragen/").content.decode()
    assert "Erzählcafé" in client.get("/methoden/vorschlaege/").content.decode()
    assert "Küchentisch" not in client.get("/methoden/vorschlaege/").content.decode()
    before = Use.objects.count()
    demo.tell()
    assert Use.objects.count() == before
