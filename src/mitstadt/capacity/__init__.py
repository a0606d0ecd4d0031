"""Kapazitätsfinder: what is free, how sure that is, and three ways to a place that keep their word."""
