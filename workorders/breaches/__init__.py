"""Missed promises: each with its length, its cause and what is done about it."""
