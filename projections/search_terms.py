"""Words as they are searched: what a product says as a weighted tsvector, what somebody asks as a tsquery."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

LONGEST_WORD = 64
"""Characters that count of a word."""
MOST_WORDS = 2_000
"""Of one text, the first ones: far below what a tsvector holds."""
MOST_ASKED = 12
SHORT = 3
"""Letters; beginnings of names up to so long are words of their own, so that no prefix of the index is as wide."""
BEGINNING, NAMED = "^", "="
"""Mark such a beginning, and a word that stands in a name; no word contains them."""
LAST_POSITION = 16_383
MOST_POSITIONS = 255

_ASCII = re.compile(r"[a-z0-9]+")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h", "ŧ": "t"}
)
_IDEOGRAPHS = (("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\U00020000", "\U0003ffff"))
_ACCENTS = re.compile("[\u0300-\u036f]")


def words(text: str) -> list[str]:
    """Folded: without case, accents and forms; each character of a script without spaces is a word."""
    folded = fold(text)
    found = _ASCII.findall(folded) if folded.isascii() else _spelled(folded)
    return [word[:LONGEST_WORD] for word in found]


def fold(text: str) -> str:
    """Equal for what readers take for the same."""
    if text.isascii():
        return text.lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFKC", bare).casefold().translate(_LETTERS)


def _spelled(text: str) -> list[str]:
    found: list[str] = []
    word = ""
    for character in text:
        kind = _kind(character)
        if kind == "w":
            word += character
            continue
        if word:
            found.append(word)
            word = ""
        if kind == "i":
            found.append(character)
    return [*found, word] if word else found


@lru_cache(maxsize=8_192)
def _kind(character: str) -> str:
    """`w` within a word, `i` a word by itself, or nothing."""
    if (
        "\u3040" <= character <= "\u30ff"
        or "\u3400" <= character <= "\u9fff"
        or "\U00020000" <= character <= "\U0003ffff"
    ):
        return "i"
    return "w" if character.isalnum() or unicodedata.category(character)[0] == "M" else ""


def stem(word: str) -> str:
    """Without an English plural; the word itself where it has none."""
    if len(word) <= SHORT or not word.isascii() or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes", "zes")) else word[:-1]


def terms(*, name: str, sku: str | None, attributes: Mapping[str, str], description: str) -> str:
    """The text of a tsvector: names weigh most, then article numbers, attributes and descriptions. Where in a
    description a word stands is left out: it would make up a third of the table."""
    places: dict[str, list[str]] = {}
    parts = (
        ("A", [name]),
        ("B", [sku or ""]),
        ("C", [f"{key} {value}" for key, value in attributes.items()]),
        ("D", [description]),
    )
    position = 0
    for weight, texts in parts:
        for word in _first(texts):
            position = min(position + 1, LAST_POSITION)
            for term in (word, stem(word)):
                at = places.setdefault(term, [])
                if weight != "D" and len(at) < MOST_POSITIONS and f"{position}{weight}" not in at:
                    at.append(f"{position}{weight}")
            for mark in _marked(word) if weight in "AB" else ():
                places.setdefault(mark, [])
    return " ".join(f"'{term}':{','.join(at)}" if at else f"'{term}'" for term, at in places.items())


def _first(texts: Iterable[str]) -> Iterator[str]:
    left = MOST_WORDS
    for text in texts:
        for word in words(text)[:left]:
            left -= 1
            yield word


def _marked(word: str) -> set[str]:
    """What a word in a name is found by, beside itself."""
    beginnings = {BEGINNING + word[:length] for length in range(1, SHORT + 1) if len(word) >= length}
    return beginnings | {NAMED + word, NAMED + stem(word)}


class Asked(NamedTuple):
    """Texts of two tsqueries."""

    anywhere: str
    """All of the words, the last of which may go on."""
    in_name: str
    """The same, in the name or the article number alone."""


def asked(text: str) -> Asked | None:
    """None where there are no words."""
    found = words(text)[:MOST_ASKED]
    if not found:
        return None
    *whole, last = dict.fromkeys(found)
    begins = BEGINNING + last if len(last) <= SHORT else None
    anywhere = [_any(each) for each in whole]
    in_name = [_any(each, NAMED) for each in whole]
    if begins:
        return Asked(" & ".join([*anywhere, f"('{last}' | '{begins}')"]), " & ".join([*in_name, f"'{begins}'"]))
    return Asked(" & ".join([*anywhere, _begun(last)]), " & ".join([*in_name, _begun(last, NAMED)]))


def _any(word: str, mark: str = "") -> str:
    """The word, in the singular or the plural."""
    return f"('{mark}{word}' | '{mark}{stem(word)}')" if stem(word) != word else f"'{mark}{word}'"


def _begun(word: str, mark: str = "") -> str:
    return f"('{mark}{word}':* | '{mark}{stem(word)}')" if stem(word) != word else f"'{mark}{word}':*"
