"""Plain Python that every room stands on: words, time, money, tables. No Flask here."""
