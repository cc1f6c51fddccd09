"""Everything the program is told from outside, read once, refused with a sentence."""

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

MODES = ("production", "demo", "development", "test")
ROOT = Path(__file__).resolve().parent.parent


class ConfigError(Exception):
    """A setting is missing or malformed; the message says which and what to write."""


@dataclass(frozen=True)
class Config:
    """The program's settings. ``public_url`` has no trailing slash and may be empty."""

    mode: str
    database_url: str
    data_dir: Path
    secret_key: str
    public_url: str = ""
    smtp_url: str = ""
    notify_urls: str = ""
    mail_from: str = "service@localhost"
    log_level: str = "INFO"
    max_upload_mb: int = 60
    trusted_proxies: int = 0

    @property
    def is_demo(self) -> bool:
        """The demo company: its log-ins are shown on the log-in page."""
        return self.mode == "demo"

    @property
    def is_https(self) -> bool:
        """Secure cookies and HSTS follow the public address."""
        return self.public_url.startswith("https://")

    @property
    def files_dir(self) -> Path:
        """Where uploads and rendered papers lie."""
        return self.data_dir / "files"


def from_env(environ: Mapping[str, str] | None = None) -> Config:
    """Read the settings from environment variables.

    Raises :class:`ConfigError` with a sentence naming the variable.
    """
    env = os.environ if environ is None else environ
    mode = env.get("SERVICE_MODE", "development")
    if mode not in MODES:
        raise ConfigError(f"SERVICE_MODE is {mode!r}; write one of {', '.join(MODES)}.")
    data_dir = Path(env["DATA_DIR"]).expanduser() if env.get("DATA_DIR") else default_data_dir()
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"DATA_DIR {data_dir} cannot be made: {error.strerror}.") from error
    return Config(
        mode=mode,
        database_url=_database_url(env.get("DATABASE_URL", ""), data_dir),
        data_dir=data_dir,
        secret_key=_secret_key(env.get("SECRET_KEY", ""), mode, data_dir),
        public_url=_public_url(env.get("PUBLIC_URL", "")),
        smtp_url=_smtp_url(env.get("SMTP_URL", "")),
        notify_urls=env.get("NOTIFY_URLS", ""),
        mail_from=env.get("MAIL_FROM", "service@localhost"),
        log_level=_log_level(env.get("LOG_LEVEL", "INFO")),
        max_upload_mb=_whole(env, "MAX_UPLOAD_MB", 60),
        trusted_proxies=_whole(env, "TRUSTED_PROXIES", 0),
    )


def default_data_dir() -> Path:
    """A folder of the user's own, named after this clone's path, so two clones never meet."""
    base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / f"service-app-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]}"


def _database_url(value: str, data_dir: Path) -> str:
    if not value:
        return f"sqlite:///{data_dir / 'service.db'}"
    scheme = value.split(":", 1)[0]
    if scheme in ("postgres", "postgresql"):
        return "postgresql+psycopg:" + value.split(":", 1)[1]
    if scheme in ("postgresql+psycopg", "sqlite"):
        return value
    raise ConfigError(
        f"DATABASE_URL starts with {scheme!r}; write postgresql://… or sqlite:///file."
    )


def _secret_key(value: str, mode: str, data_dir: Path) -> str:
    if mode == "production":
        if len(value) < 32:
            raise ConfigError(
                "SECRET_KEY must be set to at least 32 random characters in production;"
                " make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return value
    if value:
        return value
    file = data_dir / "secret_key"
    if not file.exists():
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_text(secrets.token_urlsafe(48))
        fresh.chmod(0o600)
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass  # another process was first: its key is the key
        finally:
            fresh.unlink()
    return file.read_text()


def _public_url(value: str) -> str:
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
        raise ConfigError(
            f"PUBLIC_URL is {value!r}; write the address people open, as https://service.example."
        )
    return value.rstrip("/")


def _smtp_url(value: str) -> str:
    if value and urlsplit(value).scheme not in ("smtp", "smtps"):
        raise ConfigError("SMTP_URL must look like smtp://user:password@host:587.")
    return value


def _log_level(value: str) -> str:
    if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ConfigError(f"LOG_LEVEL is {value!r}; write DEBUG, INFO, WARNING or ERROR.")
    return value.upper()


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, "")
    if not value:
        return default
    if not value.isdigit():
        raise ConfigError(f"{name} is {value!r}; write a whole number.")
    return int(value)
