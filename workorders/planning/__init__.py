"""Visits: who goes where and when."""
