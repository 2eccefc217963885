"""A blind index of people's names: whose name has a word can be asked, what names there are cannot be read."""

import hashlib
import hmac
import re
import unicodedata

from infrastructure.security.keys import derive_key

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 20


class HmacNames:
    """Words are compared without case, accents and form: `Zoë` is found by `zoe`."""

    def __init__(self, *, master_key: bytes) -> None:
        self._key = derive_key(master_key, "name-word")

    def words(self, text: str) -> tuple[str, ...]:
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
        plain = "".join(each for each in decomposed if not unicodedata.combining(each))
        words = dict.fromkeys(WORD.findall(plain))
        return tuple(self._digest(word) for word in list(words)[:MOST_WORDS])

    def _digest(self, word: str) -> str:
        return hmac.digest(self._key, word.encode(), hashlib.sha256)[:16].hex()
