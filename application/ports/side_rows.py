"""The second truth: secrets that may not stand in events, written in the same transaction as them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from domain.shared.identifiers import (
    AccountId,
    ApiKeyId,
    ChallengeId,
    ReportFileId,
    ReportId,
    SessionId,
    WebhookId,
)


class Credential(msgspec.Struct, frozen=True):
    """An account's password hash; a later row replaces the earlier."""

    table: ClassVar[str] = "credential"
    account_id: AccountId
    password_hash: str
    generation: int = 0
    """How often the account's password was set anew before this one."""


class RefreshToken(msgspec.Struct, frozen=True):
    """The hash of one refresh token that was handed out."""

    table: ClassVar[str] = "refresh_token"
    token_hash: str
    session_id: SessionId
    account_id: AccountId
    generation: int
    expires_at: datetime


class MailedToken(msgspec.Struct, frozen=True):
    """The hash of a token that is sent by mail, and the challenge that presenting it meets."""

    table: ClassVar[str] = "mailed_token"
    token_hash: str
    account_id: AccountId
    challenge_id: ChallengeId
    expires_at: datetime


class PersonKey(msgspec.Struct, frozen=True):
    """A person's key, wrapped by the master key (base64)."""

    table: ClassVar[str] = "person_key"
    person_id: UUID
    wrapped_key: str


class NameWords(msgspec.Struct, frozen=True):
    """The words of an account's name, as keyed digests; they replace those of the name before."""

    table: ClassVar[str] = "name_word"
    account_id: AccountId
    words: tuple[str, ...]


class ApiKeySecret(msgspec.Struct, frozen=True):
    """The hash of an API key's secret, which opens the door for as long as it is there."""

    table: ClassVar[str] = "api_key"
    secret_hash: str
    key_id: ApiKeyId
    account_id: AccountId
    """Who issued it."""


class RevokedApiKey(msgspec.Struct, frozen=True):
    """Takes the hash away."""

    table: ClassVar[str] = "revoked_api_key"
    key_id: ApiKeyId


class RebuildRequest(msgspec.Struct, frozen=True):
    """Asks the workers to build a projection anew."""

    table: ClassVar[str] = "rebuild_request"
    id: UUID
    name: str
    requested_at: datetime


class PublishedReportFile(msgspec.Struct, frozen=True):
    """Makes a draft the file of its report; nothing is committed where the draft is gone."""

    table: ClassVar[str] = "published_report_file"
    report_id: ReportId
    file_id: ReportFileId


class RetractedReportFile(msgspec.Struct, frozen=True):
    """Nobody is given the report's file any more."""

    table: ClassVar[str] = "retracted_report_file"
    report_id: ReportId


class WebhookTarget(msgspec.Struct, frozen=True, kw_only=True):
    """Where a webhook goes, and what is sent there; whoever sends goes by this row."""

    table: ClassVar[str] = "webhook"
    id: WebhookId
    url: str
    description: str
    types: tuple[str, ...]
    stopped: str | None
    """Why nothing is sent; None where it is."""
    generation: int
    former_until: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class RemovedWebhook(msgspec.Struct, frozen=True):
    """Takes the row away, with how far it was and what was tried."""

    table: ClassVar[str] = "webhook_removal"
    id: WebhookId


class ReplayedWebhook(msgspec.Struct, frozen=True):
    """Everything beyond this number of the feed is sent, once more where it was before."""

    table: ClassVar[str] = "webhook_replay"
    id: WebhookId
    after: int
    version: int


class Forgotten(msgspec.Struct, frozen=True):
    """Takes away every row there is of the account and of the person, their key first of all."""

    table: ClassVar[str] = "forgotten"
    account_id: AccountId
    person_id: UUID


SideRow = (
    Credential
    | RefreshToken
    | MailedToken
    | PersonKey
    | NameWords
    | ApiKeySecret
    | RevokedApiKey
    | RebuildRequest
    | PublishedReportFile
    | RetractedReportFile
    | WebhookTarget
    | RemovedWebhook
    | ReplayedWebhook
    | Forgotten
)
