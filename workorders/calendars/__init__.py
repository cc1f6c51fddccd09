"""Working calendars: when time counts, and the arithmetic of working time."""
