"""The books of a payment provider that takes no real money: in PostgreSQL, so that it remembers like a real one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from psycopg import AsyncConnection, OperationalError
from psycopg.rows import TupleRow, class_row
from psycopg_pool import AsyncConnectionPool

from application.ports.gateway import Charge, ChargeStatus, GatewayRefused, GatewayUnavailable, Receipt
from domain.shared.money import MAX_MINOR, Money

Connection = AsyncConnection[TupleRow]

CHARGE = "SELECT key, status, amount, currency, transaction_id, reason, failures FROM simulated_gateway.charge"
OPEN = """
    INSERT INTO simulated_gateway.charge (key, amount, currency, transaction_id) VALUES (%s, %s, %s, %s)
    ON CONFLICT (key) DO NOTHING
"""
CLOSE = """
    UPDATE simulated_gateway.charge SET status = %s, amount = %s, currency = %s, transaction_id = %s, reason = %s
    WHERE key = %s
"""
LEARN = """
    INSERT INTO simulated_gateway.charge AS known (key, status, amount, currency, transaction_id, reason)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET
        status = excluded.status, amount = excluded.amount, currency = excluded.currency,
        transaction_id = excluded.transaction_id, reason = excluded.reason
    WHERE known.status IS NULL OR (known.status <> 'succeeded' AND excluded.status = 'succeeded')
"""
REFUND = "SELECT charge, amount, transaction_id FROM simulated_gateway.refund WHERE key = %s"
REFUNDED = "SELECT coalesce(sum(amount), 0)::bigint FROM simulated_gateway.refund WHERE charge = %s"
GIVE_BACK = "INSERT INTO simulated_gateway.refund (key, charge, amount, transaction_id) VALUES (%s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the books."""

    key: UUID
    status: str | None
    amount: int
    currency: str
    transaction_id: str
    reason: str | None
    failures: int

    def final(self) -> Charge | None:
        if self.status is None:
            return None
        return Charge(
            key=self.key,
            status=ChargeStatus(self.status),
            amount=Money(self.amount, self.currency),
            transaction_id=self.transaction_id,
            reason=self.reason,
        )


class Books:
    """What was charged and given back, by key. Any number of processes may ask for the same key at once."""

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self._pool = pool

    async def find(self, key: UUID) -> Charge | None:
        async with self.opened() as connection:
            entry = await _entry(connection, f"{CHARGE} WHERE key = %s", key)
        return entry.final() if entry else None

    async def void(self, key: UUID, amount: Money) -> Charge:
        async with self.opened() as connection:
            entry = await locked(connection, key, amount, own_transaction(key))
            known = entry.final()
            if known is not None:
                return known
            return await close(connection, key, ChargeStatus.VOIDED, amount, entry.transaction_id)

    async def refund(self, *, key: UUID, charge: UUID, amount: Money) -> Receipt:
        async with self.opened() as connection:
            entry = await _entry(connection, f"{CHARGE} WHERE key = %s FOR UPDATE", charge)
            taken = entry.final() if entry else None
            if taken is None or taken.status is not ChargeStatus.SUCCEEDED:
                raise GatewayRefused(f"no money was taken under {charge}")
            if amount.currency != taken.amount.currency or amount.minor <= 0:
                raise GatewayRefused(f"{amount} cannot be refunded of {taken.amount}")
            transaction_id = own_transaction(key)
            given = await (await connection.execute(REFUND, (key,))).fetchone()
            if given is None:
                await _give_back(connection, key, taken, amount, transaction_id)
            elif given != (charge, amount.minor, transaction_id):
                raise GatewayRefused(f"{key} was another refund")
        return Receipt(key=key, amount=amount, transaction_id=transaction_id)

    async def learn(self, charge: Charge) -> None:
        """The outcome of a charge that was made elsewhere. Money that came counts, whatever was known before."""
        if 0 < charge.amount.minor <= MAX_MINOR:
            said = (charge.status, charge.amount.minor, charge.amount.currency, charge.transaction_id, charge.reason)
            async with self.opened() as connection:
                await connection.execute(LEARN, (charge.key, *said))

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Connection]:
        """One transaction, committed at the end of the block."""
        try:
            async with self._pool.connection() as connection, connection.transaction():
                yield connection
        except OperationalError as error:
            raise GatewayUnavailable("the simulated provider cannot reach its books") from error


async def _entry(connection: Connection, query: str, key: UUID) -> Entry | None:
    async with connection.cursor(row_factory=class_row(Entry)) as cursor:
        await cursor.execute(query, (key,))
        return await cursor.fetchone()


async def locked(connection: Connection, key: UUID, amount: Money, transaction_id: str) -> Entry:
    """The row of the key, made where there was none, and held until the transaction ends."""
    await connection.execute(OPEN, (key, amount.minor, amount.currency, transaction_id))
    entry = await _entry(connection, f"{CHARGE} WHERE key = %s FOR UPDATE", key)
    if entry is None:
        raise GatewayUnavailable(f"the books lost {key}")
    return entry


async def close(
    connection: Connection,
    key: UUID,
    status: ChargeStatus,
    amount: Money,
    transaction_id: str,
    reason: str | None = None,
) -> Charge:
    """The outcome of an entry that is held open."""
    await connection.execute(CLOSE, (status, amount.minor, amount.currency, transaction_id, reason, key))
    return Charge(key=key, status=status, amount=amount, transaction_id=transaction_id, reason=reason)


async def _give_back(connection: Connection, key: UUID, taken: Charge, amount: Money, transaction_id: str) -> None:
    row = await (await connection.execute(REFUNDED, (taken.key,))).fetchone()
    already: int = row[0] if row else 0
    if already + amount.minor > taken.amount.minor:
        raise GatewayRefused(f"{amount} is more than is left of {taken.amount}")
    await connection.execute(GIVE_BACK, (key, taken.key, amount.minor, transaction_id))


def own_transaction(key: UUID) -> str:
    """What this provider calls a transaction that has no other name."""
    return f"sim_{key.hex}"
