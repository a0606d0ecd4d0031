"""Writes: telling what is free, and the ways to a place."""
