"""Rooms above that have something to show on the radar's own screens hand it in when they start."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.safestring import SafeString

from .models import StagedImport

Panel = Callable[[StagedImport], SafeString]
_panels: list[Panel] = []


def on_import_page(panel: Panel) -> None:
    """Let `panel(staged)` stand on the staff's page of an import; it returns HTML, "" for nothing."""
    if panel not in _panels:
        _panels.append(panel)


def import_panels(staged: StagedImport) -> list[SafeString]:
    """What other rooms have to say about an import."""
    return [html for panel in _panels if (html := panel(staged))]
