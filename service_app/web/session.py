"""One database session a request: reading for GET and HEAD, writing for the rest."""

from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from service_app.core.db import Database


def database() -> Database:
    """The application's database."""
    return cast(Database, current_app.extensions["database"])


def db_session() -> Session:
    """The request's session; opened at the first use, closed with the request."""
    if "db_session" not in g:
        is_read = request.method in ("GET", "HEAD", "OPTIONS")
        g.db_session = database().read_session() if is_read else database().write_session()
    return cast(Session, g.db_session)


def close_session(_error: BaseException | None = None) -> None:
    """Give the connection back, whatever happened."""
    session = g.pop("db_session", None)
    if session is not None:
        session.close()


def init_app(app: Flask, database: Database) -> None:
    """Hang the database on the application."""
    app.extensions["database"] = database
    app.teardown_appcontext(close_session)
