"""Processes and their phases, codes for invited people, contributions and what the city says of them."""

from .codes import AccessCode, Area, CodeGroup
from .contributions import (
    MOST_SIGNATURES,
    SUPPORTS_BY,
    Assessment,
    Category,
    Contribution,
    ContributionVersion,
    Group,
    Kind,
    Label,
    SignatureList,
    Support,
)
from .letters import Letter
from .papers import Archive, Leaflet
from .process import Assignment, Document, Module, News, Phase, Process, process_path, take_number
from .sheets import Batch, Entered, EntryList, EntryRow, PrintedSheet, Source, Tablet

__all__ = [
    "MOST_SIGNATURES",
    "SUPPORTS_BY",
    "AccessCode",
    "Archive",
    "Area",
    "Assessment",
    "Assignment",
    "Batch",
    "Category",
    "CodeGroup",
    "Contribution",
    "ContributionVersion",
    "Document",
    "Entered",
    "EntryList",
    "EntryRow",
    "Group",
    "Kind",
    "Label",
    "Leaflet",
    "Letter",
    "Module",
    "News",
    "Phase",
    "PrintedSheet",
    "Process",
    "SignatureList",
    "Source",
    "Support",
    "Tablet",
    "process_path",
    "take_number",
]
