"""What the shop does by itself while the demo's history passes: unpaid orders expire, refunds go out, sales begin and
end, lost answers are asked for.

The process managers and effects are those of the workers, and the commands have the ids that a worker would give them:
whoever comes second changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from application.effects.effect import Effect, EffectPorts, Outside
from application.ports.commands import Command, CommandBus, Envelope, Outcome
from application.ports.log import Record
from application.processes.process import Due, ProcessManager
from domain.shared.actor import Actor
from infrastructure.demo.desk import DemoClock
from infrastructure.eventstore.reader import LogReader
from infrastructure.postgres.pools import Pool
from infrastructure.processes.driver import command_id

PAGE = 500


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What a process manager wants done."""

    id: UUID
    manager: str
    at: datetime
    command: Command
    cause: UUID


@dataclass(slots=True, kw_only=True)
class Meanwhile:
    """Follows the log from its beginning. Only for a shop in which nobody else is at work."""

    managers: Sequence[ProcessManager[Any]]
    effects: Mapping[type[Command], Effect[Any]]
    outside: Outside
    bus: CommandBus
    pool: Pool
    reader: LogReader
    clock: DemoClock
    _position: int = 0
    _states: dict[tuple[str, UUID], Any] = field(default_factory=dict)
    _scheduled: dict[tuple[str, UUID, str], Scheduled] = field(default_factory=dict)

    async def pass_until(self, moment: datetime) -> None:
        """Everything that falls due until then is done when it does. Raises what the effects raise."""
        while True:
            await self._read_on()
            key = min(self._scheduled, key=lambda each: self._scheduled[each].at, default=None)
            if key is None or self._scheduled[key].at > moment:
                return
            await self._carry_out(self._scheduled.pop(key))

    async def _read_on(self) -> None:
        async with self.pool.connection() as connection:
            full = True
            while full:
                records = await self.reader.read(connection, after=self._position, limit=PAGE)
                for record in records:
                    self._hear(record)
                    self._position = record.position
                full = len(records) == PAGE

    def _hear(self, record: Record) -> None:
        for manager in self.managers:
            instance = manager.instance(record.event)
            if instance is not None:
                self._react(manager, instance, record)

    def _react(self, manager: ProcessManager[Any], instance: UUID, record: Record) -> None:
        state, decisions = manager.react(self._states.get((manager.name, instance)), record.event)
        self._states[manager.name, instance] = state
        for decision in decisions:
            key = (manager.name, instance, decision.step)
            if isinstance(decision, Due):
                self._scheduled[key] = Scheduled(
                    id=command_id(manager.name, record, decision.step),
                    manager=manager.name,
                    at=decision.at or record.recorded_at,
                    command=decision.command,
                    cause=record.command_id or record.stream,
                )
            else:
                self._scheduled.pop(key, None)

    async def _carry_out(self, due: Scheduled) -> None:
        self.clock.turn_to(due.at)

        async def submit(command: Command, step: str | None = None) -> Outcome:
            envelope = Envelope(
                id=due.id if step is None else uuid5(due.id, step),
                command=command,
                actor=Actor.system(due.manager),
                correlation_id=due.cause,
                causation_id=due.cause,
                keeps_refusal=True,
            )
            return await self.bus.submit(envelope)

        effect = self.effects.get(type(due.command))
        if effect is None:
            await submit(due.command)
        else:
            await effect(due.command, EffectPorts.of(self.outside, submit=submit, now=self.clock.now()))
