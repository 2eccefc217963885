"""Everything that sends mail does what the contract says; the one of files also through crashes and trouble."""

import asyncio
import stat
from email import message_from_string
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from msgspec.structs import replace

from application.ports.mail import MailerUnavailable
from infrastructure.mail.outbox import OutboxMailer
from tests.contract.mailer_contract import ADA, BOB, LETTER, MailerContract, Sent


def files(directory: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in directory.iterdir()}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


SENDER = Address(display_name="The Shop", addr_spec="mail@shop.example")


class TestOutboxMailer(MailerContract):
    @pytest.fixture
    def outbox(self, tmp_path: Path) -> Path:
        return tmp_path / "till" / "outbox"

    @pytest.fixture
    def mailer(self, outbox: Path) -> OutboxMailer:
        return OutboxMailer(outbox, sender=SENDER)

    @pytest.fixture
    def sent(self, outbox: Path) -> Sent:
        def read() -> list[EmailMessage]:
            files = sorted(outbox.glob("*")) if outbox.exists() else []
            assert all(file.suffix == ".eml" for file in files), files
            return [message_from_string(file.read_bytes().decode(), policy=default) for file in files]

        return read

    async def test_a_letter_is_one_file_however_often_it_is_sent(self, mailer: OutboxMailer, outbox: Path) -> None:
        await asyncio.gather(*(mailer.send(LETTER) for _ in range(8)))
        before = files(outbox)
        assert list(before) == [f"{LETTER.account}.{LETTER.id}.eml"]
        await OutboxMailer(outbox, sender=SENDER).send(replace(LETTER, text="Changed."))
        assert files(outbox) == before

    async def test_nobody_else_reads_it(self, mailer: OutboxMailer, outbox: Path) -> None:
        await mailer.send(LETTER)
        (name,) = files(outbox)
        assert (mode(outbox), mode(outbox / name)) == (0o700, 0o600)

    async def test_forgetting_leaves_nothing_not_even_what_a_crash_left_behind(
        self, mailer: OutboxMailer, outbox: Path
    ) -> None:
        await mailer.send(LETTER)
        await mailer.send(replace(LETTER, account=BOB))
        (outbox / f"{ADA}.half.part").write_text("Ada")
        await mailer.forget(ADA)
        assert list(files(outbox)) == [f"{BOB}.{LETTER.id}.eml"]

    async def test_a_folder_that_cannot_be_written_is_an_outage(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(MailerUnavailable):
            await OutboxMailer(tmp_path / "file", sender=SENDER).send(LETTER)
