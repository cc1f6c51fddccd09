"""Faults: what a machine cannot do, since when, why."""
