"""What takes long keeps nothing else waiting, neither while the process runs nor when it is to stop."""

import asyncio
from uuid import UUID, uuid4

from application.effects.effect import EffectPorts
from infrastructure.bootstrap.worker import Executors
from tests.integration.processes.conftest import Shop, record
from tests.support.loops import total
from tests.support.tally import Raise

PATIENCE = 10.0


class Endless:
    """Carries out, and is never done."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    async def __call__(self, command: Raise, ports: EffectPorts) -> None:
        self.begun.set()
        await asyncio.Event().wait()


async def test_what_is_cut_off_is_handed_back_at_once(shop: Shop) -> None:
    tally, endless = uuid4(), Endless()
    await shop.tell(record(tally))
    cut_off = asyncio.create_task(shop.executor(effects={Raise: endless}).run_due())
    await endless.begun.wait()
    cut_off.cancel()
    await asyncio.wait({cut_off}, timeout=PATIENCE)
    assert cut_off.cancelled()
    assert (await shop.due())["receipt"] == ("scheduled", 1)
    assert await shop.executor().run_due() == 1
    assert total(shop.database, UUID(int=tally.int ^ 1)) == 1


async def test_a_process_that_is_to_stop_does_not_wait_for_what_takes_long(shop: Shop) -> None:
    endless, stop = Endless(), asyncio.Event()
    await shop.tell(record(uuid4()))
    idle, lengthy = shop.executor(managers={}), shop.executor(effects={Raise: endless})
    running = asyncio.create_task(Executors(usual=idle, mailing=idle, lengthy=lengthy).run(stop))
    await endless.begun.wait()
    stop.set()
    await asyncio.wait_for(running, PATIENCE)
    assert (await shop.due())["receipt"] == ("scheduled", 1)
