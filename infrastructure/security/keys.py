"""Keys for one purpose each, derived from the secrets in the settings."""

import hashlib
import hmac


def derive_key(secret: bytes, purpose: str) -> bytes:
    """32 bytes; the same for ever for the same secret and purpose, and of no use for another."""
    return hmac.digest(secret, b"tillstream/" + purpose.encode(), hashlib.sha256)
