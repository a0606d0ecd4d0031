"""Follows, notifications, digests and feeds."""
