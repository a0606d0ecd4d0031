"""Thin: one call into the room each."""
