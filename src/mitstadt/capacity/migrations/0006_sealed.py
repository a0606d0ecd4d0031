"""What families claim and what houses answer is sealed from now on; what is there is sealed here, and opened backwards.

A column becomes text, then each value is sealed, then the column is a sealed one.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

import mitstadt.capacity.sealed
from mitstadt.accounts.keyed import seal
from mitstadt.capacity.sealed import PURPOSE, opened

COLUMNS = {
    "ask": ("answer",),
    "child": ("facts", "local"),
    "outcome": ("row", "family", "case"),
    "file": ("text",),
}
CHUNK = 200


def close(apps: Any, editor: Any) -> None:
    _change(apps, lambda text: seal(PURPOSE, text))


def open_again(apps: Any, editor: Any) -> None:
    _change(apps, opened)


def _change(apps: Any, how: Any) -> None:
    """Rows one after the other: the files of a round are large."""
    for model, columns in COLUMNS.items():
        rows = apps.get_model("capacity", model).objects
        for key in rows.order_by("pk").values_list("pk", flat=True).iterator(CHUNK):
            before = rows.filter(pk=key).values(*columns).get()
            rows.filter(pk=key).update(**{name: how(text) for name, text in before.items() if text})


def _as_text() -> list[migrations.AlterField]:
    return [
        migrations.AlterField(model, name, models.TextField(blank=True, default="", null=name == "family"))
        for model, columns in COLUMNS.items()
        for name in columns
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("capacity", "0005_places"),
    ]

    operations = [
        *_as_text(),
        migrations.RunPython(close, open_again),
        migrations.AlterField("ask", "answer", mitstadt.capacity.sealed.SealedText(blank=True)),
        migrations.AlterField("child", "facts", mitstadt.capacity.sealed.SealedJSON(blank=True, default=list)),
        migrations.AlterField("child", "local", mitstadt.capacity.sealed.SealedJSON(blank=True, default=dict)),
        migrations.AlterField("outcome", "row", mitstadt.capacity.sealed.SealedJSON()),
        migrations.AlterField("outcome", "family", mitstadt.capacity.sealed.SealedJSON(null=True)),
        migrations.AlterField("outcome", "case", mitstadt.capacity.sealed.SealedJSON()),
        migrations.AlterField("file", "text", mitstadt.capacity.sealed.SealedText()),
    ]
