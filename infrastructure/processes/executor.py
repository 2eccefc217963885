"""Carries due commands out: through the command bus, or as an effect where the outside world is involved."""

import asyncio
import os
import re
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

import msgspec
import psycopg
import structlog
from prometheus_client import Counter
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from application.effects.effect import Effect, EffectPorts, EffectRefused, Outside
from application.ports.clock import Clock
from application.ports.commands import Command, CommandBus, Envelope, Outcome
from application.ports.gateway import GatewayRefused
from application.ports.mail import LetterRefused
from domain.shared.actor import Actor
from infrastructure.processes import due_rows
from infrastructure.processes.due_rows import Claimed

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 20
"""Almost two hours: an outage that somebody mends within that leaves nothing dead."""
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=10)
POLL = 1.0
"""Seconds; only where a notification got lost."""

EXECUTED = Counter("till_due_commands_total", "Due commands by what became of them.", ["command", "status"])

_ADDRESS = re.compile(r"[^\s<>\"'()\[\]:;,]+@[^\s<>\"'()\[\]:;,]+")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long things take that one executor carries out."""

    lease: timedelta
    """A row whose executor is silent for so long belongs to whoever claims it next."""
    patience: float
    """Seconds one command may take; well below the lease."""
    at_once: int
    """Rows claimed together, and carried out side by side."""


USUAL = Pace(lease=LEASE, patience=30.0, at_once=16)
LENGTHY = Pace(lease=timedelta(seconds=180), patience=120.0, at_once=1)
"""What takes long has an executor of its own, so that nothing else waits for it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a row; `again_at` is set where it is scheduled anew."""

    status: str
    error: str | None = None
    again_at: datetime | None = None


class Executor:
    """Serves the live instances of the process managers. Any number may run: none does a row that another has."""

    def __init__(
        self,
        *,
        pool: AsyncConnectionPool[AsyncConnection[Any]],
        bus: CommandBus,
        outside: Outside,
        clock: Clock,
        managers: Mapping[str, str],
        commands: Sequence[type[Command]],
        effects: Mapping[type[Command], Effect[Any]],
        pace: Pace = USUAL,
    ) -> None:
        """`managers` gives for the name of each schema pointer the manager's own name, which becomes the actor."""
        self._pool = pool
        self._bus = bus
        self._outside = outside
        self._clock = clock
        self._managers = managers
        self._commands = {command.name: command for command in commands}
        self._effects = effects
        self._pace = pace

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; what has begun is finished."""
        wake = asyncio.Event()
        listening = asyncio.create_task(self._listen(wake))
        try:
            while not stop.is_set():
                wake.clear()
                if not await self._round():
                    await self._rest(stop, wake)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    async def run_due(self) -> int:
        """Carry out everything that is due now, once; how many rows that were.

        Raises what the database raises, when all that was begun has ended.
        """
        done, pace = 0, self._pace
        for pointer, manager in self._managers.items():
            async with self._pool.connection() as conn:
                rows = await due_rows.claim(
                    conn, pointer, now=self._clock.now(), lease=pace.lease, limit=pace.at_once, by=leaseholder()
                )
            ends = await asyncio.gather(*(self._carry_out(manager, row) for row in rows), return_exceptions=True)
            for failure in filter(None, ends):
                raise failure
            done += len(rows)
        return done

    async def _round(self) -> int:
        try:
            return await self.run_due()
        except (psycopg.Error, PoolTimeout) as error:
            _log.warning("due commands wait for the database", error=repr(error))
            return 0

    async def _carry_out(self, manager: str, row: Claimed) -> None:
        """Where it is cut off the row is handed back, so that nobody has to wait for the lease."""
        try:
            verdict = await self._verdict(manager, row)
        except asyncio.CancelledError:
            await self._note(row, Verdict("scheduled", error="cut off", again_at=self._clock.now()))
            raise
        await self._note(row, verdict)

    async def _note(self, row: Claimed, verdict: Verdict) -> None:
        now = self._clock.now()
        async with self._pool.connection() as conn:
            ours = await due_rows.finish(
                conn, row, status=verdict.status, now=now, error=verdict.error, again_at=verdict.again_at
            )
        EXECUTED.labels(row.name, verdict.status if ours else "taken over").inc()
        level = _log.error if verdict.status == "dead" else _log.info
        level("due command", command=row.name, id=str(row.id), status=verdict.status, attempts=row.attempts, ours=ours)

    async def _verdict(self, manager: str, row: Claimed) -> Verdict:
        try:
            async with asyncio.timeout(self._pace.patience):
                return await self._execute(manager, row)
        except (EffectRefused, GatewayRefused, LetterRefused) as error:
            return Verdict("dead", error=_said(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the row is tried again or becomes visible as dead
            if row.attempts >= MAX_ATTEMPTS:
                return Verdict("dead", error=_said(error))
            return Verdict("scheduled", error=_said(error), again_at=self._clock.now() + pause_after(row.attempts))

    async def _execute(self, manager: str, row: Claimed) -> Verdict:
        kind = self._commands[row.name]
        command = msgspec.json.decode(row.body, type=kind)
        effect = self._effects.get(kind)
        if effect is None:
            outcome = await self._bus.submit(_envelope(manager, row, command))
            return Verdict("done") if outcome.refusal is None else Verdict("refused", error=outcome.refusal.code)

        async def submit(command: Command, step: str) -> Outcome:
            envelope = _envelope(manager, row, command)
            outcome = await self._bus.submit(msgspec.structs.replace(envelope, id=uuid5(row.id, step)))
            if row.rounds and outcome.replayed and outcome.refusal is not None:
                # Refused before somebody said to try it anew: a refusal changed nothing, so it is decided again.
                anew = uuid5(row.id, f"{step} anew {row.rounds}")
                outcome = await self._bus.submit(msgspec.structs.replace(envelope, id=anew))
            return outcome

        await effect(command, EffectPorts.of(self._outside, submit=submit, now=self._clock.now()))
        return Verdict("done")

    async def _rest(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Until something is due, or announced, or we are to stop."""
        waits = [asyncio.create_task(event.wait()) for event in (stop, wake)]
        await asyncio.wait(waits, timeout=await self._idle_seconds(), return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _idle_seconds(self) -> float:
        try:
            async with self._pool.connection() as conn:
                moments = [await due_rows.next_due(conn, pointer) for pointer in self._managers]
        except (psycopg.Error, PoolTimeout):
            return POLL
        now = self._clock.now()
        return min([POLL, *(max((moment - now).total_seconds(), 0.01) for moment in moments if moment is not None)])

    async def _listen(self, wake: asyncio.Event) -> None:
        """Notifications only save time: when the connection is lost, the poll serves until there is a new one."""
        while True:
            try:
                async with self._pool.connection() as conn:
                    await conn.execute(f"LISTEN {due_rows.CHANNEL}")
                    async for _ in conn.notifies():
                        wake.set()
            except (psycopg.Error, PoolTimeout) as error:
                _log.warning("not listening for due commands", error=repr(error))
                await asyncio.sleep(POLL)


def leaseholder() -> str:
    """Which process it is that carries something out, for those who look for it."""
    return f"process {os.getpid()} at {socket.gethostname()}"


def pause_after(attempts: int) -> timedelta:
    """Doubles with each failure, up to ten minutes."""
    doublings = min(attempts - 1, 20)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _envelope(manager: str, row: Claimed, command: Command) -> Envelope:
    return Envelope(
        id=row.id,
        command=command,
        actor=Actor.system(manager),
        correlation_id=row.correlation or row.cause or row.id,
        causation_id=row.cause,
        keeps_refusal=True,
    )


def _said(error: Exception) -> str:
    """In characters that PostgreSQL takes, without email addresses: a provider's words may hold any."""
    said = _ADDRESS.sub("…@…", f"{type(error).__name__}: {error}")[:500].replace("\x00", "")
    return said.encode("utf-8", "replace").decode()
