"""Slots of time and how long a silent worker still counts as alive. Pure."""

from datetime import datetime, timedelta

PULSE_SECONDS = 5
ALIVE = timedelta(seconds=30)
"""A worker silent for longer is taken for dead."""
KEEP_RUNS = timedelta(days=14)
KEEP_FREQUENT_RUNS = timedelta(days=1)
FREQUENT_SECONDS = 60
"""Jobs at least this frequent leave many rows, which are kept for a day."""


def slot_of(moment: datetime, every_seconds: int) -> int:
    """The number of the job's slot a moment lies in, counted from 1970-01-01 UTC."""
    return int(moment.timestamp()) // every_seconds


def next_slot_at(moment: datetime, every_seconds: int) -> datetime:
    """When the next slot begins."""
    seconds = (slot_of(moment, every_seconds) + 1) * every_seconds
    return datetime.fromtimestamp(seconds, moment.tzinfo)
