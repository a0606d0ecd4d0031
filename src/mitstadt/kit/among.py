"""A column is one of many keys, as one parameter: thousands of them are dear to write down one by one."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL


def written(keys: Iterable[int]) -> str:
    """Keys as an array of PostgreSQL; written here it takes a tenth of the time."""
    return f"{{{','.join(map(str, keys))}}}"


def among(column: str, keys: Iterable[int]) -> Q:
    """What ``column__in=keys`` finds, for whole numbers."""
    if connection.vendor == "sqlite":
        chosen = RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(keys))])
    else:
        chosen = RawSQL("SELECT unnest(%s::bigint[])", [written(keys)])
    return Q(**{f"{column}__in": chosen})
