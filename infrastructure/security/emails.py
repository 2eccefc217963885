"""When two email addresses are the same, and which stream claims them."""

import hashlib
import hmac
import re
import unicodedata
from uuid import UUID

import idna

from application.ports.security import NotAnEmail
from domain.shared.identifiers import ClaimId
from infrastructure.security.keys import derive_key

LONGEST = 254
LOCAL = re.compile(r"[^\s\"(),:;<>@\[\\\]\x00-\x20\x7f]{1,64}", re.UNICODE)


class HmacEmails:
    """Addresses are claimed under a keyed digest, so that the log does not say whose they are."""

    def __init__(self, *, master_key: bytes) -> None:
        self._key = derive_key(master_key, "email-claim")

    def normalise(self, email: str) -> str:
        local, at, domain = unicodedata.normalize("NFC", email.strip()).rpartition("@")
        if not at or not LOCAL.fullmatch(local) or local[0] == "." or local[-1] == "." or ".." in local:
            raise NotAnEmail("This is not an email address.")
        try:
            ascii_domain = idna.encode(domain, uts46=True, transitional=False).decode().lower()
        except (idna.IDNAError, UnicodeError) as error:
            raise NotAnEmail("The part after @ is not a domain name.") from error
        normalised = f"{unicodedata.normalize('NFC', local.casefold())}@{ascii_domain}"
        if "." not in ascii_domain.strip(".") or len(normalised) > LONGEST:
            raise NotAnEmail("This is not an email address that mail could be sent to.")
        return normalised

    def claim_of(self, normalised: str) -> ClaimId:
        digest = hmac.digest(self._key, normalised.encode(), hashlib.sha256)
        return ClaimId(UUID(bytes=digest[:16], version=5))
