"""A question, and people who talk about it: for, against, and what the moderation sums up."""
