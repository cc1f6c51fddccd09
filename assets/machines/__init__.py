"""Machines, their models, companies and lives."""
