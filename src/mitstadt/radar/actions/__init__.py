"""Writes of the radar, one verb each. Every action checks who acts, changes in one transaction and records it. They
raise `Refused` (not allowed), or `DomainError` with a sentence for the person and the field it is about.

Only two verbs make something public: `publish_revision` (a whole file, `imports.py`) and the approval of a draft
(`staff/approval.py`). What a single person does to a measure is a draft (`drafts.py`).
"""

from .bulk import assign_many, report_many, request_many, undo, undoable
from .drafts import assign, draft_of, report_status, request_status, take_back
from .imports import DEFAULT_SLUG, discard_import, publish_revision, save_mapping, stage_import

__all__ = [
    "DEFAULT_SLUG",
    "assign",
    "assign_many",
    "discard_import",
    "draft_of",
    "publish_revision",
    "report_many",
    "report_status",
    "request_many",
    "request_status",
    "save_mapping",
    "stage_import",
    "take_back",
    "undo",
    "undoable",
]
