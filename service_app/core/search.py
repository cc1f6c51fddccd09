"""Words made findable: the same normalised, stemmed column on both databases. Pure.

Columns and queries hold tokens of ``a-z``, ``0-9`` and ``а-я`` only. A serial, a number or a
designation (anything with a digit) is found whole or from any place where letters, digits and
signs meet, with its dashes and without: ``EG230-00417`` by ``eg230``, ``230-004`` or ``00417``.
"""

import re
import threading
import unicodedata
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[a-z0-9а-я]+(?:[-./_\\'][a-z0-9а-я]+)*")
_PART = re.compile(r"[a-z0-9а-я]+")
_PIECE = re.compile(r"\d+|[a-z]+|[а-я]+")
_DIGIT = re.compile(r"\d")
_MARK = re.compile("[\u0300-\u036f]")
# № would become the word "no" by its compatibility form; it belongs to no number.
_SIGNS = str.maketrans("№#", "  ")
_LETTERS = str.maketrans(
    "\u2010\u2011\u2012\u2013\u2014\u2212\u2019\u02bcієґәғқңөұүһ", "------''иегагкноуух"
)
# Plates and papers mix letters that look alike: the Cyrillic АВ-123 is the Latin AB-123.
_LOOKALIKES = str.maketrans("авекмнорстух", "abekmhopctyx")
_LONGEST_RUN = 6
_MOST_PIECES = 12
LONGEST = 4_000


class _Stemmers(threading.local):
    """A stemmer keeps the word it works on in itself: every thread needs its own."""

    def __init__(self) -> None:
        self.russian = snowballstemmer.stemmer("russian")
        self.english = snowballstemmer.stemmer("english")


_STEMMERS = _Stemmers()


def normalise(text: str) -> str:
    """Compatibility form, case folded, ё as е, accents off (й stays), dashes alike, № blank."""
    text = unicodedata.normalize("NFKC", text.translate(_SIGNS)).casefold()
    text = unicodedata.normalize("NFD", text).replace("и\u0306", "й")
    return _MARK.sub("", text).translate(_LETTERS)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a Russian or English word; words with digits stay whole."""
    if _DIGIT.search(word):
        return word
    if re.fullmatch("[а-я]+", word):
        return str(_STEMMERS.russian.stemWord(word))
    return str(_STEMMERS.english.stemWord(word))


def _tokens(text: str) -> list[str]:
    out: list[str] = []
    for word in _WORD.findall(normalise(text)):
        if _DIGIT.search(word):
            out.extend(_code_tokens(word))
            continue
        parts = _PART.findall(word)
        out.extend(stem(part) for part in parts)
        if len(parts) > 1:
            out.append("".join(parts))
    return out


def _code_tokens(word: str) -> list[str]:
    """A designation's pieces, and every run of neighbouring pieces written together."""
    pieces = _PIECE.findall(word)
    shown = pieces[:_MOST_PIECES]
    runs = [
        _code(shown[start:end])
        for start in range(len(shown))
        for end in range(start + 2, min(start + _LONGEST_RUN, len(shown)) + 1)
    ]
    return [*(stem(piece) for piece in shown), *runs, _code(pieces)]


def _code(pieces: list[str]) -> str:
    return "".join(pieces).translate(_LOOKALIKES)


def search_words(*texts: str | None) -> str:
    """The content of a search column: distinct tokens in order, blanks between them."""
    tokens = dict.fromkeys(t for text in texts if text for t in _tokens(text))
    return " ".join(tokens)[:LONGEST]


def query_terms(query: str) -> list[str]:
    """The tokens a query asks for; all must be found, each as a beginning of a word."""
    terms: list[str] = []
    for word in _WORD.findall(normalise(query)):
        if _DIGIT.search(word):
            terms.append(_code(_PIECE.findall(word)))
        else:
            terms.extend(_beginning(part) for part in _PART.findall(word))
    return list(dict.fromkeys(terms))[:8]


def _beginning(word: str) -> str:
    """What a word still being typed shares with its stem: "ply" (pli) must find plywood."""
    shared = stem(word)
    while not word.startswith(shared):
        shared = shared[:-1]
    return shared or word


def sort_key(text: str) -> str:
    """A key that sorts alike everywhere; digits sort by value up to ten places."""
    plain = " ".join(_PART.findall(normalise(text)))
    return re.sub(r"\d+", lambda m: m.group().zfill(10), plain)[:200]
