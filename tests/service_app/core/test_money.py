"""Lines, VAT and sums: tables of figures worked out by hand, and words read back by a parser."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_app.core.money import (
    Line,
    VatRate,
    by_rate,
    in_words,
    line_sums,
    number_in_words,
    rates_on,
    round_money,
    standard_rate,
    total,
)

D = Decimal


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (date(2003, 12, 31), VatRate.NONE),
        (date(2018, 12, 31), VatRate.STANDARD_18),
        (date(2019, 1, 1), VatRate.STANDARD_20),
        (date(2025, 12, 31), VatRate.STANDARD_20),
        (date(2026, 1, 1), VatRate.STANDARD_22),
    ],
)
def test_the_standard_rate_of_a_day(day: date, rate: VatRate) -> None:
    assert standard_rate(day) is rate
    assert standard_rate(day, is_vat_payer=False) is VatRate.NONE


def test_the_rates_of_a_day() -> None:
    assert [r.value for r in rates_on(date(2026, 11, 23))] == ["22", "10", "7", "5", "0", "none"]
    assert [r.value for r in rates_on(date(2024, 6, 1))] == ["20", "10", "0", "none"]


@pytest.mark.parametrize(
    ("value", "currency", "rounded"),
    [
        ("0.005", "RUB", "0.01"),
        ("0.0049", "RUB", "0.00"),
        ("-0.005", "RUB", "-0.01"),  # a correction cancels exactly what it corrects
        ("2.675", "EUR", "2.68"),
        ("0.5", "JPY", "1"),
        ("1.005", "XYZ", "1.01"),
    ],
)
def test_rounded_half_up(value: str, currency: str, rounded: str) -> None:
    assert str(round_money(D(value), currency)) == rounded


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "rate", "net", "vat", "gross"),
    [
        ("2.5", "3200", "0", "22", "8000.00", "1760.00", "9760.00"),
        ("1", "0.05", "10", "20", "0.05", "0.01", "0.06"),
        ("3", "33.33", "0", "10", "99.99", "10.00", "109.99"),
        ("1", "100.10", "15", "5", "85.09", "4.25", "89.34"),
        ("4", "12.5", "0", "none", "50.00", "0.00", "50.00"),
        ("4", "12.5", "100", "22", "0.00", "0.00", "0.00"),
        ("-1", "52760", "0", "22", "-52760.00", "-11607.20", "-64367.20"),
        ("0", "99", "0", "22", "0.00", "0.00", "0.00"),
    ],
)
def test_a_line(
    quantity: str, price: str, discount: str, rate: str, net: str, vat: str, gross: str
) -> None:
    sums = line_sums(Line(D(quantity), D(price), D(discount), rate))
    assert (str(sums.net), str(sums.vat), str(sums.gross)) == (net, vat, gross)


def test_a_total_is_the_sum_of_rounded_lines() -> None:
    # Unrounded lines would make 0.075 → 0.08 net and 0.0165 → 0.02 VAT.
    lines = [Line(D(1), D("0.025"), vat_rate="22")] * 3
    assert (total(lines).net, total(lines).vat) == (D("0.09"), D("0.03"))


def test_totals_by_rate_highest_first() -> None:
    lines = [
        Line(D(1), D(100), vat_rate="none"),
        Line(D(1), D(100), vat_rate="10"),
        Line(D(2), D(100), vat_rate="22"),
        Line(D(1), D(50), vat_rate="10"),
    ]
    found = {rate.value: (s.net, s.vat, s.gross) for rate, s in by_rate(lines).items()}
    assert list(found) == ["22", "10", "none"]
    assert found["22"] == (D(200), D(44), D(244))
    assert found["10"] == (D(150), D(15), D(165))
    assert found["none"] == (D(100), D(0), D(100))
    assert total([]).gross == 0


amounts = st.decimals(min_value=-(10**6), max_value=10**6, places=2)
lines_drawn = st.builds(
    Line,
    quantity=st.decimals(min_value=-1000, max_value=1000, places=3),
    net_price=amounts,
    discount_percent=st.decimals(min_value=0, max_value=100, places=2),
    vat_rate=st.sampled_from([r.value for r in VatRate]),
)


@given(st.lists(lines_drawn, max_size=8))
def test_what_stands_by_rate_adds_up_to_the_total(lines: list[Line]) -> None:
    groups, whole = by_rate(lines), total(lines)
    assert sum((g.net for g in groups.values()), D(0)) == whole.net
    assert sum((g.vat for g in groups.values()), D(0)) == whole.vat
    assert whole.gross == sum((line_sums(x).gross for x in lines), D(0))


@given(lines_drawn)
def test_a_minus_line_cancels_the_line(line: Line) -> None:
    back = Line(-line.quantity, line.net_price, line.discount_percent, line.vat_rate)
    assert total([line, back]).gross == 0


@pytest.mark.parametrize(
    ("value", "currency", "words"),
    [
        ("0", "RUB", "Ноль рублей 00 копеек"),
        ("1", "RUB", "Один рубль 00 копеек"),
        ("2.01", "RUB", "Два рубля 01 копейка"),
        ("5.02", "RUB", "Пять рублей 02 копейки"),
        ("11.11", "RUB", "Одиннадцать рублей 11 копеек"),
        ("12.12", "RUB", "Двенадцать рублей 12 копеек"),
        ("21.21", "RUB", "Двадцать один рубль 21 копейка"),
        ("111.05", "RUB", "Сто одиннадцать рублей 05 копеек"),
        ("1000", "RUB", "Одна тысяча рублей 00 копеек"),
        ("2001", "RUB", "Две тысячи один рубль 00 копеек"),
        ("11000", "RUB", "Одиннадцать тысяч рублей 00 копеек"),
        ("81010", "RUB", "Восемьдесят одна тысяча десять рублей 00 копеек"),
        ("1002000", "RUB", "Один миллион две тысячи рублей 00 копеек"),
        ("22000000", "RUB", "Двадцать два миллиона рублей 00 копеек"),
        ("5000000001", "RUB", "Пять миллиардов один рубль 00 копеек"),
        ("1.995", "RUB", "Два рубля 00 копеек"),
        ("-0.50", "RUB", "Минус ноль рублей 50 копеек"),
        ("-3", "RUB", "Минус три рубля 00 копеек"),
        ("2", "KZT", "Два тенге 00 тиынов"),
        ("22.22", "USD", "Двадцать два доллара США 22 цента"),
        ("3", "EUR", "Три евро 00 евроцентов"),
        ("4.01", "BYN", "Четыре белорусских рубля 01 копейка"),
        ("21", "AUD", "Двадцать один австралийский доллар 00 центов"),
        ("7", "JPY", "Семь JPY"),
        ("7.30", "XYZ", "Семь XYZ 30"),
    ],
)
def test_sums_in_russian_words(value: str, currency: str, words: str) -> None:
    assert in_words(D(value), currency, "ru") == words


@pytest.mark.parametrize(
    ("value", "currency", "words"),
    [
        ("0", "RUB", "Zero roubles 00 kopecks"),
        ("1.01", "RUB", "One rouble 01 kopeck"),
        ("81010", "RUB", "Eighty-one thousand ten roubles 00 kopecks"),
        ("119", "USD", "One hundred nineteen US dollars 00 cents"),
        ("-1000000.50", "EUR", "Minus one million euros 50 cents"),
        ("1", "AUD", "One Australian dollar 00 cents"),
    ],
)
def test_sums_in_english_words(value: str, currency: str, words: str) -> None:
    assert in_words(D(value), currency, "en") == words


# The oracle: every word has a value of its own; a scale closes its group of three digits and must
# stand in the form, and with the gender, that grammar wants for that group.
_VALUES = {
    "ноль": 0, "один": 1, "одна": 1, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5,
    "шесть": 6, "семь": 7, "восемь": 8, "девять": 9, "десять": 10, "одиннадцать": 11,
    "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15, "шестнадцать": 16,
    "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19, "двадцать": 20, "тридцать": 30,
    "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80,
    "девяносто": 90, "сто": 100, "двести": 200, "триста": 300, "четыреста": 400, "пятьсот": 500,
    "шестьсот": 600, "семьсот": 700, "восемьсот": 800, "девятьсот": 900,
}  # fmt: skip
_SCALE_ENDINGS = {
    "тысяч": (10**3, {"one": "а", "few": "и", "many": ""}),
    "миллион": (10**6, {"one": "", "few": "а", "many": "ов"}),
    "миллиард": (10**9, {"one": "", "few": "а", "many": "ов"}),
}


def grammar(group: int) -> str:
    if 11 <= group % 100 <= 14:
        return "many"
    return "one" if group % 10 == 1 else "few" if group % 10 in (2, 3, 4) else "many"


def read_number(words: str) -> int:
    whole, group, last, previous = 0, 0, "", 10**12
    for word in words.split():
        stem = next((s for s in _SCALE_ENDINGS if word.startswith(s)), None)
        if stem is None:
            assert _VALUES[word] < (_VALUES[last] if last else 1000), words
            group, last = group + _VALUES[word], word
            continue
        size, endings = _SCALE_ENDINGS[stem]
        assert size < previous, words
        assert word == stem + endings[grammar(group)], words
        assert last not in (("один", "два") if stem == "тысяч" else ("одна", "две")), words
        whole, group, last, previous = whole + group * size, 0, "", size
    assert last not in ("одна", "две"), words
    return whole + group


@given(st.one_of(st.integers(0, 2000), st.integers(0, 10**12 - 1)))
def test_russian_words_read_back_as_the_number(number: int) -> None:
    assert read_number(number_in_words(number, "ru")) == number


def test_a_feminine_thing_counts_in_feminine() -> None:
    assert number_in_words(21, "ru", is_feminine=True) == "двадцать одна"
    assert number_in_words(2, "ru", is_feminine=True) == "две"
    assert number_in_words(12, "ru", is_feminine=True) == "двенадцать"


@given(
    st.integers(0, 10**12 - 1),
    st.integers(0, 99),
)
def test_a_sum_in_roubles_reads_back(roubles: int, kopecks: int) -> None:
    text = in_words(D(roubles) + D(kopecks) / 100, "RUB", "ru")
    *words, noun, figures, minor = text.lower().split()
    assert read_number(" ".join(words)) == roubles
    assert noun == {"one": "рубль", "few": "рубля", "many": "рублей"}[grammar(roubles)]
    assert figures == f"{kopecks:02d}"
    assert minor == {"one": "копейка", "few": "копейки", "many": "копеек"}[grammar(kopecks)]
