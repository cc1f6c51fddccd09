"""Contracts: what a customer has bought of us for how long, and what it pays of an order."""
