"""Execution: set out, arrive, start, wait, note, photograph, measure, finish."""
