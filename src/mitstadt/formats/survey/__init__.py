"""Surveys and polls: questions, who answered, what came out, and sheets of paper that two people key."""
