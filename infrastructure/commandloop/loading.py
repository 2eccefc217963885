"""Brings states from the log into memory."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
import structlog

from domain.shared.category import Category
from domain.shared.maps import decode_hook
from infrastructure.commandloop.states import Entry
from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.writer import LogWriter, StoredSnapshot

_log = structlog.get_logger(__name__)


async def load(writer: LogWriter, codec: EventCodec, streams: Mapping[UUID, Category[Any, Any]]) -> list[Entry]:
    """Current entries of all these streams, absent ones included."""
    known = {stream: Entry(stream, category, 0, None) for stream, category in streams.items()}
    for snapshot in await writer.snapshots(streams):
        entry = _restored(snapshot, streams[snapshot.stream])
        if entry is not None:
            known[snapshot.stream] = entry
    news = await advance(writer, codec, list(known.values()))
    return list((known | {entry.stream: entry for entry in news}).values())


async def advance(writer: LogWriter, codec: EventCodec, entries: Sequence[Entry]) -> list[Entry]:
    """Entries of those streams that have events beyond the ones given, brought up to the log."""
    known = {entry.stream: entry for entry in entries}
    moved: dict[UUID, Entry] = {}
    for row in await writer.events_beyond({entry.stream: entry.version for entry in entries}):
        _, category, _, state = moved.get(row.stream) or known[row.stream]
        moved[row.stream] = Entry(
            row.stream, category, row.version, category.evolve(state, codec.decode(row.topic, row.state))
        )
    return list(moved.values())


def _restored(snapshot: StoredSnapshot, category: Category[Any, Any]) -> Entry | None:
    if (snapshot.category, snapshot.shape) != (category.name, category.snapshot_version):
        return None
    try:
        state = msgspec.json.decode(snapshot.state, type=category.state, dec_hook=decode_hook)
    except msgspec.MsgspecError as error:  # its shape was changed without saying so; the events tell it all
        _log.error("snapshot not readable", category=category.name, stream=str(snapshot.stream), error=repr(error))
        return None
    return Entry(snapshot.stream, category, snapshot.version, state)
