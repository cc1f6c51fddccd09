"""Uploads: what kind they are by content, where they lie, their thumbnails."""
