"""Words for what is stored as a short name."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _


def fact(rule: str) -> str:
    """``resident`` → "wohnt in der Stadt"; unknown rules are shown as the city wrote them."""
    if rule == "resident":
        return _("wohnt in der Stadt")
    age = re.fullmatch(r"age_(\d+)", rule)
    if age:
        return _("mindestens %(age)s Jahre alt") % {"age": age[1]}
    district = re.fullmatch(r"district_(\w+)", rule)
    if district:
        return _("wohnt im Stadtbezirk %(number)s") % {"number": district[1].lstrip("0") or "0"}
    return rule.replace("_", " ")
