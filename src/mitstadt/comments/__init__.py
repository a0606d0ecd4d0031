"""Discussion and official answers on any subject."""
