"""A small site that shows every component, and a browser to look at it with."""

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import (
    Flask,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
)
from jinja2 import ChoiceLoader, FileSystemLoader
from PIL import Image
from werkzeug.serving import make_server

from service_app.accounts.guard import public
from service_app.accounts.models import User, UserRole
from service_app.accounts.permissions import Role
from service_app.config import Config
from service_app.core.actor import SYSTEM
from service_app.core.db import Base, Database, transaction
from service_app.factory import create_app
from service_app.web.errors import error_page
from tests.templates import sample

HERE = Path(__file__).parent
VALUES = {
    "a_machine": sample.Thing(icon="backhoe", title="Excavator EG-230", serial="EG230-00417"),
    "a_page": sample.Thing(next_key="abc"),
    "papers": [
        sample.Thing(title="Intake receipt 26-0418/1", url="/d/1", pdf_url="/d/1.pdf"),
        sample.Thing(title="Quote 26-0418/2", url="/d/2", pdf_url=None),
    ],
}


def show(page: str, **values: Any) -> str:
    return render_template(page, sample=sample, **sample.menu(), **VALUES, **values)


def add_somebody(database: Database) -> None:
    """Without one user every page leads to the first start."""
    role = UserRole(role=Role.ADMINISTRATOR.value)
    with database.write_session() as session, transaction(session, by=SYSTEM, at=sample.NOW):
        session.add(User(login="admin", family_name="Белова", first_name="Нина", role_rows=[role]))


def add_pages(app: Flask) -> None:
    @app.get("/gallery/desk")
    @public
    def gallery_desk() -> str:
        if request.args.get("flash"):
            flash(("Order 26-0418 accepted. The customer was told.", "/undo"), "success")
        return show("pages/desk.html")

    @app.get("/gallery/phone")
    @public
    def gallery_phone() -> str:
        return show("pages/phone.html", form=sample.form())

    @app.get("/gallery/wrong")
    @public
    def gallery_wrong() -> str:
        return show("pages/phone.html", form=sample.form(is_wrong=True))

    @app.post("/gallery/<page>")
    @public
    def gallery_taken(page: str) -> Response:
        app.config["TAKEN"].append(
            (page, request.form.to_dict(), [f.filename for f in request.files.getlist("photos")])
        )
        flash("Saved", "success")
        return redirect("/gallery/desk")  # type: ignore[return-value]

    @app.get("/pills")
    @public
    def pills() -> str:
        return (
            '<span class="s-sla s-late" id="pill-1" data-ask="/pills" data-tone="late">new</span>'
        )

    @app.get("/queue")
    @public
    def queue() -> str:
        rows = "".join(f'<tr data-row id="row-{n}"><td></td></tr>' for n in (1, 7, 8))
        return f"<section data-queue><table>{rows}</table></section>"

    @app.get("/picture/<name>")
    @public
    def picture(name: str) -> Response:
        stream = io.BytesIO()
        Image.new("RGB", (92, 69), (140, 106, 29)).save(stream, "JPEG")
        stream.seek(0)
        return send_file(stream, "image/jpeg")

    @app.get("/gallery/error/<int:status>")
    @public
    def gallery_error(status: int) -> Response:
        return make_response(error_page(status).get_data(as_text=True), 200)


@pytest.fixture(scope="session")
def gallery_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("gallery")
    database = Database(f"sqlite:///{folder / 'gallery.db'}")
    Base.metadata.create_all(database.engine)
    add_somebody(database)
    settings = Config(
        mode="test",
        database_url="unused",
        data_dir=folder,
        secret_key="0" * 40,
        public_url="http://localhost",
    )
    app = create_app(settings, database)
    app.config.update(WTF_CSRF_ENABLED=False, TAKEN=[])
    assert app.jinja_env.loader is not None
    app.jinja_env.loader = ChoiceLoader([app.jinja_env.loader, FileSystemLoader(HERE)])
    add_pages(app)
    yield app
    database.engine.dispose()


@pytest.fixture(scope="session")
def gallery(gallery_app: Flask) -> Iterator[str]:
    """The address of the running gallery."""
    server = make_server("127.0.0.1", 0, gallery_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
