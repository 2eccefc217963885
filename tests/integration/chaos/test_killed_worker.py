"""A worker that dies at any moment loses no event and applies none twice."""

import asyncio
import random
from pathlib import Path
from uuid import UUID

from application.ordering.cancelling import CancelOrder
from application.ordering.checkout import Checkout
from application.ports.commands import CommandBus
from application.shopping import AddToCart
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, OrderId
from infrastructure.bootstrap.tables import projections
from infrastructure.bootstrap.worker import rebuilding
from infrastructure.bootstrap.writing import command_loop
from infrastructure.clock import SystemClock
from infrastructure.settings import Settings, load
from tests.support.chaos import KillableWorker
from tests.support.crowd import Crowd, envelope, gather_crowd, submit_all
from tests.support.digests import digests
from tests.support.loops import rows
from tests.support.system import eventually

KILLS = 24
WRITING_AT_LEAST = 5
"""Kills that have to meet an open transaction."""
BUYERS, PRODUCTS = 150, 12


async def burst(bus: CommandBus, crowd: Crowd, luck: random.Random) -> None:
    """Everybody buys something, and some think better of it."""

    async def shop(buyer: AccountId) -> None:
        actor, order = Actor.of(buyer), OrderId(UUID(int=luck.getrandbits(128)))
        wanted = [AddToCart(product_id=luck.choice(crowd.products), quantity=1) for _ in range(2)]
        ending = [CancelOrder(order_id=order, reason="Changed my mind.")] if luck.random() < 0.3 else []
        commands = [*wanted, Checkout(order_id=order), *ending]
        await submit_all(bus, [envelope(command, actor) for command in commands], in_flight=1)

    await asyncio.gather(*(shop(buyer) for buyer in crowd.buyers))


def settings_in(home: Path) -> Settings:
    return load({"TILL_HOME": str(home)}, directory=home).settings


async def killed_again_and_again(database: str, home: Path, *, variant: str, seed: int) -> int:
    """How many of the kills met a transaction. At the end the log is quiet and the last worker has stopped in order."""
    luck, settings = random.Random(seed), settings_in(home)
    writing = 0
    with KillableWorker(database, home, variant=variant) as worker:
        async with command_loop(settings, database, clock=SystemClock(), process="tests") as bus:
            crowd = await gather_crowd(bus, buyers=BUYERS, products=PRODUCTS)
            for _ in range(KILLS):
                worker.start()
                load_on = asyncio.create_task(burst(bus, crowd, luck))
                moves = luck.randrange(1, 20_000)
                writing += await asyncio.to_thread(worker.kill_at_work, moves, load_on.done)
                await load_on
        worker.start()
        await asyncio.to_thread(eventually, "a quiet log", lambda: worker.lag() == 0, seconds=120)
        worker.stop()
    return writing


async def differing(database: str, home: Path) -> list[str]:
    """Tables, of every read model and process manager, that are not what the log says; and slots that stopped."""
    found = [f"stopped: {row}" for row in rows(database, "SELECT name, slot, error FROM till.poison")]
    pace = settings_in(home).auto_advance
    for projection in projections(auto_advance=pace):
        live = f"{projection.name}_v1"
        rebuild = await rebuilding(database, projection.name, clock=SystemClock(), auto_advance=pace)
        fresh = await rebuild.run()
        kept, anew = digests(database, live), digests(database, fresh)
        found += [f"{live}.{table}" for table in kept if kept[table] != anew[table]]
    return found


async def test_what_a_killed_worker_leaves_is_what_a_rebuild_makes(database: str, tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    writing = await killed_again_and_again(database, tmp_path, variant="whole", seed=seed)
    print(f"{KILLS} kills, {writing} of them with a transaction open")
    assert writing >= WRITING_AT_LEAST
    assert await differing(database, tmp_path) == []


async def test_tracking_in_a_transaction_of_its_own_would_be_found_out(database: str, tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    await killed_again_and_again(database, tmp_path, variant="split", seed=seed)
    assert await differing(database, tmp_path)
