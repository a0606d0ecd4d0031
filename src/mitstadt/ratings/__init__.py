"""Three-scale ratings of any subject."""
