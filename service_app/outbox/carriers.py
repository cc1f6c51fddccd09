"""Who carries letters: an SMTP server, or a folder of messages."""

import importlib
import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

SECONDS = 15


class Away(Exception):
    """The carrier does not answer: no letter can be given to it now."""


class Refused(Exception):
    """The carrier did not take this letter. ``is_final``: it never will."""

    def __init__(self, words: str, *, is_final: bool) -> None:
        super().__init__(words)
        self.is_final = is_final


class Carrier(Protocol):
    """Takes letters while its connection is open."""

    def open(self) -> "OpenCarrier":
        """Connect; raises :class:`Away`."""
        ...


class OpenCarrier(Protocol):
    """A carrier that is there."""

    def take(self, letter: EmailMessage, name: str) -> None:
        """Give it one letter; raises :class:`Refused` or :class:`Away`."""
        ...

    def close(self) -> None:
        """Part in peace."""
        ...


@dataclass(frozen=True)
class Post:
    """Everything delivery needs to know of the outside."""

    carrier: Carrier
    sender: str
    public_url: str
    channel: "Channel | None" = None


_post: Post | None = None


def configure(post: Post) -> None:
    """Tell the process who carries its letters; the factory and tests do it once."""
    global _post
    _post = post


def post() -> Post:
    """Who carries letters; RuntimeError when nobody was named."""
    if _post is None:
        raise RuntimeError("nobody carries letters yet")
    return _post


def has_channel() -> bool:
    """Whether there is a channel beside letters."""
    return post().channel is not None


class Channel(Protocol):
    """Tells people by something that is no letter: a messenger, an SMS, a pager."""

    def tell(self, title: str, words: str) -> None:
        """Give it one message; raises :class:`Refused`."""
        ...


@dataclass(frozen=True)
class AppriseChannel:
    """The services of the addresses, by the ``apprise`` package (an optional extra)."""

    urls: tuple[str, ...]
    sender: Any

    def tell(self, title: str, words: str) -> None:
        """Send to every address; one that does not take it is tried again with all."""
        try:
            is_taken = self.sender.notify(title=title, body=words)
        except Exception as error:  # whatever a service's plugin raises, the letters go on
            raise Refused(f"{type(error).__name__}: {error}", is_final=False) from error
        if not is_taken:
            raise Refused("a service of NOTIFY_URLS did not take it", is_final=False)


def channel_of(urls: str) -> Channel | None:
    """The channel of the addresses, None where there are none.

    Raises ValueError with a sentence when ``apprise`` is not installed or knows no such address.
    """
    listed = tuple(urls.split())
    if not listed:
        return None
    try:
        apprise = importlib.import_module("apprise")
    except ImportError as error:
        raise ValueError(
            "NOTIFY_URLS needs the package apprise: .venv/bin/pip install apprise"
        ) from error
    sender = apprise.Apprise()
    for url in listed:
        if not sender.add(url):
            scheme = url.split(":", 1)[0]
            raise ValueError(f"NOTIFY_URLS has an address apprise does not know ({scheme}:…).")
    return AppriseChannel(listed, sender)


def carrier_of(smtp_url: str, folder: Path) -> Carrier:
    """The SMTP server of the address, or the folder where there is none."""
    return SmtpCarrier(urlsplit(smtp_url)) if smtp_url else FolderCarrier(folder)


@dataclass(frozen=True)
class FolderCarrier:
    """A folder of ``.eml`` files, one a delivery, readable by any mail program."""

    folder: Path

    def open(self) -> "FolderCarrier":
        """Make the folder."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Away(str(error)) from error
        return self

    def take(self, letter: EmailMessage, name: str) -> None:
        """Write and sync the file, then give it its name."""
        target = self.folder / f"{name}.eml"
        fresh = self.folder / f".{name}.{os.getpid()}"
        try:
            with fresh.open("wb") as stream:
                stream.write(letter.as_bytes())
                stream.flush()
                os.fsync(stream.fileno())
            fresh.replace(target)
        except OSError as error:
            raise Away(str(error)) from error

    def close(self) -> None:
        """Nothing to part from."""


@dataclass(frozen=True)
class SmtpCarrier:
    """``smtp://user:password@host:587`` (STARTTLS where offered) or ``smtps://host:465``."""

    url: SplitResult

    def open(self) -> "SmtpConnection":
        """Connect, go over to TLS, sign in."""
        host, is_tls = self.url.hostname or "localhost", self.url.scheme == "smtps"
        with _as_away():
            if is_tls:
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, self.url.port or 465, timeout=SECONDS, context=_tls()
                )
            else:
                server = smtplib.SMTP(host, self.url.port or 25, timeout=SECONDS)
        with _as_away():
            server.ehlo()
            if not is_tls and server.has_extn("starttls"):
                server.starttls(context=_tls())
                server.ehlo()
            if self.url.username:
                server.login(unquote(self.url.username), unquote(self.url.password or ""))
        return SmtpConnection(server)


@dataclass(frozen=True)
class SmtpConnection:
    """An open connection."""

    server: smtplib.SMTP

    def take(self, letter: EmailMessage, name: str) -> None:
        """Send one letter; 5xx answers about it are final, 4xx are not."""
        try:
            self.server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise Refused(f"{code} {_plain(words)}", is_final=code >= 500) from error
        except smtplib.SMTPServerDisconnected as error:
            raise Away(str(error)) from error
        except smtplib.SMTPResponseException as error:
            answer = f"{error.smtp_code} {_plain(error.smtp_error)}"
            raise Refused(answer, is_final=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, ValueError, UnicodeError) as error:
            raise Refused(str(error), is_final=True) from error
        except OSError as error:
            raise Away(str(error)) from error

    def close(self) -> None:
        """Say goodbye; a server that is gone already does not mind."""
        try:
            self.server.quit()
        except (OSError, smtplib.SMTPException):
            self.server.close()


@contextmanager
def _as_away() -> Iterator[None]:
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        raise Away(f"{type(error).__name__}: {error}") from error


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _plain(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
