"""`till seed`: the demo shop."""

import asyncio
from typing import Annotated

import typer

from infrastructure.bootstrap.writing import command_loop
from infrastructure.cli.entry import ERRORS, OUT, program
from infrastructure.clock import SystemClock
from infrastructure.postgres.database import open_database
from infrastructure.postgres.migrate import migrate
from infrastructure.postgres.pools import open_pool
from infrastructure.security.emails import HmacEmails
from infrastructure.security.master_key import require_known
from infrastructure.security.names import HmacNames
from infrastructure.security.passwords import Argon2Passwords
from infrastructure.security.vault import AesVault
from infrastructure.seed import Seeded, Seeder, SeedRefused
from infrastructure.settings import Settings


def seed(quiet: Annotated[bool, typer.Option(help="Say nothing where there was nothing to do.")] = False) -> None:
    """Fill the shop with the demo's people, goods and coupons. What is there already stays as it is."""
    with program("seed") as settings, open_database(settings) as conninfo:
        migrate(conninfo)
        require_known(conninfo, settings.pii_master_key)
        try:
            seeded = asyncio.run(_seed(settings, conninfo))
        except SeedRefused as refused:
            ERRORS.print(f"till seed: {refused}", style="red", markup=False)
            raise typer.Exit(1) from refused
        if seeded.added or not quiet:
            OUT.print(f"The demo shop has {seeded.total} people, products and coupons, {seeded.added} of them new.")


async def _seed(settings: Settings, conninfo: str) -> Seeded:
    clock, passwords = SystemClock(), Argon2Passwords()
    async with (
        open_pool(conninfo, process="seed", size=2) as pool,
        command_loop(settings, conninfo, clock=clock, process="seed") as bus,
    ):
        seeder = Seeder(
            bus=bus,
            vault=AesVault(master_key=settings.pii_master_key, pool=pool, clock=clock),
            passwords=passwords,
            emails=HmacEmails(master_key=settings.pii_master_key),
            names=HmacNames(master_key=settings.pii_master_key),
            currency=settings.store_currency,
        )
        return await seeder.run()
