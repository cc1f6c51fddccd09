"""Running hours: meters, segments, readings."""
