"""Formats of participation. Each folder is one format and registers itself; formats do not know each other."""
