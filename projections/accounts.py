"""The read model of accounts. Personal data stays sealed in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, assert_never, cast, get_args

import msgspec

from application.ports.log import Record
from domain.accounts.account import AccountStatus
from domain.accounts.events import (
    AccountClosing,
    AccountDeleted,
    AccountEvent,
    AccountRegistered,
    AccountRenamed,
    AccountReopened,
    AllSessionsRevoked,
    EmailReplaced,
    EmailVerified,
    OtherSessionsRevoked,
    PasswordReplaced,
    PasswordReset,
    PasswordResetRequested,
    PhoneGiven,
    PhoneGuessMissed,
    PhoneVerified,
    PromotionsOptedIn,
    PromotionsOptedOut,
    Role,
    RoleGranted,
    VerificationRequested,
)
from domain.accounts.key_events import ApiKeyEvent
from domain.shared.identifiers import AccountId
from domain.shared.sealed import Sealed
from projections import (
    api_keys,
    bulk,
    contacts,
)
from projections.projection import Connection, Projection

DDL = """
CREATE TABLE {schema}.account (
    id                uuid PRIMARY KEY,
    role              text NOT NULL,
    status            text NOT NULL DEFAULT 'active',
    email_person      uuid NOT NULL,
    email_box         text NOT NULL,
    name_person       uuid NOT NULL,
    name_box          text NOT NULL,
    promotions_opt_in boolean NOT NULL DEFAULT false,
    version           bigint NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL
);
CREATE INDEX account_by_age ON {schema}.account (created_at DESC, id DESC) WHERE status <> 'deleted';
CREATE INDEX account_by_role ON {schema}.account (role, created_at DESC, id DESC) WHERE status <> 'deleted';
"""
_REGISTER = """
INSERT INTO {schema}.account
    (id, role, email_person, email_box, name_person, name_box, version, created_at, updated_at)
SELECT id, role, email_person, email_box, name_person, name_box, 1, created_at, updated_at
  FROM unnest(%b::uuid[], %b::text[], %b::uuid[], %b::text[], %b::uuid[], %b::text[], %b::timestamptz[],
              %b::timestamptz[])
    AS r (id, role, email_person, email_box, name_person, name_box, created_at, updated_at)
"""
_CHANGE = """
UPDATE {schema}.account a
   SET name_person = coalesce(c.name_person, a.name_person), name_box = coalesce(c.name_box, a.name_box),
       email_person = coalesce(c.email_person, a.email_person), email_box = coalesce(c.email_box, a.email_box),
       role = coalesce(c.role, a.role), status = coalesce(c.status, a.status),
       promotions_opt_in = coalesce(c.opt_in, a.promotions_opt_in), version = c.version, updated_at = c.at
  FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::boolean[],
              %b::bigint[], %b::timestamptz[])
    AS c (id, name_person, name_box, email_person, email_box, role, status, opt_in, version, at)
 WHERE a.id = c.id
"""
_BY_ID = """
SELECT a.id, a.role, a.status, a.email_person, a.email_box, a.name_person, a.name_box,
       coalesce(c.email_verified, false), c.phone_person, c.phone_box, coalesce(c.phone_verified, false),
       a.promotions_opt_in, a.version, a.created_at, a.updated_at
  FROM {schema}.account a LEFT JOIN {schema}.contact c ON c.account_id = a.id WHERE a.id = %b
"""


class AccountRow(msgspec.Struct, frozen=True):
    id: AccountId
    role: Role
    status: AccountStatus
    email: Sealed
    name: Sealed
    email_verified: bool
    phone: Sealed | None
    phone_verified: bool
    promotions_opt_in: bool
    version: int
    created_at: datetime
    updated_at: datetime


class _Change:
    """What a batch makes of one account; None leaves a column as it is."""

    __slots__ = ("at", "email", "name", "opt_in", "role", "status", "version")

    def __init__(self) -> None:
        self.name: Sealed | None = None
        self.email: Sealed | None = None
        self.role: Role | None = None
        self.status: AccountStatus | None = None
        self.opt_in: bool | None = None

    def apply(self, record: Record) -> None:
        self.version, self.at = record.version, record.recorded_at
        match event := cast(AccountEvent, record.event):
            case AccountRenamed(name=name):
                self.name = name
            case PromotionsOptedIn():
                self.opt_in = True
            case PromotionsOptedOut():
                self.opt_in = False
            case RoleGranted(role=role):
                self.role = role
            case EmailReplaced(email=email):
                self.email = email
            case AccountClosing():
                self.status = AccountStatus.CLOSING
            case AccountReopened():
                self.status = AccountStatus.ACTIVE
            case AccountDeleted():
                self.status = AccountStatus.DELETED
            case AllSessionsRevoked() | OtherSessionsRevoked() | AccountRegistered():
                pass
            case PasswordResetRequested() | PasswordReset() | PasswordReplaced():
                pass
            case VerificationRequested() | EmailVerified() | PhoneGiven() | PhoneGuessMissed() | PhoneVerified():
                pass  # in the table of contacts
            case _:
                assert_never(event)

    def row(self, account: AccountId) -> tuple[object, ...]:
        name, email = self.name, self.email
        sealed = (name and name.person, name and name.box, email and email.person, email and email.box)
        return (account, *sealed, self.role, self.status, self.opt_in, self.version, self.at)


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    await api_keys.apply(conn, schema, records)
    await _apply_to_accounts(conn, schema, [record for record in records if isinstance(record.event, AccountEvent)])


async def _apply_to_accounts(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    registered, changes = [], dict[AccountId, _Change]()
    for record in records:
        account = AccountId(record.stream)
        if isinstance(event := record.event, AccountRegistered):
            sealed = (event.email.person, event.email.box, event.name.person, event.name.box)
            registered.append((account, event.role, *sealed, event.at, record.recorded_at))
        else:
            changes.setdefault(account, _Change()).apply(record)
    await bulk.write(conn, _REGISTER.format(schema=schema), registered)
    await bulk.write(conn, _CHANGE.format(schema=schema), (change.row(id_) for id_, change in changes.items()))
    await contacts.apply(conn, schema, records)


ACCOUNTS = Projection(
    name="accounts",
    version=2,
    events=(*get_args(AccountEvent), *get_args(ApiKeyEvent)),
    ddl=DDL + contacts.DDL + api_keys.DDL,
    apply=apply,
)


async def account(conn: Connection, account_id: AccountId, *, schema: str) -> AccountRow | None:
    rows = await bulk.read(conn, _BY_ID.format(schema=schema), (account_id,))
    return _account(*rows[0]) if rows else None


def _account(id_: Any, role: str, status: str, *rest: Any) -> AccountRow:
    email_person, email_box, name_person, name_box, email_verified, phone_person, phone_box, *others = rest
    email, name = Sealed(email_person, email_box), Sealed(name_person, name_box)
    phone = Sealed(phone_person, phone_box) if phone_box is not None else None
    return AccountRow(id_, Role(role), AccountStatus(status), email, name, email_verified, phone, *others)
