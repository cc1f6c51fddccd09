"""``create_app``: the only place that knows the whole house."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from service_app import cli, registry, scheduler
from service_app.accounts import guard, login
from service_app.config import Config, from_env
from service_app.core.db import Database
from service_app.core.reader import LANGUAGES
from service_app.customers.queries import actor_for
from service_app.files import store as file_store
from service_app.outbox import carriers
from service_app.web import addresses, assets, errors, logs, reading, security, session

ROOT = Path(__file__).resolve().parent.parent


def create_app(config: Config | None = None, database: Database | None = None) -> Flask:
    """The application on the given settings (the environment's by default).

    Refuses to be made when a route has no guard.
    """
    config = config or from_env()
    app = Flask("service_app", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(_flask_settings(config))
    app.extensions["house_config"] = config
    file_store.configure(config.files_dir)
    carrier = carriers.carrier_of(config.smtp_url, config.data_dir / "outbox")
    channel = carriers.channel_of(config.notify_urls)
    carriers.configure(carriers.Post(carrier, config.mail_from, config.public_url, channel))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    if config.mode != "test":
        logs.set_up(config.log_level)
    session.init_app(app, database or Database(config.database_url))
    logs.init_app(app)
    login.init_app(app, actor_for)
    reading.init_app(app)
    assets.init_app(app)
    errors.init_app(app)
    security.init_app(app, is_https=config.is_https)
    addresses.init_app(app)
    for blueprint in registry.BLUEPRINTS:
        app.register_blueprint(blueprint)
    registry.init_app(app)
    cli.init_app(app)
    scheduler.init_app(app)
    guard.check_every_route(app)
    return app


def _flask_settings(config: Config) -> dict[str, Any]:
    return {
        "SECRET_KEY": config.secret_key,
        "LANGUAGE": LANGUAGES[0],
        "MAX_CONTENT_LENGTH": config.max_upload_mb * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "MAX_FORM_PARTS": 2000,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        "SESSION_COOKIE_NAME": "service_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.is_https,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_I18N_ENABLED": False,
        "TEMPLATES_AUTO_RELOAD": config.mode == "development",
        "PROPAGATE_EXCEPTIONS": False,
    }
