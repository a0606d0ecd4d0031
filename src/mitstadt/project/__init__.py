"""Wiring only: settings, addresses, the API mount."""
