"""Images in a local folder."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

from application.ports.images import ImageKey, ImageStoreUnavailable, KeptImage
from infrastructure.images.keys import key_of, name_of

P = ParamSpec("P")
T = TypeVar("T")


class FolderImages:
    """One file each, written beside and renamed into place: a crash leaves a file whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, key: ImageKey, data: bytes, *, media_type: str) -> None:  # noqa: ARG002 - the bytes tell
        await _aside(_write, self._folder / name_of(key), data)

    async def get(self, key: ImageKey) -> bytes | None:
        return await _aside(_read, self._folder / name_of(key))

    async def remove(self, key: ImageKey) -> None:
        await _aside(_remove, self._folder / name_of(key))

    async def kept(self) -> AsyncIterator[KeptImage]:
        for path in await _aside(_files, self._folder):
            key = key_of(path.relative_to(self._folder).as_posix())
            if key is not None and (modified := await _aside(_modified, path)) is not None:
                yield KeptImage(key, modified)

    async def close(self) -> None:
        """Nothing is held open."""


async def _aside(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    try:
        return await asyncio.to_thread(work, *arguments, **named)
    except OSError as error:
        raise ImageStoreUnavailable(str(error)) from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """The new name is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _files(folder: Path) -> list[Path]:
    return list(folder.glob("??/*"))


def _modified(path: Path) -> datetime | None:
    """None where it has gone meanwhile."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    except FileNotFoundError:
        return None
