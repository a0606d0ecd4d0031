"""Strategies, revisions, measures, their status and reports."""
