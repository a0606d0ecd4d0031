"""Append-only, sealed log of what was done; knows nobody."""
