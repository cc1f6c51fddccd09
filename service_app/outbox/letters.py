"""A row as a letter: said in its reader's language, with marks that tell a second delivery."""

from email.message import EmailMessage
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from service_app.core.reader import Reader
from service_app.core.text import Text
from service_app.outbox.models import OutboxMessage

LONGEST_SUBJECT = 150


def make_letter(message: OutboxMessage, *, sender: str, public_url: str) -> EmailMessage:
    """The letter of a row. The same row gives the same Message-ID at every try.

    Raises ValueError when the address cannot stand in a letter.
    """
    reader = Reader(message.language, ZoneInfo(message.zone), message.made_at)
    letter = EmailMessage()
    letter["From"] = sender
    letter["To"] = message.to
    letter["Subject"] = _one_line(reader.say(Text.from_json(message.subject)))
    letter["Date"] = format_datetime(message.made_at)
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    letter["Message-ID"] = f"<{message.id}.{int(message.made_at.timestamp())}@{domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Delivery-Attempt"] = str(message.tries)
    body = reader.say(Text.from_json(message.body)).rstrip()
    letter.set_content(f"{body}\n\n-- \n{public_url}\n" if public_url else f"{body}\n")
    letter["Content-Language"] = message.language
    return letter


def plain_words(message: OutboxMessage) -> tuple[str, str]:
    """Title and body of a row for a channel that is no letter."""
    reader = Reader(message.language, ZoneInfo(message.zone), message.made_at)
    title = _one_line(reader.say(Text.from_json(message.subject)))
    return title, reader.say(Text.from_json(message.body)).rstrip()


def _one_line(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= LONGEST_SUBJECT else f"{plain[: LONGEST_SUBJECT - 1]}…"
