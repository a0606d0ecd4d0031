"""Districts and places of the city."""
