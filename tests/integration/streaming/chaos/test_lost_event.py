"""A consumer that loses one event is found out by the comparison of tables."""

import random
from pathlib import Path

from tests.support.loops import rows
from tests.support.mixed_writing import MixedWriter
from tests.support.planted_till import LOST
from tests.support.postgres import TestServer
from tests.support.streaming_system import StreamingSystem, read_models
from tests.support.twin import copy_log, differences, feed_in_process, tables

EVENTS = 800
WATCHED = ("order_history", "catalogue")
_CONFIRMED = "SELECT notification_id FROM till.stored_events WHERE topic ~ '^ordering.order-confirmed:' ORDER BY 1"


async def test_tables_differ_when_one_event_is_lost(
    postgres: TestServer, database: str, broker: str, topic_prefix: str, tmp_path: Path
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    with MixedWriter(database, tmp_path, seed=seed) as writer:
        writer.write(EVENTS).result(60)
    lost, *_ = random.Random(seed).choice(rows(database, _CONFIRMED))
    with StreamingSystem(
        tmp_path,
        database=database,
        kafka=broker,
        prefix=topic_prefix,
        programs={"relay": ("relay",), **read_models(*WATCHED)},
        plants={LOST: str(lost)},
    ) as system:
        system.wait_until_quiet(seconds=60)
    with postgres.fresh() as twin:
        copy_log(database, twin)
        await feed_in_process(twin)
        assert set(differences(tables(database, *WATCHED), tables(twin, *WATCHED))) == {"order_history.orders"}
