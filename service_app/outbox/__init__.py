"""Messages on their way out, tried again with growing pauses."""
