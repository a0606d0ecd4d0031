"""Public pages of processes."""
