"""The catalogues of translated sentences and what keeps them up with the sources."""
