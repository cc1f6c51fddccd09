"""The work order: its table of moves, its story, its lines, its clocks."""
