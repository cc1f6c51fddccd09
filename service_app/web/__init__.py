"""Flask without business nouns: errors, forms, filters, security."""
