"""Editorial pages and news."""
