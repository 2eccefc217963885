"""The secrets that sign webhooks: derived from the master key, so that none is kept anywhere."""

import base64
import hashlib
import hmac

from domain.shared.identifiers import WebhookId
from infrastructure.security.keys import derive_key

PREFIX = "whsec_"


class WebhookSecrets:
    def __init__(self, master_key: bytes) -> None:
        self._key = derive_key(master_key, "webhook")

    def of(self, webhook_id: WebhookId, generation: int) -> str:
        digest = hmac.digest(self._key, b"%b:%d" % (webhook_id.bytes, generation), hashlib.sha256)
        return PREFIX + base64.b64encode(digest).decode()
