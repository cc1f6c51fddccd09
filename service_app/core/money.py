"""Lines, VAT and sums, exact and rounded half up; sums in words for papers. Pure.

VAT of the Russian Federation: 18 % until 2018-12-31, 20 % until 2025-12-31, 22 % since
2026-01-01; reduced 10 %, the simplified system's 7 % and 5 %, export 0 %, and lines without VAT
(Tax Code art. 164, 145, 346.11).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from service_app.core.currency import minor_digits
from service_app.core.enums import Labelled
from service_app.core.text import N_, Text

HUNDRED = Decimal(100)


class VatRate(Labelled):
    """A rate a line may carry."""

    STANDARD_22 = "22", N_("VAT 22 %")
    STANDARD_20 = "20", N_("VAT 20 %")
    STANDARD_18 = "18", N_("VAT 18 %")
    REDUCED_10 = "10", N_("VAT 10 %")
    SIMPLIFIED_7 = "7", N_("VAT 7 %")
    SIMPLIFIED_5 = "5", N_("VAT 5 %")
    ZERO = "0", N_("VAT 0 %")
    NONE = "none", N_("without VAT")

    @property
    def percent(self) -> Decimal:
        """The rate in percent; 0 without VAT."""
        return Decimal(0) if self is VatRate.NONE else Decimal(self.value)

    @property
    def short(self) -> Text:
        """The words for a table cell."""
        return N_("no VAT") if self is VatRate.NONE else Text("%(n)s%%", n=self.value)


_VALID: dict[VatRate, tuple[date | None, date | None]] = {
    VatRate.STANDARD_18: (date(2004, 1, 1), date(2018, 12, 31)),
    VatRate.STANDARD_20: (date(2019, 1, 1), date(2025, 12, 31)),
    VatRate.STANDARD_22: (date(2026, 1, 1), None),
    VatRate.SIMPLIFIED_7: (date(2025, 1, 1), None),
    VatRate.SIMPLIFIED_5: (date(2025, 1, 1), None),
}
_STANDARD = frozenset({VatRate.STANDARD_18, VatRate.STANDARD_20, VatRate.STANDARD_22})


def rates_on(day: date) -> list[VatRate]:
    """The rates in force on a day, the standard one first."""

    def in_force(rate: VatRate) -> bool:
        since, until = _VALID.get(rate, (None, None))
        return (since is None or since <= day) and (until is None or day <= until)

    return [rate for rate in VatRate if in_force(rate)]


def standard_rate(day: date, *, is_vat_payer: bool = True) -> VatRate:
    """What a new line carries on a day; no VAT for days before the table begins."""
    first = rates_on(day)[0]
    return first if is_vat_payer and first in _STANDARD else VatRate.NONE


@dataclass(frozen=True)
class Line:
    """Quantity × net price, less a discount, plus VAT. ``vat_rate`` is a VatRate's value."""

    quantity: Decimal
    net_price: Decimal
    discount_percent: Decimal = Decimal(0)
    vat_rate: str = VatRate.NONE.value


@dataclass(frozen=True)
class Sums:
    """What one line or several come to: net, VAT, gross."""

    net: Decimal
    vat: Decimal

    @property
    def gross(self) -> Decimal:
        """What is to pay."""
        return self.net + self.vat


def round_money(value: Decimal, currency: str = "RUB") -> Decimal:
    """Half up to the currency's smallest unit."""
    return value.quantize(Decimal(1).scaleb(-minor_digits(currency)), ROUND_HALF_UP)


def line_sums(line: Line, currency: str = "RUB") -> Sums:
    """Net rounded first, VAT of the rounded net rounded next."""
    net = line.quantity * line.net_price * (HUNDRED - line.discount_percent) / HUNDRED
    net = round_money(net, currency)
    vat = round_money(net * VatRate(line.vat_rate).percent / HUNDRED, currency)
    return Sums(net, vat)


def total(lines: Iterable[Line], currency: str = "RUB") -> Sums:
    """The sum of rounded lines."""
    net = vat = Decimal(0)
    for line in lines:
        sums = line_sums(line, currency)
        net, vat = net + sums.net, vat + sums.vat
    return Sums(net, vat)


def by_rate(lines: Iterable[Line], currency: str = "RUB") -> dict[VatRate, Sums]:
    """Sums for each VAT rate, highest first."""
    groups: dict[VatRate, list[Line]] = {}
    for line in lines:
        groups.setdefault(VatRate(line.vat_rate), []).append(line)
    return {rate: total(groups[rate], currency) for rate in VatRate if rate in groups}


@dataclass(frozen=True)
class _Noun:
    """Three Russian forms (1, 2–4, 5), the gender of its ones, two English forms."""

    ru: tuple[str, str, str]
    en: tuple[str, str]
    is_feminine: bool = False


