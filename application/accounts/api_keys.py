"""Commands on API keys, which people alone manage: a key that leaked must not be able to make others."""

from datetime import datetime
from typing import ClassVar

from application.access import acting_account, require_version
from application.ports.commands import Command, Result, Touched, touching
from application.ports.side_rows import ApiKeySecret, RevokedApiKey
from application.ports.work import Work
from domain.accounts.account import Account
from domain.accounts.api_key import API_KEYS, ApiKey
from domain.accounts.events import Role
from domain.shared.identifiers import ApiKeyId
from domain.shared.refusal import AlreadyExists, Forbidden


class ApiKeyKept(Result, frozen=True, kw_only=True):
    key_id: ApiKeyId
    version: int
    at: datetime


class IssueApiKey(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "accounts.issue-api-key"
    key_id: ApiKeyId
    title: str
    secret_hash: str

    def streams(self) -> Touched:
        return touching(API_KEYS, self.key_id)


class RevokeApiKey(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "accounts.revoke-api-key"
    key_id: ApiKeyId
    expected_version: int | None = None

    def streams(self) -> Touched:
        return touching(API_KEYS, self.key_id)


def issue_api_key(command: IssueApiKey, work: Work) -> ApiKeyKept:
    issuer = _admin_in_person(work)
    if work.find(API_KEYS, command.key_id) is not None:
        raise AlreadyExists("There is an API key with this identifier.")
    issued = ApiKey.issue(key_id=command.key_id, issuer=issuer, name=command.title, at=work.now)
    work.record(API_KEYS, command.key_id, issued)
    work.attach(ApiKeySecret(secret_hash=command.secret_hash, key_id=command.key_id, account_id=issuer.id))
    return _kept(work, command.key_id)


def revoke_api_key(command: RevokeApiKey, work: Work) -> ApiKeyKept:
    """Any admin revokes any key; from then on nobody is let in with it, nor is what it has asked for decided."""
    _admin_in_person(work)
    key = work.get(API_KEYS, command.key_id)
    require_version(work, key.id, command.expected_version)
    work.record(API_KEYS, key.id, key.revoke(work.now))
    work.attach(RevokedApiKey(key_id=key.id))
    return _kept(work, key.id)


def _admin_in_person(work: Work) -> Account:
    if work.actor.key is not None:
        raise Forbidden("API keys are managed by people, not by API keys.")
    return acting_account(work, Role.ADMIN)


def _kept(work: Work, key_id: ApiKeyId) -> ApiKeyKept:
    return ApiKeyKept(key_id=key_id, version=work.version(key_id), at=work.now)
