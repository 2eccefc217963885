"""The vault of a process that runs for long: it hears at once of everybody who is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from application.ports.clock import Clock
from infrastructure.postgres.pools import Pool, connector
from infrastructure.runner.listening import listen
from infrastructure.security.vault import REMEMBERED_FOR, AesVault

CHANNEL = "till_forgotten"
"""`till.write_forgotten` notifies it, in the transaction that destroys the key."""


@asynccontextmanager
async def open_vault(
    conninfo: str, *, master_key: bytes, pool: Pool, clock: Clock, process: str
) -> AsyncIterator[AesVault]:
    """Whenever a notification may have been missed, it lets go of all keys that it remembers."""
    vault = AesVault(master_key=master_key, pool=pool, clock=clock)

    def heard(channel: str, payload: str) -> None:
        if channel:
            vault.forget(UUID(payload))
        else:
            vault.forget_all()

    connect = connector(conninfo, process=f"{process} forgetting")
    listening = listen(connect, (CHANNEL,), heard, poll=REMEMBERED_FOR.total_seconds())
    task = asyncio.create_task(listening, name="forgetting")
    try:
        yield vault
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
