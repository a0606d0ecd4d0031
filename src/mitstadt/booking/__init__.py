"""Places of anything that has them: booking, waiting, attending. Never sold twice."""
