"""Processes and their phases, codes for invited people, contributions and what the city says of them."""

from .codes import AccessCode, Area, CodeGroup
from .contributions import Assessment, Category, Contribution, ContributionVersion, Group, Kind, Label, Support
from .letters import Letter
from .papers import Archive, Leaflet
from .process import Assignment, Document, Module, News, Phase, Process, process_path, take_number
from .sheets import Batch, Entered, EntryList, EntryRow, PrintedSheet, Source, Tablet

__all__ = [
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
    "Source",
    "Support",
    "Tablet",
    "process_path",
    "take_number",
]
