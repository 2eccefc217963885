"""Who is who, straight from the log and the side tables: a login works the moment its registration was answered."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from application.ports.clock import Clock
from application.ports.log import slot_of
from application.ports.security import (
    Login,
    PresentedChallenge,
    PresentedKey,
    PresentedToken,
    Standing,
)
from domain.accounts.account import ACCOUNTS, Account
from domain.accounts.challenge import Challenge
from domain.accounts.contact import Otp
from domain.accounts.events import AccountEvent
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, ChallengeId, ClaimId
from infrastructure.eventstore.codec import EventCodec

REMEMBERED = 20_000
MAY_BE_OLD = timedelta(seconds=1)

_LOGIN = """
SELECT c.account_id, c.password_hash, c.generation
  FROM (SELECT topic, state FROM till.stored_events
         WHERE originator_id = %s ORDER BY originator_version DESC LIMIT 1) AS claim
  JOIN till.credential c ON c.account_id = (convert_from(claim.state, 'UTF8')::jsonb ->> 'account_id')::uuid
 WHERE claim.topic LIKE 'accounts.email-claimed:%%'
"""
_HOLDER = """
SELECT (convert_from(state, 'UTF8')::jsonb ->> 'account_id')::uuid, topic LIKE 'accounts.email-claimed:%%'
  FROM till.stored_events WHERE originator_id = %s ORDER BY originator_version DESC LIMIT 1
"""
_LOGIN_BY_ACCOUNT = "SELECT account_id, password_hash, generation FROM till.credential WHERE account_id = %s"
_CHALLENGED = "SELECT account_id, challenge_id FROM till.mailed_token WHERE token_hash = %s"
_PRESENTED = "SELECT session_id, generation, expires_at FROM till.refresh_token WHERE token_hash = %s"
_KEY = "SELECT key_id, account_id FROM till.api_key WHERE secret_hash = %s"
_LAST_WRITTEN = """
SELECT e.topic, e.ordering_key, e.notification_id
  FROM (SELECT first_position, last_position FROM till.commands
         WHERE actor = %s AND last_position IS NOT NULL ORDER BY last_position DESC LIMIT 1) AS c
  JOIN till.stored_events e ON e.notification_id BETWEEN c.first_position AND c.last_position
 ORDER BY e.notification_id
"""
_EVENTS = """
SELECT r.stream, e.originator_version, e.topic, e.state, e.recorded_at
  FROM unnest(%b::uuid[], %b::bigint[]) AS r (stream, version)
 CROSS JOIN LATERAL (
      SELECT s.originator_version, s.topic, s.state, s.recorded_at FROM till.stored_events s
       WHERE s.originator_id = r.stream AND s.originator_version > r.version
  ) AS e
 ORDER BY r.stream, e.originator_version
