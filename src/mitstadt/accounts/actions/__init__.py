"""Writes of this room: one verb each, one transaction each."""

from .erasure import delete_account, delete_guest
from .profile import change_pseudonym, note_read, note_reads, set_language, sign_out_everywhere
from .purge import purge
from .trust import (
    COUNTER_CODE_MINUTES,
    ONLINE_ID_HOLDS,
    add_proof,
    confirm_at_counter,
    issue_letter_codes,
    new_counter_code,
    recompute_trust,
    redeem_letter_code,
    store_facts,
)

__all__ = [
    "COUNTER_CODE_MINUTES",
    "ONLINE_ID_HOLDS",
    "add_proof",
    "change_pseudonym",
    "confirm_at_counter",
    "delete_account",
    "delete_guest",
    "issue_letter_codes",
    "new_counter_code",
    "note_read",
    "note_reads",
    "purge",
    "recompute_trust",
    "redeem_letter_code",
    "set_language",
    "sign_out_everywhere",
    "store_facts",
]
