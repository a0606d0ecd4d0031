"""The floors hold for the database too: a ForeignKey by label is an import."""

import tomllib
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[1]


def floors() -> dict[str, int]:
    """Height of each room, from the contract that import-linter holds."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    layers = contract["layers"]
    return {name.strip(): len(layers) - height for height, layer in enumerate(layers) for name in layer.split("|")}


def room_of(model) -> str | None:
    path = model._meta.app_config.name.split(".")
    return path[1] if path[0] == "mitstadt" else None


def test_relations_between_models_go_down_the_stairs():
    height = floors()
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        source = room_of(model)
        for field in model._meta.get_fields():
            if not (field.is_relation and field.concrete and field.related_model):
                continue
            target = room_of(field.related_model)
            if source and target and source != target and height[source] <= height[target]:
                wrong.append(f"{model._meta.label}.{field.name} → {field.related_model._meta.label}")
    assert wrong == []


def test_every_room_has_a_floor():
    rooms = {path.parent.name for path in (ROOT / "src/mitstadt").glob("*/__init__.py")}
    assert rooms == set(floors()) - {"__main__"}


def test_the_keystone_stays_narrow():
    """Subject is identity and counters only. Whoever needs another column needs a table of their own."""
    from mitstadt.subjects.models import Subject

    assert {field.column for field in Subject._meta.concrete_fields} == {
        *("id", "public_id", "kind", "title", "path", "district_id", "published", "restricted"),
        *("comment_count", "rating_count", "follower_count", "is_example", "created_at", "changed_at"),
    }


def test_the_audit_log_knows_nobody():
    for model in apps.get_app_config("audit").get_models():
        assert [f.name for f in model._meta.get_fields() if f.is_relation] == []


def test_citizens_models_cost_no_reference_index():
    """Wagtail would write ten rows for each of their inserts."""
    curated = {"pages", "wagtail"}
    staff = {"radar"}  # measures are edited in the back office, their references are wanted
    forgotten = [
        model._meta.label
        for model in apps.get_models()
        if room_of(model) and model._meta.app_label not in curated | staff
        if not getattr(model, "wagtail_reference_index_ignore", False)
    ]
    assert forgotten == []
