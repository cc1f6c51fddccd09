"""Limits of what may be typed, as tables of plain values."""

import pytest

from service_app.accounts.permissions import MATRIX, Permission, Role
from service_app.accounts.rules import (
    check_email,
    check_login,
    check_password,
    check_roles,
    own_path,
    plain_login,
    search_text,
    throttle_subject,
)
from service_app.core.errors import Invalid


@pytest.mark.parametrize(
    "target", ["/", "/orders/26-0418", "/machines?q=%D0%BA&key=ab", "/me#zone", "/q/a//b"]
)
def test_own_paths_are_followed(target: str) -> None:
    assert own_path(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "/a\\b",
        "/\t/evil.example",
        "/\n/evil.example",
        "///evil.example",
    ],
)
def test_strangers_paths_are_not(target: str | None) -> None:
    assert own_path(target) is None


@pytest.mark.parametrize("login", ["anna", "a.kovalev", "ковалёв-2", "x" * 80])
def test_logins_that_will_do(login: str) -> None:
    check_login(plain_login(login))


@pytest.mark.parametrize("login", ["", "a", "two words", "a@b.ru", "x" * 81, "a/b", "\u202eabc"])
def test_logins_that_will_not(login: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_login(plain_login(login))
    assert refused.value.field == "login"


def test_case_and_width_do_not_make_another_login() -> None:
    assert plain_login("  ＡNNA ") == plain_login("anna") == "anna"


@pytest.mark.parametrize("email", ["nobody", "a@b", "a b@c.ru", "@c.ru", "a@@c.ru"])
def test_addresses_that_will_not(email: str) -> None:
    with pytest.raises(Invalid):
        check_email(email)


@pytest.mark.parametrize("email", [None, "", "a@b.ru", "иван@почта.рф"])
def test_addresses_that_will_do(email: str | None) -> None:
    check_email(email)


@pytest.mark.parametrize(
    "password", ["", "short", "123456789", "aaaaaaaaaaaa", "anna.belova", "x" * 201]
)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password, login="anna.belova")
    assert refused.value.field == "password"


def test_ten_different_characters_are_enough() -> None:
    check_password("лопата-123", login="anna")


@pytest.mark.parametrize(
    ("roles", "fits"),
    [
        ({Role.OPERATOR}, True),
        ({Role.ENGINEER, Role.DISPATCHER}, True),
        ({Role.OPERATOR, Role.ENGINEER}, False),
        (set(), False),
    ],
)
def test_roles_of_one_person(roles: set[Role], fits: bool) -> None:
    if fits:
        check_roles(frozenset(roles))
        return
    with pytest.raises(Invalid):
        check_roles(frozenset(roles))


def test_what_was_typed_is_not_in_the_name_tries_are_counted_under() -> None:
    assert "secret" not in throttle_subject("login", "secret")
    assert throttle_subject("login", "a") != throttle_subject("address", "a")


def test_searches_compare_without_case_and_yo() -> None:
    assert search_text("Ковалёв", None, " АНДРЕЙ ") == "ковалев андрей"


def test_every_permission_has_holders_and_the_administrator_all_but_the_customers() -> None:
    assert set(MATRIX) == set(Permission)
    missing = {p for p, holders in MATRIX.items() if Role.ADMINISTRATOR not in holders}
    assert missing == {Permission.ORDERS_ANSWER}
    assert all(MATRIX.values())
