"""`make bench`: the figures that the city is promised, measured here and now."""
