"""Files coming in and going out: reading a table as people save it, checking, reporting."""
