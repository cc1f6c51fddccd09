"""Reports: what was promised and kept in a month, for us and as a paper for the customer."""
