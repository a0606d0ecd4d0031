"""Places for many applicants: one matching round. See docs/methods.md for the rule, the file and what is guaranteed.

round_ = read_round(path.read_bytes())
result = assign(round_)
result.assignment, result.programmes["kita-1"].cutoff, result.explain("a-17").choices
"""

from mitstadt.methods.reading import Invalid, Problem

from .files import canonical, digest, read_round, schema, to_json
from .lottery import number
from .matching import match
from .model import IF_POSSIBLE, MODES, NOT_AT_ALL, Applicant, Criterion, Group, Programme, Round
from .own import (
    FamilyCase,
    OwnCase,
    Published,
    Recomputed,
    case_json,
    case_of,
    family_of,
    read_case,
    read_published,
    recompute_family,
    recompute_one,
)
from .result import Cutoff, Explanation, GroupExplanation, OptionWhy, ProgrammeResult, Result, Why, assign
from .stability import BlockingPair, Conflict, Fault, blocking_pairs, family_conflicts, faults
from .summary import summary, suppress

__all__ = [
    "IF_POSSIBLE",
    "MODES",
    "NOT_AT_ALL",
    "Applicant",
    "BlockingPair",
    "Conflict",
    "Criterion",
    "Cutoff",
    "Explanation",
    "FamilyCase",
    "Fault",
    "Group",
    "GroupExplanation",
    "Invalid",
    "OptionWhy",
    "OwnCase",
    "Problem",
    "Programme",
    "ProgrammeResult",
    "Published",
    "Recomputed",
    "Result",
    "Round",
    "Why",
    "assign",
    "blocking_pairs",
    "canonical",
    "case_json",
    "case_of",
    "digest",
    "family_conflicts",
    "family_of",
    "faults",
    "match",
    "number",
    "read_case",
    "read_published",
    "read_round",
    "recompute_family",
    "recompute_one",
    "schema",
    "summary",
    "suppress",
    "to_json",
]
