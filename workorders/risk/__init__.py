"""How likely an open promise is to be missed, from what became of those like it."""
