"""Handover: showing the machine at work, both signatures, closing."""
