"""Requisites: numbers of real companies add up, each with one digit changed does not."""

import pytest

from service_app.organisation.rules import (
    Requisites,
    problem_with_account,
    problem_with_bik,
    problem_with_correspondent_account,
    problem_with_email,
    problem_with_inn,
    problem_with_kpp,
    problem_with_ogrn,
    problem_with_prefix,
    problems_with,
    without_blanks,
)

# Published by the companies themselves: Sberbank, Yandex, Gazprom, the Federal Tax Service.
COMPANIES = (
    ("7707083893", "1027700132195"),
    ("7736207543", "1027700229193"),
    ("7736050003", "1027700070518"),
    ("7707329152", "1047707030513"),
)


@pytest.mark.parametrize(("inn", "ogrn"), COMPANIES)
def test_numbers_of_real_companies_add_up(inn: str, ogrn: str) -> None:
    assert problem_with_inn(inn) is None
    assert problem_with_ogrn(ogrn, inn=inn) is None


@pytest.mark.parametrize("inn", [inn for inn, _ in COMPANIES] + ["500100732259"])
def test_every_single_wrong_digit_of_an_inn_is_found(inn: str) -> None:
    """The rule's weights find a change of one digit except where 11 and 10 leave the same rest."""
    missed = [
        changed
        for place, digit in enumerate(inn)
        for other in "0123456789"
        if other != digit
        and problem_with_inn(changed := inn[:place] + other + inn[place + 1 :]) is None
    ]
    assert len(missed) <= len(inn) * 9 * 0.02
    assert problem_with_inn(inn[:-1] + str((int(inn[-1]) + 1) % 10)) is not None


@pytest.mark.parametrize(
    "inn", ["", "770708389", "77070838930", "770708389a", "٧٧٠٧٠٨٣٨٩٣", "7707083893\n"]
)
def test_what_has_not_the_form_of_an_inn(inn: str) -> None:
    problem = problem_with_inn(inn)
    assert (problem is None) == (inn == "")
    if problem:
        assert "10 digits" in str(problem)
        assert inn in str(problem)


@pytest.mark.parametrize(
    ("kpp", "inn", "said"),
    [
        ("", "7707083893", None),
        ("773601001", "7707083893", None),
        ("7736AB001", "", None),
        ("77360100", "", "9 digits"),
        ("7736010012", "", "9 digits"),
        ("77A601001", "", "9 digits"),
        ("773601001", "500100732259", "has no KPP"),
    ],
)
def test_kpp(kpp: str, inn: str, said: str | None) -> None:
    problem = problem_with_kpp(kpp, inn=inn)
    assert (problem is None) == (said is None)
    assert said is None or said in str(problem)


@pytest.mark.parametrize(
    ("ogrn", "inn", "said"),
    [
        ("", "", None),
        ("304500116000157", "500100732259", None),
        ("304500116000157", "", None),
        ("304500116000158", "", "do not add up"),
        ("1027700132196", "", "do not add up"),
        ("102770013219", "", "13 digits"),
        ("1027700132195", "500100732259", "different kinds"),
        ("304500116000157", "7707083893", "different kinds"),
    ],
)
def test_ogrn(ogrn: str, inn: str, said: str | None) -> None:
    problem = problem_with_ogrn(ogrn, inn=inn)
    assert (problem is None) == (said is None)
    assert said is None or said in str(problem)


@pytest.mark.parametrize(
    ("bik", "is_fine"),
    [
        ("", True),
        ("044525225", True),
        ("024501901", True),
        ("144525225", False),
        ("04452522", False),
    ],
)
def test_bik(bik: str, is_fine: bool) -> None:
    assert (problem_with_bik(bik) is None) == is_fine


def test_the_central_banks_own_example_of_an_account() -> None:
    """From the appendix of the rule: bank 044525xxx's form; a changed key is refused."""
    assert problem_with_account("40702810900000002851", bik="044030827") is None
    assert "does not fit" in str(problem_with_account("40702810800000002851", bik="044030827"))
    assert "does not fit" in str(problem_with_account("40702810900000002851", bik="044525225"))


@pytest.mark.parametrize(
    ("account", "bik", "said"),
    [
        ("30101810400000000225", "044525225", None),
        ("30101810200000000593", "044525593", None),
        ("30101810145250000974", "044525974", None),
        ("40102810545370000003", "004525988", None),
        ("30101810500000000225", "044525225", "does not fit"),
        ("3010181040000000022", "044525225", "20 digits"),
        ("30101810400000000225", "", "Enter the BIK"),
    ],
)
def test_accounts_of_banks_at_the_central_bank(account: str, bik: str, said: str | None) -> None:
    problem = problem_with_correspondent_account(account, bik=bik)
    assert (problem is None) == (said is None), str(problem)
    assert said is None or said in str(problem)


def test_a_treasury_account_goes_by_other_rules() -> None:
    assert problem_with_account("03100643000000017300", bik="004525988") is None


def test_everything_wrong_is_told_at_once_and_a_wrong_bik_once_only() -> None:
    wrong = Requisites(inn="1", kpp="2", ogrn="3", bik="4", account="5", correspondent_account="6")
    assert [name for name, _ in problems_with(wrong)] == ["inn", "kpp", "ogrn", "bik"]
    assert list(problems_with(Requisites())) == []


def test_pasted_blanks_and_dashes_are_left_out() -> None:
    assert without_blanks(" 7707 083\u00a0893 ") == "7707083893"
    assert without_blanks("4070 2810-9000–0000 2851") == "40702810900000002851"


@pytest.mark.parametrize(
    ("address", "is_fine"),
    [("", True), ("a@b.ru", True), ("почта@пример.рф", True), ("a@b", False), ("a b@c.ru", False),
     ("a@b.ru, c@d.ru", False), ("<a@b.ru>", False)],
)  # fmt: skip
def test_email(address: str, is_fine: bool) -> None:
    assert (problem_with_email(address) is None) == is_fine


@pytest.mark.parametrize(
    ("prefix", "is_fine"),
    [("", True), ("K", True), ("ЕКБ2", True), ("ABCDEFG", False), ("a", False), ("A/", False)],
)
def test_prefix(prefix: str, is_fine: bool) -> None:
    assert (problem_with_prefix(prefix) is None) == is_fine