"""


class PostgresDirectory:
    """Accounts are folded from their streams and remembered; only what is new of them is read again."""

    def __init__(
        self,
        *,
        pool: AsyncConnectionPool[AsyncConnection[TupleRow]],
        codec: EventCodec,
        clock: Clock,
        partitions: int,
    ) -> None:
        self._partitions = partitions
        self._pool = pool
        self._codec = codec
        self._clock = clock
        self._known: OrderedDict[UUID, _Known] = OrderedDict()

    async def login_of(self, claim: ClaimId) -> Login | None:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_LOGIN, (claim,))).fetchone()
        return None if row is None else Login(account=row[0], password_hash=row[1], generation=row[2])

    async def password_of(self, account: AccountId) -> Login | None:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_LOGIN_BY_ACCOUNT, (account,))).fetchone()
        return None if row is None else Login(account=row[0], password_hash=row[1], generation=row[2])

    async def challenged(self, token_hash: str) -> PresentedChallenge | None:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_CHALLENGED, (token_hash,))).fetchone()
        return None if row is None else PresentedChallenge(account=row[0], challenge=row[1])

    async def holder_of(self, claim: ClaimId) -> AccountId | None:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_HOLDER, (claim,))).fetchone()
        return AccountId(row[0]) if row is not None and row[1] else None

    async def presented(self, token_hash: str) -> PresentedToken | None:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_PRESENTED, (token_hash,))).fetchone()
        return None if row is None else PresentedToken(session=row[0], generation=row[1], expires_at=row[2])

    async def key_of(self, secret_hash: str) -> PresentedKey | None:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_KEY, (secret_hash,))).fetchone()
        return None if row is None else PresentedKey(key=row[0], issuer=row[1])

    async def last_written(self, account: AccountId) -> Mapping[str, int]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_LAST_WRITTEN, (str(Actor.of(account)),))).fetchall()
        slots: dict[str, int] = {}
        for topic, key, position in rows:
            family = self._codec.category(topic).family
            if family is not None:
                slots[slot_of(family, key, self._partitions)] = position
        return slots

    def recent(self, account: AccountId) -> Standing | None:
        known = self._known.get(account)
        if known is None or self._clock.now() - known.read_at > MAY_BE_OLD:
            return None
        return known.standing()

    async def standings(self, accounts: Sequence[AccountId]) -> Mapping[AccountId, Standing]:
        now = self._clock.now()
        known = {account: self._known.get(account) or _Known(now) for account in accounts}
        for account, *event in await self._events({account: each.version for account, each in known.items()}):
            self._apply(known[account], *event)
        for account, each in known.items():
            each.read_at = now
            self._remember(account, each)
        found = {account: each.standing() for account, each in known.items()}
        return {account: standing for account, standing in found.items() if standing is not None}

    async def as_of(self, account: AccountId, version: int) -> Standing | None:
        known = self._known.get(account)
        if known is None or known.version != version:
            known = _Known(self._clock.now())
            for _, *event in await self._events({account: 0}):
                if event[0] <= version:
                    self._apply(known, *event)
        return known.standing()

    def _remember(self, account: AccountId, known: "_Known") -> None:
        if known.state is None:
            return
        self._known[account] = known
        self._known.move_to_end(account)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    async def _events(self, versions: Mapping[AccountId, int]) -> list[tuple[Any, ...]]:
        """Of each account, those beyond the version: account, version, topic, state, time."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(_EVENTS, (list(versions), list(versions.values())), prepare=True)
            return await cursor.fetchall()

    def _apply(self, known: "_Known", version: int, topic: str, state: bytes, recorded_at: datetime) -> None:
        if version == known.version + 1 and self._codec.category(topic) is ACCOUNTS:
            event = cast("AccountEvent", self._codec.decode(topic, state))
            known.state = ACCOUNTS.evolve(known.state, event)
            known.version, known.updated_at = version, recorded_at


class _Known:
    """An account as far as it was read."""

    __slots__ = ("read_at", "state", "updated_at", "version")

    def __init__(self, now: datetime) -> None:
        self.state: Account | None = None
        self.version = 0
        self.read_at = now
        self.updated_at = now

    def standing(self) -> Standing | None:
        state = self.state
        if state is None:
            return None
        return Standing(
            account=state.id,
            version=self.version,
            role=state.role,
            status=state.status,
            email=state.email,
            name=state.name,
            email_claim=state.email_claim,
            email_verified=state.email_verified,
            phone=state.contact.phone,
            phone_verified=state.contact.phone_verified,
            promotions_opt_in=state.promotions_opt_in,
            verification=_id_of(state.contact.verification),
            password_reset=_id_of(state.password.reset),
            otp=_id_of(state.contact.otp),
            sessions_valid_from=state.sessions_valid_from,
            kept_session=state.kept_session,
            created_at=state.created_at,
            updated_at=self.updated_at,
        )


def _id_of(challenge: Challenge | Otp | None) -> ChallengeId | None:
    return challenge.id if challenge is not None else None
