"""Public identity of anything that can be discussed, and links between subjects."""
