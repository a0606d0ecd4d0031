"""Tests that concern the whole house; each room's own tests live in the room."""
