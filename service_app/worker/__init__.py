"""Timed work: which runs were made, by which worker, and whether one is alive."""
