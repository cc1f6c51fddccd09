"""Currencies as people write them."""

from dataclasses import dataclass
from decimal import Decimal

SYMBOLS = {"RUB": "₽", "KZT": "₸", "USD": "$", "EUR": "€", "BYN": "Br", "AUD": "A$", "GBP": "£"}
WITHOUT_MINOR = frozenset({"JPY", "KRW", "VND"})


def minor_digits(currency: str) -> int:
    """How many digits the currency has after the point."""
    return 0 if currency in WITHOUT_MINOR else 2


@dataclass(frozen=True)
class Amount:
    """A sum with its currency, said by the reader's rules."""

    value: Decimal
    currency: str
