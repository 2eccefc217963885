"""Drives a process manager as a projection: instance states and due rows are its tables.

So both drivers, tracking, poison handling and rebuilds are those of any read model, and the executors, which alone
hold the effect ports, serve the live instance only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from application.ports.log import Record
from application.processes.process import Decision, Due, ProcessManager, Withdraw
from infrastructure.processes import due_rows
from infrastructure.processes.due_rows import NewDue
from projections import bulk
from projections.projection import Connection, Projection

_COMMAND_IDS = UUID("0f7b5a8e-50b4-5a4f-9f53-5f0f6b1f6a11")
"""The namespace of process managers' commands; clients' keys have their own."""

_AT_ONCE = datetime.fromtimestamp(0, UTC)
"""Whatever the executor's clock says: the event's time may be ahead of it, when another process's clock was."""

_LOAD = "SELECT id, state FROM {schema}.instance WHERE id = ANY(%b::uuid[])"
_KEEP = """
INSERT INTO {schema}.instance (id, state) SELECT * FROM unnest(%b::uuid[], %b::bytea[])
ON CONFLICT (id) DO UPDATE SET state = excluded.state
"""
_FORGET = "DELETE FROM {schema}.instance WHERE id = ANY(%s::uuid[])"

DDL = (
    """
CREATE TABLE {schema}.instance (
    id    uuid PRIMARY KEY,
    state bytea NOT NULL
);
"""
    + due_rows.DDL
)


def schema_stem(manager: ProcessManager[Any]) -> str:
    """`unpaid-orders` keeps its tables in `unpaid_orders_v1`."""
    return manager.name.replace("-", "_")


def as_projection(manager: ProcessManager[Any]) -> Projection:
    """The process manager in the shape that drivers take."""

    async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
        concerning = [(i, record) for record in records if (i := manager.instance(record.event)) is not None]
        if concerning:
            story = _Batch(manager, await _load(conn, schema, manager, {i for i, _ in concerning}))
            for instance, record in concerning:
                story.tell(instance, record)
            await story.write(conn, schema)

    return Projection(
        name=schema_stem(manager),
        version=manager.version,
        events=manager.events,
        ddl=DDL,
        apply=apply,
        inherit=due_rows.INHERIT,
    )


async def _load(conn: Connection, schema: str, manager: ProcessManager[Any], ids: set[UUID]) -> dict[UUID, Any]:
    rows = await bulk.read(conn, _LOAD.format(schema=schema), (sorted(ids),))
    return {instance: msgspec.json.decode(state, type=manager.state) for instance, state in rows}


@dataclass(slots=True)
class _Batch:
    """What a batch of records makes of the instances they concern."""

    manager: ProcessManager[Any]
    states: dict[UUID, Any]
    touched: set[UUID] = field(default_factory=set)
    due: dict[tuple[UUID, str], list[NewDue]] = field(default_factory=dict)
    withdrawn: dict[tuple[UUID, str], datetime] = field(default_factory=dict)

    def tell(self, instance: UUID, record: Record) -> None:
        state, decisions = self.manager.react(self.states.get(instance), record.event)
        self.states[instance] = state
        self.touched.add(instance)
        for decision in decisions:
            self._decide(instance, record, decision)

    def _decide(self, instance: UUID, record: Record, decision: Decision) -> None:
        key = (instance, decision.step)
        match decision:
            case Due(command=command, at=at):
                row = NewDue(
                    id=command_id(self.manager.name, record, decision.step),
                    instance=instance,
                    step=decision.step,
                    name=command.name,
                    body=msgspec.json.encode(command),
                    cause=record.command_id,
                    asked_at=record.recorded_at,
                    due_at=at or _AT_ONCE,
                    changed_at=record.recorded_at,
                )
                self.due.setdefault(key, []).append(row)
            case Withdraw():
                self.withdrawn.setdefault(key, record.recorded_at)
                self.due[key] = [row.withdrawn(record.recorded_at) for row in self.due.get(key, ())]

    async def write(self, conn: Connection, schema: str) -> None:
        """Withdrawals first: they are about rows that were there before the batch."""
        await due_rows.withdraw(conn, schema, [(*key, at) for key, at in self.withdrawn.items()])
        await due_rows.schedule(conn, schema, [row for rows in self.due.values() for row in rows])
        kept = [(i, msgspec.json.encode(self.states[i])) for i in sorted(self.touched) if self.states[i] is not None]
        await bulk.write(conn, _KEEP.format(schema=schema), kept)
        ended = sorted(i for i in self.touched if self.states[i] is None)
        if ended:
            await conn.execute(_FORGET.format(schema=schema), (ended,))


def command_id(manager: str, record: Record, step: str) -> UUID:
    """The same for the same event and step, in any rebuild: a command that was carried out is not again."""
    return uuid5(_COMMAND_IDS, f"{manager}:{record.stream}:{record.version}:{step}")
