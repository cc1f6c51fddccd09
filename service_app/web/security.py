"""Headers that keep a page to itself, and the token every form carries."""

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from service_app.core.text import N_
from service_app.web.errors import error_page
from service_app.web.reading import reader

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
csrf = CSRFProtect()


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    if request.endpoint != "asset":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def init_app(app: Flask, *, is_https: bool) -> None:
    """CSRF on every POST, headers on every answer, HSTS when the public address is https."""
    csrf.init_app(app)
    app.after_request(_headers)
    if is_https:

        @app.after_request
        def _hsts(response: Response) -> Response:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
            return response

    @app.errorhandler(CSRFError)
    def _stale_form(_error: CSRFError) -> Response:
        sentence = N_("This form is too old. Go back, reload the page and send it again.")
        return error_page(400, sentence=reader().say(sentence))
