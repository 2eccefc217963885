"""Mail as files: what would be sent can be read in a folder."""

import asyncio
import os
import tempfile
from email.headerregistry import Address
from pathlib import Path

from application.ports.mail import Letter, MailerUnavailable
from domain.shared.identifiers import AccountId
from infrastructure.mail.message import message_of


class OutboxMailer:
    """One `.eml` file per letter, named by account and id: complete or absent, and the first one stays.

    Files are their owner's alone to read.
    """

    def __init__(self, directory: Path, *, sender: Address) -> None:
        self._directory = directory
        self._sender = sender

    async def send(self, letter: Letter) -> None:
        raw = message_of(letter, sender=self._sender).as_bytes()
        try:
            await asyncio.to_thread(self._write, letter, raw)
        except OSError as error:
            raise MailerUnavailable(f"the outbox cannot be written: {error.strerror}") from error

    async def forget(self, account: AccountId) -> None:
        try:
            await asyncio.to_thread(self._remove, account)
        except OSError as error:
            raise MailerUnavailable(f"the outbox cannot be cleared: {error.strerror}") from error

    def _write(self, letter: Letter, raw: bytes) -> None:
        """Beside it, under a name that `forget` finds too, then linked into place."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(prefix=f"{letter.account}.", suffix=".part", dir=self._directory)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            self._link(Path(draft), self._directory / f"{letter.account}.{letter.id}.eml")
        finally:
            Path(draft).unlink(missing_ok=True)

    def _link(self, draft: Path, kept: Path) -> None:
        try:
            kept.hardlink_to(draft)
        except FileExistsError:
            return  # it was sent before; nobody recorded that it was
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _remove(self, account: AccountId) -> None:
        for kept in self._directory.glob(f"{account}.*"):
            kept.unlink(missing_ok=True)
