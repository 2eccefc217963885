"""Personal data is sealed for one person, and forgotten with that person's key."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.shared.sealed import Sealed
from infrastructure.postgres.pools import Pool, open_pool
from infrastructure.security.vault import REMEMBERED_FOR, AesVault
from tests.support.times import NOON

ADA, GRACE = UUID(int=1), UUID(int=2)


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    async with open_pool(database, process="test") as opened:
        yield opened


async def sealed_for(pool: Pool, person: UUID, text: str, *, master: bytes = b"m" * 32) -> Sealed:
    vault = AesVault(master_key=master, pool=pool, clock=Hands())
    issued = vault.issue_key(person)
    async with pool.connection() as connection:
        await connection.execute("INSERT INTO till.person_key VALUES (%s, %s)", (person, issued.wrapped))
    return vault.seal(person=person, key=issued.key, text=text)


def a_vault(pool: Pool, clock: Hands | None = None, *, master: bytes = b"m" * 32) -> AesVault:
    return AesVault(master_key=master, pool=pool, clock=clock or Hands())


async def test_what_was_sealed_is_opened_by_any_process_with_the_master_key(pool: Pool) -> None:
    sealed = [await sealed_for(pool, person, text) for person, text in ((ADA, "Ada é"), (GRACE, ""))]
    assert await a_vault(pool).open_all([*sealed, sealed[0]]) == ("Ada é", "", "Ada é")
    assert "Ada" not in sealed[0].box


async def test_sealing_twice_gives_different_boxes(pool: Pool) -> None:
    await sealed_for(pool, ADA, "x")
    vault = a_vault(pool)
    key = await vault.key_of(ADA)
    assert key is not None
    assert vault.seal(person=ADA, key=key, text="x") != vault.seal(person=ADA, key=key, text="x")


async def test_a_box_cannot_be_passed_off_as_somebody_elses(pool: Pool) -> None:
    sealed = await sealed_for(pool, ADA, "secret")
    await sealed_for(pool, GRACE, "other")
    assert await a_vault(pool).open(Sealed(person=GRACE, box=sealed.box)) is None


async def test_without_the_key_it_is_forgotten_everywhere_within_a_minute(pool: Pool) -> None:
    sealed, clock = await sealed_for(pool, ADA, "secret"), Hands()
    vault = a_vault(pool, clock)
    assert await vault.open(sealed) == "secret"
    async with pool.connection() as connection:
        await connection.execute("DELETE FROM till.person_key WHERE person_id = %s", (ADA,))
    assert await a_vault(pool).open(sealed) is None
    assert await vault.open(sealed) == "secret"
    clock.time += REMEMBERED_FOR + timedelta(microseconds=1)
    assert await vault.open(sealed) is None
    assert await vault.key_of(ADA) is None


async def test_a_process_that_is_told_forgets_at_once(pool: Pool) -> None:
    sealed, vault = await sealed_for(pool, ADA, "secret"), a_vault(pool)
    assert await vault.open(sealed) == "secret"
    async with pool.connection() as connection:
        await connection.execute("DELETE FROM till.person_key WHERE person_id = %s", (ADA,))
    vault.forget(ADA)
    assert await vault.open(sealed) is None


@pytest.mark.parametrize("damaged", ["", "none", "x" * 80, "*"])
async def test_a_damaged_key_hides_one_person_and_no_other(
    pool: Pool, damaged: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    ada, grace = [await sealed_for(pool, person, "secret") for person in (ADA, GRACE)]
    async with pool.connection() as connection:
        await connection.execute("UPDATE till.person_key SET wrapped_key = %s WHERE person_id = %s", (damaged, ADA))
    assert await a_vault(pool).open_all([ada, grace]) == (None, "secret")
    assert str(ADA) in capsys.readouterr().out + caplog.text  # wherever logs go to at the moment
