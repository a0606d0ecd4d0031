"""The room's screens in the back office."""
