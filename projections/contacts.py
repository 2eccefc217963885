"""How accounts are reached, beside the read model of accounts. Phone numbers stay sealed in it."""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from application.ports.log import Record
from domain.accounts.events import (
    ContactEvent,
    EmailReplaced,
    EmailVerified,
    PhoneGiven,
    PhoneGuessMissed,
    PhoneVerified,
    VerificationRequested,
)
from domain.shared.sealed import Sealed
from projections import bulk
from projections.projection import Connection

DDL = """
CREATE TABLE {schema}.contact (
    account_id     uuid PRIMARY KEY,
    email_verified boolean NOT NULL DEFAULT false,
    phone_person   uuid,
    phone_box      text,
    phone_verified boolean NOT NULL DEFAULT false
);
"""
_OPEN = "INSERT INTO {schema}.contact (account_id) SELECT * FROM unnest(%b::uuid[]) ON CONFLICT DO NOTHING"
_CHANGE = """
UPDATE {schema}.contact c
   SET email_verified = coalesce(n.email_verified, c.email_verified),
       phone_person = coalesce(n.phone_person, c.phone_person), phone_box = coalesce(n.phone_box, c.phone_box),
       phone_verified = coalesce(n.phone_verified, c.phone_verified)
  FROM unnest(%b::uuid[], %b::boolean[], %b::uuid[], %b::text[], %b::boolean[])
    AS n (account_id, email_verified, phone_person, phone_box, phone_verified)
 WHERE c.account_id = n.account_id
"""


class _Change:
    """What a batch makes of one account's contact points; None leaves a column as it is."""

    __slots__ = ("email_verified", "phone", "phone_verified")

    def __init__(self) -> None:
        self.email_verified: bool | None = None
        self.phone: Sealed | None = None
        self.phone_verified: bool | None = None

    def apply(self, event: ContactEvent | EmailReplaced) -> None:
        match event:
            case EmailVerified():
                self.email_verified = True
            case EmailReplaced():
                self.email_verified = False
            case PhoneGiven(phone=phone):
                self.phone, self.phone_verified = phone, False
            case PhoneVerified():
                self.phone_verified = True
            case VerificationRequested() | PhoneGuessMissed():
                pass
            case _:
                assert_never(event)


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    changes: dict[UUID, _Change] = {}
    for record in records:
        if isinstance(event := record.event, ContactEvent | EmailReplaced):
            changes.setdefault(record.stream, _Change()).apply(event)
    await bulk.write(conn, _OPEN.format(schema=schema), ((account,) for account in changes))
    rows = (
        (account, c.email_verified, c.phone and c.phone.person, c.phone and c.phone.box, c.phone_verified)
        for account, c in changes.items()
    )
    await bulk.write(conn, _CHANGE.format(schema=schema), rows)
