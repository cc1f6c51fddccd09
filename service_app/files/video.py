"""Short videos: which kinds are taken, and how the place they were taken at is left behind."""

import re
import struct
from collections.abc import Iterator

VIDEO_BRANDS = frozenset(
    {
        *(b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1"),
        *(b"M4V ", b"MSNV", b"mmp4", b"dash", b"3gp4", b"3gp5", b"3gp6", b"qt  "),
    }
)
_PLACE = re.compile(rb"[+-]\d{2,3}\.\d+[+-]\d{2,3}\.\d+(?:[+-]\d+(?:\.\d+)?)?")
"""A latitude and a longitude after ISO 6709, as phones write them."""


def without_place(content: bytes) -> bytes:
    """The same video without the coordinates its phone wrote into it.

    Only the ``moov`` box (and boxes that describe) is looked at, never the pictures; the length
    of everything stays, so that nothing moves.
    """
    kept = bytearray(content)
    for kind, start, end in _boxes(content):
        if kind in (b"moov", b"meta", b"udta", b"uuid"):
            # A box the player does not know is passed over, so a renamed one is as good as gone.
            part = kept[start:end].replace(b"\xa9xyz", b"free").replace(b"loci", b"free")
            kept[start:end] = _PLACE.sub(lambda found: b"0" * len(found[0]), bytes(part))
    return bytes(kept)


def _boxes(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(kind, first byte, end) of each box of the outer level; stops where they make no sense."""
    at = 0
    while at + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, at)
        if size == 1 and at + 16 <= len(content):
            (size,) = struct.unpack_from(">Q", content, at + 8)
        elif size == 0:
            size = len(content) - at
        if size < 8:
            return
        yield kind, at, min(at + size, len(content))
        at += size
