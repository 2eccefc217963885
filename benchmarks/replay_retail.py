"""Drives a running shop with real orders: `python -m benchmarks.replay_retail FILE --url URL`.

The shop runs with STORE_CURRENCY=GBP TAX_RATE=0 RATE_LIMITS=off and the demo's people (`till serve --demo`).
"""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.retail.client import Login, Shop
from benchmarks.retail.driving import Played, Player
from benchmarks.retail.matching import Refund, match
from benchmarks.retail.reading import Retail, read
from benchmarks.retail.report import bars, show_plan

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The Online Retail file, as CSV.")]
Url = Annotated[str, typer.Option(help="Where the shop answers.")]
AtOnce = Annotated[int, typer.Option(min=1, max=256, help="Customers served at the same time.")]
Account = Annotated[str, typer.Option(help="email:password")]


def main(
    file: File,
    url: Url = "http://127.0.0.1:8000",
    at_once: AtOnce = 16,
    seller: Account = "seller@till.example:stock-the-shelves",
    admin: Account = "admin@till.example:open-the-shop",
) -> None:
    """List the products, register the customers, and buy, pay and refund as the file says."""
    console = Console(highlight=False)
    retail = read(file)
    refunds, unmatched = match(retail.invoices.values(), retail.cancellations)
    show_plan(console, retail, refunds, sorted([*retail.unusable, *unmatched], key=lambda row: row.line))
    started = time.monotonic()
    played = asyncio.run(
        _play(console, retail, refunds, Shop(url, connections=at_once), (_login(seller), _login(admin)))
    )
    console.print(f"Played in {time.monotonic() - started:.1f} s.")
    for failure in played.failures:
        console.print(failure, style="red")
    raise typer.Exit(1 if played.failures else 0)


async def _play(
    console: Console, retail: Retail, refunds: list[Refund], shop: Shop, people: tuple[Login, Login]
) -> Played:
    async with shop:
        seller, admin = [await shop.log_in(person) for person in people]
        with bars(console, retail, refunds) as advance:
            player = Player(shop=shop, seller=seller, admin=admin, advance=advance)
            return await player.play(retail, refunds)


def _login(account: str) -> Login:
    email, _, password = account.partition(":")
    return Login(email, password)


if __name__ == "__main__":
    typer.run(main)
