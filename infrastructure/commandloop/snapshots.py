"""Keeps snapshots of long streams, beside the loop and never in its way."""

import asyncio
from contextlib import suppress

import msgspec
import psycopg
import structlog

from domain.shared.maps import encode_hook
from infrastructure.commandloop.batch import Batch
from infrastructure.commandloop.states import Entry
from infrastructure.eventstore.writer import LogWriter, StoredSnapshot

SNAPSHOT_EVERY = 200
"""Events; a cold load reads one snapshot and not many more events than this."""

_log = structlog.get_logger(__name__)
_encoder = msgspec.json.Encoder(enc_hook=encode_hook)


class SnapshotKeeper:
    """Notices committed batches, and writes the states of streams that passed a multiple of SNAPSHOT_EVERY."""

    def __init__(self, writer: LogWriter) -> None:
        self._writer = writer
        self._waiting: dict[int, Entry] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="snapshots")

    async def close(self) -> None:
        """What still waits is dropped: a snapshot only saves time."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._writer.drop()

    def notice(self, batch: Batch) -> None:
        """Takes what is due from a committed batch; cheap, and cannot fail it."""
        for key, entry in batch.overlay.items():
            if entry.version // SNAPSHOT_EVERY > batch.base[key].version // SNAPSHOT_EVERY:
                self._waiting[key] = entry
                self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                _, entry = self._waiting.popitem()
                await self._keep(entry)

    async def _keep(self, entry: Entry) -> None:
        category = entry.category
        state = _encoder.encode(entry.state)
        snapshot = StoredSnapshot(entry.stream, category.name, category.snapshot_version, entry.version, state)
        try:
            await self._writer.keep_snapshot(snapshot)
        except psycopg.Error as error:
            _log.warning("snapshot not kept", stream=str(entry.stream), version=entry.version, error=repr(error))
            await self._writer.drop()
