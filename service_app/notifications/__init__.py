"""The in-app inbox, and the letters that go with it."""
