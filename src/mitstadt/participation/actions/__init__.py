"""Writes of the room: one verb each, in one transaction."""
