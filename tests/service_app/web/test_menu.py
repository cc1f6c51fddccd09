"""The menu of one person: whose lines, in which order, with which figures."""

import re

import pytest
from flask import render_template_string
from sqlalchemy import func, literal, select
from sqlalchemy.exc import OperationalError

from service_app.core.text import N_
from service_app.web import menu
from service_app.web.nav import Entry
from tests.assets.builders import make_machine

BOARD = Entry(N_("Board"), "layout", "web.health", phone_label=N_("Intake"), count="waiting")
PLAN = Entry(N_("Planning"), "calendar", "web.ready", group=N_("Other"))
MISSING = Entry(N_("Later"), "x", "not.there")
MENU = {"dispatcher": (BOARD, PLAN, MISSING), "manager": (PLAN, BOARD), "operator": (PLAN,)}
DRAW = (
    "{% for g in navigation %}[{{ g.label or '' }}:{% for e in g.entries %} {{ e.label }}"
    "={{ e.count or '' }}{{ '!' if e.is_late }}{{ '*' if e.is_current }}{% endfor %}]{% endfor %}"
    " | {% for e in bottom_navigation %}{{ e.label }} {% endfor %}| {{ organisation_name }}"
)
DRAW_MORE = "{% for e in more_navigation %}{{ e.label }} {% endfor %}"


WAITING = menu.Counter(select(literal(3)).scalar_subquery(), is_late=True)
BROKEN = menu.Counter(select(func.no_such_function()).scalar_subquery())


@pytest.fixture
def draw(app, people):
    """``draw(person, counters)`` gives the menu as text."""

    def make(
        actor, counters=None, brand=lambda _s: menu.Brand("Meridian"), path="/health", drawing=DRAW
    ):
        from flask_login import login_user

        from service_app.accounts.login import SignedIn
        from service_app.accounts.models import User
        from service_app.web.session import db_session

        counters = counters or {"waiting": WAITING}
        app.extensions["house_menu"] = menu.Sources(MENU, counters, brand)
        with app.test_request_context(path):
            app.extensions.pop("house_brand", None)
            if actor is not None:
                login_user(SignedIn(db_session().get_one(User, actor.user_id), actor))
            return render_template_string(drawing)

    return make


def test_lines_of_the_role_with_figures(draw, people) -> None:
    drawn = draw(people.dispatcher)
    assert drawn == "[: Board=3!*][Other: Planning=] | Intake | Meridian"


def test_without_phone_labels_the_first_lines_are_at_the_bottom(draw, people) -> None:
    assert draw(people.operator) == "[Other: Planning=] | Planning | Meridian"


def test_more_holds_what_the_bottom_bar_does_not(draw, people) -> None:
    assert draw(people.dispatcher, drawing=DRAW_MORE) == "Planning "
    assert draw(people.operator, drawing=DRAW_MORE) == ""


def test_a_guest_has_no_menu(draw, people) -> None:
    assert draw(None) == " | | Meridian"


def test_a_menu_without_figures_is_better_than_no_page(draw, people) -> None:
    assert draw(people.dispatcher, {"waiting": BROKEN}).startswith("[: Board=*]")


def test_all_figures_are_one_query(draw, people, count_queries) -> None:
    bell = menu.Counter(select(literal(0)).scalar_subquery())
    draw(people.dispatcher)
    with count_queries() as alone:
        draw(people.dispatcher)
    with count_queries() as both:
        draw(people.dispatcher, {"waiting": WAITING, menu.BELL: bell})
    assert len(both) == len(alone)


def test_a_page_without_a_name_is_better_than_no_page(draw, people) -> None:
    def gone(_session):
        raise OperationalError("gone", None, Exception())

    assert draw(people.operator, brand=gone) == "[Other: Planning=] | Planning | Service"


def test_two_roles_share_a_menu_without_doubles() -> None:
    entries = menu.entries_of(MENU, ["manager", "dispatcher"])
    assert entries == (BOARD, PLAN, MISSING)


def test_the_name_is_asked_once_in_a_while(app, people) -> None:
    asked = []
    brand_of = lambda _s: asked.append(1) or menu.Brand("M")  # noqa: E731
    app.extensions["house_menu"] = menu.Sources({}, {}, brand_of)
    app.extensions.pop("house_brand", None)
    for _ in range(3):
        with app.test_request_context("/health"):
            render_template_string("{{ organisation_name }}")
    assert len(asked) == 1


@pytest.mark.parametrize(("tab", "entry"), [("/orders", "/machines"), (None, "/orders")])
def test_the_entry_that_names_the_page_best_is_the_present_one(
    people, sign_in_as, session, now, tab, entry
) -> None:
    """A machine's tab of orders belongs to the machines, the list of orders to the orders."""
    machine = make_machine(session, people.company, now)
    path = f"/machines/{machine.id}{tab}" if tab else "/orders"
    page = sign_in_as(people.dispatcher).get(path).text
    menu_part = page[: page.index('<main id="main"')]
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', menu_part) == [entry]
