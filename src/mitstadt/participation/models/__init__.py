"""Processes and their phases, codes for invited people, contributions and what the city says of them."""

from .codes import AccessCode, Area, CodeGroup
from .contributions import Assessment, Category, Contribution, ContributionVersion, Group, Kind, Label, Support
from .process import Assignment, Document, Module, News, Phase, Process, process_path, take_number

__all__ = [
    "AccessCode",
    "Area",
    "Assessment",
    "Assignment",
    "Category",
    "CodeGroup",
    "Contribution",
    "ContributionVersion",
    "Document",
    "Group",
    "Kind",
    "Label",
    "Module",
    "News",
    "Phase",
    "Process",
    "Support",
    "process_path",
    "take_number",
]
