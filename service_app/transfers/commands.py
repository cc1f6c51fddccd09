"""``import machines|readings|orders FILE``: the same checks as the page, without the worker."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from service_app.core import clock
from service_app.core.actor import SYSTEM
from service_app.core.db import Database, transaction
from service_app.core.errors import DomainError
from service_app.transfers.rules import Options, Rejected, parse_pairs
from service_app.transfers.service import Importer, Report, take_in

MOST_LINES = 1_000


@click.command("import", context_settings={"max_content_width": 100})
@click.argument("kind", metavar="machines|readings|orders")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "mapping", default="", metavar="A=B,…", help="Our column = the file's.")
@click.option("--set", "constants", default="", metavar="A=B,…", help="Our column = this text.")
@click.option("--zone", help="Where moments were written down, as Europe/Moscow.")
@click.option("--dry-run", is_flag=True, help="Check everything, store nothing.")
@click.option("--skip-rejected", is_flag=True, help="Store the other rows when some are rejected.")
@with_appcontext
def import_file(kind: str, file: Path, mapping: str, constants: str, **how: Any) -> None:
    """Import a list from CSV or XLSX: all rows, or none when one is rejected."""
    importers: Mapping[str, Importer] = current_app.extensions["importers"]
    database: Database = current_app.extensions["database"]
    if kind not in importers:
        raise click.BadParameter(f"write one of {', '.join(importers)}", param_hint="kind")
    at = clock.now()
    try:
        options = Options(mapping=parse_pairs(mapping), constants=parse_pairs(constants), **how)
        with database.write_session() as session, transaction(session, by=SYSTEM, at=at):
            report = take_in(
                session, importers[kind], file, options,
                by=SYSTEM, at=at, file_name=file.name, progress=_progress,
            )  # fmt: skip
    except DomainError as error:
        raise click.ClickException(str(error.text)) from error
    _print(report, dry_run=options.dry_run)
    if report.rejected and not report.is_stored:
        raise click.exceptions.Exit(1)


def _progress(done: int, total: int) -> None:
    if total:
        click.echo(f"{done:,} of {total:,} rows", err=True)
    else:
        click.echo(f"{done:,} rows read", err=True)


def _print(report: Report, *, dry_run: bool) -> None:
    for rejected in report.rejected[:MOST_LINES]:
        click.echo(line_of(rejected))
    if len(report.rejected) > MOST_LINES:
        click.echo(f"… and {len(report.rejected) - MOST_LINES:,} more")
    counts = f"{report.total:,} rows: {report.written:,} new, {report.known:,} there already"
    click.echo(f"{counts}, {len(report.rejected):,} rejected.")
    if dry_run:
        click.echo("Nothing was stored: this was a dry run.")
    elif not report.is_stored:
        click.echo("Nothing was stored. Correct the rows, or add --skip-rejected.")


def line_of(rejected: Rejected) -> str:
    """``line 3454, cost: PM01 is not a number``."""
    place = ", ".join(p for p in (f"line {rejected.line}", rejected.column) if p)
    return f"{place}: {rejected.text}"
