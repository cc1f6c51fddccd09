"""One database session a request: reading for GET and HEAD, writing for the rest."""

from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from service_app.core.db import Database


def database_of(app: Flask) -> Database:
    """The database an application was made over."""
    return cast(Database, app.extensions["database"])


def database() -> Database:
    """The database of the application at work."""
    return database_of(current_app)


def is_reading() -> bool:
    """Whether the request may change nothing."""
    return request.method in ("GET", "HEAD", "OPTIONS")


def db_session() -> Session:
    """The request's session; opened at the first use, closed with the request."""
    if "db_session" not in g:
        base = database()
        g.db_session = base.read_session() if is_reading() else base.write_session()
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
