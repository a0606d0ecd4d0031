"""One index with one German analyser on both databases."""
