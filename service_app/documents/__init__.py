"""Issued papers: number, snapshot, hash, and the PDF made of them once."""
