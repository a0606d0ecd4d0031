"""What came of a process: the public page, the report as page, PDF and Word file."""
