"""Commands over the same services as the pages."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from service_app.accounts import people, service
from service_app.accounts.permissions import Role
from service_app.core import clock
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.errors import DomainError
from service_app.demo import service as demo_company
from service_app.transfers.commands import import_file
from service_app.translations import catalogue
from service_app.web.session import database
from workorders.calendars.commands import calendar
from workorders.orders import clocks
from workorders.orders import recompute as _recompute  # noqa: F401 - sla recompute
from workorders.risk import commands as _risk_commands  # noqa: F401 - sla risk
from workorders.sla.commands import sla

ROOT = Path(__file__).resolve().parent.parent


def alembic_config(url: str) -> AlembicConfig:
    """Alembic over our migrations folder and the given database."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


@click.command("migrate")
@click.argument("revision", default="head")
def migrate(revision: str) -> None:
    """Bring the database's tables up to the newest revision.

    Open promises are counted anew after it: a newer program may hear more in their orders' stories.
    """
    config = alembic_config(str(current_app.extensions["house_config"].database_url))
    config.attributes["engine"] = database().engine
    before = _revision()
    command.upgrade(config, revision)
    if before is not None and revision == "head" and _revision() != before:
        at = clock.now()
        with database().write_session() as session, transaction(session, by=SYSTEM, at=at):
            count = clocks.refresh_open(session, at=at)
        click.echo(f"Promises of {count:,} open orders are counted anew.")


def _revision() -> str | None:
    """The revision of the database's tables; None for one without tables."""
    with database().engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@click.command("create-admin")
@with_appcontext
@click.argument("login")
@click.option("--name", prompt="First and family name", help="For example: Nina Belova")
@click.option(
    "--password",
    prompt="Password (empty: a one-time link is printed)",
    hide_input=True,
    default="",
    show_default=False,
    help="Better left out: it is asked for without being shown.",
)
def create_admin(login: str, name: str, password: str) -> None:
    """Add an administrator; without a password a one-time link to choose one is printed."""
    first_name, _, family_name = name.strip().rpartition(" ")
    particulars = people.Particulars(login, family_name=family_name, first_name=first_name)
    at, link = clock.now(), ""
    try:
        with database().write_session() as session, transaction(session, by=SYSTEM, at=at):
            user = people.add(
                session,
                particulars,
                roles=frozenset({Role.ADMINISTRATOR}),
                password=password,
                by=SYSTEM,
                at=at,
            )
            if not password:
                link = f"/reset/{service.hand_over_link(session, user, by=SYSTEM, at=at)}"
    except DomainError as error:
        raise click.ClickException(str(error.text)) from error
    click.echo(f"{user.name} ({user.login}) is an administrator now.")
    if link:
        base = current_app.extensions["house_config"].public_url
        click.echo(f"Choose a password within three days, once, at: {base}{link}")


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Looking for garbage takes a fifth of the time in which many rows are made, and finds none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


demo = AppGroup("demo", help="The demo company.")
DEMO_MODES = ("demo", "development")


@demo.command("load")
@click.option("--reset", is_flag=True, help="Throw everything away first: every row, every file.")
def load_demo(reset: bool) -> None:
    """Load the demo company, once, and print its log-ins: role, login, password."""
    mode = current_app.extensions["house_config"].mode
    if mode not in DEMO_MODES:
        raise click.ClickException(
            f"SERVICE_MODE is {mode}; the demo company is loaded in {' or '.join(DEMO_MODES)} only."
        )
    at = clock.now()
    with _without_garbage_collection(), database().write_session() as session:
        try:
            if reset:
                demo_company.empty(session, at=at)
            if demo_company.is_loaded(session):
                click.echo("The demo company is there already; nothing was changed.", err=True)
            else:
                demo_company.load(session, at=at)
        except DomainError as error:
            raise click.ClickException(str(error.text)) from error
        for role, login, password in demo_company.logins(session):
            click.echo(f"{role:<15}{login:<15}{password}")


@click.command("translations")
def translations() -> None:
    """Bring the Russian catalogue up with the sources and compile it."""
    counts = catalogue.update()
    click.echo(f"{counts.messages} messages, {counts.untranslated} untranslated.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    for one in (migrate, create_admin, import_file, translations):
        app.cli.add_command(one)
    for group in (demo, calendar, sla):
        app.cli.add_command(group)
