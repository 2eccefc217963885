"""What callers are told: of commands just committed, and of commands the log already holds."""

from uuid import UUID

import msgspec

from application.ports.commands import Outcome, RefusalNote
from application.ports.log import slot_of
from infrastructure.commandloop.batch import Batch, Decided
from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.writer import LogWriter, Receipt, StoredCommand


def committed(decided: Decided, batch: Batch, receipt: Receipt | None, *, partitions: int) -> Outcome:
    """The outcome of one command of a batch; without a receipt the batch had nothing to write."""
    if decided.span is None or receipt is None:
        return Outcome(
            command_id=decided.envelope.id,
            result=decided.result,
            refusal=decided.refusal,
            recorded_at=receipt.recorded_at if receipt else None,
        )
    columns = batch.writes.events
    base = receipt.head - len(columns.streams)
    first, last = decided.span
    slots: dict[str, int] = {}
    for index in range(first - 1, last):
        family = batch.codec.category(columns.topics[index]).family
        if family is not None:
            slots[slot_of(family, columns.keys[index], partitions)] = base + index + 1
    return Outcome(
        command_id=decided.envelope.id,
        result=decided.result,
        first_position=base + first,
        last_position=base + last,
        slots=slots,
        recorded_at=receipt.recorded_at,
    )


async def stored(command: StoredCommand, writer: LogWriter, codec: EventCodec, *, partitions: int) -> Outcome:
    """The outcome of an earlier execution, as it was answered then."""
    refused = command.outcome == "refused"
    return Outcome(
        command_id=command.id,
        result=None if refused else command.answer,
        refusal=msgspec.json.decode(command.answer, type=RefusalNote) if refused else None,
        first_position=command.first_position,
        last_position=command.last_position,
        slots=await _slots(command, writer, codec, partitions),
        recorded_at=command.recorded_at,
        replayed=True,
    )


async def _slots(command: StoredCommand, writer: LogWriter, codec: EventCodec, partitions: int) -> dict[str, int]:
    if command.first_position is None or command.last_position is None:
        return {}
    slots: dict[str, int] = {}
    for topic, key, position in await writer.positions(command.first_position, command.last_position):
        family = codec.category(topic).family
        if family is not None:
            slots[slot_of(family, UUID(bytes=key.bytes), partitions)] = position
    return slots
