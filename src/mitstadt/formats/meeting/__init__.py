"""People meet: dates with places, what was said there, and questions from the phone."""
