"""The format annotation: a draft text that people comment on, at the very words, over several versions."""
