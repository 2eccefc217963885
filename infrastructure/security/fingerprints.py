"""Digests by which a request that comes again is recognised."""

import hashlib
import hmac

from infrastructure.security.keys import derive_key


class HmacFingerprints:
    """HMAC-SHA256 over length-prefixed parts, so that no two lists of parts look alike."""

    def __init__(self, *, master_key: bytes) -> None:
        self._key = derive_key(master_key, "fingerprint")

    def of(self, *parts: bytes) -> bytes:
        message = b"".join(len(part).to_bytes(8) + part for part in parts)
        return hmac.digest(self._key, message, hashlib.sha256)
