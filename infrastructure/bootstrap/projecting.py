"""A process of the distributed mode that drives read models or process managers from Kafka."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

import psycopg
import structlog

from infrastructure.bootstrap.tables import READ_MODELS, process_managers
from infrastructure.bootstrap.writing import partitions
from infrastructure.clock import SystemClock
from infrastructure.collector import spare_long_lived_objects
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.postgres.pools import connector
from infrastructure.postgres.transience import described
from infrastructure.processes.driver import as_projection
from infrastructure.runner.runner import relaxed
from infrastructure.runner.slots import Slots
from infrastructure.settings import Settings
from infrastructure.streaming.clients import BrokersUnreachable
from infrastructure.streaming.consuming import Consumer
from infrastructure.streaming.driver import FaustDriver
from infrastructure.streaming.gaps import SlotLog
from infrastructure.streaming.topics import check_topics
from projections.projection import Projection

RETRY = 1.0

T = TypeVar("T")

_log = structlog.get_logger(__name__)


def read_model(name: str) -> Projection:
    """Raises LookupError for a name that nothing has."""
    return _named("read model", name, {each.name: each for each in READ_MODELS})


def process_manager(name: str, *, auto_advance: timedelta | None) -> Projection:
    """By the manager's name, or by that of its projection. Raises LookupError for a name that nothing has."""
    managers = {each.name: as_projection(each) for each in process_managers(auto_advance=auto_advance)}
    return _named("process manager", name.replace("_", "-"), managers)


def _named(kind: str, name: str, known: dict[str, Projection]) -> Projection:
    if name not in known:
        raise LookupError(f"There is no {kind} {name!r}; there are {', '.join(sorted(known))}.")
    return known[name]


async def drive(settings: Settings, conninfo: str, projections: Sequence[Projection], stop: asyncio.Event) -> None:
    """All of them until told to stop, each with a Faust application and a connection of its own. Waits for a database
    and brokers that are away. Raises TopicsUnfit, and what the drivers raise: where one fails the others end too."""
    per_family = await _patiently(lambda: partitions(conninfo), stop)
    if per_family is None or await _patiently(lambda: _topics_are_fit(settings, per_family), stop) is None:
        return
    drivers = [_driver(settings, conninfo, projection, per_family) for projection in projections]
    spare_long_lived_objects()
    async with asyncio.TaskGroup() as tasks:
        for driver in drivers:
            tasks.create_task(driver.run(stop))


def _driver(settings: Settings, conninfo: str, projection: Projection, per_family: int) -> FaustDriver:
    slots = Slots(CATEGORIES, per_family)
    connect = relaxed(connector(conninfo, process=f"project {projection.name}"))
    log = SlotLog(event_codec(), CATEGORIES, partitions=per_family)
    return FaustDriver(
        Consumer(projection, connect=connect, log=log, slots=slots, clock=SystemClock()),
        connect=connect,
        servers=settings.kafka_bootstrap_servers,
        prefix=settings.kafka_topic_prefix,
        families=sorted(slots.families_of(projection)),
        on_hang=os._exit,
    )


async def _topics_are_fit(settings: Settings, per_family: int) -> bool:
    """Raises TopicsUnfit and BrokersUnreachable."""
    servers, prefix = settings.kafka_bootstrap_servers, settings.kafka_topic_prefix
    await asyncio.to_thread(check_topics, servers, prefix=prefix, partitions=per_family)
    return True


async def _patiently(act: Callable[[], Awaitable[T]], stop: asyncio.Event) -> T | None:
    """None where told to stop before the others were there."""
    while not stop.is_set():
        try:
            return await act()
        except (BrokersUnreachable, psycopg.OperationalError) as away:
            _log.warning("waiting for others", error=described(away), retry_in=RETRY)
            with suppress(TimeoutError):
                async with asyncio.timeout(RETRY):
                    await stop.wait()
    return None
