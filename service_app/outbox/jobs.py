"""Delivering letters: each at least once, and a second delivery is marked as one."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.outbox import carriers, service
from service_app.outbox.carriers import Away, OpenCarrier, Refused
from service_app.outbox.letters import make_letter, plain_words
from service_app.outbox.models import OutboxMessage
from service_app.outbox.rules import CHANNEL

AT_ONCE = 20
log = logging.getLogger(__name__)


def deliver(session: Session, *, now: datetime) -> int:
    """Deliver letters whose time has come; how many went out.

    In steps: letters are claimed, given to the carrier with no transaction open, and marked one by
    one. A worker killed in between leaves letters that come back with the next number of try.
    """
    with transaction(session, by=SYSTEM, at=now):
        letters = service.claim_due(session, now=now, most=AT_ONCE)
    if not letters:
        return 0
    try:
        carrier = carriers.post().carrier.open()
    except Away as away:
        return _give_back(session, letters, away, now)
    try:
        return _carry(session, carrier, letters, now)
    finally:
        carrier.close()


def _carry(
    session: Session, carrier: OpenCarrier, letters: list[OutboxMessage], now: datetime
) -> int:
    sent = 0
    for place, message in enumerate(letters):
        try:
            _take(carrier, message)
        except Away as away:
            _give_back(session, letters[place:], away, now)
            break
        except Refused as refused:
            log.warning("a letter was refused", extra={"facts": {"letter": message.id}})
            with transaction(session, by=SYSTEM, at=now):
                service.mark_refused(
                    session, message, str(refused), is_final=refused.is_final, at=now
                )
        else:
            with transaction(session, by=SYSTEM, at=now):
                service.mark_sent(session, message, at=now)
            sent += 1
    return sent


def _take(carrier: OpenCarrier, message: OutboxMessage) -> None:
    post = carriers.post()
    if message.to.startswith(CHANNEL):
        _tell_outside(post.channel, message)
        return
    try:
        letter = make_letter(message, sender=post.sender, public_url=post.public_url)
    except Exception as error:  # words that cannot be said must not stop the other letters
        raise Refused(f"{type(error).__name__}: {error}", is_final=True) from error
    carrier.take(letter, f"{message.id:08d}-{message.tries}")


def _tell_outside(channel: carriers.Channel | None, message: OutboxMessage) -> None:
    if channel is None:
        raise Refused("there is no channel outside: NOTIFY_URLS names none", is_final=True)
    title, words = plain_words(message)
    channel.tell(title, words)


def _give_back(session: Session, letters: list[OutboxMessage], away: Away, now: datetime) -> int:
    log.warning("letters wait: %s", away)
    with transaction(session, by=SYSTEM, at=now):
        for message in letters:
            service.give_back(session, message, str(away), at=now)
    return 0


def sweep(session: Session, *, now: datetime) -> int:
    """Delete old letters; how many went."""
    return service.sweep(session, now=now)
