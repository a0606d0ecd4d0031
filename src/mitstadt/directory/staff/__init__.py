"""Screens of those who look after the directory."""
