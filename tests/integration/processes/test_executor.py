"""Due commands are carried out once, by whoever holds the lease, and nothing is dropped."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec

from application.effects.effect import EffectPorts, EffectRefused
from application.ports.commands import Envelope, Outcome, OutcomeUnknown, RefusalNote
from domain.shared.actor import Actor
from infrastructure.processes.executor import LEASE, MAX_ATTEMPTS, pause_after
from tests.integration.processes.conftest import LATER, Shop, record
from tests.support.loops import total
from tests.support.tally import NOON, Raise
from tests.support.waiting import until


def receipts(tally: UUID) -> UUID:
    return UUID(int=tally.int ^ 1)


async def test_a_command_is_carried_out_when_it_is_due_and_not_before(shop: Shop) -> None:
    tally = uuid4()
    await shop.tell(record(tally))
    executor = shop.executor()
    assert await executor.run_due() == 1
    assert (total(shop.database, tally), total(shop.database, receipts(tally))) == (0, 1)
    shop.clock.time = LATER
    assert await executor.run_due() == 1
    assert total(shop.database, tally) == 100
    assert await executor.run_due() == 0


async def test_what_is_due_at_once_waits_for_no_clock(shop: Shop) -> None:
    """Another process's clock was an hour ahead, and time in the log never goes back."""
    await shop.tell(msgspec.structs.replace(record(uuid4()), recorded_at=NOON + timedelta(hours=1)))
    assert await shop.executor().run_due() == 1


async def test_many_executors_do_nothing_twice(shop: Shop) -> None:
    tallies = [uuid4() for _ in range(60)]
    await shop.tell(*map(record, tallies))
    executors = [shop.executor() for _ in range(4)]
    while sum(await asyncio.gather(*(executor.run_due() for executor in executors))):
        pass
    assert [total(shop.database, receipts(tally)) for tally in tallies] == [1] * 60


async def test_a_refusal_is_final(shop: Shop) -> None:
    tally = uuid4()
    await shop.bus.submit(
        Envelope(id=uuid4(), command=Raise(tally=tally, by=60), actor=_nobody(), correlation_id=uuid4())
    )
    await shop.tell(record(tally))
    shop.clock.time = LATER
    await shop.executor().run_due()
    assert (await shop.due())["bonus"] == ("refused", 1)
    assert total(shop.database, tally) == 60


class Failing:
    """A bus that never gives an answer; counts how often it was asked."""

    asked = 0

    async def submit(self, envelope: Envelope) -> Outcome:
        self.asked += 1
        raise OutcomeUnknown("the database is gone")


async def test_a_failure_backs_off_and_ends_visible_as_dead(shop: Shop) -> None:
    await shop.tell(record(uuid4()))
    failing = Failing()
    executor = shop.executor(bus=failing)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        for _ in range(2):  # the second time before the pause is over
            await executor.run_due()
            status = "dead" if attempt == MAX_ATTEMPTS else "scheduled"
            assert (await shop.due())["receipt"] == (status, attempt)
        shop.clock.time += pause_after(attempt)
    assert failing.asked >= MAX_ATTEMPTS


async def test_a_dead_executors_row_is_taken_over_after_its_lease_and_its_late_word_ignored(shop: Shop) -> None:
    tally = uuid4()
    await shop.tell(record(tally))
    reached, go_on = asyncio.Event(), asyncio.Event()

    class Stuck:
        async def submit(self, envelope: Envelope) -> Outcome:
            reached.set()
            await go_on.wait()
            raise OutcomeUnknown("too late")

    late = asyncio.create_task(shop.executor(bus=Stuck()).run_due())
    await reached.wait()
    other = shop.executor()
    assert await other.run_due() == 0
    shop.clock.time = NOON + LEASE + timedelta(seconds=1)
    assert await other.run_due() == 1
    go_on.set()
    await late
    assert (await shop.due())["receipt"] == ("done", 2)
    assert total(shop.database, receipts(tally)) == 1


async def test_what_the_outside_world_refuses_for_good_is_dead_at_once(shop: Shop) -> None:
    await shop.tell(record(uuid4()))

    async def hopeless(command: Raise, ports: EffectPorts) -> None:
        raise EffectRefused(RefusalNote(code="hopeless", detail="never"))

    await shop.executor(effects={Raise: hopeless}).run_due()
    assert (await shop.due())["receipt"] == ("dead", 1)


async def test_an_effect_that_is_repeated_submits_the_same_command(shop: Shop) -> None:
    tally = uuid4()
    await shop.tell(record(tally))
    tried = 0

    async def crashes_after_recording(command: Raise, ports: EffectPorts) -> None:
        nonlocal tried
        tried += 1
        await ports.submit(command, "record")
        if tried == 1:
            raise ConnectionResetError("the provider hung up")

    executor = shop.executor(effects={Raise: crashes_after_recording})
    await executor.run_due()
    shop.clock.time += pause_after(1)
    await executor.run_due()
    assert (await shop.due())["receipt"] == ("done", 2)
    assert total(shop.database, receipts(tally)) == 1


async def test_a_running_executor_is_woken_and_stops_when_told(shop: Shop) -> None:
    tally = uuid4()
    stop = asyncio.Event()
    task = asyncio.create_task(shop.executor().run(stop))
    await shop.tell(record(tally))
    await until(shop.due, lambda due: due["receipt"][0] == "done")
    stop.set()
    async with asyncio.timeout(5):
        await task
    assert total(shop.database, receipts(tally)) == 1


def _nobody() -> Actor:
    return Actor.system("tests")
