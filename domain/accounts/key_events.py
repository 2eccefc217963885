"""What happens to API keys."""

from datetime import datetime
from typing import ClassVar

from domain.shared.event import Event
from domain.shared.identifiers import AccountId, ApiKeyId


class ApiKeyIssued(Event, frozen=True, kw_only=True):
    """The secret was handed out once; its hash is kept beside the log."""

    topic: ClassVar[str] = "accounts.api-key-issued"
    key_id: ApiKeyId
    issuer_id: AccountId
    name: str
    at: datetime


class ApiKeyRevoked(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.api-key-revoked"
    key_id: ApiKeyId
    at: datetime


ApiKeyEvent = ApiKeyIssued | ApiKeyRevoked
