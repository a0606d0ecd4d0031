"""Columns that only the installation's key opens: code reads and writes plain values, the database holds ciphertext."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models.lookups import Lookup

from mitstadt.accounts.keyed import seal, unseal

PURPOSE = "capacity"


class Unreadable(RuntimeError):
    """Sealed with another MITSTADT_HASH_KEY. Nothing may be reckoned from half of the data, so this stops."""


class SealedText(models.TextField):  # type: ignore[type-arg]
    """Text; "" stays "". It cannot be searched: every lookup but ``isnull`` is refused."""

    def get_prep_value(self, value: Any) -> Any:
        return seal(PURPOSE, value) if value else value

    def from_db_value(self, value: Any, _expression: object, _connection: object) -> Any:
        return opened(value) if value else value

    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]] | None:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class SealedJSON(SealedText):
    """Lists, dictionaries; None is NULL. An empty list is sealed, too: that it is empty says much."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else seal(PURPOSE, json.dumps(value, ensure_ascii=False))

    def from_db_value(self, value: Any, _expression: object, _connection: object) -> Any:
        return None if value is None else json.loads(opened(value))


def opened(value: str) -> str:
    """Plain text again. Raises Unreadable."""
    text = unseal(PURPOSE, value)
    if not text:
        raise Unreadable("sealed with another MITSTADT_HASH_KEY")
    return text