_MAJOR = {
    "RUB": _Noun(("рубль", "рубля", "рублей"), ("rouble", "roubles")),
    "BYN": _Noun(
        ("белорусский рубль", "белорусских рубля", "белорусских рублей"),
        ("Belarusian rouble", "Belarusian roubles"),
    ),
    "KZT": _Noun(("тенге", "тенге", "тенге"), ("tenge", "tenge")),
    "USD": _Noun(("доллар США", "доллара США", "долларов США"), ("US dollar", "US dollars")),
    "EUR": _Noun(("евро", "евро", "евро"), ("euro", "euros")),
    "AUD": _Noun(
        ("австралийский доллар", "австралийских доллара", "австралийских долларов"),
        ("Australian dollar", "Australian dollars"),
    ),
    "GBP": _Noun(
        ("фунт стерлингов", "фунта стерлингов", "фунтов стерлингов"),
        ("pound sterling", "pounds sterling"),
    ),
}
_MINOR = {
    "RUB": _Noun(("копейка", "копейки", "копеек"), ("kopeck", "kopecks"), True),
    "BYN": _Noun(("копейка", "копейки", "копеек"), ("kopeck", "kopecks"), True),
    "KZT": _Noun(("тиын", "тиына", "тиынов"), ("tiyn", "tiyn")),
    "USD": _Noun(("цент", "цента", "центов"), ("cent", "cents")),
    "EUR": _Noun(("евроцент", "евроцента", "евроцентов"), ("cent", "cents")),
    "AUD": _Noun(("цент", "цента", "центов"), ("cent", "cents")),
    "GBP": _Noun(("пенс", "пенса", "пенсов"), ("penny", "pence")),
}
_SCALES = (
    _Noun(("тысяча", "тысячи", "тысяч"), ("thousand", "thousand"), True),
    _Noun(("миллион", "миллиона", "миллионов"), ("million", "million")),
    _Noun(("миллиард", "миллиарда", "миллиардов"), ("billion", "billion")),
    _Noun(("триллион", "триллиона", "триллионов"), ("trillion", "trillion")),
)
_RU_ONES = [
    *("", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"),
    *("десять", "одиннадцать", "двенадцать", "тринадцать", "четырнадцать"),
    *("пятнадцать", "шестнадцать", "семнадцать", "восемнадцать", "девятнадцать"),
]
_RU_TENS = [
    *("", "десять", "двадцать", "тридцать", "сорок"),
    *("пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто"),
]
_RU_HUNDREDS = [
    *("", "сто", "двести", "триста", "четыреста"),
    *("пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот"),
]
_EN_ONES = [
    *("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_EN_TENS = [
    *("", "ten", "twenty", "thirty", "forty"),
    *("fifty", "sixty", "seventy", "eighty", "ninety"),
]


def in_words(value: Decimal, currency: str, language: str) -> str:
    """``Восемьдесят одна тысяча десять рублей 00 копеек`` / ``Eighty-one thousand ten roubles…``.

    Good below 10^15; the minor units stay in figures, as Russian papers write them.
    """
    value = round_money(value, currency)
    sign = {"ru": "минус ", "en": "minus "}[language] if value < 0 else ""
    whole = int(abs(value))
    major = _MAJOR.get(currency, _Noun((currency,) * 3, (currency,) * 2))
    words = number_in_words(whole, language, is_feminine=major.is_feminine)
    text = f"{sign}{words} {_form(major, whole, language)}"
    if digits := minor_digits(currency):
        rest = int((abs(value) - whole).scaleb(digits))
        minor = _MINOR.get(currency)
        text += f" {rest:0{digits}d}" + (f" {_form(minor, rest, language)}" if minor else "")
    return text[0].upper() + text[1:]


def number_in_words(number: int, language: str, *, is_feminine: bool = False) -> str:
    """A whole number from 0 below 10^15 in words."""
    if number == 0:
        return "ноль" if language == "ru" else "zero"
    parts: list[str] = []
    groups = []
    while number:
        number, group = divmod(number, 1000)
        groups.append(group)
    for scale in range(len(groups) - 1, -1, -1):
        group = groups[scale]
        if not group:
            continue
        noun = _SCALES[scale - 1] if scale else None
        feminine = noun.is_feminine if noun else is_feminine
        parts.append(_ru_group(group, feminine) if language == "ru" else _en_group(group))
        if noun:
            parts.append(_form(noun, group, language))
    return " ".join(parts)


def _ru_group(group: int, is_feminine: bool) -> str:
    hundreds, rest = divmod(group, 100)
    words = [_RU_HUNDREDS[hundreds]]
    if rest >= 20:
        words.append(_RU_TENS[rest // 10])
        rest %= 10
    one = {1: "одна", 2: "две"}.get(rest) if is_feminine else None
    words.append(one or _RU_ONES[rest])
    return " ".join(w for w in words if w)


def _en_group(group: int) -> str:
    hundreds, rest = divmod(group, 100)
    words = [f"{_EN_ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        ones = _EN_ONES[rest % 10]
        words.append(_EN_TENS[rest // 10] + (f"-{ones}" if ones else ""))
    elif rest:
        words.append(_EN_ONES[rest])
    return " ".join(words)


def _form(noun: _Noun, number: int, language: str) -> str:
    if language == "en":
        return noun.en[0] if number == 1 else noun.en[1]
    if number % 100 in range(11, 20):
        return noun.ru[2]
    return noun.ru[{1: 0, 2: 1, 3: 1, 4: 1}.get(number % 10, 2)]
