"""One line of JSON an event, each with the request's id."""

import json
import logging
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request

QUIET = frozenset({"asset", "web.health"})
log = logging.getLogger("service_app.requests")


class JsonLines(logging.Formatter):
    """``{"at": …, "level": …, "message": …, "request": …}``."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as one line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            line["request"] = g.get("request_id")
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up(level: str) -> None:
    """Send the program's log to standard error as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("apscheduler", "weasyprint", "fontTools", "werkzeug"):
        logging.getLogger(name).setLevel("WARNING")


def init_app(app: Flask) -> None:
    """Give every request an id and a line."""

    @app.before_request
    def _begin() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if given.isalnum() and len(given) <= 40 else uuid.uuid4().hex[:12]
        g.started = time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if request.endpoint not in QUIET:
            spent = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
            facts = {
                "method": request.method,
                "endpoint": request.endpoint,
                "status": response.status_code,
                "ms": round(spent, 1),
            }
            log.info("request", extra={"facts": facts})
        return response
