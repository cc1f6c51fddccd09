"""Companies outside, their sites, contacts, and who of them signs in."""
