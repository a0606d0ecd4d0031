"""Ideas: proposed in words and on the map, supported, merged by consent, answered."""
