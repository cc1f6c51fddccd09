"""Who changed what, when: an append-only table written by the session itself."""
