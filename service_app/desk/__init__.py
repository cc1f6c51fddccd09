"""Pages of staff that show several rooms at once."""
