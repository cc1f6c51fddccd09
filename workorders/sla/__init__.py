"""Promises: clocks, policies, and the replay that says why a deadline is what it is."""
